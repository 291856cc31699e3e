"""Names and amounts as people read them: a benefit in a sentence, a quantity in its unit, a point by its place."""

from __future__ import annotations

from fractions import Fraction

from evenhand.core.benefit import Benefit
from evenhand.flow.disclosure.month import Month


def name_of(benefit: Benefit) -> str:
    """The benefit's title without what follows a comma: `Chicken` for `Chicken, whole`."""
    return benefit.title.partition(",")[0].strip() or benefit.id


def noun(benefit: Benefit) -> str:
    """That name inside a sentence: `cooking oil`, but `CSB` stays."""
    name = name_of(benefit)
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def units_of(benefit: Benefit, base: int | Fraction) -> Fraction:
    """`base` of the policy's integers in the benefit's own unit (kg, pair, …)."""
    return Fraction(base) / benefit.base_per_unit


def decimal(value: Fraction, digits: int) -> str:
    """A number for people: half up at `digits` decimals, thousands separated, no zeros behind a whole number."""
    scale = 10**digits
    scaled = value * scale
    count = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    sign, count = ("-", -count) if count < 0 else ("", count)
    whole, rest = divmod(count, scale)
    return f"{sign}{whole:,}" + (f".{rest:0{digits}d}" if rest else "")


LARGER = {"g": ("kg", 1_000), "kg": ("t", 1_000), "ml": ("l", 1_000)}
"""The unit people take for a thousand of another and more."""


def in_words(benefit: Benefit, base: int | Fraction) -> str:
    """`13.5 kg`."""
    shown, unit = units_of(benefit, base), benefit.unit
    if unit in LARGER and shown >= LARGER[unit][1]:
        unit, size = LARGER[unit]
        shown /= size
    return f"{decimal(shown, 1)} {unit}"


def place_names(month: Month) -> dict[str, str]:
    """Name of each node that has one, by id. Names shared by several nodes get their id behind them."""
    places = month.tables["places"]
    pairs = list(zip(places.column("node").to_pylist(), places.column("name").to_pylist(), strict=True))
    counts: dict[str, int] = {}
    for _, name in pairs:
        counts[name] = counts.get(name, 0) + 1
    return {node: name if counts[name] == 1 else f"{name} ({node})" for node, name in pairs if name}
