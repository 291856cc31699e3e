"""Decide: the office that holds a case says whether it is upheld, and why."""

from __future__ import annotations

from evenhand.actions.cases import Found, locked, readable, write_event
from evenhand.core.errors import UsageError
from evenhand.flow.grievance import may_decide
from evenhand.store import Store


def decide_case(store: Store, reference: str, person: str, outcome: str, words: str) -> Found:
    """Write down the decision. UsageError unless `person` may decide it now, and without words."""
    found, reviewer = readable(store, reference, person)
    with store.transaction(locked(found.reference)):
        found, reviewer = readable(store, reference, person)
        if found.case.pending and not may_decide(reviewer, found.case, found.around):
            raise UsageError(
                f"case {found.reference} is with the {found.case.office}: {person} cannot decide it",
                "somebody of that office must, and somebody else than who decided before",
            )
        return write_event(store, found.reference, "decision", person, words, outcome)
