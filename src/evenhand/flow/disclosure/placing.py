"""What is told of one point after it closed: goods by benefit, how many were served, with nothing told of few."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evenhand.core.benefit import Benefit

SERVED = ("redeemed", "exception", "contested")
"""How the rows ended of households that went home with goods."""


@dataclass(frozen=True)
class PlaceGood:
    """A benefit at a point, in hand-out steps but `due_base`, the exact sum of what its households were due. `received` is
    what was counted there, None where nobody counted."""

    benefit: Benefit
    due_base: int
    allocated: int
    received: int | None
    given: int
    recut: bool

    def shown(self, steps: int) -> Fraction:
        """Steps in the benefit's unit."""
        return Fraction(steps * self.benefit.step_base, self.benefit.base_per_unit)

    @property
    def due(self) -> Fraction:
        """What was due, in the benefit's unit."""
        return Fraction(self.due_base, self.benefit.base_per_unit)


@dataclass(frozen=True)
class Served:
    """How many of `households` were served: at least `low`, at most `high`, which differ where a group is too small to be
    told."""

    households: int
    low: int
    high: int

    @property
    def share(self) -> Fraction:
        """The share served, at least."""
        return Fraction(self.low, self.households) if self.households else Fraction(0)


def served(ended: Mapping[str, int], households: int, k: int) -> Served:
    """Served households by how rows ended. A group of 1 to k-1, of those served or of the others, is not told apart."""
    found = sum(ended.get(name, 0) for name in SERVED)
    low = high = found
    if 0 < households - found < k:
        low, high = max(0, households - k + 1), households - 1
    if 0 < found < k:
        low, high = 1, min(k - 1, households)
    return Served(households, low, high)


HEAD = (
    ("cycle", "#meta+cycle"), ("point", "#loc+code"), ("name", "#loc+name"), ("area", "#adm+code"),
    ("benefit", "#item+name"), ("unit", "#item+unit"), ("due", "#value+due"), ("allocated", "#value+allocated"),
    ("received", "#value+received"), ("given", "#value+given"), ("households", "#affected+hh"),
    ("served_at_least", "#reached+hh+min"), ("served_at_most", "#reached+hh+max"), ("log_size", "#meta+log_size"),
    ("log_root", "#meta+log_root"),
)  # fmt: skip
"""Columns of a place's table, each with its HXL tag."""


def place_csv(
    cycle: str, place: tuple[str, str, str], goods: Sequence[PlaceGood], people: Served, log: tuple[int, str]
) -> str:
    """The table of a place, a row a benefit: (point, name, area), and the log's size and root (hex) that hold it. Numbers
    are exact; one without a finite decimal is written as a fraction."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow([name for name, _ in HEAD])
    writer.writerow([tag for _, tag in HEAD])
    point, name, area = (_plain(text) for text in place)
    for good in goods:
        numbers = (
            good.due, good.shown(good.allocated), None if good.received is None else good.shown(good.received),
            good.shown(good.given),
        )  # fmt: skip
        writer.writerow(
            [cycle, point, name, area, good.benefit.id, good.benefit.unit, *map(_exact, numbers), people.households,
             people.low, people.high, *log]
        )  # fmt: skip
    return sink.getvalue()


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula, and that stays on its line."""
    line = " ".join(text.split())
    return f"'{line}" if line[:1] in ("=", "+", "-", "@") else line


def _exact(value: Fraction | None) -> str:
    if value is None:
        return ""
    scaled = value * 10**6
    if scaled.denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    whole, rest = divmod(abs(scaled.numerator), 10**6)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}" + (f".{rest:06d}".rstrip("0") if rest else "")
