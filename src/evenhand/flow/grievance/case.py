"""How a case stands: worked out from its events in their order and from now, never kept.

Time is UTC seconds; a clock of n days ends with the nth local day after the one on which it began. Looking at a case, or
writing down that it has escalated, changes nothing of how it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, tzinfo

from evenhand.core.errors import UsageError
from evenhand.flow.grievance.kinds import KINDS, OFFICES, Kind

UPHELD, NOT_UPHELD = "upheld", "not upheld"
OPEN, DECIDED, APPEALED, FINAL = "open", "decided", "appealed", "final"
ARREARS, CORRECTION, COUPON = "arrears", "correction", "coupon"
WORDS_MAX = 4000
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What hides or turns around what is beside it. A new line may stand in words."""
AMOUNT_MAX = 10**9
"""Base units of one remedy: a tonne of a food. More for one household is a slip of the hand."""


@dataclass(frozen=True)
class Intake:
    """A complaint as it came in. `point`: complained about, or empty; `area`: its area. Who complained is not here."""

    reference: str
    kind: str
    point: str
    area: str
    channel: str
    anonymous: bool
    at: int


@dataclass(frozen=True)
class Remedy:
    """What an upheld case gives: `arrears` (base units of a benefit), a `correction` of the register, or a new `coupon`."""

    kind: str
    benefit: str = ""
    amount_base: int = 0


@dataclass(frozen=True)
class Event:
    """Something that happened to a case after its intake. `act`: opened, read, words, decision, appeal, remedy,
    escalation."""

    number: int
    act: str
    at: int
    person: str = ""
    words: str = ""
    outcome: str = ""
    office: str = ""
    remedy: Remedy | None = None


@dataclass(frozen=True)
class Escalation:
    """A clock ran out at `at`: from then on `office` holds the case."""

    office: str
    at: int


@dataclass(frozen=True)
class Decision:
    """What an office decided, who of it, and why."""

    office: str
    outcome: str
    person: str
    words: str
    at: int
    in_time: bool


@dataclass(frozen=True)
class Case:
    """How a case stands. `stage`: open, decided (may be appealed until `due`), appealed, final. `office` holds it since
    `since`; `due` is when its clock ends, None once final; `overdue`: the last office let its clock run out."""

    intake: Intake
    stage: str
    office: str
    since: int
    due: int | None
    overdue: bool = False
    escalations: tuple[Escalation, ...] = ()
    decisions: tuple[Decision, ...] = ()
    remedies: tuple[tuple[int, Remedy], ...] = field(default=())
    """(number of its event, remedy)."""

    @property
    def pending(self) -> bool:
        """Whether it waits for a decision."""
        return self.stage in (OPEN, APPEALED)

    @property
    def outcome(self) -> str:
        """The newest decision's outcome; empty before the first."""
        return self.decisions[-1].outcome if self.decisions else ""

    def keeps_served(self, kinds: Mapping[str, Kind] = KINDS) -> bool:
        """Whether the household must go on being served because its eligibility is not decided for good."""
        return kinds[self.intake.kind].eligibility and self.stage != FINAL


def follow(intake: Intake, events: Sequence[Event], now: int, zone: tzinfo, kinds: Mapping[str, Kind] = KINDS) -> Case:
    """How the case stands at `now`. `events` in any order; those later than `now` have not happened yet.

    UsageError where an event could not follow those before it: somebody wrote past the actions.
    """
    kind = kinds[intake.kind]
    case = Case(intake, OPEN, kind.first, intake.at, _end(intake.at, kind.days, zone))
    for event in sorted(events, key=lambda event: event.number):
        if event.at > now:
            break
        case = _apply(_elapse(case, event.at, kind, zone), event, kind, zone)
    return _elapse(case, now, kind, zone)


