"""Escalate: write down what clocks did. Cases rise without it; this only lets the record say so.

Looking at cases calls it, so nothing has to run by itself."""

from __future__ import annotations

from evenhand.actions.cases import INTAKES, Found, followed, locked, note_escalations, reviewer_of
from evenhand.flow.grievance import may_read
from evenhand.store import Store

PENDING = f"""{INTAKES} and (
  not exists (select from grievance_event e where e.reference = grievance.reference and e.act = 'decision')
  or exists (select from grievance_event a where a.reference = grievance.reference and a.act = 'appeal' and not exists (
    select from grievance_event d where d.reference = a.reference and d.act = 'decision' and d.number > a.number)))
"""
"""Cases that wait for a decision: their first, or that of an appeal."""


def cases_for(store: Store, person: str, *, pending: bool = True) -> list[Found]:
    """The cases `person` may read, those whose clock ends first before the others; their escalations are written down.
    `pending`: only those that wait for a decision. UsageError for somebody who reviews nothing."""
    reviewer = reviewer_of(store, person)
    found_all = followed(store, PENDING if pending else INTAKES)
    mine = [found for found in found_all if may_read(reviewer, found.case, found.around)]
    for number, found in enumerate(mine):
        if found.case.escalations:
            mine[number] = escalate(store, found)
    return sorted(mine, key=lambda found: (found.case.due is None, found.case.due, found.reference))


def escalate(store: Store, found: Found) -> Found:
    """The case with its escalations written down."""
    with store.transaction(locked(found.reference)):
        return note_escalations(store, found)
