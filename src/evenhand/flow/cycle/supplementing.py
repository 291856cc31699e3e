"""Supplementary lists: people who come to a point in an open cycle, served from its reserve by the cycle's own policy.

Everybody on a list stands at one level, the point's own or, where the reserve does not go so far, the one it pays for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pyarrow as pa

from evenhand.core.benefit import Benefit
from evenhand.flow.allocation import new_level
from evenhand.flow.cycle.supply import table

Level = tuple[int, int, int]
"""Rungs, and num / den of the next one."""


@dataclass(frozen=True)
class Due:
    """What the policy gives a household of one benefit: base units in all, by rung, and the ids of the rows that say so."""

    amount: int
    ladder: tuple[int, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Shares:
    """`levels` by benefit, of what is divided and due; `steps` by (household, benefit), of whatever is due."""

    levels: dict[str, Level]
    steps: dict[tuple[str, str], int]


def places_of(tiers: Any, wanted: Collection[tuple[str, int]], point: str) -> Any:
    """The rungs of newcomers' tiers, by the tiers as folded at their `point` (point, benefit, tier, floor_rung, rest_rung).

    `wanted`: (benefit, tier). A tier that nobody else has there stands with the next one, or with the last.
    """
    known: dict[str, list[tuple[int, int, int]]] = {}
    for row in tiers.to_pylist():
        if row["point"] == point:
            known.setdefault(row["benefit"], []).append((row["tier"], row["floor_rung"], row["rest_rung"]))
    rows = []
    for benefit, tier in sorted(wanted):
        if there := sorted(known.get(benefit, [])):
            _, floor, rest = next((one for one in there if one[0] >= tier), there[-1])
            rows.append((point, benefit, tier, floor, rest))
    names = ("point", "benefit", "tier", "floor_rung", "rest_rung")
    return table(names, rows, names[2:])


def shares(
    benefits: Iterable[Benefit],
    dues: Mapping[tuple[str, str], Due],
    level: Mapping[str, Level],
    room: Mapping[str, int],
) -> Shares:
    """What everybody on a list gets.

    `dues` by (household, benefit); `level` the final levels of the point; `room` steps that its reserve still has. What is
    divided: the greatest level not above the point's at which all on the list together take no more than `room`, and
    whole steps of it, rounded down. What is granted whole does not come from a reserve.
    """
    levels: dict[str, Level] = {}
    steps: dict[tuple[str, str], int] = {}
    for benefit in benefits:
        mine = {household: due for (household, name), due in dues.items() if name == benefit.id and due.amount}
        if not mine:
            continue
        if benefit.division != "leximin":
            steps |= {(household, benefit.id): due.amount // benefit.step_base for household, due in mine.items()}
            continue
        height = max(len(due.ladder) for due in mine.values())
        sums = [
            (rung + 1, sum(due.ladder[rung] for due in mine.values() if rung < len(due.ladder)))
            for rung in range(height)
        ]
        there = level.get(benefit.id, (0, 0, 1))
        found = new_level(max(0, room.get(benefit.id, 0)), 0, 0, there, sums, 0, benefit.step_base)
        levels[benefit.id] = (found.rungs, found.num, found.den)
        for household, due in mine.items():
            steps[household, benefit.id] = int(_share(due.ladder, levels[benefit.id]) // benefit.step_base)
    return Shares(levels, steps)


def _share(ladder: tuple[int, ...], level: Level) -> Fraction:
    """What a level is of a household's ladder, in base units."""
    rungs, num, den = level
    rest = ladder[rungs] if rungs < len(ladder) else 0
    return sum(ladder[:rungs]) + Fraction(rest * num, den)


def list_rows(benefits: Iterable[Benefit], people: Any, dues: Mapping[tuple[str, str], Due], found: Shares) -> Any:
    """The rows of a list as `build_rolls` takes them, without arrears. `people`: point, household, card, tag,
    salt, seal_key."""
    columns: dict[str, list[object]] = {name: [] for name in (*people.column_names, *_GRANT)}
    order = list(benefits)
    for person in people.sort_by("household").to_pylist():
        for benefit in order:
            due = dues.get((person["household"], benefit.id), Due(0, (), ()))
            for name, value in person.items():
                columns[name].append(value)
            columns["benefit"].append(benefit.id)
            columns["ladder"].append(list(due.ladder))
            columns["carry_micro"].append(0)
            columns["offered_steps"].append(0)
            columns["ration_steps"].append(found.steps.get((person["household"], benefit.id), 0))
            columns["reasons"].append(list(due.reasons))
    kinds = {**{name: people.schema.field(name).type for name in people.column_names}, **_GRANT}
    return pa.table({name: pa.array(values, kinds[name]) for name, values in columns.items()})


_GRANT = {
    "benefit": pa.string(), "ladder": pa.list_(pa.int64()), "carry_micro": pa.int64(), "offered_steps": pa.int64(),
    "ration_steps": pa.int64(), "reasons": pa.list_(pa.string()),
}  # fmt: skip
