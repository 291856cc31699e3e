"""Types of numbers: denominators known at load, and bounds proved for every operation (below 2^62, DESIGN §6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm, prod

from evenhand.core.quantity import round_to
from evenhand.flow.policy.gate import Refused
from evenhand.flow.policy.measure import Measure
from evenhand.flow.policy.model import Rounding
from evenhand.flow.policy.tree import Node, Quant

LIMIT = 2**62
MEMBERS_MAX = 1_000
"""Members of a household that bounds are proved for; a larger household is undecided."""


def too_large(what: str) -> Refused:
    """The fault of a bound that cannot be kept."""
    return Refused(
        what, "the numbers here can pass 2^62", "declare a narrower range for the inputs, or round to a larger unit"
    )


def check(numerator: Fraction | int, what: str) -> None:
    """Refuse what may not fit into 62 bits."""
    if not -LIMIT < numerator < LIMIT:
        raise too_large(what)


def constant(values: Iterable[Fraction | None], measure: Measure) -> Quant:
    """The type of a constant."""
    known = [value for value in values if value is not None]
    den = lcm(*(value.denominator for value in known)) if known else 1
    low, high = (min(known), max(known)) if known else (Fraction(0), Fraction(0))
    check(max(abs(low), abs(high), Fraction(1)) * den, measure.text)
    return Quant(measure, den, low, high)


def added(terms: Sequence[tuple[int, Quant]], measure: Measure) -> Quant:
    """The type of a sum."""
    den = lcm(*(quant.den for _, quant in terms))
    check(sum(quant.largest for _, quant in terms) * den, "a sum")
    low = sum((quant.lo if sign > 0 else -quant.hi for sign, quant in terms), Fraction(0))
    high = sum((quant.hi if sign > 0 else -quant.lo for sign, quant in terms), Fraction(0))
    return Quant(measure, den, low, high)


def multiplied(quants: Sequence[Quant], constants: Sequence[Fraction | None], measure: Measure) -> Quant:
    """The type of a product of data with a constant (its value in each environment)."""
    low = high = Fraction(1)
    for quant in quants:
        ends = [a * b for a in (low, high) for b in (quant.lo, quant.hi)]
        low, high = min(ends), max(ends)
    dens = prod(quant.den for quant in quants)
    known = [value for value in constants if value is not None] or [Fraction(0)]
    coefficients = [value / dens for value in known]
    ends = [end * value for end in (low, high) for value in known]
    largest = prod((max(quant.largest * quant.den, Fraction(1)) for quant in quants), start=Fraction(1))
    for coefficient in coefficients:
        check(largest * max(abs(coefficient.numerator), 1), "a product")
    den = lcm(*(coefficient.denominator for coefficient in coefficients))
    check(max(abs(end) for end in ends) * den, "a product")
    return Quant(measure, den, min(ends), max(ends))


def hull(quants: Sequence[Quant], measure: Measure) -> Quant:
    """The type of one of several."""
    den = lcm(*(quant.den for quant in quants))
    check(max(quant.largest for quant in quants) * den, "a choice of values")
    return Quant(measure, den, min(quant.lo for quant in quants), max(quant.hi for quant in quants))


def ratio_parts(node: Node, to: Fraction) -> tuple[int, int, Node, Node | None]:
    """value / to = n*A / (d*B): (A, B, node of n, node of d or None), n and d being integer numerators."""
    if node.op == "quotient":
        top, bottom = node.args
        scale = Fraction(bottom.number.den, top.number.den) / to
        return scale.numerator, scale.denominator, top, bottom
    scale = Fraction(1, node.number.den) / to
    return scale.numerator, scale.denominator, node, None


def rounded(node: Node, rounding: Rounding) -> Quant:
    """The type after rounding; refuses what the integer division behind it could not hold."""
    a, b, top, bottom = ratio_parts(node, rounding.to)
    divisor = bottom.number.largest * bottom.number.den * b if bottom else Fraction(b)
    numerator = top.number.largest * top.number.den * a
    smallest = bottom.number.lo * bottom.number.den * b if bottom else Fraction(b)
    check(4 * (numerator + divisor * (2 + numerator // max(smallest, Fraction(1)))) if top.number.lo < 0 else
          2 * numerator + 2 * divisor, "rounding")  # fmt: skip
    low = round_to(node.number.lo, rounding.to, rounding.mode)
    high = round_to(node.number.hi, rounding.to, rounding.mode)
    den = rounding.to.denominator
    check(max(abs(low), abs(high)) * den, "rounding")
    return Quant(rounding.measure, den, low, high)
