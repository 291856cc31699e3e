"""The queue of a reviewer: what waits for a decision, whose clock ends first, and what was decided. Bounded, however large
the country: only cases of the reviewer's areas are read, and of those no more than a person could look at."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

from evenhand.actions.cases import INTAKES, Found, followed, reviewer_of
from evenhand.actions.escalate import due_first, escalate, unwritten
from evenhand.actions.take_up import take_up
from evenhand.flow.grievance import KINDS, Reviewer, may_decide, may_read
from evenhand.store import Store

READ_MAX = 1000
"""Cases read for a queue: those that came first."""
Which = Literal["mine", "waiting", "decided"]

BELOW = """
with recursive below as (
  select pcode from area where pcode = any(%s) union select a.pcode from area a join below b on a.parent = b.pcode
) select pcode from below
"""
DECIDED = f"""{INTAKES.replace("from grievance", "from grievance g")} and exists (
  select from grievance_event e where e.reference = g.reference and e.act = 'decision')"""


@dataclass(frozen=True)
class Queue:
    """Cases in the order of their clocks (decided ones: the newest first), and whether there are more than were read."""

    cases: tuple[Found, ...]
    more: bool


def queue(store: Store, person: str, which: Which = "mine") -> Queue:
    """What `person` may decide now (`mine`), what waits for anybody (`waiting`), or what was `decided`, as far as they may
    read it. UsageError for somebody who reviews nothing."""
    reviewer = reviewer_of(store, person)
    where, named = _within(store, reviewer)
    if which == "decided":
        found = followed(store, DECIDED + where, named, newest=True, most=READ_MAX + 1)
    else:
        # After two clocks whatever waits is with the ombudsman.
        below = 2 if which == "mine" and not reviewer.ombudsman else None
        found = due_first(store, where, named, clocks=below, most=READ_MAX + 1)
    shown = [one for one in found[:READ_MAX] if may_read(reviewer, one.case, one.around)]
    if which == "mine":
        shown = [one for one in shown if may_decide(reviewer, one.case, one.around)]
    if which == "decided":
        shown.sort(key=lambda one: -one.case.decisions[-1].at)
    return Queue(tuple(shown), len(found) > READ_MAX)


def noted(store: Store, cases: tuple[Found, ...]) -> tuple[Found, ...]:
    """The cases with their escalations written down, those that were not yet."""
    return tuple(escalate(store, one) if unwritten(one) else one for one in cases)


def escalate_all(store: Store, most: int = READ_MAX) -> int:
    """Write down what clocks did meanwhile, of the cases that came first; how many had risen. They rise without it."""
    risen = [one for one in due_first(store, most=most) if unwritten(one)]
    for one in risen:
        escalate(store, one)
    return len(risen)


def tick(store: Store) -> None:
    """What a server does every so often: counters' complaints become cases, clocks that ran out are written down."""
    take_up(store, lambda: secrets.token_bytes(8))
    escalate_all(store)


def _within(store: Store, reviewer: Reviewer) -> tuple[str, dict[str, object]]:
    """A condition on cases that lets through at least what the reviewer may read, and what it names."""
    named: dict[str, object] = {"restricted": [name for name, kind in KINDS.items() if kind.restricted]}
    if reviewer.ombudsman:
        return "", {}
    where = " and g.kind <> all(%(restricted)s)"
    if None not in reviewer.areas:
        named["areas"] = [row[0] for row in store.rows(BELOW, (sorted(filter(None, reviewer.areas)),))]
        where += " and g.area = any(%(areas)s)"
    return where, named
