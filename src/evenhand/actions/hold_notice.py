"""The notice of a hold, printed for its household."""

from __future__ import annotations

from evenhand.actions.cycles import find
from evenhand.actions.hold import PLACE, find_act
from evenhand.core.errors import UsageError
from evenhand.render.hold_notice import Notice, notice_pdf
from evenhand.store import Store


def print_notice(store: Store, cycle: str, notice: str, language: str = "en") -> bytes:
    """The notice as PDF. UsageError for one that no second person has confirmed: nothing is held by it."""
    one = find_act(store, cycle, notice, PLACE)
    if not one.confirmed_by:
        raise UsageError(f"{notice} is not confirmed: nothing is held by it", f"run: evenhand hold confirm {notice}")
    card, name, point = store.rows(
        "select k.number, coalesce(h.name, ''), n.name from household_now h join card k on k.household = h.household"
        " join node n on n.node = %s where h.household = %s order by k.epoch desc limit 1",
        (one.point, one.household),
    )[0]
    return notice_pdf(
        Notice(
            store.programme.id, find(store, cycle).period.id, notice, name, card, point, one.reason, one.complain,
            one.proposed_by, one.confirmed_by, language, store.programme.demo,
        )
    )  # fmt: skip
