"""Appeal: the household, which knows the case's reference, asks the next office to decide again. Once."""

from __future__ import annotations

from evenhand.actions.cases import Found, case_of, locked, write_event
from evenhand.store import Store


def appeal(store: Store, reference: str, words: str) -> Found:
    """Write down the appeal. UsageError without words, before a decision, after the days to appeal, or a second time."""
    found = case_of(store, reference)
    with store.transaction(locked(found.reference)):
        return write_event(store, found.reference, "appeal", words=words)
