"""How even a division is: figures of one commodity over its points, exact, whatever rule made it.

Fill is quantity over due. The worst-off tenth and the Gini coefficient weigh a point by what it is due, which stands
for how many live there; so points at one fill count as one, however they are cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from evenhand.flow.allocation.check import Input

Pair = tuple[str, str]
CURVE = tuple(range(0, 101, 10))


@dataclass(frozen=True)
class Ladder:
    """Rungs of a pair as (number, quantity), ascending, none empty."""

    rungs: tuple[tuple[int, int], ...]

    @cached_property
    def due(self) -> int:
        """The whole ladder."""
        return sum(quantity for _, quantity in self.rungs)

    @property
    def floor(self) -> int:
        """What rung 1 holds."""
        return self.rungs[0][1] if self.rungs and self.rungs[0][0] == 1 else 0

    def level(self, quantity: Fraction) -> Fraction:
        """How far up its own ladder a quantity less than its due brings the point; empty rungs are passed."""
        for number, rung in self.rungs:
            if quantity < rung:
                return number - 1 + quantity / rung
            quantity -= rung
        return Fraction(self.rungs[-1][0] if self.rungs else 0)


@dataclass(frozen=True)
class Measures:
    """Of one commodity: its pairs that are due something, and how they stand.

    `under_floor`: points that get less than their rung 1; `floor_gap`: what they lack to it. `worst` is the lowest
    level of a point that is short, `worst_point` the first such point; None where nobody is short. `worst_tenth` is the
    mean fill of the worst-off tenth of all that is due, `gini` of fill, both weighed by due. `curve` counts points with
    a fill of at least 0, 10, … 100 %.
    """

    commodity: str
    ladders: int
    due: int
    given: Fraction
    in_full: int
    under_floor: int
    floor_gap: Fraction
    worst: Fraction | None
    worst_point: str
    worst_tenth: Fraction
    gini: Fraction
    curve: tuple[int, ...]


def ladders_of(given: Input) -> dict[Pair, Ladder]:
    """The ladder of every (point, commodity)."""
    nodes, commodities = given.nodes.to_pylist(), given.commodities.to_pylist()
    rungs: dict[Pair, list[tuple[int, int]]] = {}
    rows = zip(
        given.demand_node.tolist(),
        given.demand_commodity.tolist(),
        given.demand_rung.tolist(),
        given.demand_quantity.tolist(),
        strict=True,
    )
    for node, commodity, rung, quantity in rows:
        found = rungs.setdefault((nodes[node], commodities[commodity]), [])
        if quantity:
            found.append((rung, quantity))
    return {pair: Ladder(tuple(sorted(found))) for pair, found in rungs.items()}


def measure(ladders: Mapping[Pair, Ladder], got: Mapping[Pair, Fraction]) -> list[Measures]:
    """The figures of every commodity, in the order of their ids. Pairs that are due nothing do not count."""
    by_commodity: dict[str, list[tuple[str, Ladder, Fraction]]] = {}
    for (point, commodity), ladder in ladders.items():
        if ladder.due:
            by_commodity.setdefault(commodity, []).append((point, ladder, got[point, commodity]))
    return [_measure(commodity, rows) for commodity, rows in sorted(by_commodity.items())]


def _measure(commodity: str, rows: list[tuple[str, Ladder, Fraction]]) -> Measures:
    # Fractions whose denominators have n bits differ by more than 2^-2n: so many bits put them in order as integers.
    bits = 2 * max((quantity.denominator * ladder.due).bit_length() for _, ladder, quantity in rows) + 1
    in_full, worst_key, worst_row = 0, (0, 0, ""), None
    given, lacking, under_floor = Total(), Total(), 0
    pools: dict[int, tuple[int, Total]] = {}
    curve = [0] * len(CURVE)
    for row in rows:
        point, ladder, quantity = row
        num, den, due = quantity.numerator, quantity.denominator, ladder.due
        given.add(num, den)
        curve[num * 10 // (den * due)] += 1
        fill = (num << bits) // (den * due)
        width, total = pools.get(fill) or (0, Total())
        total.add(num, den)
        pools[fill] = width + due, total
        if num < ladder.floor * den:
            under_floor += 1
            lacking.add(ladder.floor * den - num, den)
        if num == due * den:
            in_full += 1
            continue
        for rung, size in ladder.rungs:
            if num < size * den:
                key = rung - 1, (num << bits) // (den * size), point
                if worst_row is None or key < worst_key:
                    worst_key, worst_row = key, row
                break
            num -= size * den
    order = [pools[fill] for fill in sorted(pools)]
    due = sum(ladder.due for _, ladder, _ in rows)
    return Measures(
        commodity=commodity,
        ladders=len(rows),
        due=due,
        given=given.value(),
        in_full=in_full,
        under_floor=under_floor,
        floor_gap=lacking.value(),
        worst=None if worst_row is None else worst_row[1].level(worst_row[2]),
        worst_point="" if worst_row is None else worst_row[0],
        worst_tenth=_worst_tenth(order, due),
        gini=_gini(order, due, given.value()),
        curve=tuple(sum(curve[tenth:]) for tenth in range(len(CURVE))),
    )


class Total:
    """An exact sum of fractions, kept by denominator."""

    def __init__(self) -> None:
        self.parts: dict[int, int] = {}

    def add(self, num: int, den: int) -> None:
        """Add num / den."""
        self.parts[den] = self.parts.get(den, 0) + num

    def value(self) -> Fraction:
        """The sum, by halves: denominators grow no faster than they must."""
        parts = [(num, den) for den, num in self.parts.items()]
        while len(parts) > 1:
            halves = [(a * d + c * b, b * d) for (a, b), (c, d) in zip(parts[::2], parts[1::2], strict=False)]
            parts = halves + (parts[-1:] if len(parts) % 2 else [])
        return Fraction(*parts[0]) if parts else Fraction(0)


def _worst_tenth(pools: list[tuple[int, Total]], due: int) -> Fraction:
    """Mean fill of the first tenth of `due`; pools by ascending fill."""
    left, sums = Fraction(due, 10), Total()
    for width, total in pools:
        if width >= left:
            last = total.value() * left / width
            sums.add(last.numerator, last.denominator)
            break
        for den, num in total.parts.items():
            sums.add(num, den)
        left -= width
    return sums.value() * 10 / due


def _gini(pools: list[tuple[int, Total]], due: int, given: Fraction) -> Fraction:
    """Twice the area between Lorenz curve and diagonal, over pools by ascending fill; 0 where nobody gets anything."""
    if not given:
        return Fraction(0)
    sums, before = Total(), 0
    for width, total in pools:
        for den, num in total.parts.items():
            sums.add(num * (2 * before + width), den)  # sums of sums, turned round: each quantity once
        before += width
    return sums.value() / (given * due) - 1
