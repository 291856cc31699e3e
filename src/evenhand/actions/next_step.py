"""What comes next in the programme's cycle, and with what key: what a page offers as its one button."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand.actions.compute import waits
from evenhand.actions.cycles import find, newest
from evenhand.core.errors import UsageError
from evenhand.core.period import month_after, month_of
from evenhand.formats.entry import decode
from evenhand.store import Store

AFTER = {
    "draft": ("freeze",), "computed": ("sign",), "approved": ("commit",), "committed": ("open",), "open": ("close",),
    "closed": ("publish", "draft"), "published": ("draft",), "void": ("draft",),
}  # fmt: skip
"""State -> the steps that may come now, the usual one first; a frozen cycle's depend on more than its state."""
VOIDABLE = ("draft", "frozen", "computed", "approved")


@dataclass(frozen=True)
class Due:
    """The newest cycle (None before the first), its state, the steps that may come now, the month a new one would be for,
    the public event its freeze names and that event's outcome, each empty before it is said."""

    cycle: str | None
    state: str
    steps: tuple[str, ...]
    period: str
    event: str = ""
    outcome: str = ""


def due(store: Store) -> Due:
    """What comes next: `draft`, `freeze`, `event` (its outcome), `compute`, `prepare` (the preparer's signature), `sign`
    (the approver's), `commit`, `open`, `close`, `publish`."""
    try:
        found = find(store, newest(store))
    except UsageError:
        return Due(None, "", ("draft",), month_of(store.today()).id)
    named = store.rows('select event from "freeze" where programme = %s and cycle = %s', (store.programme.id, found.id))
    entry = store.log.find("event", found.id, "event")
    steps = AFTER.get(found.state, ())
    if found.state == "frozen":
        steps = ("event",) if entry is None else ("prepare",) if waits(store, found.id) else ("compute",)
    period = found.period if found.state == "void" else month_after(found.period)
    outcome = str(decode(entry).totals["outcome"]) if entry is not None else ""
    return Due(found.id, found.state, steps, period.id, named[0][0] if named else "", outcome)


def key_roles(store: Store, person: str) -> frozenset[str]:
    """What the certified key of `person` is for: preparer, approver; empty where there is none."""
    rows = store.rows(
        "select roles from certificate where kind = 'person' and name = %s order by epoch desc limit 1", (person,)
    )
    return frozenset(rows[0][0]) if rows else frozenset()


def beginning(store: Store) -> list[tuple[str, bool]]:
    """What a programme needs before its first cycle, in order, and whether it is there: `network`, `list`, `policy`,
    `stock`, `cards`."""
    asked = {
        "network": "select exists (select from node where kind = 'point')",
        "list": "select exists (select from household)",
        "policy": "select exists (select from policy_text)",
        "stock": "select exists (select from movement)",
        "cards": "select exists (select from card)",
    }
    return [(name, bool(store.rows(sql)[0][0])) for name, sql in asked.items()]
