"""Exact arithmetic on quantities: integers in base units, fractions as (num, den). Never a float (DESIGN §5.1)."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

MICRO = 1_000_000
"""Rounding arrears are counted in millionths of a hand-out step (DESIGN §9)."""

RoundMode = Literal["floor", "ceiling", "half-up", "half-down", "half-even", "toward-zero", "away-from-zero"]


def ceil_div(num: int, den: int) -> int:
    """The smallest integer >= num / den, for den > 0."""
    return -(-num // den)


def round_to(value: Fraction, step: Fraction, mode: RoundMode) -> Fraction:
    """`value` rounded to a multiple of `step` (> 0). half-up rounds a tie away from zero, half-down toward zero."""
    quotient = value / step
    low = quotient.numerator // quotient.denominator
    rest = quotient - low
    if rest == 0:
        return value
    negative = quotient < 0
    if mode == "floor":
        up = False
    elif mode == "ceiling":
        up = True
    elif mode == "toward-zero":
        up = negative
    elif mode == "away-from-zero":
        up = not negative
    elif rest != Fraction(1, 2):
        up = rest > Fraction(1, 2)
    elif mode == "half-up":
        up = not negative
    elif mode == "half-down":
        up = negative
    else:
        up = low % 2 == 1
    return (low + up) * step
