"""Small groups: what must not be published, and what is said about it (DESIGN §7, k = 20).

Folding happens before allocation, so that what is published is what was computed; this module only finds what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class SmallGroup:
    """A published row about 1 to k-1 households. `rung` is 0 where it is the point as a whole."""

    point: str
    benefit: str
    rung: int
    households: int


def small_groups(ladders: Any, totals: Any, k: int) -> list[SmallGroup]:
    """Rows of `ladders` (a rung) and `totals` (a point) that stand for fewer than `k` households, sorted.

    A first rung may be small although its point is not: few households there have the benefit at all. It cannot be
    folded further, and is named so that it can be judged before publishing.
    """
    found = {
        SmallGroup(p, b, r, h)
        for p, b, r, h in zip(
            *(ladders.column(c).to_pylist() for c in ("point", "benefit", "rung", "households")), strict=True
        )
        if 0 < h < k
    }
    found |= {
        SmallGroup(p, b, 0, h)
        for p, b, h in zip(*(totals.column(c).to_pylist() for c in ("point", "benefit", "households")), strict=True)
        if 0 < h < k
    }
    return sorted(found)


def smallest_group(ladders: Any) -> int:
    """The fewest households any published rung stands for (0 if there is none)."""
    return min((h for h in ladders.column("households").to_pylist() if h > 0), default=0)


def note(ladders: Any, totals: Any, k: int) -> str:
    """One sentence for people on what was folded and what is left."""
    left = small_groups(ladders, totals, k)
    if not left:
        return (
            f"A group of fewer than {k} households is folded into the one before it, before anything is divided; "
            f"the smallest group published has {smallest_group(ladders):,}."
        )
    small = min(group.households for group in left)
    return (
        f"A group of fewer than {k} households is folded into the one before it, before anything is divided; "
        f"{len(left):,} {'row' if len(left) == 1 else 'rows'} still stand for fewer (the smallest for {small}), "
        "because so few households there are due that benefit at all."
    )
