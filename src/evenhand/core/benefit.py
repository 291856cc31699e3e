"""Benefits: whatever a policy grants. A kind declares how it is divided and what proves that it was had (DESIGN §4).

This is the seam for all that comes later: rooms ask for `division` and `evidence`, never for the kind.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Division = Literal["leximin", "assignment", "none"]
Evidence = Literal["receipt", "reading", "visit", "occupancy"]
Kind = Literal["good", "points", "voucher", "service", "allowance", "home"]

KINDS: dict[Kind, tuple[Division, Evidence]] = {
    "good": ("leximin", "receipt"),
    "points": ("none", "receipt"),
    "voucher": ("none", "receipt"),
    "service": ("leximin", "visit"),
    "allowance": ("none", "reading"),
    "home": ("assignment", "occupancy"),
}


@dataclass(frozen=True)
class CarryRule:
    """What becomes of a part not had: it is kept for so many more `cycles`, or until so many `days` or `months` after the
    last day of its period. With all three 0 it lapses with its own cycle."""

    cycles: int
    text: str
    days: int = 0
    months: int = 0

    @property
    def carries(self) -> bool:
        """Whether anything is kept at all."""
        return bool(self.cycles or self.days or self.months)

    def keeps(self, age: int, ended: date, begins: date) -> bool:
        """Whether what a period that ended on `ended` left is still owed in the cycle that begins on `begins`, which is
        the `age`th after its own."""
        if self.cycles:
            return age <= self.cycles
        year, month = divmod(ended.year * 12 + ended.month - 1 + self.months, 12)
        if year > date.max.year:
            return True
        last = date(year, month + 1, min(ended.day, monthrange(year, month + 1)[1]))
        return self.carries and begins <= last + timedelta(days=self.days)


@dataclass(frozen=True)
class Benefit:
    """A benefit as its policy declares it.

    Amounts are integers of `unit`'s base unit, or of 1/`parts` of it where the policy says `parts` (shoes: 1/12 pair).
    `step_base` is the smallest hand-out in those integers. `energy_kcal` per base unit as (num, den), or None.
    """

    id: str
    title: str
    kind: Kind
    unit: str
    parts: int
    base_per_unit: int
    step_base: int
    undersupplied: CarryRule
    uncollected: CarryRule
    energy_kcal: tuple[int, int] | None = None

    @property
    def division(self) -> Division:
        """How scarcity of it is divided."""
        return KINDS[self.kind][0]

    @property
    def evidence(self) -> Evidence:
        """What proves that a household had it."""
        return KINDS[self.kind][1]
