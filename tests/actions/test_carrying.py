"""What a shortage did not give and what nobody collected, month after month, worked out by hand on the two villages.

Grain is 10 kg a head, 6 kg of them the floor, and 12 people live in each village: rung 1 holds 144 steps of 500 g, rung 2
96, with reserve 162 and 108. Level 1.5 gives 216 steps, 16 a head, and leaves 2 kg a head, 24 kg a village.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from actions.months import POLICY, Months, months

"""One worker: the months are made once."""

CARRYING = POLICY.replace(
    'undersupplied = "lapse"\nuncollected = "lapse"',
    'undersupplied = "carry 2 cycles"\nuncollected = "lapse after 8 weeks"',
    1,
)


@pytest.fixture(scope="module")
def spring() -> Iterator[Months]:
    """March short and without A6; April with plenty but not all; May short, without A6; June, with Alder's lorry robbed."""
    with months(CARRYING) as found:
        found.month("grain 216 kg; oil 10 l", absent=["A6"])
        found.month("grain 273 kg; oil 10 l", absent=["A1"])
        found.month("grain 120 kg; oil 10 l", absent=["A6"])
        found.month("grain 200 kg; oil 10 l", lost={("Alder", "grain"): 30})
        yield found


@pytest.mark.parametrize("period", ["2008-03", "2008-04", "2008-05", "2008-06"])
def test_every_month_passes_every_check_with_the_month_before(spring: Months, period: str) -> None:
    done = spring.verify(period)
    assert done.returncode == 0, done.stdout


def test_march_leaves_what_its_level_did_not_give_and_the_ration_of_who_did_not_come(spring: Months) -> None:
    assert spring.owed("2008-03") == set()
    assert spring.owed("2008-03", "left", "lapsed") == {
        ("Alder", "grain", "undersupplied", "2008-03", 24_000, 0),
        ("Birch", "grain", "undersupplied", "2008-03", 24_000, 0),
        ("Alder", "grain", "uncollected", "2008-03", 96 * 500, 0),
        ("Alder", "oil", "uncollected", "2008-03", 15 * 100, 1_500),  # oil lapses with its own cycle, and that is said
    }


def test_april_asks_for_it_on_a_rung_above_everybodys_need_and_hands_out_again_what_waited(spring: Months) -> None:
    assert spring.owed("2008-04", "owed", "households", "lapsed", "rung", "waiting", "offered") == {
        ("Alder", "grain", "undersupplied", "2008-03", 24_000, 4, 0, 3, 0, 0),
        ("Birch", "grain", "undersupplied", "2008-03", 24_000, 4, 0, 3, 0, 0),
        ("Alder", "grain", "uncollected", "2008-03", 48_000, 1, 0, None, 96, 96),
    }
    demand = {
        (r["point"], r["rung"]): r["quantity"] for r in spring.table("2008-04", "demand") if r["commodity"] == "grain"
    }
    assert demand["Alder", 1], demand["Alder", 2] == (162, 108)
    assert demand["Alder", 3] == 54, "48 steps and the reserve of an eighth"
    # 594 of 648 steps are there: both villages stand at level 2.5; a head gets 20 and half of 4.
    assert spring.rations("2008-04") == {
        "A1": 22, "A2": 44, "A3": 66, "A6": 132 + 96, "B1": 22, "B2": 44, "B4": 88, "B5": 110,
    }  # fmt: skip


def test_what_is_paid_is_owed_no_longer_and_the_rest_keeps_its_month(spring: Months) -> None:
    assert {row for row in spring.owed("2008-04", "left", "lapsed") if row[1] == "grain"} == {
        ("Alder", "grain", "undersupplied", "2008-03", 12_000, 0),
        ("Birch", "grain", "undersupplied", "2008-03", 12_000, 0),
        ("Alder", "grain", "uncollected", "2008-04", 22 * 500, 0),
    }


def test_after_two_cycles_the_shortage_of_march_lapses_with_its_figures_and_not_before(spring: Months) -> None:
    assert ("Alder", "grain", "undersupplied", "2008-03", 12_000, 0, 3) in spring.owed(
        "2008-05", "owed", "lapsed", "rung"
    )
    june = spring.owed("2008-06", "owed", "lapsed", "rung")
    assert ("Alder", "grain", "undersupplied", "2008-03", 12_000, 12_000, None) in june
    assert ("Birch", "grain", "undersupplied", "2008-05", 52_000, 0, 3) in june, "the oldest that is owed stands lowest"
    assert not [row for row in spring.owed("2008-06", "left") if row[3] == "2008-03"]


