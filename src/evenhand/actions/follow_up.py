"""Follow-up: households that were served by an exception are visited, drawn by the seed once the cycle is closed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from evenhand.actions.cycles import done_before, find, place, seed_of, signer_of
from evenhand.core.errors import UsageError
from evenhand.flow.redemption.follow_up import to_visit
from evenhand.formats import roll
from evenhand.store import Store

FOUND = ("received", "not received", "not met")
WORDS_MAX = 500


@dataclass(frozen=True)
class Visit:
    """A household to visit: its point, why it was an exception, and what a visitor found (empty: not visited yet)."""

    point: str
    tag: bytes
    household: str
    card: str
    name: str
    reason: str
    found: str


def visits(store: Store, cycle: str) -> list[Visit]:
    """Who is to be visited of a closed cycle, by point, in the order drawn. UsageError before the close: nobody may know."""
    if not done_before(store, cycle, "closed"):
        raise UsageError(f"cycle {cycle} is not closed", "the draw is made from how its rows ended")
    policy, seed = find(store, cycle).policy(), seed_of(store, cycle)
    drawn: list[tuple[str, bytes, str]] = []
    for path in sorted((place(store, cycle) / "closed" / "redeemed").iterdir()):
        packed = roll.unpack(path.read_bytes())
        drawn += [(packed.point, tag, reason) for tag, reason in to_visit(packed, seed, policy.follow_up)]
    who = {
        bytes(tag): found
        for tag, *found in store.rows(
            "select r.tag, r.household, c.number, coalesce(h.name, '') from roll_row r"
            " join household_now h on h.household = r.household"
            " join lateral (select number from card where household = r.household order by epoch desc limit 1) c on true"
            " where r.programme = %s and r.cycle = %s and r.tag = any(%s)",
            (store.programme.id, cycle, [tag for _, tag, _ in drawn]),
        )
    }
    told = {
        bytes(tag): found
        for tag, found in store.rows(
            "select distinct on (tag) tag, found from follow_up where programme = %s and cycle = %s order by tag, id desc",
            (store.programme.id, cycle),
        )
    }
    return [Visit(point, tag, *who[tag], reason, told.get(tag, "")) for point, tag, reason in drawn if tag in who]


def found_at(store: Store, cycle: str, household: str, found: str, words: str, person: str, passphrase: str) -> None:
    """Write down what a visit found; said again, the newest counts. UsageError for a household that was not drawn."""
    signer_of(store, person, passphrase)
    if found not in FOUND:
        raise UsageError(f'"{found}" is no answer', f"use one of: {', '.join(FOUND)}")
    if len(words) > WORDS_MAX or not words.isprintable():
        raise UsageError(f"more than {WORDS_MAX} letters, or unprintable ones", "say it shorter")
    mine = [visit for visit in visits(store, cycle) if visit.household == household]
    if not mine:
        raise UsageError(f'household "{household}" was not drawn in {cycle}', "see: evenhand follow-up list")
    store.execute(
        "insert into follow_up (programme, cycle, tag, found, words, person, at) values (%s, %s, %s, %s, %s, %s, %s)",
        (store.programme.id, cycle, mine[0].tag, found, words, person, store.clock()),
    )


def tally(found: list[Visit]) -> dict[str, int]:
    """How many of them ended in which way; those not visited yet under the empty text."""
    return dict(Counter(visit.found for visit in found))
