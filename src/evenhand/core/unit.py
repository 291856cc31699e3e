"""Units of quantities. A quantity is stored as an integer in its dimension's base unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from evenhand.core.errors import UsageError


@dataclass(frozen=True)
class Unit:
    """A unit: its dimension, and how many base units of that dimension it is worth."""

    name: str
    dimension: str
    base_per_unit: int


_TABLE: dict[str, tuple[str, int]] = {
    # mass, base g
    "g": ("mass", 1), "kg": ("mass", 1_000), "t": ("mass", 1_000_000),
    # volume, base ml
    "ml": ("volume", 1), "l": ("volume", 1_000), "L": ("volume", 1_000), "m3": ("volume", 1_000_000),
    # counted things, base one of them
    "piece": ("piece", 1), "pair": ("piece", 1), "loaf": ("piece", 1), "set": ("piece", 1),
    "coupon": ("point", 1), "point": ("point", 1),
    # avoirdupois weight, base ounce. An ounce is 28.349523125 g (Weights and Measures Act 1963), no whole
    # number of grams: a ration in ounces is counted in ounces, and never mixed with one in grams
    "oz": ("avoirdupois", 1), "lb": ("avoirdupois", 16),
    # imperial volume, base fluid ounce: 20 to the pint (Weights and Measures Act 1824), 28.4130625 ml each
    "floz": ("imperial volume", 1), "pint": ("imperial volume", 20),
    # floor space, base dm2
    "dm2": ("area", 1), "m2": ("area", 100),
    # energy of food, base kcal (4184 J: no whole number of Wh)
    "kcal": ("food energy", 1),
    # energy, base Wh
    "Wh": ("energy", 1), "kWh": ("energy", 1_000), "MWh": ("energy", 1_000_000),
}  # fmt: skip

CURRENCIES = ("INR", "USD", "EUR", "GBP", "EGP", "CUP", "KPW")
"""Money: the base unit is a hundredth (cent). Others come with the examples that need them."""

UNITS: dict[str, Unit] = {
    **{name: Unit(name, dimension, size) for name, (dimension, size) in _TABLE.items()},
    "cent": Unit("cent", "money", 1),
    **{name: Unit(name, f"money:{name}", 100) for name in CURRENCIES},
    # British money before 1971-02-15: twelve pence to the shilling, 240 to the pound
    "penny": Unit("penny", "money:penny", 1),
    "shilling": Unit("shilling", "money:penny", 12),
}

_QUANTITY = re.compile(r"\s*([0-9]{1,18}(?:\.[0-9]{1,9})?|[0-9]{1,18}/[0-9]{1,18})\s+([A-Za-z][A-Za-z0-9]*)\s*\Z")


def unit_named(name: str) -> Unit:
    """The unit called `name`; UsageError with the known names if there is none."""
    unit = UNITS.get(name)
    if unit is None:
        raise UsageError(f'there is no unit "{name}"', f"use one of {', '.join(UNITS)}")
    return unit


def parse_quantity(text: str) -> tuple[Fraction, Unit]:
    """`"500 g"` -> (500 base units, g); `"1.5 kg"` -> (1500, kg). Exact; the caller refuses a part of a base unit."""
    found = _QUANTITY.match(text)
    if not found:
        raise UsageError(f'"{text}" is not a quantity', 'write a number, a space and a unit, as in "500 g"')
    unit = unit_named(found[2])
    return Fraction(found[1]) * unit.base_per_unit, unit
