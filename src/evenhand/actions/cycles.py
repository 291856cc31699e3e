"""What every action on a cycle begins and ends with: find it, ask whether its step is due, write the step down."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from evenhand.core.errors import UsageError
from evenhand.core.period import Period, month
from evenhand.flow.cycle.digest import draw_seed
from evenhand.flow.cycle.states import ORDER, VOID, check_step
from evenhand.flow.policy import Policy, load
from evenhand.formats.cose import Signer
from evenhand.formats.entry import decode
from evenhand.store import Store

Progress = Callable[[str, int, int], None]
"""What long work tells its caller: what is being done, how much is done, of how much."""


Tamper = Callable[[str, Any], Any]
"""A hook of the demo's lies: its name and the honest data -> the data to go on with. Elsewhere always `honest`."""


def honest(hook: str, data: Any) -> Any:
    """No lie."""
    return data


def quiet(label: str, done: int, total: int) -> None:
    """Progress nobody looks at."""


@dataclass(frozen=True)
class Cycle:
    """A cycle as the database has it now."""

    id: str
    period: Period
    attempt: int
    state: str
    policy_sha256: bytes
    policy_text: str

    def policy(self) -> Policy:
        """The policy it was drafted with, loaded."""
        return loaded(self.policy_text, f"policy of {self.id}")


@lru_cache(maxsize=4)
def loaded(text: str, file: str) -> Policy:
    """A policy's text loaded; the same text is loaded once."""
    return load(text, file)


def find(store: Store, cycle: str) -> Cycle:
    """The cycle called `cycle`; UsageError naming those that exist."""
    found = store.rows(
        "select c.period, c.attempt, c.policy_sha256, p.text from cycle c join policy_text p on p.sha256 = c.policy_sha256"
        " where c.programme = %s and c.cycle = %s",
        (store.programme.id, cycle),
    )
    if not found:
        known = [row[0] for row in store.rows("select cycle from cycle where programme = %s", (store.programme.id,))]
        raise UsageError(
            f'there is no cycle "{cycle}"',
            f"the cycles are {', '.join(sorted(known))}" if known else "draft one: evenhand cycle draft 2008-03",
        )
    period, attempt, sha, text = found[0]
    return Cycle(cycle, month(period), attempt, state_of(store, cycle), bytes(sha), text)


def newest(store: Store) -> str:
    """The cycle drafted last; UsageError if there is none."""
    rows = store.rows(
        "select cycle from cycle_event where programme = %s and state = 'draft' order by id desc limit 1",
        (store.programme.id,),
    )
    if not rows:
        raise UsageError("there is no cycle yet", "draft one: evenhand cycle draft 2008-03 --as NAME")
    return str(rows[0][0])


def under_way(store: Store) -> str | None:
    """The cycle that speaks for the stock now: frozen, and not closed or void. None between two cycles, even where the next
    one is drafted."""
    rows = store.rows(
        "select cycle from cycle_event where programme = %s and state = 'frozen' order by id desc limit 1",
        (store.programme.id,),
    )
    if not rows:
        return None
    cycle = str(rows[0][0])
    return cycle if state_of(store, cycle) in ORDER[ORDER.index("frozen") : ORDER.index("closed")] else None


def state_of(store: Store, cycle: str) -> str:
    """The state a cycle is in: that of its newest event."""
    rows = store.rows(
        "select state from cycle_event where programme = %s and cycle = %s order by id desc limit 1",
        (store.programme.id, cycle),
    )
    return str(rows[0][0])


def step_due(store: Store, cycle: str, wanted: str) -> Cycle | None:
    """The cycle if it may become `wanted` now; None if it did so already. UsageError if another step comes first."""
    found = find(store, cycle)
    return found if check_step(cycle, found.state, wanted) else None


def done_before(store: Store, cycle: str, wanted: str) -> bool:
    """Whether the step to `wanted` was done by an earlier run. That run may have been killed before it published the log,
    so this one does. UsageError if another step comes first."""
    if step_due(store, cycle, wanted) is not None:
        return False
    store.log.publish()
    return True


def advance(store: Store, cycle: str, state: str, person: str, detail: dict[str, Any] | None = None) -> None:
    """Append the event that brings the cycle into `state`."""
    store.execute(
        "insert into cycle_event (programme, cycle, state, person, at, detail) values (%s, %s, %s, %s, %s, %s)",
        (store.programme.id, cycle, state, person, store.clock(), json.dumps(detail or {}, sort_keys=True)),
    )


def detail_of(store: Store, cycle: str, state: str) -> dict[str, Any]:
    """What was written down when the cycle came into `state`."""
    rows = store.rows(
        "select detail from cycle_event where programme = %s and cycle = %s and state = %s",
        (store.programme.id, cycle, state),
    )
    return dict(rows[0][0]) if rows else {}


def cycles_before(store: Store, cycle: str) -> list[tuple[str, str]]:
    """(cycle, state) of the programme's cycles that were frozen before this one and are not void, in order."""
    rows = store.rows(
        "select cycle, max(id) from cycle_event where programme = %s and state = 'frozen' group by cycle order by 2",
        (store.programme.id,),
    )
    before: list[tuple[str, str]] = []
    for name, _ in rows:
        if name == cycle:
            break
        state = state_of(store, name)
        if state != VOID:
            before.append((name, state))
    return before


def check_enrolled(store: Store, name: str) -> None:
    """UsageError unless a person called `name` is enrolled: every step is written down with a name that means somebody."""
    if not store.rows("select 1 from certificate where kind = 'person' and name = %s", (name,)):
        raise UsageError(f'nobody called "{name}" is enrolled', f"enrol them: evenhand enrol person {name}")


def check_role(store: Store, name: str, role: str) -> None:
    """UsageError unless a person called `name` is enrolled as `role`."""
    check_enrolled(store, name)
    rows = store.rows("select roles from certificate where kind = 'person' and name = %s order by epoch desc", (name,))
    if role not in rows[0][0]:
        raise UsageError(f'"{name}" is not enrolled as {role}', f"enrol somebody with --role {role}")


def person_signer(store: Store, name: str, passphrase: str, role: str) -> Signer:
    """The signer of an enrolled person who has `role`; UsageError if there is none such."""
    check_role(store, name, role)
    return store.keys.person(name, passphrase)


def signer_of(store: Store, name: str, passphrase: str) -> Signer:
    """The signer of an enrolled person, whatever their roles; UsageError if there is none such."""
    check_enrolled(store, name)
    return store.keys.person(name, passphrase)


def seed_of(store: Store, cycle: str) -> bytes:
    """The seed of the cycle's ties, from its freeze and event entries in the log."""
    freeze, event = store.log.find("freeze", cycle, "freeze"), store.log.find("event", cycle, "event")
    if freeze is None or event is None:
        raise UsageError(f"the log has no freeze and event of cycle {cycle}", "freeze and compute it first")
    return draw_seed(freeze, str(decode(event).totals["outcome"]))


def staging(store: Store, cycle: str) -> Path:
    """Where `compute` leaves the cycle's files until they are committed: `DATA/staging/2008-03-1`."""
    return store.data / "staging" / cycle.replace("/", "-")


def place(store: Store, cycle: str) -> Path:
    """Where the committed files of the cycle lie: `DATA/cycles/2008-03-1`. `public/` is what was signed and will be
    published, `private/` what only the operator needs."""
    return store.data / "cycles" / cycle.replace("/", "-")
