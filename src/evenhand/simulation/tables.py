"""The small typed tables of an example folder (see its README.md for their sources)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from evenhand.core.errors import UsageError, input_error


@dataclass(frozen=True)
class Province:
    """A province; `people` is 0 where the census counts it with another."""

    pcode: str
    name: str
    people: int
    counted_with: str


@dataclass(frozen=True)
class County:
    """A county, city or district and a point in it, in millionths of a degree."""

    pcode: str
    name: str
    province: str
    latitude: int
    longitude: int


@dataclass(frozen=True)
class AgeGroup:
    """Five years of age from `first`, with the weight of each sex in 2008 (five times the interpolated people)."""

    first: int
    female: int
    male: int


@dataclass(frozen=True)
class Node:
    """An entry or depot of the generated network."""

    node: str
    name: str
    kind: str
    area: str
    serves: tuple[str, ...]
    county: str


@dataclass(frozen=True)
class Link:
    """A lane from entry to depot; capacities in percent of a month's need of the depot's people."""

    source: str
    target: str
    percent: int
    km: int
    flood: str


@dataclass(frozen=True)
class Good:
    """A stocked good: how its quantities are written, what a thousand people need a month (to size lanes only), and
    the stock of each month in percent of what is due."""

    id: str
    unit: str
    base_per_unit: int
    need_per_thousand: int
    stock_percent: tuple[int, ...]


@dataclass(frozen=True)
class Tables:
    """All of them."""

    provinces: tuple[Province, ...]
    counties: tuple[County, ...]
    ages: tuple[AgeGroup, ...]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    goods: tuple[Good, ...]


def _rows(folder: Path, name: str) -> list[tuple[int, dict[str, str]]]:
    path = folder / name
    if not path.is_file():
        raise UsageError(f"{path} is not there", "name the folder of an example, such as examples/dprk-2008")
    lines = path.read_text(encoding="utf-8").splitlines()
    reader = csv.DictReader(line for line in lines if line and not line.startswith("#"))
    rows = []
    for number, row in enumerate(reader, 1):
        if None in row or None in row.values():
            raise input_error(name, number, "", "", "the row has not as many cells as the header", "mend the row")
        rows.append((number, row))
    return rows


def _number(name: str, at: int, row: dict[str, str], field: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", row[field]):
        raise input_error(name, at, field, row[field], "not a whole number of 0 or more", "write digits only")
    return int(row[field])


def micro(text: str) -> int:
    """Decimal degrees as millionths, exactly: "41.366" -> 41366000. ValueError if it is not written so."""
    found = re.fullmatch(r"(-?)([0-9]{1,3})(?:\.([0-9]{1,6}))?", text)
    if not found:
        raise ValueError(f"{text!r} is not a number of degrees with at most six decimals")
    size = int(found[2]) * 1_000_000 + int((found[3] or "").ljust(6, "0"))
    return -size if found[1] else size


def degrees(millionths: int) -> str:
    """The other way round: 41366000 -> "41.366000"."""
    size = abs(millionths)
    return f"{'-' if millionths < 0 else ''}{size // 1_000_000}.{size % 1_000_000:06d}"


def load(folder: Path) -> Tables:
    """Read the tables of an example. UsageError if one is missing, InputError for a cell that is not right."""
    provinces = tuple(
        Province(r["pcode"], r["name"], _number("provinces.csv", n, r, "people_2008") if r["people_2008"] else 0,
                 r["counted_with"])
        for n, r in _rows(folder, "provinces.csv") if r["pcode"]
    )  # fmt: skip
    counties = []
    for n, r in _rows(folder, "counties.csv"):
        try:
            counties.append(County(r["pcode"], r["name"], r["province"], micro(r["latitude"]), micro(r["longitude"])))
        except ValueError as error:
            raise input_error("counties.csv", n, "latitude", r["latitude"], str(error), "write it as 41.366") from error
    ages = []
    for n, r in _rows(folder, "ages.csv"):
        value = {field: _number("ages.csv", n, r, field) for field in r}
        # Five times the people of 2008 on the line from 2005 to 2010, so that the weights stay whole.
        female = 2 * value["female_2005"] + 3 * value["female_2010"]
        ages.append(AgeGroup(value["age_from"], female, 2 * value["male_2005"] + 3 * value["male_2010"]))
    nodes = tuple(
        Node(r["node"], r["name"], r["kind"], r["area"], tuple(r["serves"].split()), r["county"])
        for _, r in _rows(folder, "nodes.csv")
    )
    links = tuple(
        Link(r["from"], r["to"], _number("links.csv", n, r, "percent"), _number("links.csv", n, r, "km"), r["flood"])
        for n, r in _rows(folder, "links.csv")
    )
    goods = tuple(
        Good(r["good"], r["unit"], _number("goods.csv", n, r, "base_per_unit"),
             _number("goods.csv", n, r, "need_per_thousand"),
             tuple(_number("goods.csv", n, r, f"month_{month}") for month in (1, 2, 3)))
        for n, r in _rows(folder, "goods.csv")
    )  # fmt: skip
    return Tables(provinces, tuple(counties), tuple(ages), nodes, links, goods)
