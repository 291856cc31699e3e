"""Small linear programs, solved exactly: the simplex method in fractions, with Bland's rule so that it always ends.

Meant for tens of variables and rows, as a food basket has. The answer carries its own proof: prices of the rows under
which no plan can be cheaper (`proved`). Two runs give the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Vector = list[Fraction]


@dataclass(frozen=True)
class Row:
    """The sum of weights times variables is at least `least`."""

    name: str
    weights: Mapping[int, Fraction]
    least: Fraction


@dataclass(frozen=True)
class Answer:
    """`values` of the variables and their `cost`; `prices` of the rows: what one more unit of `least` would cost.

    Where nothing satisfies all rows ("impossible"), the rows whose price is above 0 contradict one another.
    """

    status: Literal["optimal", "impossible", "unbounded"]
    values: tuple[Fraction, ...]
    prices: tuple[Fraction, ...]
    cost: Fraction


def minimise(cost: Sequence[Fraction], rows: Sequence[Row]) -> Answer:
    """The least of cost times x over all x >= 0 that satisfy every row."""
    count, height = len(cost), len(rows)
    wide = count + height
    table: list[Vector] = []
    basis: list[int] = []
    artificial = wide
    starts = [i for i, row in enumerate(rows) if row.least > 0]
    for i, row in enumerate(rows):
        line = [Fraction(0)] * (wide + len(starts) + 1)
        sign = 1 if row.least > 0 else -1
        for j, weight in row.weights.items():
            line[j] = sign * weight
        line[count + i] = Fraction(-sign)
        line[-1] = sign * row.least
        if row.least > 0:
            line[artificial] = Fraction(1)
            basis.append(artificial)
            artificial += 1
        else:
            basis.append(count + i)
        table.append(line)
    first = [Fraction(0)] * (wide + len(starts) + 1)
    for i in starts:
        for j, value in enumerate(table[i]):
            if j < wide or j == len(first) - 1:
                first[j] -= value
    _pivot_until_done(table, basis, first, wide)
    if first[-1] < 0:
        prices = tuple(first[count + i] for i in range(height))
        return Answer("impossible", (Fraction(0),) * count, prices, Fraction(0))
    _leave_artificials(table, basis, wide)
    second = [*cost, *[Fraction(0)] * (len(first) - count)]
    for i, at in enumerate(basis):
        if second[at]:
            _subtract(second, table[i], second[at])
    if not _pivot_until_done(table, basis, second, wide):
        return Answer("unbounded", (Fraction(0),) * count, (Fraction(0),) * height, Fraction(0))
    values = [Fraction(0)] * wide
    for i, at in enumerate(basis):
        if at < wide:
            values[at] = table[i][-1]
    answer = Answer("optimal", tuple(values[:count]), tuple(second[count:wide]), -second[-1])
    assert proved(cost, rows, answer)
    return answer


def proved(cost: Sequence[Fraction], rows: Sequence[Row], answer: Answer) -> bool:
    """Whether the answer satisfies every row and its prices show that nothing costs less. No solver."""
    x, y = answer.values, answer.prices
    if min((*x, *y), default=Fraction(0)) < 0:
        return False
    if any(sum((w * x[j] for j, w in row.weights.items()), Fraction(0)) < row.least for row in rows):
        return False
    worth = [Fraction(0)] * len(cost)
    for row, price in zip(rows, y, strict=True):
        for j, weight in row.weights.items():
            worth[j] += price * weight
    bound = sum((row.least * price for row, price in zip(rows, y, strict=True)), Fraction(0))
    spent = sum((c * v for c, v in zip(cost, x, strict=True)), Fraction(0))
    return all(w <= c for w, c in zip(worth, cost, strict=True)) and bound == spent == answer.cost


def _pivot_until_done(table: list[Vector], basis: list[int], goal: Vector, wide: int) -> bool:
    """Pivot until no column improves the goal; False where it falls without end. Bland: the first of all choices."""
    while True:
        entering = next((j for j in range(wide) if goal[j] < 0), None)
        if entering is None:
            return True
        limits = [
            (line[-1] / line[entering], basis[i], i) for i, line in enumerate(table) if line[entering] > 0
        ]  # fmt: skip
        if not limits:
            return False
        _, _, leaving = min(limits)
        _pivot(table, basis, leaving, entering)
        _subtract(goal, table[leaving], goal[entering])


def _leave_artificials(table: list[Vector], basis: list[int], wide: int) -> None:
    """Turn artificial variables that stayed at 0 out of the basis; a row that holds nothing else says nothing."""
    for i, at in enumerate(basis):
        if at >= wide:
            entering = next((j for j in range(wide) if table[i][j]), None)
            if entering is not None:
                _pivot(table, basis, i, entering)


def _pivot(table: list[Vector], basis: list[int], leaving: int, entering: int) -> None:
    line = table[leaving]
    by = line[entering]
    table[leaving] = line = [value / by if value else value for value in line]
    for i, other in enumerate(table):
        if i != leaving and other[entering]:
            _subtract(other, line, other[entering])
    basis[leaving] = entering


def _subtract(line: Vector, pivot: Vector, times: Fraction) -> None:
    for j, value in enumerate(pivot):
        if value:
            line[j] -= times * value
