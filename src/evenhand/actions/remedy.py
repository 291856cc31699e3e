"""Remedy: what an upheld case gives the household: arrears that the next cycle pays, a correction, a new coupon."""

from __future__ import annotations

from evenhand.actions.cases import REMEDIES, Found, locked, readable, write_event
from evenhand.actions.importing import policy_in_force
from evenhand.core.benefit import Benefit
from evenhand.core.errors import UsageError
from evenhand.flow.grievance import Remedy
from evenhand.flow.grievance.case import ARREARS
from evenhand.flow.network.quantities import NotAQuantity, base_units
from evenhand.store import Store


def give_remedy(store: Store, reference: str, person: str, remedy: Remedy, words: str = "") -> Found:
    """Write down a remedy of an upheld case, by the office that upheld it.

    UsageError if it is not upheld, another office decided, or arrears are not whole steps of a benefit that is handed out
    to a registered household.
    """
    found, _ = readable(store, reference, person)
    with store.transaction(REMEDIES), store.transaction(locked(found.reference)):
        found, _ = readable(store, reference, person)
        if found.case.decisions and found.case.decisions[-1].person.strip().casefold() != person.strip().casefold():
            raise UsageError(
                f"{found.case.decisions[-1].person} decided case {found.reference}", "the same person says what follows"
            )
        if remedy.kind == ARREARS:
            _check_arrears(store, found, remedy)
        return write_event(store, found.reference, "remedy", person, words, remedy=remedy)


def arrears(store: Store, benefit: str, amount: str) -> Remedy:
    """Arrears of so much ("5 kg") of a benefit. UsageError for a benefit the policy has not, or no amount of it."""
    found = _benefit(store, benefit)
    try:
        return Remedy(ARREARS, benefit, base_units(amount, found))
    except NotAQuantity as error:
        message, _, what = str(error).partition("|")
        raise UsageError(f"{amount}: {message}", what) from error


def _benefit(store: Store, name: str) -> Benefit:
    policy = policy_in_force(store)
    if policy is None or name not in policy.benefits:
        raise UsageError(f'the policy grants no "{name}"', "name a benefit of the policy in force")
    return policy.benefits[name]


def _check_arrears(store: Store, found: Found, remedy: Remedy) -> None:
    named = store.rows("select mark is not null from grievance where reference = %s", (found.reference,))[0][0]
    if not named:
        raise UsageError(
            f"nobody knows which household case {found.reference} is of", "arrears need a registered household"
        )
    benefit = _benefit(store, remedy.benefit)
    if benefit.division != "leximin":
        raise UsageError(f'"{benefit.id}" is not handed out from a stock', "write what follows as a correction")
    if remedy.amount_base % benefit.step_base:
        raise UsageError(
            f"{remedy.amount_base:,} base units of {benefit.id} are not whole hand-outs",
            f"give a multiple of {benefit.step_base:,}",
        )
