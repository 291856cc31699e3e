"""What the household's own records say, for a reviewer and without its name; and the papers that came with a complaint. Each
reading is an entry of the case, once an hour for each person."""

from __future__ import annotations

from evenhand.actions.cases import Found, locked, readable, write_event
from evenhand.actions.my_ration import Month, my_months
from evenhand.actions.open_name import unsealed
from evenhand.core.errors import UsageError
from evenhand.store import Store
from evenhand.store.seals import Seals

HOUR = 3600
CYCLES = 3
"""So many of the newest cycles a reviewer is shown."""


def records_of(store: Store, reference: str, person: str) -> list[Month]:
    """The household's newest cycles as its own page shows them; nothing where no registered household is named.

    UsageError for somebody who may not read the case.
    """
    found, _ = readable(store, reference, person)
    household = unsealed(store, found.reference).get("household", "")
    if not household:
        return []
    _note(store, found, person, "records")
    return my_months(store, household)[:CYCLES]


def papers_of(store: Store, reference: str) -> list[tuple[int, str]]:
    """(number, media type) of what came with a case."""
    return [
        (row[0], row[1])
        for row in store.rows(
            "select number, media from grievance_paper where reference = %s order by number", (reference,)
        )
    ]


def paper(store: Store, reference: str, number: int, person: str) -> tuple[str, bytes]:
    """(media type, bytes) of a paper, for who may read the case; UsageError otherwise, or where there is none."""
    found, _ = readable(store, reference, person)
    rows = store.rows(
        "select media, sealed from grievance_paper where reference = %s and number = %s", (found.reference, number)
    )
    if not rows:
        raise UsageError(f"case {found.reference} has no paper {number}", "see which it has")
    _note(store, found, person, f"paper {number}")
    media, sealed = rows[0]
    return media, Seals(store.data).open_bytes(f"{found.reference}/{number}", bytes(sealed))


def _note(store: Store, found: Found, person: str, what: str) -> None:
    since = store.clock() - HOUR
    if not any(e.act == "read" and e.person == person and e.words == what and e.at > since for e in found.events):
        with store.transaction(locked(found.reference)):
            write_event(store, found.reference, "read", person, what)
