"""The states of a cycle (DESIGN §3) and what each of them may become."""

from __future__ import annotations

from evenhand.core.errors import UsageError

ORDER = ("draft", "frozen", "computed", "approved", "committed", "open", "closed", "published")
VOID = "void"

VERBS = {
    "frozen": "freeze", "computed": "compute", "approved": "approve", "committed": "commit", "open": "open",
    "closed": "close", "published": "publish", "void": "void",
}  # fmt: skip
"""The command that brings a cycle into a state."""


def check_step(cycle: str, now: str, wanted: str) -> bool:
    """Whether `wanted` is the next state of a cycle that is `now`; False if it is there (or further) already, so that a
    command run again does nothing. UsageError, naming the command to run first, if it is too early or the cycle is void."""
    if now == VOID:
        raise UsageError(f"cycle {cycle} is void", "draft the period again: the next attempt gets the next number")
    if wanted == VOID:
        if ORDER.index(now) >= ORDER.index("committed"):
            raise UsageError(
                f"cycle {cycle} is {now}: after the commitment it cannot be voided",
                "its coupons are valid; carry it to its close, and correct by entries in the next cycle",
            )
        return True
    here, there = ORDER.index(now), ORDER.index(wanted)
    if there <= here:
        return False
    if there > here + 1:
        step = VERBS[ORDER[here + 1]]
        raise UsageError(
            f"cycle {cycle} is {now}; before `{VERBS[wanted]}` comes `{step}`", f"run: evenhand cycle {step} {cycle}"
        )
    return True
