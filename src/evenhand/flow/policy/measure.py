"""Units of expressions: products of known units, such as `kg/person` or `INR/kg`, with exact scales."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from evenhand.core.errors import UsageError
from evenhand.core.unit import UNITS

Dims = tuple[tuple[str, int], ...]

COUNTED = {"person": "person", "day": "day", "year": "year"}
"""Units a policy may use that are no quantities of goods."""

NEVER = ("household", "month", "period", "cycle", "week")
"""A table of households gives what one household gets in one period: these are never written after `/`."""

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


def _unit(name: str, text: str) -> Measure:
    if name in COUNTED:
        return Measure(((COUNTED[name], 1),), Fraction(1), name)
    unit = UNITS.get(name) if _NAME.match(name) else None
    if unit is None:
        known = ", ".join([*UNITS, *COUNTED, "number"])
        raise UsageError(f'"{text}" is not a unit: "{name}" is not known', f"use {known}, joined by /")
    return Measure(((unit.dimension, 1),), Fraction(unit.base_per_unit), name)
