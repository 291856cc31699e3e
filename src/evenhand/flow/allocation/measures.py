"""How even a division is: figures of one commodity over its points, exact, whatever rule made it.

Fill is quantity over due. The worst-off tenth and the Gini coefficient weigh a point by what it is due, which stands
for how many live there; so points at one fill count as one, however they are cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from evenhand.flow.allocation.check import Input

Pair = tuple[str, str]
CURVE = tuple(range(0, 101, 10))


@dataclass(frozen=True)
class Ladder:
    """Rungs of a pair as (number, quantity), ascending, none empty."""

    rungs: tuple[tuple[int, int], ...]

    @property
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
    short = [(ladder.level(quantity), point) for point, ladder, quantity in rows if quantity < ladder.due]
    worst, worst_point = min(short, default=(None, ""))
    lacking = [ladder.floor - quantity for _, ladder, quantity in rows if quantity < ladder.floor]
    pooled: dict[Fraction, tuple[int, Fraction]] = {}
    for _, ladder, quantity in rows:
        fill = quantity / ladder.due
        due, sum_of = pooled.get(fill, (0, Fraction(0)))
        pooled[fill] = due + ladder.due, sum_of + quantity
    order = sorted(pooled)
    due = sum(ladder.due for _, ladder, _ in rows)
    given = exact_total([sum_of for _, sum_of in pooled.values()])
    fills = [quantity * 10 // ladder.due for _, ladder, quantity in rows]
    return Measures(
        commodity=commodity,
        ladders=len(rows),
        due=due,
        given=given,
        in_full=len(rows) - len(short),
        under_floor=len(lacking),
        floor_gap=exact_total(lacking),
        worst=worst,
        worst_point=worst_point,
        worst_tenth=_worst_tenth([pooled[fill] for fill in order], due),
        gini=_gini([pooled[fill] for fill in order], due, given),
        curve=tuple(sum(fill >= tenth for fill in fills) for tenth in range(len(CURVE))),
    )


def exact_total(values: list[Fraction]) -> Fraction:
    """The sum, by halves: denominators grow no faster than they must."""
    by_den: dict[int, int] = {}
    for value in values:
        by_den[value.denominator] = by_den.get(value.denominator, 0) + value.numerator
    parts = [(num, den) for den, num in by_den.items()]
    while len(parts) > 1:
        halves = [(a * d + c * b, b * d) for (a, b), (c, d) in zip(parts[::2], parts[1::2], strict=False)]
        parts = halves + (parts[-1:] if len(parts) % 2 else [])
    return Fraction(*parts[0]) if parts else Fraction(0)


def _worst_tenth(pooled: list[tuple[int, Fraction]], due: int) -> Fraction:
    """Mean fill of the first tenth of `due`; pools by ascending fill."""
    left, parts = Fraction(due, 10), []
    for width, quantity in pooled:
        if width >= left:
            parts.append(quantity * left / width)
            break
        parts.append(quantity)
        left -= width
    return exact_total(parts) * 10 / due


def _gini(pooled: list[tuple[int, Fraction]], due: int, given: Fraction) -> Fraction:
    """Twice the area between Lorenz curve and diagonal, over pools by ascending fill; 0 where nobody gets anything."""
    if not given:
        return Fraction(0)
    parts, before = [], 0
    for width, quantity in pooled:
        parts.append(quantity * (2 * before + width))  # sums of sums, turned round: each quantity once
        before += width
    return exact_total(parts) / (given * due) - 1
