"""Show: how cycles stand, and what is next."""

from __future__ import annotations

from typing import Any

from evenhand.actions.cycles import find, state_of
from evenhand.actions.opening import LINES
from evenhand.flow.cycle.states import ORDER, VERBS, VOID
from evenhand.store import Store


def show(store: Store, cycle: str | None = None) -> dict[str, Any]:
    """{"cycles": [...]}: each with its state and the next command; one named cycle with its events and figures too."""
    if cycle is not None:
        find(store, cycle)
    rows = store.rows("select cycle from cycle where programme = %s order by period, attempt", (store.programme.id,))
    found = []
    for (name,) in rows:
        if cycle is not None and name != cycle:
            continue
        state = state_of(store, name)
        entry: dict[str, Any] = {"cycle": name, "state": state, "next": next_step(name, state)}
        if cycle is not None:
            entry["lines"] = _lines(store, name)
            entry["waybills"] = _waybills(store, name)
        found.append(entry)
    return {"programme": store.programme.id, "origin": store.programme.origin, "cycles": found}


def next_step(cycle: str, state: str) -> str:
    """The command that comes next, or what there is to say instead."""
    if state == VOID:
        return f"void; draft again: evenhand cycle draft {cycle.split('/')[0]}"
    if state == "published":
        return "done"
    if state == "open":
        return f"receive, redeem, then: evenhand cycle close {cycle}"
    return f"next: evenhand cycle {VERBS[ORDER[ORDER.index(state) + 1]]} {cycle}"


def _waybills(store: Store, cycle: str) -> list[dict[str, Any]]:
    """Every line of the cycle's waybills as they stand, once it is committed: what each lane carries, in hand-out steps."""
    rows = store.rows(LINES, {"programme": store.programme.id, "cycle": cycle})
    return [dict(zip(("waybill", "lane", "from", "to", "commodity", "steps"), row, strict=True)) for row in rows]


def _lines(store: Store, cycle: str) -> list[str]:
    at = (store.programme.id, cycle)
    lines = [
        f"{state:<10} by {person}"
        for state, person in store.rows(
            "select state, person from cycle_event where programme = %s and cycle = %s order by id", at
        )
    ]
    counts = store.rows(
        "select (select count(*) from roll where programme = %s and cycle = %s),"
        " (select count(*) from roll_row where programme = %s and cycle = %s),"
        " (select count(*) from count where programme = %s and cycle = %s),"
        " (select count(*) from receipt where programme = %s and cycle = %s)",
        at * 4,
    )[0]
    lines.append(f"{counts[0]} rolls with {counts[1]} households; {counts[2]} counts received; {counts[3]} receipts")
    return lines
