"""Open a name: read who complained. Every opening is an entry of the case, with who and why."""

from __future__ import annotations

from evenhand.actions.cases import locked, readable, write_event
from evenhand.core.errors import UsageError
from evenhand.store import Store
from evenhand.store.seals import Seals


def open_name(store: Store, reference: str, person: str, why: str) -> dict[str, str]:
    """What is sealed with a case: household, name, contact, as far as they were given, and words of a restricted one.

    UsageError for who may not read the case, or gives no reason.
    """
    if not why.strip():
        raise UsageError("a name is opened with a reason", 'say why, such as: --why "to weigh with them"')
    found, _ = readable(store, reference, person)
    with store.transaction(locked(found.reference)):
        write_event(store, found.reference, "opened", person, why)
        return unsealed(store, found.reference)


def unsealed(store: Store, reference: str) -> dict[str, str]:
    """What is sealed with a case, for a caller that writes the opening down; nothing where nobody is named."""
    sealed = store.rows("select sealed from grievance where reference = %s", (reference,))[0][0]
    return {} if sealed is None else Seals(store.data).open(reference, bytes(sealed))
