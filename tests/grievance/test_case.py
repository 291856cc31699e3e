"""A case by hand: the Cedar family complains at Alder on Monday 3 March 2008, 10:00 in Seoul; then rules for any events."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.core.errors import UsageError
from evenhand.flow.grievance import (
    APPEAL_DAYS,
    KINDS,
    NOT_UPHELD,
    OFFICES,
    UPHELD,
    Event,
    Intake,
    Remedy,
    Reviewer,
    follow,
    may_decide,
    may_read,
)

SEOUL = ZoneInfo("Asia/Seoul")
DAY = 86_400


def at(day: int, hour: int = 10, month: int = 3) -> int:
    return int(datetime(2008, month, day, hour, tzinfo=SEOUL).timestamp())


def midnight(day: int) -> int:
    return at(day, 0)


def complaint(kind: str = "wrong-amount") -> Intake:
    return Intake("CEDAR", kind, "Alder", "V1", "page", False, at(3))


UP, DOWN = (
    [Event(1, "decision", at(4), "dora", "the roll says 47 kg, the receipt 40", UPHELD)],
    [Event(1, "decision", at(4), "dora", "roll and receipt agree", NOT_UPHELD)],
)


def test_a_wrong_amount_has_until_the_end_of_the_seventh_day() -> None:
    case = follow(complaint(), [], at(3), SEOUL)
    assert (case.stage, case.office, case.due) == ("open", "district", midnight(11))
    assert follow(complaint(), [], midnight(11) - 1, SEOUL).office == "district"


def test_the_clock_is_the_programmes_own_day_not_utc() -> None:
    late = Intake("L", "not-served", "Alder", "V1", "page", False, at(3, 23))
    assert follow(late, [], at(3, 23), SEOUL).due == midnight(7)
    assert follow(late, [], at(3, 23), ZoneInfo("UTC")).due == midnight(7) + 9 * 3600


def test_it_rises_by_itself_to_the_province_and_then_outside_and_is_overdue_there() -> None:
    province = follow(complaint(), [], midnight(11), SEOUL)
    assert (province.office, province.since, province.due) == ("province", midnight(11), midnight(18))
    ombudsman = follow(complaint(), [], midnight(18), SEOUL)
    assert (ombudsman.office, [e.at for e in ombudsman.escalations]) == ("ombudsman", [midnight(11), midnight(18)])
    assert not ombudsman.overdue and follow(complaint(), [], midnight(25), SEOUL).overdue


def test_abuse_is_with_the_ombudsman_from_the_start() -> None:
    assert follow(complaint("abuse"), [], at(3), SEOUL).office == "ombudsman"


def test_a_decision_may_be_appealed_once_and_the_office_above_decides() -> None:
    case = follow(complaint(), DOWN, at(5), SEOUL)
    assert (case.stage, case.outcome, case.decisions[0].in_time) == ("decided", NOT_UPHELD, True)
    appealed = [*DOWN, Event(2, "appeal", at(6), words="I weighed it: 40 kg")]
    case = follow(complaint(), appealed, at(6), SEOUL)
    assert (case.stage, case.office, case.due) == ("appealed", "province", midnight(14))
    final = [*appealed, Event(3, "decision", at(7), "pavel", "the scale at Alder was off", UPHELD)]
    assert (case := follow(complaint(), final, at(7), SEOUL)).stage == "final" and case.outcome == UPHELD
    with pytest.raises(UsageError, match="appealed before"):
        follow(complaint(), [*final, Event(4, "appeal", at(8), words="more")], at(8), SEOUL)


def test_without_an_appeal_a_decision_is_final_after_the_days_to_appeal() -> None:
    end = follow(complaint(), DOWN, at(5), SEOUL).due
    assert end == midnight(4) + (APPEAL_DAYS + 1) * DAY
    assert follow(complaint(), DOWN, end, SEOUL).stage == "final"
    with pytest.raises(UsageError, match="days to appeal are over"):
        follow(complaint(), [*DOWN, Event(2, "appeal", end, words="too late")], end, SEOUL)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Event(1, "decision", at(4), "dora", "  ", UPHELD), "needs words"),
        (Event(1, "decision", at(4), "dora", "so", "maybe"), "no outcome"),
        (Event(1, "appeal", at(4), words="no"), "not decided yet"),
        (Event(1, "remedy", at(4), "dora", remedy=Remedy("coupon")), "not upheld"),
    ],
)
def test_what_cannot_follow_an_open_case_is_refused(event: Event, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        follow(complaint(), [event], at(4), SEOUL)


def test_who_decided_cannot_decide_the_appeal_under_another_spelling() -> None:
    events = [*DOWN, Event(2, "appeal", at(5), words="no"), Event(3, "decision", at(6), " Dora", "again", UPHELD)]
    with pytest.raises(UsageError, match="has decided this case"):
        follow(complaint(), events, at(6), SEOUL)


@pytest.mark.parametrize(
    "remedy", [Remedy("arrears"), Remedy("arrears", "grain", 0), Remedy("coupon", "grain", 5), Remedy("cash")]
)
def test_a_remedy_is_arrears_of_a_benefit_or_has_no_amount(remedy: Remedy) -> None:
    with pytest.raises(UsageError):
        follow(complaint(), [*UP, Event(2, "remedy", at(5), "dora", remedy=remedy)], at(5), SEOUL)


def test_a_household_keeps_being_served_until_its_eligibility_is_decided_for_good() -> None:
    asked = complaint("not-on-list")
    assert follow(asked, DOWN, at(5), SEOUL).keeps_served()
    assert not follow(asked, DOWN, at(20, month=4), SEOUL).keeps_served()
    assert not follow(complaint(), [], at(5), SEOUL).keeps_served()


AROUND = ("V1", "V")
DORA = Reviewer("dora", frozenset({"V1"}))
PAVEL = Reviewer("pavel", frozenset({"V"}))
OMAR = Reviewer("omar", frozenset(), ombudsman=True)


def test_each_office_decides_what_it_holds() -> None:
    for now, deciders in ((at(3), {"dora", "pavel"}), (midnight(11), {"pavel"}), (midnight(18), {"omar"})):
        case = follow(complaint(), [], now, SEOUL)
        assert {r.person for r in (DORA, PAVEL, OMAR) if may_decide(r, case, AROUND)} == deciders


def test_another_district_reads_nothing_and_abuse_only_the_ombudsman() -> None:
    case = follow(complaint(), [], at(3), SEOUL)
    assert not may_read(Reviewer("eve", frozenset({"W1"})), case, AROUND)
    abuse = follow(complaint("abuse"), [], at(3), SEOUL)
    assert [may_read(r, abuse, AROUND) for r in (DORA, PAVEL, OMAR)] == [False, False, True]


names = st.sampled_from(["ana", "Ana ", "boris", "omar"])
areas = st.frozensets(st.sampled_from([None, "V", "V1", "W"]))
moments = st.integers(at(3), at(3) + 400 * DAY)


@given(names, areas, st.booleans(), moments, st.sampled_from(sorted(KINDS)), st.booleans())
def test_who_hands_out_at_the_point_never_reads_nor_decides(
    person: str, where: frozenset[str | None], outside: bool, now: int, kind: str, everywhere: bool
) -> None:
    case = follow(complaint(kind), [], now, SEOUL)
    there = Reviewer(person, where, outside, None if everywhere else frozenset({"Alder", "Birch"}))
    assert not may_read(there, case, AROUND) and not may_decide(there, case, AROUND)
    assert case.office in OFFICES and case.office != case.intake.point


@given(st.sampled_from(sorted(KINDS)), moments)
def test_a_clock_that_ran_out_always_escalates(kind: str, now: int) -> None:
    case = follow(complaint(kind), [], now, SEOUL)
    assert case.due is not None
    assert now < case.due or (case.overdue and case.office == OFFICES[-1])
    ran_out = min((now - at(3)) // ((KINDS[kind].days + 1) * DAY), 1)
    assert ran_out <= len(case.escalations) or KINDS[kind].restricted


LOOKS = [Event(0, "escalation", 0, office="province"), Event(0, "opened", 0, "dora", "to ring them")]


@given(st.data(), st.sampled_from(sorted(KINDS)), st.lists(moments, max_size=6), moments)
def test_looking_changes_nothing(data: st.DataObject, kind: str, looked: list[int], now: int) -> None:
    intake = complaint(kind)
    decided = data.draw(moments)
    appealed = decided + data.draw(st.integers(0, APPEAL_DAYS - 1)) * DAY
    happened = [Event(0, "decision", decided, "dora", "so", NOT_UPHELD), Event(0, "appeal", appealed, words="no")]
    told = [*happened[: data.draw(st.integers(0, 2))]]

    def numbered(events: list[Event]) -> list[Event]:
        ordered = sorted(events, key=lambda event: event.at)
        return [Event(n, e.act, e.at, e.person, e.words, e.outcome, e.office) for n, e in enumerate(ordered, 1)]

    looks = [Event(0, look.act, moment, look.person, look.words, "", look.office)
             for moment, look in zip(looked, LOOKS * 3, strict=False)]  # fmt: skip
    with_looks = numbered([*told, *looks])
    assert follow(intake, with_looks, now, SEOUL) == follow(intake, numbered(told), now, SEOUL)
    assert len({follow(intake, list(order), now, SEOUL) for order in permutations(with_looks[:3])}) == 1
