"""Benefits: whatever a policy grants. A kind declares how it is divided and what proves that it was had (DESIGN §4).

This is the seam for all that comes later: rooms ask for `division` and `evidence`, never for the kind.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    """What becomes of a part not had: carried for a number of cycles (0: it lapses at the end of its own)."""

    cycles: int
    text: str


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