def test_what_nobody_collects_lies_at_the_point_and_is_not_divided_among_the_others(spring: Months) -> None:
    """A6 stays away in May: the 68 steps that waited for it stay in Alder, set aside in June."""
    (may,) = [row for row in spring.owed("2008-05", "left") if row[2] == "uncollected" and row[1] == "grain"]
    assert may == ("Alder", "grain", "uncollected", "2008-05", 68 * 500)
    (row,) = [row for row in spring.table("2008-06", "totals") if (row["point"], row["benefit"]) == ("Alder", "grain")]
    assert row["carried"] == 68


def test_a_lorry_that_came_short_leaves_more_undersupplied_and_what_waited_is_still_handed_out(spring: Months) -> None:
    (cut,) = spring.table("2008-06", "recut")
    left = {(row[0], row[3]): row[4] for row in spring.owed("2008-06", "left") if row[2] == "undersupplied"}
    assert cut["point"] == "Alder"
    assert left["Alder", "2008-06"] > left["Birch", "2008-06"]
    assert not [row for row in spring.owed("2008-06", "left") if row[2] == "uncollected"]


def test_the_familys_own_slip_tells_the_three_kinds_apart(spring: Months) -> None:
    done = spring.card("A6", "2008-04")
    assert done.returncode == 0, done.stdout
    assert "48 kg that were not collected in 2008-03 are in this ration" in done.stdout
    assert "12 kg that a shortage did not give in 2008-03 stand on rung 3 of your ladder" in done.stdout
    assert "due 60 kg" in done.stdout, "what earlier months owe is not due again"


def test_eight_weeks_after_march_nothing_is_handed_out_of_it_any_more() -> None:
    with months(CARRYING) as found:
        for _ in range(3):
            found.month("grain 300 kg; oil 10 l", absent=["A6"])
        may = found.owed("2008-05", "owed", "lapsed", "waiting")
        assert ("Alder", "grain", "uncollected", "2008-03", 60_000, 0, 120) in may, "31 March and 56 days is 26 May"
        found.month("grain 300 kg; oil 10 l")
        june = found.owed("2008-06", "owed", "lapsed", "waiting", "offered")
        assert ("Alder", "grain", "uncollected", "2008-03", 60_000, 60_000, 0, 0) in june
        assert ("Alder", "grain", "uncollected", "2008-04", 60_000, 0, 120, 120) in june
        assert found.rations("2008-06")["A6"] == 120 + 240, "June's own, April's and May's"
        assert found.verify("2008-06").returncode == 0


def test_at_a_silent_point_nothing_is_called_uncollected_and_its_stock_is_what_it_last_counted() -> None:
    """Alder's phone is lost with all its receipts. Nobody knows who had a ration: it is not owed again, and April counts
    the 216 steps that Alder signed for."""
    with months(CARRYING) as found:
        found.month("grain 216 kg; oil 10 l", silent=["Alder"])
        assert found.verify("2008-03").returncode == 0
        left = {row for row in found.owed("2008-03", "left", "lapsed") if row[1] == "grain"}
        assert ("Alder", "grain", "uncollected", "2008-03", 192 * 500, 192 * 500) in left
        assert ("Alder", "grain", "undersupplied", "2008-03", 24_000, 0) in left, "the shortage is known all the same"
        found.month("grain 216 kg; oil 10 l")
        assert not [row for row in found.owed("2008-04") if row[2] == "uncollected"]
        (row,) = [
            row for row in found.table("2008-04", "totals") if (row["point"], row["benefit"]) == ("Alder", "grain")
        ]
        assert row["opening"] == 216
        done = found.verify("2008-04")
        assert done.returncode == 0, done.stdout


def test_another_hand_out_step_converts_arrears_and_what_waits_through_base_units() -> None:
    """March divides 215 kg in steps of 500 g; from April grain is handed out by the kilogram, and soon lapses at once."""
    with months(CARRYING) as found:
        found.month("grain 215 kg; oil 10 l", absent=["A1", "B5"])
        found.adopt(CARRYING.replace('step = "500 g"', 'step = "1 kg"'))
        found.month("grain 300 kg; oil 10 l", absent=["A2"])
        done = found.verify("2008-04")
        assert done.returncode == 0, done.stdout
        for row in found.table("2008-04", "owed"):
            if row["kind"] == "uncollected":
                assert row["waiting"] == row["offered"] == row["amount"] // 1_000
        found.adopt(POLICY)
        found.month("grain 300 kg; oil 10 l")
        done = found.verify("2008-05")
        assert done.returncode == 0, done.stdout
        assert found.owed("2008-05") and all(row["lapsed"] == row["amount"] for row in found.table("2008-05", "owed"))
