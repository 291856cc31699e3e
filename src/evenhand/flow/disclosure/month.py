"""A month as its disclosure shows it, and the exact figures claims and reports are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from evenhand.core.benefit import Benefit
from evenhand.core.period import Period
from evenhand.core.quantity import MICRO
from evenhand.flow.disclosure.tables import Misshapen


@dataclass(frozen=True)
class Outcomes:
    """How the rows of a point's roll ended, counted from its outcome file."""

    redeemed: int = 0
    exception: int = 0
    contested: int = 0
    uncollected: int = 0
    refused: int = 0
    held: int = 0

    @property
    def rows(self) -> int:
        """Rows in all."""
        return self.redeemed + self.exception + self.contested + self.uncollected + self.refused + self.held

    @property
    def served(self) -> int:
        """Rows that ended with goods in a household's hands: by coupon, by the exception path, or by more than one
        holder of the same coupon."""
        return self.redeemed + self.exception + self.contested

    def __add__(self, other: Outcomes) -> Outcomes:
        return Outcomes(
            self.redeemed + other.redeemed, self.exception + other.exception, self.contested + other.contested,
            self.uncollected + other.uncollected, self.refused + other.refused, self.held + other.held,
        )  # fmt: skip


@dataclass(frozen=True)
class Month:
    """One disclosure as plain data. `meta` is what its package holds under `"evenhand"`; `benefits` stand in the
    policy's order; `floors` are those with a protected part; `roll_rows` and `outcomes` are counted by point.
    """

    folder: str
    meta: Mapping[str, Any]
    period: Period
    tables: Mapping[str, Any]
    benefits: Mapping[str, Benefit]
    floors: frozenset[str]
    outcomes: Mapping[str, Outcomes] = field(default_factory=dict)
    roll_rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def divided(self) -> tuple[Benefit, ...]:
        """Benefits that scarcity divides, in the policy's order."""
        return tuple(b for b in self.benefits.values() if b.division == "leximin")


@dataclass(frozen=True, order=True)
class Level:
    """How far up its ladder a point stands: complete rungs and the part of the next one (0 <= part < 1)."""

    rungs: int
    part: Fraction

    @property
    def value(self) -> Fraction:
        """Rungs and part as one number."""
        return self.rungs + self.part


NOTHING = Level(0, Fraction(0))
Pair = tuple[str, str]


