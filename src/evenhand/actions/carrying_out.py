"""Carrying out: a remedy that a registrar must do, a correction of the register or a new card, and whether it was done.

Whose it is stays sealed until the registrar takes it up; that is an entry of the case. What the complaint said is not shown.
Done is a card issued, or a correction written, for that household since the remedy: neither names the case, for what is
written there is read at the point too.
"""

from __future__ import annotations

from dataclasses import dataclass

from evenhand.actions.accounts import points_seen, roles_of
from evenhand.actions.cases import case_of, locked, write_event
from evenhand.actions.open_name import unsealed
from evenhand.core.errors import UsageError
from evenhand.flow.grievance.case import CORRECTION, COUPON
from evenhand.store import Store

READ_MAX, SHOWN = 200, 50
ROLE = "registrar"

ASKED = """
select e.reference, e.remedy, e.words, e.at, g.point from grievance_event e
join grievance g on g.reference = e.reference
where g.programme = %s and e.act = 'remedy' and e.remedy = any(%s) order by e.id desc limit %s
"""
DONE = {
    COUPON: "select from card where household = %s and epoch > 1 and at >= %s limit 1",
    CORRECTION: "select from household_change where household = %s and at >= %s limit 1",
}


@dataclass(frozen=True)
class Task:
    """A remedy to carry out: `correction` or `coupon`, in words, since when."""

    reference: str
    kind: str
    words: str
    at: int


def to_carry_out(store: Store, person: str) -> list[Task]:
    """What waits for this registrar, the oldest first: of households in their areas, and never about a point they keep."""
    found = []
    for reference, kind, words, at, point in store.rows(ASKED, (store.programme.id, [CORRECTION, COUPON], READ_MAX)):
        household = unsealed(store, reference).get("household", "")
        if household and _may(store, person, household, point) and not _done(store, kind, household, at):
            found.append(Task(reference, kind, words, at))
    return found[::-1][:SHOWN]


def take_to_carry_out(store: Store, reference: str, kind: str, person: str) -> tuple[str, str]:
    """(household, its card's number or "") for whom the remedy is; written down. UsageError where there is none for them."""
    found = case_of(store, reference)
    household = unsealed(store, found.reference).get("household", "")
    asked = [given for _, given in found.case.remedies if given.kind == kind]
    if not asked or not household or not _may(store, person, household, found.case.intake.point):
        raise UsageError(f"there is no such remedy of case {found.reference} for {person}", "see what waits for you")
    with store.transaction(locked(found.reference)):
        write_event(store, found.reference, "opened", person, f"to carry out the remedy: {kind}")
    card = store.rows("select number from card where household = %s limit 1", (household,))
    return household, str(card[0][0]) if card else ""


def is_done(store: Store, reference: str, kind: str, at: int) -> bool:
    """Whether a remedy of this kind, written down `at`, was carried out."""
    household = unsealed(store, reference).get("household", "")
    return bool(household) and _done(store, kind, household, at)


def _done(store: Store, kind: str, household: str, at: int) -> bool:
    return bool(store.rows(DONE[kind], (household, at)))


def _may(store: Store, person: str, household: str, point: str) -> bool:
    roles = roles_of(store, person)
    if ROLE not in roles:
        return False
    keeps = points_seen(store, roles["store"]) if "store" in roles else frozenset()
    if keeps is None or point in keeps:
        return False
    seen = points_seen(store, roles[ROLE])
    return seen is None or bool(
        store.rows("select from household_now where household = %s and point = any(%s)", (household, sorted(seen)))
    )
