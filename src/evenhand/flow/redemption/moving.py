"""Rows that leave their point for another one while a cycle is open: where each was served, and where it ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from evenhand.flow.redemption.custody import Custody
from evenhand.flow.redemption.receipt import Receipt
from evenhand.formats.roll import MOVED, point_mark

Given = dict[tuple[str, str], int]
"""Steps by (point, benefit)."""


@dataclass(frozen=True)
class Moved:
    """A row that stands on the roll of `home` and ended at `point`; `given`: what it got of its ration, and where."""

    home: str
    point: str
    given: Given = field(default_factory=dict)


class Moving:
    """The rows that may be served elsewhere, while receipts are entered. `homes`: the points on whose rolls they are."""

    def __init__(self, custody: Custody, homes: Mapping[bytes, str]) -> None:
        self._custody, self._homes = custody, homes
        self._targets: dict[bytes, set[str]] = {}
        for release in custody.releases:
            for tag, _ in release.ranges if release.target is not None else ():
                self._targets.setdefault(tag, set()).add(str(release.target))
        self._given: dict[bytes, Given] = {}

    def home(self, r: Receipt) -> str:
        """The point on whose roll a receipt's row is, as far as it may have left; else the receipt's own."""
        return self._homes.get(r.tag, r.point)

    def turn(self, r: Receipt) -> int:
        """See `Custody.turn`."""
        return self._custody.turn(r, self.home(r))

    def may_be_at(self, tag: bytes, point: str) -> bool:
        """Whether anybody sent the row of this tag to this point: who sent it twice is not the household's fault."""
        return tag in self._homes and point in self._targets[tag]

    def give(self, r: Receipt, items: Iterable[tuple[str, int]]) -> None:
        """Write down what a receipt gave of the ration of a row that may have left."""
        if r.tag in self._homes:
            mine = self._given.setdefault(r.tag, {})
            for benefit, steps in items:
                if steps:
                    mine[r.point, benefit] = mine.get((r.point, benefit), 0) + steps

    def moved(self) -> dict[bytes, Moved]:
        """The rows that ended elsewhere than on their roll, or got something elsewhere."""
        found = {}
        for tag, home in self._homes.items():
            one = Moved(home, self._custody.path(home, tag).points[-1], self._given.get(tag, {}))
            if one.point != home or any(point != home for point, _ in one.given):
                found[tag] = one
        return found


def served_where(given: Mapping[tuple[str, str], int], moved: Mapping[bytes, Moved]) -> dict[tuple[str, str], int]:
    """`given` by the points on whose rolls the rows are, told by the points where they got it."""
    found = dict(given)
    for one in moved.values():
        for (point, benefit), steps in one.given.items():
            if point != one.home:
                found[one.home, benefit] -= steps
                found[point, benefit] = found.get((point, benefit), 0) + steps
    return found


def ended_where(outcomes: pa.Table, moved: Mapping[bytes, Moved]) -> pa.Table:
    """`outcomes` by rolls, with each row that moved where it ended; at its own point it is `moved`, with that one's mark."""
    left = {tag: one for tag, one in moved.items() if one.point != one.home}
    if not left:
        return outcomes
    rows = []
    for row in zip(*(outcomes[name].to_pylist() for name in outcomes.column_names), strict=True):
        tag, _, status, value = row
        if tag in left:
            rows += [(tag, left[tag].home, MOVED, point_mark(left[tag].point)), (tag, left[tag].point, status, value)]
        else:
            rows.append(row)
    rows.sort(key=lambda row: (row[1], row[0]))
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=outcomes.schema)


def away_and_guests(moved: Mapping[bytes, Moved]) -> tuple[Given, Given]:
    """Steps by (point, benefit): what rows of its roll got at other points, and what rows of other rolls got there."""
    away: Given = {}
    guests: Given = {}
    for one in moved.values():
        for (point, benefit), steps in one.given.items():
            if point != one.home:
                away[one.home, benefit] = away.get((one.home, benefit), 0) + steps
                guests[point, benefit] = guests.get((point, benefit), 0) + steps
    return away, guests
