"""Quantities of benefits as files write them: "40 t", or a bare number of base units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from evenhand.core.benefit import Benefit
from evenhand.core.errors import UsageError
from evenhand.core.unit import parse_quantity, unit_named

LIMIT = 2**62
"""Quantities stay below this, so that sums of two fit into 64 bits."""


class NotAQuantity(ValueError):
    """A cell that holds no quantity of this benefit: `message|remedy`."""


def stocked(benefits: Mapping[str, Benefit]) -> list[str]:
    """Ids of the benefits there can be stock of."""
    return [benefit.id for benefit in benefits.values() if benefit.division == "leximin"]


def base_units(text: str, benefit: Benefit) -> int:
    """`text` in integers as the benefit counts them. NotAQuantity where it is none, or not whole."""
    return _whole(text, unit_named(benefit.unit).dimension, benefit.parts, f'"{benefit.id}"', benefit.unit)


def capacity(text: str, commodity: str | None, benefits: Mapping[str, Benefit]) -> int:
    """A lane's capacity. Without a commodity it holds for each benefit by itself: then a unit must fit all of them."""
    if commodity is not None:
        return base_units(text, benefits[commodity])
    if re.fullmatch(r"[0-9]+", text):
        return _whole(text, "", 1, "any benefit", "")
    kinds = {(unit_named(benefits[name].unit).dimension, benefits[name].parts) for name in stocked(benefits)}
    if len(kinds) != 1:
        raise NotAQuantity(
            "without a commodity it is not clear what this counts|write one lane for each commodity, or leave it empty"
        )
    (dimension, parts), unit = kinds.pop(), benefits[stocked(benefits)[0]].unit
    return _whole(text, dimension, parts, "this policy's benefits", unit)


def _whole(text: str, dimension: str, parts: int, what: str, unit: str) -> int:
    if re.fullmatch(r"[0-9]{1,19}", text):
        value = Fraction(int(text))
    elif text.lstrip().startswith(("-", "\u2212")):
        raise NotAQuantity("the quantity is negative|write 0 or more; what went out is recorded when it goes")
    else:
        try:
            value, found = parse_quantity(text)
        except UsageError as error:
            raise NotAQuantity(f"{error.message}|{error.remedy}") from error
        if found.dimension != dimension:
            raise NotAQuantity(f"{found.name} does not measure {what}|write it in {unit}")
        value *= parts
    if value.denominator != 1:
        raise NotAQuantity("not a whole number of base units|round it to what is really there")
    if value >= LIMIT:
        raise NotAQuantity("the quantity is too large|write it smaller than 2^62 base units")
    return int(value)
