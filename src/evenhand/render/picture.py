"""What every picture of one report shares: the benefit it shows, its classes of colour, its floor, its unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from evenhand.core.benefit import Benefit
from evenhand.flow.disclosure.month import Figures
from evenhand.flow.disclosure.naming import decimal, place_names, units_of
from evenhand.flow.disclosure.wording import percent
from evenhand.render.words import say


def whole(share: Fraction) -> int:
    """A share in whole per cent, as it is printed."""
    return int(percent(share, 0).replace(",", ""))


@dataclass(frozen=True)
class Classes:
    """The six colours of the data sequence: `bounds` are the first whole per cent of d2 … d6, d6 being 100."""

    bounds: tuple[int, int, int, int, int]

    def of(self, fill: Fraction) -> int:
        """1 to 6, by the per cent that is printed."""
        return 1 + sum(1 for bound in self.bounds if whole(fill) >= bound)

    def name(self, number: int) -> str:
        """What the key calls class `number`."""
        if number == 6:
            return say("class.full")
        if number == 1:
            return say("class.below", to=self.bounds[0])
        start, end = self.bounds[number - 2], self.bounds[number - 1] - 1
        return say("class.one", **{"from": start}) if start == end else say("class.span", **{"from": start}, to=end)


def classes(fills: Sequence[Fraction], floor: Fraction | None) -> Classes:
    """Class bounds: two classes under the floor, three from it to the best below full, and the full ration."""
    short = [whole(fill) for fill in fills if whole(fill) < 100]
    base = min(max(whole(floor) if floor is not None else 40, 4), 96)
    low, top = min(short, default=base), max([*short, base + 2]) if short else 99
    first = base - max(1, (base - low + 1) // 2) if low < base else base - max(1, base // 8)
    width = max(1, -(-(top + 1 - base) // 3))
    third, fourth = min(base + width, 98), min(base + 2 * width, 99)
    return Classes((max(1, first), base, max(third, base + 1), max(fourth, base + 2), 100))


@dataclass(frozen=True)
class Unit:
    """The unit a benefit is shown in: `divisor` shown units of the policy make one of these."""

    name: str
    divisor: int
    digits: int


_SCALES = {"g": ((10_000_000, "tonnes"), (10_000, "kg")), "kg": ((10_000, "tonnes"),), "ml": ((10_000, "litres"),)}
_SIZES = {("g", "tonnes"): 1_000_000, ("g", "kg"): 1_000, ("kg", "tonnes"): 1_000, ("ml", "litres"): 1_000}
_NAMES = {"piece": "pieces", "pair": "pairs", "point": "points", "l": "litres", "L": "litres", "loaf": "loaves"}


def unit_for(benefit: Benefit, base: int | Fraction) -> Unit:
    """Tonnes, kg or litres for ten thousand of the policy's unit and more; else that unit, whole where hand-outs are."""
    shown = units_of(benefit, base)
    for least, name in _SCALES.get(benefit.unit, ()):
        if shown >= least:
            return Unit(name, _SIZES[benefit.unit, name], 1 if shown / _SIZES[benefit.unit, name] < 10_000 else 0)
    whole_numbers = benefit.step_base % benefit.base_per_unit == 0
    return Unit(_NAMES.get(benefit.unit, benefit.unit), 1, 0 if whole_numbers else 1)


@dataclass(frozen=True)
class Scene:
    """The benefit a report's pictures show, in its month and the months before it."""

    figures: Figures
    history: tuple[Figures, ...]
    benefit: Benefit
    fills: dict[str, Fraction]
    mean: Fraction
    floor: Fraction | None
    classes: Classes
    names: dict[str, str]

    @cached_property
    def under(self) -> list[str]:
        """Points under the floor, worst first."""
        here = [p for p in self.fills if self.figures.under_floor(p, self.benefit.id)]
        return sorted(here, key=lambda p: (self.fills[p], p))

    @cached_property
    def mode(self) -> tuple[int, int] | None:
        """(whole per cent, points) of the level most points stand at, if that is half of them or more."""
        counts: dict[int, int] = {}
        for fill in self.fills.values():
            counts[whole(fill)] = counts.get(whole(fill), 0) + 1
        best = max(counts, key=lambda value: (counts[value], value))
        return (best, counts[best]) if 2 * counts[best] >= len(self.fills) else None

    def name(self, point: str) -> str:
        """The point's name, or its id."""
        return self.names.get(point, point)


def scene(months: Sequence[Figures]) -> Scene | None:
    """The scene of the last of `months`: the first divided benefit that anything is due of; None without one."""
    now = months[-1]
    for benefit in now.month.divided:
        fills = {p: f for p in now.points if (f := now.fill(p, benefit.id)) is not None}
        if fills:
            due = sum(now.due(p, benefit.id) for p in fills)
            floors = sum(now.floor(p, benefit.id) for p in fills)
            floor = Fraction(floors, due) if floors else None
            mean = now.fill_of(fills, benefit.id) or Fraction(0)
            return Scene(
                now, tuple(months), benefit, fills, mean, floor, classes(list(fills.values()), floor),
                place_names(now.month),
            )  # fmt: skip
    return None


def amount(benefit: Benefit, unit: Unit, base: int | Fraction) -> str:
    """`base` in `unit`, without the unit's name."""
    return decimal(units_of(benefit, base) / unit.divisor, unit.digits)


def steady(benefit: Benefit, unit: Unit, base: int | Fraction) -> str:
    """The same with all decimals, so that a column of numbers lines up."""
    text = amount(benefit, unit, base)
    if base and not text.strip("0.,"):
        return say("little", least=f"0.{'0' * (unit.digits - 1)}1" if unit.digits else "1")
    return text if unit.digits == 0 or "." in text else f"{text}.{'0' * unit.digits}"
