"""Look for cliffs in a policy: households that are due less because they gained a member or lost income."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from random import Random

from evenhand.core.errors import UsageError
from evenhand.flow.entitlement import program_for
from evenhand.flow.policy import Policy, period_for
from evenhand.flow.policy.fuzz import Cliff, cliffs, incomes

TRIES = 2_000
SECONDS = 60


def incomes_of(policy: Policy, on: date, named: Sequence[str] = ()) -> list[str]:
    """Names of the inputs whose loss `fuzz` tries."""
    return [one.name for one in incomes(program_for(policy, period_for(policy, on)), named)]


def fuzz(policy: Policy, on: date, seed: int, tries: int = TRIES, seconds: int = SECONDS, named: Sequence[str] = (),
         progress: Callable[[int, int], None] = lambda done, total: None) -> tuple[list[Cliff], int]:  # fmt: skip
    """(the cliffs found in the period that holds `on`, households tried). The same seed tries the same households.

    UsageError if the policy is not in force then, or `named` names no number the policy has.
    """
    program = program_for(policy, period_for(policy, on))
    unknown = [name for name in named if name not in {one.name for one in incomes(program, named)}]
    if unknown:
        raise UsageError(f'the policy has no number called "{unknown[0]}"', "name an input that is income")
    chance = Random(seed)
    end = time.monotonic() + seconds
    count = 0

    def go_on(done: int) -> bool:
        nonlocal count
        if done % 20 == 0:
            progress(done, tries)
        count = done if time.monotonic() > end else done + 1
        return count > done

    found = cliffs(program, chance.randrange, tries, named, go_on)
    progress(tries, tries)
    return found, count
