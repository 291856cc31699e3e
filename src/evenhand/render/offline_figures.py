"""What the page of a distribution without a network shows: figures of one trial, no names."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Check:
    """One claim of the bound: its name, whether it holds, and its counts by name."""

    name: str
    holds: bool
    figures: dict[str, int]


@dataclass(frozen=True)
class Rule:
    """A rule on the same visits: steps given again, and families sent away with nothing because a copy came first."""

    name: str
    over_issue: int
    without_food: int


@dataclass(frozen=True)
class Reserve:
    """The same day with a reserve of so many per mille: steps given again, and what families whose coupon had been used
    got: all of it, a part, or a claim alone."""

    permille: int
    over_issue: int
    fed: int
    part: int
    claimed: int


@dataclass(frozen=True)
class Trial:
    """A whole trial. `rations` and `over_issue` are steps over all benefits; `counts` are everything else by name."""

    seed: int
    households: int
    points: int
    offline: int
    days: int
    reserve_permille: int
    copied_permille: int
    copies: int
    rations: int
    over_issue: int
    counts: dict[str, int]
    refused: dict[str, int]
    checks: tuple[Check, ...]
    without_paper: tuple[Check, ...]
    rules: tuple[Rule, ...]
    reserves: tuple[Reserve, ...]

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return all(check.holds for check in self.checks)

    def share(self, steps: int) -> Fraction:
        """Steps as a share of all rations."""
        return Fraction(steps, self.rations)

    def document(self) -> dict[str, Any]:
        """The trial as plain data."""
        return asdict(self) | {"holds": self.holds}
