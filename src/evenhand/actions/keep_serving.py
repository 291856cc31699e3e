"""Keep serving: a household whose eligibility is in question stays on the list until its case is decided for good."""

from __future__ import annotations

from evenhand.actions.cases import INTAKES, followed
from evenhand.store import Store
from evenhand.store.seals import Seals


def keeps_being_served(store: Store, household: str) -> list[str]:
    """References of the household's cases on eligibility that are not final. Whoever removes or suspends a household asks
    this first, and does neither while there is one. No name is opened: the household is already known to who asks."""
    mark = Seals(store.data).mark(household)
    found = followed(store, f"{INTAKES} and mark = %(mark)s", {"mark": mark})
    return [one.reference for one in found if one.case.keeps_served()]
