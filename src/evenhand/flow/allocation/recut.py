"""Re-cut: bring a point's level down to what really arrived (DESIGN §9; spec/formats.md, "Re-cut")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from evenhand.core.errors import UsageError
from evenhand.core.quantity import MICRO

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Recut:
    """A point's new reserve, level (rungs + num/den) and units to give, in steps."""

    reserve: int
    rungs: int
    num: int
    den: int
    units: int


def new_level(
    counted: int,
    units: int,
    reserve: int,
    planned: tuple[int, int, int],
    ladder: Sequence[tuple[int, int]],
    carry_micro: int,
    step: int,
) -> Recut:
    """The greatest level, not above the planned, that what was counted pays for.

    `counted`, `units`, `reserve` in steps: all that is at the point, and what was planned. `planned` = (rungs, num,
    den). `ladder` = (rung, exact total in base units) of the point; `carry_micro` = sum of its households' arrears.
    UsageError if a count is negative.
    """
    if min(counted, units, reserve) < 0:
        raise UsageError("a count below zero", "count what is there; nothing is 0")
    kept = counted * reserve // units if units else 0
    at_hand = counted - kept
    room = (at_hand - Fraction(carry_micro, MICRO)) * step
    ceiling = planned[0] + Fraction(planned[1], planned[2])
    rungs = sorted((rung, amount) for rung, amount in ladder if amount > 0)
    level = Fraction(0) if room < 0 else _greatest(rungs, room, ceiling)
    owed = Fraction(carry_micro, MICRO) + _held(rungs, level) / step
    part = level - level.__floor__()
    return Recut(kept, level.__floor__(), part.numerator, part.denominator, max(0, min(owed.__floor__(), at_hand)))


def _greatest(rungs: Sequence[tuple[int, int]], room: Fraction, ceiling: Fraction) -> Fraction:
    """The greatest level <= `ceiling` at which the ladder holds no more than `room` (>= 0) base units."""
    for rung, amount in rungs:
        if amount > room:
            return min(ceiling, rung - 1 + room / amount)
        room -= amount
    return ceiling


def _held(rungs: Sequence[tuple[int, int]], level: Fraction) -> Fraction:
    """What the ladder holds up to `level`."""
    return sum((amount * min(Fraction(1), max(Fraction(0), level - rung + 1)) for rung, amount in rungs), Fraction(0))


def split_at(row: Array, rung: Array, amount: Array, rungs: int, count: int) -> tuple[Array, Array]:
    """Of households 0 … count - 1 at one level: base units of their complete rungs, and of the next one.

    `row`, `rung`, `amount` are the rows of their ladders (`row` says whose).
    """
    full, following = np.zeros(count, np.int64), np.zeros(count, np.int64)
    complete, coming = rung <= rungs, rung == rungs + 1
    np.add.at(full, row[complete], amount[complete])
    np.add.at(following, row[coming], amount[coming])
    return full, following
