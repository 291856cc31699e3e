"""Void: give up an attempt, with a reason that everybody will read."""

from __future__ import annotations

from hashlib import sha256

from evenhand.actions.cycles import advance, check_enrolled, find, step_due
from evenhand.core.errors import UsageError
from evenhand.formats.entry import Entry
from evenhand.store import Store


def void(store: Store, cycle: str, person: str, reason: str) -> None:
    """Void `cycle`. UsageError without a reason, or from the commitment on: by then coupons are valid."""
    if not reason.strip():
        raise UsageError("a cycle is voided with a reason only", 'say why: --reason "stock of Nampo was counted twice"')
    check_enrolled(store, person)
    with store.transaction("cycle"):
        if find(store, cycle).state != "void":
            step_due(store, cycle, "void")
            digest = sha256(reason.encode()).digest()
            store.log.append([Entry("void", store.programme.id, cycle, "void", digest, {"reason": reason})])
            advance(store, cycle, "void", person, {"reason": reason})
    store.log.publish()
