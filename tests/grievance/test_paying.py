"""An upheld complaint is paid by the next cycle: A2 had 2 kg of grain too little, and gets 4 steps of 500 g more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from actions.months import Months, months
from grievance.people import draw, give_roles

from evenhand.actions.cases import case_of
from evenhand.actions.complain import Complaint, complain
from evenhand.actions.decide_case import decide_case
from evenhand.actions.remedy import arrears, give_remedy
from evenhand.flow.grievance import UPHELD

"""One worker: the months are made once."""


@pytest.fixture(scope="module")
def spring() -> Iterator[tuple[Months, str]]:
    """March with plenty; a complaint upheld, with two remedies; April with plenty and without A2; May with A2."""
    with months() as found:
        store = found.store
        give_roles(store)
        found.month("grain 400 kg; oil 10 l")
        case = complain(store, Complaint("wrong-amount", household="A2"), draw)
        decide_case(store, case, "dora", UPHELD, "the scale was off")
        for amount in ("1.5 kg", "500 g"):
            give_remedy(store, case, "dora", arrears(store, "grain", amount))
        found.month("grain 400 kg; oil 10 l", absent=["A2"])
        found.month("grain 400 kg; oil 10 l")
        found.month("grain 400 kg; oil 10 l")
        yield found, case


@pytest.mark.parametrize("period", ["2008-03", "2008-04", "2008-05", "2008-06"])
def test_every_month_passes_every_check_with_the_month_before(spring: tuple[Months, str], period: str) -> None:
    done = spring[0].verify(period)
    assert done.returncode == 0, done.stdout
    assert ("remedies of complaints since then, declared: 2,000 base units" in done.stdout) == (period == "2008-04")


def test_it_stands_on_aprils_roll_first_and_is_kept_until_it_is_collected(spring: tuple[Months, str]) -> None:
    found = spring[0]
    assert found.rations("2008-03")["A2"] == 40
    assert found.owed("2008-04", "owed", "households", "lapsed", "rung", "waiting", "offered") == {
        ("Alder", "grain", "remedy", "2008-03", 2000, 1, 0, None, 4, 4)
    }
    assert found.rations("2008-04")["A2"] == 44
    assert ("Alder", "grain", "remedy", "2008-03", 2000, 0) in found.owed("2008-04", "left", "lapsed")
    assert found.rations("2008-05")["A2"] == 44
    assert found.owed("2008-05", "left") == set() and found.rations("2008-06")["A2"] == 40


def test_the_households_own_slip_says_so(spring: tuple[Months, str]) -> None:
    done = spring[0].card("A2", "2008-04")
    assert done.returncode == 0 and "that a complaint brought you, since 2008-03, are in this ration" in done.stdout


def test_the_report_names_it(spring: tuple[Months, str]) -> None:
    page = (spring[0].folder / "out" / "2008-04" / "report" / "index.html").read_text()
    assert "remedies of complaints, since March 2008" in page


def test_reading_whose_it_is_in_order_to_pay_is_written_down(spring: tuple[Months, str]) -> None:
    found, case = spring
    opened = [event for event in case_of(found.store, case).events if event.act == "opened"]
    assert [(event.person, event.words) for event in opened] == [("ana", "to pay arrears in cycle 2008-04/1")] * 2
