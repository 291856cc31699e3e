"""What a household's own page says: of the month that is open, of a held row, of months before."""

from __future__ import annotations

from fractions import Fraction

from actions.village import ANA, BORIS, MARCH, at
from folders import clock, copy_data, open_folder

from evenhand.actions.hold import confirm, propose
from evenhand.actions.my_ration import my_months
from evenhand.store import open_store


def test_the_open_month_is_told_from_what_is_due_to_what_is_handed_out() -> None:
    with open_folder() as folder, open_store(copy_data(at("received"), folder), clock) as store:
        (month,) = my_months(store, "B4")
        grain, oil = month.grants
        assert (month.cycle, month.state, month.point, month.ended, month.held) == (MARCH, "open", "Birch", "", "")
        assert (grain.due, grain.planned, grain.counted, grain.ration) == (40_000, 32_000, 30_000, 30_000)
        assert (oil.due, oil.planned, oil.counted, oil.ration) == (1_000, 1_000, None, 1_000)
        assert grain.rows == (("grain_due.head", "10 kg for each member"),)
        assert month.everywhere == {"grain": Fraction(4, 5), "oil": Fraction(1)}
        assert (month.cuts or {})["grain"].counted == 202 and month.given == {}
        (alder,) = my_months(store, "A6")
        assert alder.grants[0].counted is None and alder.cuts == {}


def test_what_was_given_and_how_the_row_ended_stand_there_after_the_close() -> None:
    with open_folder() as folder, open_store(copy_data(at("closed"), folder), clock) as store:
        assert my_months(store, "B4")[0].given == {"grain": 30_000, "oil": 1_000}
        missed = my_months(store, "A6")[0]
        assert (missed.ended, missed.given) == ("uncollected", {})
        rounding = {h: my_months(store, h)[0].grants[1].kept for h in ("A1", "A3")}
        assert sorted(rounding.values()) == [-50, 50]  # one got the half step of 100 ml that both were due


def test_a_held_row_says_so_and_why() -> None:
    with open_folder() as folder, open_store(copy_data(at("received"), folder), clock) as store:
        notice = propose(store, MARCH, "B4", "duplicate", "the district office", "ana", ANA).notice
        assert my_months(store, "B4")[0].held == ""
        confirm(store, MARCH, notice, "boris", BORIS)
        assert my_months(store, "B4")[0].held == "duplicate"
        assert my_months(store, "B1")[0].held == ""


def test_a_household_on_no_roll_has_no_months() -> None:
    with open_folder() as folder, open_store(copy_data(at("received"), folder), clock) as store:
        assert my_months(store, "nobody") == []