class Figures:
    """What one month's tables say about each (point, benefit), after re-cuts. Built once, then only read.

    Raises Misshapen where the tables contradict their own form (a denominator of zero, a negative amount).
    """

    def __init__(self, month: Month) -> None:
        self.month = month
        self.points = sorted(n for n, kind in _rows(month, "nodes", "node", "kind") if kind == "point")
        self.ladders = self._ladders()
        self.levels = self._levels()
        self.households, self.members, self.rations = self._totals()
        self._worth = {pair: self._value(pair) for pair in self.ladders}

    def _ladders(self) -> dict[Pair, tuple[tuple[int, int], ...]]:
        """(households, base units) of each rung in order; a rung nobody lists is empty."""
        found: dict[Pair, dict[int, tuple[int, int]]] = {}
        for point, benefit, rung, households, amount in _rows(
            self.month, "ladders", "point", "benefit", "rung", "households", "amount"
        ):
            if not 1 <= rung <= 1000 or households < 0 or amount < 0:
                raise Misshapen(f"tables/ladders: rung {rung} of {point}, {benefit} is not a rung")
            found.setdefault((point, benefit), {})[rung] = (households, amount)
        return {
            pair: tuple(rungs.get(number, (0, 0)) for number in range(1, max(rungs) + 1))
            for pair, rungs in found.items()
        }

    def _levels(self) -> dict[Pair, Level]:
        found: dict[Pair, Level] = {}
        for table, benefit in (("levels", "commodity"), ("recut", "benefit")):
            for point, name, rungs, num, den in _rows(self.month, table, "point", benefit, "rungs", "num", "den"):
                part = fraction(num, den, f"tables/{table}: level of {point}, {name}")
                if rungs < 0 or part >= 1:
                    raise Misshapen(f"tables/{table}: level of {point}, {name} is not a level")
                found[point, name] = Level(rungs, part)
        return found

    def _totals(self) -> tuple[dict[str, int], dict[str, int], dict[Pair, int]]:
        households: dict[str, int] = dict(self.month.roll_rows)
        members: dict[str, int] = {}
        rations: dict[Pair, int] = {}
        for point, benefit, count, people, given in _rows(
            self.month, "totals", "point", "benefit", "households", "members", "rations"
        ):
            households[point] = max(households.get(point, 0), count)
            members[point] = max(members.get(point, 0), people)
            rations[point, benefit] = given
        for point, benefit, units in _rows(self.month, "recut", "point", "benefit", "units"):
            rations[point, benefit] = units
        return households, members, rations

    def amounts(self, point: str, benefit: str) -> tuple[int, ...]:
        """Base units of each rung."""
        return tuple(amount for _, amount in self.ladders.get((point, benefit), ()))

    def due(self, point: str, benefit: str) -> int:
        """Base units all households of the point are due: the whole ladder."""
        return self._worth.get((point, benefit), (0, Fraction(0)))[0]

    def floor(self, point: str, benefit: str) -> int:
        """Base units of the first rung where the policy protects a floor, else 0."""
        amounts = self.amounts(point, benefit)
        return amounts[0] if amounts and benefit in self.month.floors else 0

    def level(self, point: str, benefit: str) -> Level:
        """The level after re-cut; a point without a row stands at nothing."""
        return self.levels.get((point, benefit), NOTHING)

    def granted(self, point: str, benefit: str) -> Fraction:
        """Base units the level is worth on the exact ladder, before rounding to whole hand-outs."""
        return self._worth.get((point, benefit), (0, Fraction(0)))[1]

    def _value(self, pair: Pair) -> tuple[int, Fraction]:
        amounts, level = self.amounts(*pair), self.level(*pair)
        part = amounts[level.rungs] * level.part if level.rungs < len(amounts) else Fraction(0)
        return sum(amounts), sum(amounts[: level.rungs]) + part

    def fill(self, point: str, benefit: str) -> Fraction | None:
        """Share of what is due that the level grants; None where nothing is due."""
        due = self.due(point, benefit)
        return self.granted(point, benefit) / due if due else None

    def fill_of(self, points: Iterable[str], benefit: str) -> Fraction | None:
        """The same over several points together. Exact, but where many points stand at levels of their own and the common
        denominator passes 1,024 bits, what a point is granted counts in whole millionths of a base unit, rounded down.
        """
        due, total = 0, Fraction(0)
        for point in points:
            due += self.due(point, benefit)
            granted = self.granted(point, benefit)
            if total.denominator.bit_length() + granted.denominator.bit_length() > 1024:
                total, granted = _millionths(total), _millionths(granted)
            total += granted
        return total / due if due else None

    def full(self, point: str, benefit: str) -> bool:
        """Whether the level exhausts the point's ladder."""
        return self.granted(point, benefit) == self.due(point, benefit)

    def under_floor(self, point: str, benefit: str) -> bool:
        """Whether the level lies under the floor by a hand-out step or more (rounding may withhold less than one)."""
        floor, level = self.floor(point, benefit), self.level(point, benefit)
        if level.rungs >= 1 or floor == 0:
            return False
        return floor * (1 - level.part) >= self.month.benefits[benefit].step_base

    def ration(self, point: str, benefit: str) -> int:
        """Base units on the roll, after re-cut."""
        return self.rations.get((point, benefit), 0) * self.month.benefits[benefit].step_base

    def entitled_at_least(self, point: str, benefit: str) -> int:
        """Households that are surely due some of the benefit.

        A floor stands in every such household's ladder, and tiers share no household; folding can only hide some.
        """
        counts = [households for households, _ in self.ladders.get((point, benefit), ())]
        if benefit in self.month.floors:
            return max(counts[0] if counts else 0, sum(counts[1:]))
        return sum(counts)


def _millionths(value: Fraction) -> Fraction:
    return Fraction(value.numerator * MICRO // value.denominator, MICRO)


def fraction(num: str, den: str, where: str) -> Fraction:
    """A fraction of two decimal texts; Misshapen if it is not one."""
    if not (re.fullmatch(r"[0-9]{1,1000}", num) and re.fullmatch(r"[0-9]{1,1000}", den)) or int(den) == 0:
        raise Misshapen(f"{where} is not a fraction")
    return Fraction(int(num), int(den))


def _rows(month: Month, table: str, *columns: str) -> Iterable[tuple[Any, ...]]:
    found = month.tables[table]
    return zip(*(found.column(c).to_pylist() for c in columns), strict=True)
