"""Complaints in the two villages: March is handed out; A6 complains at Alder. Dora reviews the Upper Valley, Pavel the
Valley, Omar is the ombudsman, Stella keeps the store, and reviews too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from actions.village import MARCH, at
from folders import NOW, copy_data, open_folder
from grievance.people import Moment, draw, give_roles

from evenhand.actions.appeal import appeal
from evenhand.actions.case_page import beside, case_page
from evenhand.actions.cases import case_of, readable
from evenhand.actions.complain import Complaint, complain
from evenhand.actions.decide_case import decide_case
from evenhand.actions.escalate import cases_for
from evenhand.actions.keep_serving import keeps_being_served
from evenhand.actions.open_name import open_name
from evenhand.actions.remedy import arrears, give_remedy
from evenhand.actions.take_up import take_up
from evenhand.core.errors import UsageError
from evenhand.flow.grievance import NOT_UPHELD, UPHELD, Remedy
from evenhand.store import Store, open_store

DAY = 86_400
SHORT = Complaint("wrong-amount", "7 kg are missing", household="A6", name="Cedar", contact="at the mill")


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def store(moment: Moment) -> Iterator[Store]:
    with open_folder() as folder, open_store(copy_data(at("closed"), folder), moment) as opened:
        give_roles(opened)
        yield opened


def listed(store: Store, person: str) -> set[str]:
    return {found.reference for found in cases_for(store, person)}


def test_a_complaint_is_decided_appealed_and_remedied(store: Store) -> None:
    case = complain(store, SHORT, draw)
    assert case_page(case_of(store, case))["point"] == "Alder"
    decide_case(store, case, "dora", NOT_UPHELD, "roll and receipt agree")
    appeal(store, case.lower(), "weigh it with me")
    with pytest.raises(UsageError, match="with the province"):
        decide_case(store, case, "dora", UPHELD, "so")
    decide_case(store, case, "pavel", UPHELD, "the scale was off by 7 kg")
    given = arrears(store, "grain", "7 kg")
    assert given == Remedy("arrears", "grain", 7000)
    found = give_remedy(store, case, "pavel", given)
    assert found.case.stage == "final" and found.case.remedies[0][1] == given
    with pytest.raises(UsageError, match="appealed before"):
        appeal(store, case, "again")


def test_nobody_who_hands_out_there_or_reviews_elsewhere_or_nothing_reads_it(store: Store) -> None:
    case = complain(store, SHORT, draw)
    assert [listed(store, person) for person in ("dora", "pavel", "omar", "stella")] == [{case}, {case}, {case}, set()]
    with pytest.raises(UsageError, match="not stella's to read"):
        decide_case(store, case, "stella", UPHELD, "so")
    with pytest.raises(UsageError, match="eve reviews no grievances"):
        readable(store, case, "eve")


def test_abuse_is_with_the_ombudsman_alone_and_its_words_are_sealed(store: Store) -> None:
    case = complain(store, Complaint("abuse", "he said no soap without", "Alder", name="Birch"), draw, "operator")
    assert [listed(store, person) for person in ("dora", "pavel", "omar", "both")] == [set(), set(), {case}, set()]
    assert case_page(case_of(store, case))["words"] == ""
    opened = open_name(store, case, "omar", "to protect her")
    assert opened == {"name": "Birch", "words": "he said no soap without"}


def test_a_name_is_sealed_in_the_database_and_every_opening_is_an_entry(store: Store) -> None:
    case = complain(store, SHORT, draw)
    row = store.rows("select row(g.*)::text, sealed from grievance g where reference = %s", (case,))[0]
    assert "Cedar" not in row[0] and "A6" not in row[0] and b"Cedar" not in bytes(row[1])
    assert "Cedar" not in str(case_page(case_of(store, case)))
    with pytest.raises(UsageError, match="with a reason"):
        open_name(store, case, "dora", " ")
    assert open_name(store, case, "dora", "to weigh with them")["name"] == "Cedar"
    event = case_of(store, case).events[-1]
    assert (event.act, event.person, event.words) == ("opened", "dora", "to weigh with them")


def test_the_households_own_records_stand_beside_the_complaint_and_reading_them_is_an_opening(store: Store) -> None:
    case = complain(store, Complaint("wrong-amount", "less than my neighbour", household="B2"), draw)
    told = beside(store, case_of(store, case), "dora")
    (march,) = told["cycles"]
    assert (told["household"], march["cycle"], march["point"], march["recut"]) == ("B2", MARCH, "Birch", True)
    grain = march["benefits"][0]
    assert (grain["due_base"], grain["ration_base"]) == (20_000, 15_000)
    assert grain["rows"] == [{"row": "grain_due.head", "because": "10 kg for each member"}]
    assert march["receipts"] == [
        {"proof": "coupon", "steps": {"grain": 30, "oil": 5}, "device": "phone-Birch", "number": 2}
    ]
    assert march["outcome"] == "redeemed"
    assert case_of(store, case).events[-1].act == "opened"
    nobody = complain(store, Complaint("quality", "mould", "Alder", anonymous=True), draw)
    assert beside(store, case_of(store, nobody), "dora")["cycles"] == []


def test_it_escalates_with_nobody_looking_and_an_entry_is_written_once_somebody_does(
    store: Store, moment: Moment
) -> None:
    case = complain(store, SHORT, draw)
    moment.now = NOW + 20 * DAY
    assert case_of(store, case).events == () and case_of(store, case).case.office == "ombudsman"
    for _ in range(2):
        assert listed(store, "omar") == {case}
    assert [(e.act, e.office) for e in case_of(store, case).events] == [
        ("escalation", "province"),
        ("escalation", "ombudsman"),
    ]
    with pytest.raises(UsageError, match="with the ombudsman"):
        decide_case(store, case, "dora", UPHELD, "too late")
    found = decide_case(store, case, "omar", UPHELD, "the scale was off")
    assert not found.case.decisions[0].in_time


def test_a_household_is_kept_being_served_while_its_eligibility_is_in_question(store: Store, moment: Moment) -> None:
    case = complain(store, Complaint("not-on-list", "struck off the list", household="A6"), draw)
    assert (keeps_being_served(store, "A6"), keeps_being_served(store, "A1")) == ([case], [])
    decide_case(store, case, "dora", NOT_UPHELD, "moved away")
    assert keeps_being_served(store, "A6") == [case]
    moment.now += 40 * DAY
    assert keeps_being_served(store, "A6") == []


def note(store: Store, number: int, text: str, household: str, at: int) -> None:
    rows = store.rows("select tag from roll_row where cycle = %s and household = %s", (MARCH, household))
    tag = bytes(rows[0][0]) if rows else bytes(16)
    store.execute(
        "insert into counter_note (hash, programme, cycle, device, sequence, point, tag, kind, text, receipt, noted_at, raw)"
        " values (%s, %s, %s, 'phone-Alder', %s, 'Alder', %s, 'complaint', %s, 0, %s, '')",
        (bytes([number] * 32), store.programme.id, MARCH, number, tag, text, at),
    )


def test_complaints_noted_at_the_counter_are_taken_up_once_and_their_clock_ran_meanwhile(
    store: Store, moment: Moment
) -> None:
    moment.now = NOW + 9 * DAY
    note(store, 1, "word.complaint.1: a kilo less", "A6", NOW + DAY)
    note(store, 2, "word.complaint.4", "nobody", NOW + 30 * DAY)
    note(store, 3, "she shouted: twice", "A1", 5)
    taken = {
        case_of(store, reference).case.intake.kind: case_of(store, reference) for reference in take_up(store, draw)
    }
    assert take_up(store, draw) == []
    short, missing, other = taken["wrong-amount"], taken["not-on-list"], taken["other"]
    assert (short.words, short.case.intake.at, short.case.office) == ("a kilo less", NOW + DAY, "province")
    assert open_name(store, short.reference, "dora", "to ask") == {"household": "A6"}
    assert missing.case.intake.anonymous and missing.case.intake.at == moment.now
    assert (other.words, other.case.intake.at) == ("she shouted: twice", NOW)


REFUSED = [
    (Complaint("theft", point="Alder"), "no kind of complaint"),
    (Complaint("quality", point="Mill"), "no point"),
    (Complaint("quality"), "names no place"),
    (Complaint("quality", area="X"), "no area"),
    (Complaint("quality", point="Alder", area="V"), "not in area"),
    (Complaint("quality", household="Z9"), "no household"),
    (Complaint("quality", "x\0y", "Alder"), "unprintable"),
    (Complaint("quality", "x" * 4001, "Alder"), "longer"),
    (Complaint("quality", "to \u202eright", "Alder"), "unprintable"),
    (Complaint("quality", point="\udcff"), "unprintable"),
    (Complaint("quality", household="A1\0"), "unprintable"),
    (Complaint("quality", point="Alder", name="Cedar", anonymous=True), "names nobody"),
    (Complaint("quality", point="Alder", channel="rumour"), "no channel"),
]


def test_what_is_no_complaint_is_refused_and_nothing_is_kept(store: Store) -> None:
    for complaint, said in REFUSED:
        with pytest.raises(UsageError, match=said):
            complain(store, complaint, draw)
    assert store.rows("select count(*) from grievance") == [(0,)]


def test_arrears_are_whole_steps_of_a_benefit_for_a_household_that_is_known(store: Store) -> None:
    known, unknown = complain(store, SHORT, draw), complain(store, Complaint("quality", point="Alder"), draw)
    for case in (known, unknown):
        decide_case(store, case, "dora", UPHELD, "so")
    with pytest.raises(UsageError, match="whole hand-outs"):
        give_remedy(store, known, "dora", arrears(store, "grain", "7 g"))
    with pytest.raises(UsageError, match="nobody knows"):
        give_remedy(store, unknown, "dora", arrears(store, "grain", "7 kg"))
    with pytest.raises(UsageError, match="dora decided"):
        give_remedy(store, known, "pavel", Remedy("coupon"))
    with pytest.raises(UsageError, match="grants no"):
        arrears(store, "soap", "1 kg")
