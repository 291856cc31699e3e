"""A generated country: areas, points, households and members as the `import` commands want them.

Fitted to the 2008 census by province and to the WPP table by age and sex with exact quotas; mean household size 3.9.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from evenhand.core.errors import UsageError
from evenhand.simulation.chance import Chance, Ints, quotas
from evenhand.simulation.network import Site, depot_rows, lane_rows, sites
from evenhand.simulation.people import OCCUPATIONS, families, household_sizes
from evenhand.simulation.tables import Tables, degrees

ON = date(2008, 3, 1)
"""The first day of the example's first period; ages are taken on it."""
EPOCH = date(1970, 1, 1).toordinal()
K = 20
"""No point has fewer households than this (the k of the example's policy)."""
PEOPLE_MIN, PEOPLE_MAX = 100, 30_000_000
COUNTRY = "KP"
MINES = ("KP02", "KP03", "KP07")
"""Provinces with more miners: the coal and ore basins of the two Hamgyongs and South Pyongan (own choice)."""


@dataclass(frozen=True)
class Country:
    """Tables ready for `import`, and the sites of the points behind them."""

    areas: pa.Table
    points: pa.Table
    depots: pa.Table
    lanes: pa.Table
    households: pa.Table
    members: pa.Table
    sites: tuple[Site, ...]

    def write(self, folder: Path) -> dict[str, Path]:
        """Write every table as NAME.csv in `folder`; return the paths by name."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = {}
        for name in (field.name for field in fields(self) if field.name != "sites"):
            paths[name] = folder / f"{name}.csv"
            write_csv(getattr(self, name), paths[name])
        return paths


def write_csv(table: pa.Table, path: Path) -> None:
    """A CSV with a header, texts in quotes, an empty cell for null."""
    pacsv.write_csv(table, path, pacsv.WriteOptions(quoting_style="needed", quoting_header="needed"))


def generate(people: int, seed: int, tables: Tables) -> Country:
    """The country of `people` for `seed`. UsageError for fewer than 100 people or more than 30 million.

    Where a province would have under 20 households it is left out, smallest first (under about 2,500 people)."""
    if not PEOPLE_MIN <= people <= PEOPLE_MAX:
        raise UsageError(
            f"{people} people cannot be generated", f"ask for a number from {PEOPLE_MIN:,} to {PEOPLE_MAX:,}"
        )
    provinces = [p for p in tables.provinces if p.people]
    total_households = (people * 20 + 39) // 78  # people / 3.9, rounded half up
    while True:
        by_people = quotas(people, [p.people for p in provinces])
        by_households = quotas(total_households, by_people)
        if min(by_households) >= K:
            break
        provinces.remove(min(provinces, key=lambda p: (p.people, p.pcode)))
    sizes = np.concatenate(
        [
            household_sizes(some, households, Chance(seed, "sizes", province.pcode))
            for province, some, households in zip(provinces, by_people, by_households, strict=True)
        ]
    )
    where = np.repeat(np.arange(len(provinces)), by_households)
    mines = np.array([p.pcode in MINES for p in provinces])
    found = families(sizes, where, tables.ages, ON, mines, Chance(seed, "people"))
    places = sites(
        tables, [(p, n) for p, n in zip(provinces, by_households, strict=True)], point_count(people), K, seed
    )
    point_of = np.repeat(np.arange(len(places)), [site.households for site in places])
    heads = np.bincount(point_of[found.household], minlength=len(places))
    places = tuple(site.with_people(int(count)) for site, count in zip(places, heads, strict=True))
    ids = _labels("H", np.arange(1, len(sizes) + 1), 7)
    points = pa.array([site.point for site in places])
    return Country(
        areas=_areas(tables),
        points=pa.table({
            "point": points,
            "name": [site.name for site in places],
            "area": [site.county for site in places],
            "latitude": [degrees(site.latitude) for site in places],
            "longitude": [degrees(site.longitude) for site in places],
        }),
        depots=depot_rows(tables, places),
        lanes=lane_rows(tables, places),
        households=pa.table({"household": ids, "point": points.take(pa.array(point_of))}),
        members=pa.table({
            "household": ids.take(pa.array(found.household)),
            "member": pa.array([str(n) for n in range(1, 10)]).take(pa.array(found.place)),
            "birth_date": pa.array((found.birth - EPOCH).astype(np.int32), pa.int32()).cast(pa.date32()),
            "sex": pa.array(["m", "f"]).take(pa.array(found.female.astype(np.int64))),
            "occupation": pa.array(OCCUPATIONS).take(pa.array(found.occupation)),
        }),
        sites=places,
    )  # fmt: skip


def point_count(people: int) -> int:
    """How many points: one for 4,800 people and ten more (5,010 for 24 million, 60 for 240,000); at least 30."""
    return max(30, people // 4_800 + 10)


def _areas(tables: Tables) -> pa.Table:
    rows: list[tuple[str, str, str | None, int]] = [(COUNTRY, "DPR Korea (generated)", None, 0)]
    rows += [(p.pcode, p.name, COUNTRY, 1) for p in tables.provinces]
    rows += [(c.pcode, c.name, c.province, 2) for c in tables.counties]
    pcode, name, parent, level = zip(*rows, strict=True)
    return pa.table({
        "pcode": pcode, "name": name, "parent": pa.array(parent, pa.string()), "level": pa.array(level, pa.int64()),
    })  # fmt: skip


def _labels(prefix: str, numbers: Ints, width: int) -> pa.Array:
    """`prefix` and each number in `width` digits, without a Python string a row."""
    size = len(prefix) + width
    text: NDArray[np.uint8] = np.empty((len(numbers), size), dtype=np.uint8)
    text[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    rest = numbers.copy()
    for column in range(size - 1, len(prefix) - 1, -1):
        text[:, column] = 48 + rest % 10
        rest //= 10
    if rest.any():
        raise ValueError(f"a number does not fit in {width} digits")
    offsets = np.arange(0, (len(numbers) + 1) * size, size, dtype=np.int32)
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(text))
