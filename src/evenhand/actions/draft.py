"""Adopt a policy, draft a cycle."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from evenhand.actions.cycles import VOID, advance, check_enrolled, state_of
from evenhand.actions.policy import read_policy_text
from evenhand.core.errors import UsageError
from evenhand.core.period import cycle_id, month
from evenhand.flow.policy import load, run_tests
from evenhand.formats.entry import Entry
from evenhand.store import Store


def adopt(store: Store, path: Path, person: str) -> bytes:
    """Adopt the policy in `path` for the programme: it must load and pass its own tests. Returns its SHA-256.

    The text is kept, and the log gets its hash, before any cycle can use it. Adopting the same text again changes nothing.
    """
    check_enrolled(store, person)
    text = read_policy_text(path)
    policy = load(text, str(path))
    failed = [result for result in run_tests(policy) if not result.passed]
    if failed:
        raise UsageError(f"{len(failed)} of the policy's own tests fail", f"see: evenhand policy test {path}")
    digest = sha256(text.encode()).digest()
    with store.transaction("log"):
        if not store.rows("select 1 from policy_text where sha256 = %s", (digest,)):
            store.execute(
                "insert into policy_text (sha256, policy_id, title, text, adopted_by, at) values (%s, %s, %s, %s, %s, %s)",
                (digest, policy.id, policy.title, text, person, store.clock()),
            )
            store.log.append([Entry("policy", store.programme.id, None, policy.id, digest)])
    store.log.publish()
    return digest


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
