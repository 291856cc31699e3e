"""Cases as the database has them: found, followed, and one more event written down behind the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from evenhand.actions.accounts import points_seen, roles_of
from evenhand.core.errors import UsageError
from evenhand.flow.grievance import Case, Event, Intake, Kind, Remedy, Reviewer, check_event, follow, kinds_on, may_read
from evenhand.flow.grievance.case import CONTROL
from evenhand.flow.policy import load
from evenhand.flow.policy.model import Clock
from evenhand.formats.code import ALPHABET
from evenhand.store import Store

Draw = Callable[[], bytes]
"""Gives at least 8 random bytes."""

INTAKES = (
    "select reference, kind, point, area, channel, anonymous, at, words from grievance where programme = %(programme)s"
)
EVENTS = (
    "select reference, number, act, at, person, words, outcome, office, remedy, benefit, amount_base from grievance_event"
    " where reference = any(%s) order by reference, number"
)
AROUND = """
with recursive around as (
  select pcode, parent, 0 as step from area where pcode = %s
  union all select a.pcode, a.parent, step + 1 from area a join around on a.pcode = around.parent
) select pcode from around order by step
"""


@dataclass(frozen=True)
class Found:
    """A case with its words, its events, and the areas around it from its own outwards."""

    case: Case
    words: str
    events: tuple[Event, ...]
    around: tuple[str, ...]
    kind: Kind
    """With the days it has by the policy that was in force when it came in."""

    @property
    def reference(self) -> str:
        """What the household was given, and asks by."""
        return self.case.intake.reference


def new_reference(draw: Draw) -> str:
    """Eight letters and digits that nobody can guess, in two groups."""
    number = int.from_bytes(draw()[:8], "big")
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def zone_of(store: Store) -> ZoneInfo:
    """The programme's own zone, in whose days clocks run."""
    return ZoneInfo(store.programme.zone)


def reviewer_of(store: Store, person: str) -> Reviewer:
    """A person's part in grievances by the roles of their account; UsageError for somebody who has none."""
    roles = {} if CONTROL.search(person) else roles_of(store, person)
    alone = set(roles) == {"ombudsman"}  # who has another part in the programme is not from outside it
    if "reviewer" not in roles and not alone:
        raise UsageError(
            f"{person} reviews no grievances",
            f"run: evenhand account add {person} --role reviewer --area P-CODE (or --role ombudsman and no other)",
        )
    keeps = points_seen(store, roles["store"]) if "store" in roles else frozenset()
    return Reviewer(person, frozenset(roles.get("reviewer", ())), alone, keeps)


def case_of(store: Store, reference: str) -> Found:
    """The case; UsageError if there is none."""
    wanted = reference.strip().upper()
    found = (
        []
        if CONTROL.search(wanted)
        else followed(store, f"{INTAKES} and reference = %(reference)s", {"reference": wanted})
    )
    if not found:
        raise UsageError(
            f'there is no case "{ascii(reference.strip()[:20])[1:-1]}"', "read the reference again: two groups of four"
        )
    return found[0]


def readable(store: Store, reference: str, person: str) -> tuple[Found, Reviewer]:
    """The case and who reads it. UsageError for somebody who may not read it."""
    reviewer, found = reviewer_of(store, person), case_of(store, reference)
    if not may_read(reviewer, found.case, found.around):
        raise UsageError(
            f"case {found.reference} is not {person}'s to read", "it is with another office, or about their point"
        )
    return found, reviewer


def followed(
    store: Store,
    sql: str = INTAKES,
    named: dict[str, object] | None = None,
    *,
    newest: bool = False,
    most: int | None = None,
) -> list[Found]:
    """The cases that `sql` finds, as they stand now, the oldest first (or the `newest`), `most` of them."""
    order = "at desc, reference" if newest else "at, reference"
    params = {"programme": store.programme.id, "most": most, **(named or {})}
    rows = store.rows(f"{sql} order by {order} limit %(most)s", params)
    happened: dict[str, list[Event]] = {}
    for reference, *event, remedy, benefit, amount in store.rows(EVENTS, ([row[0] for row in rows],)):
        given = Remedy(remedy, benefit, amount) if remedy else None
        happened.setdefault(reference, []).append(Event(*event, given))
    around = _around(store, {row[3] for row in rows})
    zone, now, clocks = zone_of(store), store.clock(), clocks_of(store)
    found = []
    for *intake, words in rows:
        came, events = Intake(*intake), tuple(happened.get(intake[0], ()))
        at = max([now, *(event.at for event in events)])
        kinds = kinds_on(_then(clocks, came.at), datetime.fromtimestamp(came.at, zone).date())
        found.append(Found(follow(came, events, at, zone, kinds), words, events, around[came.area], kinds[came.kind]))
    return found


def clocks_of(store: Store) -> list[tuple[int, tuple[Clock, ...]]]:
    """(when it was adopted, its clocks) of every policy, the oldest first."""
    found = []
    for sha256, at in store.rows("select sha256, at from policy_text order by ordinal"):
        digest = bytes(sha256)
        if digest not in _CLOCKS:
            text, name = store.rows("select text, policy_id from policy_text where sha256 = %s", (sha256,))[0]
            _CLOCKS[digest] = load(text, f"policy {name}").complaints
        found.append((at, _CLOCKS[digest]))
    return found


_CLOCKS: dict[bytes, tuple[Clock, ...]] = {}
"""By the hash of a policy's text, so that each is read once."""


def _then(clocks: list[tuple[int, tuple[Clock, ...]]], at: int) -> tuple[Clock, ...]:
    """Those of the policy that was in force at that moment."""
    return next((found for adopted, found in reversed(clocks) if adopted <= at), ())


def _around(store: Store, areas: Iterable[str]) -> dict[str, tuple[str, ...]]:
    return {area: tuple(row[0] for row in store.rows(AROUND, (area,))) for area in areas}


def write_event(store: Store, reference: str, act: str, person: str = "", words: str = "", outcome: str = "",
                remedy: Remedy | None = None) -> Found:  # fmt: skip
    """Within a transaction that locks the case: write down what its clock did meanwhile, then the event. The case as it
    stands then; UsageError if it cannot follow."""
    found = note_escalations(store, case_of(store, reference))
    at = max([store.clock(), *(event.at for event in found.events)])
    event = Event(len(found.events) + 1, act, at, person, words.strip(), outcome, "", remedy)
    check_event(found.case, event, {found.kind.id: found.kind})
    _insert(store, reference, event)
    return case_of(store, reference)


def note_escalations(store: Store, found: Found) -> Found:
    """Write down the escalations that nobody has written down yet. They hold without it."""
    noted = sum(event.act == "escalation" for event in found.events)
    missing = found.case.escalations[noted:]
    for offset, risen in enumerate(missing, 1):
        at = max([risen.at, *(event.at for event in found.events)])
        _insert(store, found.reference, Event(len(found.events) + offset, "escalation", at, office=risen.office))
    return case_of(store, found.reference) if missing else found


def _insert(store: Store, reference: str, event: Event) -> None:
    remedy = event.remedy or Remedy("")
    store.execute(
        "insert into grievance_event (reference, number, act, at, person, words, outcome, office, remedy, benefit,"
        " amount_base) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            reference, event.number, event.act, event.at, event.person, event.words, event.outcome, event.office,
            remedy.kind, remedy.benefit, remedy.amount_base,
        ),
    )  # fmt: skip


REMEDIES = "remedies"
"""The name of the lock under which remedies are written and read: a freeze must not overlook one that is being written."""


def locked(reference: str) -> str:
    """The name of the lock on a case."""
    return f"grievance:{reference}"
