"""The complaints of a household. That they are its own is sealed: a reviewer opens it with a reason, case by case."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand.actions.cases import INTAKES, followed, locked, reviewer_of, write_event
from evenhand.core.errors import UsageError
from evenhand.flow.grievance import may_read
from evenhand.store import Store
from evenhand.store.seals import Seals


@dataclass(frozen=True)
class CaseOf:
    """A case of a household, as far as a list tells: its reference, kind, and how it stands."""

    reference: str
    kind: str
    stage: str
    at: int


def cases_of(store: Store, household: str, person: str, why: str) -> list[CaseOf]:
    """The household's cases that `person` may read, the oldest first; each opening is an entry of its case, with the reason.

    UsageError for somebody who reviews nothing, or without a reason.
    """
    if not why.strip():
        raise UsageError("whose a complaint is, is opened with a reason", "say why, such as: to weigh with them")
    reviewer = reviewer_of(store, person)
    cases = followed(store, f"{INTAKES} and mark = %(mark)s", {"mark": Seals(store.data).mark(household)})
    mine = [found for found in cases if may_read(reviewer, found.case, found.around)]
    for found in mine:
        with store.transaction(locked(found.reference)):
            write_event(store, found.reference, "opened", person, why)
    return [CaseOf(found.reference, found.case.intake.kind, found.case.stage, found.case.intake.at) for found in mine]
