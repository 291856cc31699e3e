"""Draft a cycle."""

from __future__ import annotations

from evenhand.actions.cycles import VOID, advance, check_enrolled, state_of
from evenhand.core.errors import UsageError
from evenhand.core.period import cycle_id, month
from evenhand.flow.policy import load
from evenhand.store import Store


def newest_policy(store: Store) -> tuple[bytes, str]:
    """SHA-256 and text of the policy adopted last; UsageError if there is none."""
    rows = store.rows("select sha256, text from policy_text order by ordinal desc limit 1")
    if not rows:
        raise UsageError("no policy is adopted yet", "run: evenhand policy adopt FILE.toml")
    return bytes(rows[0][0]), rows[0][1]


def draft(store: Store, period_id: str, person: str) -> str:
    """Draft the next attempt at `period_id` with the policy adopted last. Returns the cycle's id.

    UsageError while an attempt at the same period is under way or done, or if the policy goes by other periods.
    """
    check_enrolled(store, person)
    period = month(period_id)
    digest, text = newest_policy(store)
    kind = load(text, "policy").period_kind
    if kind != "month":
        raise UsageError(f"cycles are months, and the policy adopted last goes by {kind}", "adopt a policy of months")
    with store.transaction("cycle"):
        earlier = store.rows(
            "select cycle, attempt from cycle where programme = %s and period = %s order by attempt",
            (store.programme.id, period.id),
        )
        for name, _attempt in earlier:
            state = state_of(store, name)
            if state != VOID:
                raise UsageError(
                    f"cycle {name} of that period is {state}", f"go on with it: evenhand cycle show {name}"
                )
        cycle = cycle_id(period, len(earlier) + 1)
        store.execute(
            "insert into cycle (programme, cycle, period, attempt, policy_sha256) values (%s, %s, %s, %s, %s)",
            (store.programme.id, cycle, period.id, len(earlier) + 1, digest),
        )
        advance(store, cycle, "draft", person)
    return cycle
