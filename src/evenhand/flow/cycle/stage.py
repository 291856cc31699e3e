"""A stage of the computation: what it reads, what it writes, and the pure function between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from evenhand.core.period import Period
from evenhand.core.plan import Plan
from evenhand.flow.policy import Policy

Tables = Mapping[str, Any]
"""Tables by name (pyarrow)."""


@dataclass(frozen=True)
class Terms:
    """What a computation takes besides tables: whose cycle it is, its period and policy, the seed of its ties, and the
    periods of the programme's earlier cycles in order."""

    programme: str
    cycle: str
    period: Period
    policy: Policy
    seed: bytes
    before: tuple[str, ...] = ()

    @property
    def steps(self) -> dict[str, int]:
        """Base units of a hand-out step, by benefit, of those that scarcity divides."""
        return {b.id: b.step_base for b in self.policy.benefits.values() if b.division == "leximin"}


@dataclass(frozen=True)
class Stage:
    """One step. `make` returns the tables named in `writes`, or a Plan whose outputs they are; its inputs are `reads`
    (as `name`, or `name=table` where the plan knows a table by another name)."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    make: Callable[[Terms, Tables], Plan | dict[str, Any]]
    is_plan: bool = False