def check_event(case: Case, event: Event, kinds: Mapping[str, Kind] = KINDS) -> None:
    """UsageError unless `event` may follow: `case` is how things stand at that moment."""
    found = case.intake.reference
    if event.act in ("decision", "appeal", "words") and not event.words.strip():
        raise UsageError(f"a {event.act} needs words", "say why: the household reads it")
    if len(event.words) > WORDS_MAX or CONTROL.search(event.words):
        raise UsageError(f"the words are longer than {WORDS_MAX} letters, or unprintable", "say it shorter")
    if event.act == "decision":
        if event.outcome not in (UPHELD, NOT_UPHELD):
            raise UsageError(f'"{event.outcome}" is no outcome', f'choose "{UPHELD}" or "{NOT_UPHELD}"')
        if not case.pending:
            raise UsageError(f"case {found} is decided", "the household may appeal once; another office decides then")
        if any(_same(event.person, before.person) for before in case.decisions):
            raise UsageError(f"{event.person} has decided this case before", "another person must decide the appeal")
    elif event.act == "appeal":
        if len(case.decisions) > 1 or case.stage == APPEALED:
            raise UsageError(f"case {found} was appealed before", "a case is appealed once")
        if case.stage == OPEN:
            raise UsageError(f"case {found} is not decided yet", "wait for the decision, or let the clock run out")
        if case.stage == FINAL:
            raise UsageError(
                f"the {kinds[case.intake.kind].appeal_days} days to appeal are over",
                "file a new complaint with what is new",
            )
    elif event.act == "remedy":
        if case.pending or case.outcome != UPHELD:
            raise UsageError(f"case {found} is not upheld", "decide it first")
        _check_remedy(event.remedy)


def _check_remedy(remedy: Remedy | None) -> None:
    if remedy is None or remedy.kind not in (ARREARS, CORRECTION, COUPON):
        raise UsageError("this is no remedy", f"choose {ARREARS}, {CORRECTION} or {COUPON}")
    if (remedy.kind == ARREARS) != (bool(remedy.benefit) and remedy.amount_base > 0):
        raise UsageError("arrears are an amount of a benefit, and nothing else has one", "name benefit and amount")
    if remedy.amount_base > AMOUNT_MAX:
        raise UsageError(f"arrears of {remedy.amount_base:,} base units for one household", "look at the amount again")


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _apply(case: Case, event: Event, kind: Kind, zone: tzinfo) -> Case:
    check_event(case, event, {kind.id: kind})
    if event.act == "decision":
        in_time = not case.decisions and not case.escalations and not case.overdue
        made = Decision(case.office, event.outcome, event.person, event.words, event.at, in_time)
        last = bool(case.decisions)
        return replace(
            case, stage=FINAL if last else DECIDED, since=event.at, overdue=False,
            due=None if last else _end(event.at, kind.appeal_days, zone), decisions=(*case.decisions, made),
        )  # fmt: skip
    if event.act == "appeal":
        office = _above(case.office) or case.office
        return replace(case, stage=APPEALED, office=office, since=event.at, due=_end(event.at, kind.days, zone))
    if event.act == "remedy" and event.remedy is not None:
        return replace(case, remedies=(*case.remedies, (event.number, event.remedy)))
    return case


def _elapse(case: Case, at: int, kind: Kind, zone: tzinfo) -> Case:
    """The case with every clock that has run out by `at`."""
    while case.due is not None and at >= case.due and not case.overdue:
        office = _above(case.office)
        if case.stage == DECIDED:
            return replace(case, stage=FINAL, due=None)
        if office is None:
            return replace(case, overdue=True)
        risen = Escalation(office, case.due)
        case = replace(
            case, office=office, since=case.due, due=_end(case.due, kind.days, zone, begun=True),
            escalations=(*case.escalations, risen),
        )  # fmt: skip
    return case


def _above(office: str) -> str | None:
    at = OFFICES.index(office) + 1
    return OFFICES[at] if at < len(OFFICES) else None


def _end(start: int, days: int, zone: tzinfo, *, begun: bool = False) -> int:
    """The first second after `days` local days; the day of `start` is not counted, unless the clock `begun` with it."""
    day = datetime.fromtimestamp(start, zone).date() + timedelta(days=days + (0 if begun else 1))
    return int(datetime.combine(day, time(), zone).timestamp())
