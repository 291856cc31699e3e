"""Units of expressions: products of known units, such as `kg/person` or `INR/kg`, with exact scales."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction

from evenhand.core.errors import UsageError
from evenhand.core.unit import UNITS

Dims = tuple[tuple[str, int], ...]

COUNTED = {"person": "person", "day": "day", "year": "year"}
"""Units a policy may use that are no quantities of goods."""

NEVER = ("household", "month", "period", "cycle", "week")
"""A table of households gives what one household gets in one period: these are never written after `/`."""

_CALLED = {
    "kilo": "kg", "kilos": "kg", "kilogram": "kg", "kilograms": "kg", "kgs": "kg", "gram": "g", "grams": "g", "gr": "g",
    "litre": "l", "litres": "l", "liter": "l", "liters": "l", "ton": "t", "tonne": "t", "tons": "t", "tonnes": "t",
    "people": "person", "persons": "person", "capita": "person", "member": "person", "rupee": "INR", "rupees": "INR",
    "dollar": "USD", "dollars": "USD", "euro": "EUR", "pound": "GBP", "days": "day", "years": "year",
}  # fmt: skip
"""What people call units."""

_FRACTION = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,9}|/[1-9][0-9]{0,8})?\Z")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*\Z")


@dataclass(frozen=True)
class Measure:
    """Dimensions with their powers, and how many base units one of it is worth. `text` is what the author wrote."""

    dims: Dims
    scale: Fraction
    text: str

    def times(self, other: Measure, power: int = 1) -> Measure:
        """The measure of a product (power 1) or a quotient (power -1)."""
        powers = dict(self.dims)
        for dimension, count in other.dims:
            powers[dimension] = powers.get(dimension, 0) + power * count
        dims = tuple(sorted((name, count) for name, count in powers.items() if count))
        scale = self.scale * other.scale if power == 1 else self.scale / other.scale
        return Measure(dims, scale, describe(dims))

    def without(self, dimension: str) -> Measure:
        """The same measure with one dimension left out."""
        return Measure(tuple(d for d in self.dims if d[0] != dimension), self.scale, self.text)


NUMBER = Measure((), Fraction(1), "number")
PERSON = Measure((("person", 1),), Fraction(1), "person")
DAY = Measure((("day", 1),), Fraction(1), "day")
YEAR = Measure((("year", 1),), Fraction(1), "year")


def describe(dims: Dims) -> str:
    """Dimensions in words: `mass/person`."""
    over = "*".join(name if count == 1 else f"{name}^{count}" for name, count in dims if count > 0)
    under = "".join(f"/{name}" if count == -1 else f"/{name}^{-count}" for name, count in dims if count < 0)
    return f"{over or '1'}{under}" if dims else "number"


def measure(text: str) -> Measure:
    """The measure written `kg`, `kg/person`, `g/person/day` or `number`; UsageError says what is wrong with another."""
    if text in ("number", "1"):
        return NUMBER
    found = NUMBER
    for position, part in enumerate(text.split("/")):
        name = part.strip()
        if position and name in NEVER:
            raise UsageError(
                f'"/{name}" is never written: a value is for one period, and for the household or member of its table',
                f'write "{text.split("/" + part)[0]}"',
            )
        if position == 0 and name == "1":
            continue
        found = found.times(_unit(name, text), 1 if position == 0 else -1)
    return Measure(found.dims, found.scale, text)


def unit_advice(name: str) -> str:
    """The unit that was probably meant, or all that are known."""
    lower = name.lower()
    meant = _CALLED.get(lower) or next((unit for unit in (*UNITS, *COUNTED) if unit.lower() == lower), None)
    meant = meant or next(iter(get_close_matches(name, [*UNITS, *COUNTED], 1, 0.7)), None)
    known = ", ".join([*UNITS, *COUNTED, "number"])
    return f'did you mean "{meant}"?' if meant else f"use {known}, joined by /"


def _unit(name: str, text: str) -> Measure:
    if name in COUNTED:
        return Measure(((COUNTED[name], 1),), Fraction(1), name)
    unit = UNITS.get(name) if _NAME.match(name) else None
    if unit is None:
        raise UsageError(f'"{text}" is not a unit: "{name}" is not known', unit_advice(name))
    return Measure(((unit.dimension, 1),), Fraction(unit.base_per_unit), name)


def exact(value: object) -> Fraction | None:
    """The exact number of a TOML value or text; None if it is none, or absurdly large or fine."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(value) if abs(value) < 10**18 else None
    if isinstance(value, Decimal):
        if not value.is_finite() or not -18 < value.adjusted() < 18 or int(value.as_tuple().exponent) < -9:
            return Fraction(0) if value == 0 else None
        return Fraction(value)
    if isinstance(value, str) and _FRACTION.match(value.strip()):
        return Fraction(value.strip())
    return None
