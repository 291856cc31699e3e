"""The ledger: lots, movements and balances of a small network: a mill, a depot, the villages Alder and Birch."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.core.errors import UsageError
from evenhand.flow import ledger
from evenhand.flow.ledger import Movement, Stock, balances, pick_lots

MARCH, MAY = date(2008, 3, 31), date(2008, 5, 31)
STEP = {"grain": 500, "oil": 100}


def stock() -> Stock:
    return Stock(
        [
            ("node:mill", "grain", "old", MARCH, 3000),
            ("node:mill", "grain", "new", MAY, 5000),
            ("node:mill", "oil", "tins", None, 1000),
            ("node:Alder", "grain", "left", MARCH, 700),
        ]
    )


def test_what_expires_first_goes_first_and_what_keeps_goes_last() -> None:
    lots = [("c", None, 10), ("b", MAY, 10), ("a", MAY, 10), ("z", MARCH, 10)]
    assert pick_lots(lots, 35) == [("z", 10), ("a", 10), ("b", 10), ("c", 5)]
    assert pick_lots(lots, 10) == [("z", 10)]
    assert pick_lots(lots, 0) == []


def test_the_last_day_of_the_calendar_still_goes_before_what_keeps_for_ever() -> None:
    assert pick_lots([("keeps", None, 1), ("last", date.max, 1)], 1) == [("last", 1)]


def test_more_than_the_lots_hold_is_not_picked() -> None:
    with pytest.raises(UsageError, match="11 base units were asked for and the lots hold 10"):
        pick_lots([("a", None, 10)], 11)
    for lots, quantity in (([("a", None, 10)], -1), ([("a", None, -1)], 0)):
        with pytest.raises(UsageError):
            pick_lots(lots, quantity)


@given(st.lists(st.tuples(st.text(max_size=2), st.none() | st.dates(), st.integers(0, 50)), max_size=6), st.data())
def test_picking_takes_exactly_what_was_asked_whatever_the_order(lots: list, data: st.DataObject) -> None:
    lots = list({lot[0]: lot for lot in lots}.values())
    quantity = data.draw(st.integers(0, sum(lot[2] for lot in lots)))
    picked = pick_lots(lots, quantity)
    assert sum(n for _, n in picked) == quantity
    held = {lot[0]: lot[2] for lot in lots}
    assert all(0 < n <= held[name] for name, n in picked)
    assert pick_lots(data.draw(st.permutations(lots)), quantity) == picked


def test_a_receipt_brings_goods_in_from_outside() -> None:
    here = stock()
    made = ledger.receipt(here, "WFP", "mill", "oil", "drums", MAY, 400, "import/1/oil")
    assert made == Movement("receipt", "source:WFP", "node:mill", "oil", "drums", 400, "import/1/oil")
    assert [lot.lot for lot in here.lots("node:mill", "oil")] == ["drums", "tins"]


def test_loads_take_lots_in_order_and_count_steps_in_base_units() -> None:
    here = stock()
    bills = [
        ("W2", "mill", "Birch", "grain", 8),
        ("W1", "mill", "Alder", "grain", 4),
        ("W1", "mill", "Alder", "oil", 2),
    ]
    made = ledger.loads(here, bills, STEP, "2008-03/1")
    assert [(m.source, m.target, m.benefit, m.lot, m.quantity) for m in made] == [
        ("node:mill", "transit:Alder", "grain", "old", 2000),
        ("node:mill", "transit:Birch", "grain", "old", 1000),
        ("node:mill", "transit:Birch", "grain", "new", 3000),
        ("node:mill", "transit:Alder", "oil", "tins", 200),
    ]
    assert len({m.ref for m in made}) == 4
    assert here.total("node:mill", "grain") == 2000
    assert here.total("transit:Birch", "grain") == 4000
    assert ledger.loads(stock(), bills[::-1], STEP, "2008-03/1") == made


def test_a_node_cannot_load_what_it_does_not_hold() -> None:
    with pytest.raises(UsageError, match='"node:mill", "grain": 8500 base units were asked for and the lots hold 8000'):
        ledger.loads(stock(), [("W1", "mill", "Alder", "grain", 17)], STEP, "c")
    with pytest.raises(UsageError, match="not a stocked benefit"):
        ledger.loads(stock(), [("W1", "mill", "Alder", "clothing", 1)], STEP, "c")


def loaded() -> Stock:
    here = stock()
    ledger.loads(here, [("W1", "mill", "Alder", "grain", 8), ("W1", "mill", "Alder", "oil", 3)], STEP, "c")
    return here


def moved(made: list[Movement]) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for m in made:
        sums[m.kind, m.benefit] = sums.get((m.kind, m.benefit), 0) + m.quantity
    return sums


def test_what_was_sent_and_did_not_arrive_is_lost_on_the_way() -> None:
    here = loaded()
    made = ledger.arrivals(here, "Alder", {"grain": 7, "oil": 3}, STEP, "c")
    assert moved(made) == {("arrive", "grain"): 3500, ("loss", "grain"): 500, ("arrive", "oil"): 300}
    assert here.total("transit:Alder", "grain") == here.total("transit:Alder", "oil") == 0
    assert here.total("node:Alder", "grain") == 700 + 3500


def test_a_benefit_left_out_of_the_note_did_not_arrive() -> None:
    assert moved(ledger.arrivals(loaded(), "Alder", {"grain": 8}, STEP, "c"))["loss", "oil"] == 300


def test_more_than_was_sent_cannot_arrive() -> None:
    with pytest.raises(UsageError, match="received 4500 base units"):
        ledger.arrivals(loaded(), "Alder", {"grain": 9}, STEP, "c")
    with pytest.raises(UsageError, match='"clothing" is not a stocked benefit'):
        ledger.arrivals(loaded(), "Alder", {"clothing": 1}, STEP, "c")


@pytest.mark.parametrize(
    ("count", "arrived", "on_the_way", "missing", "left"),
    [(9, 4000, 0, 0, 4700), (8, 3500, 500, 0, 4200), (1, 0, 4000, 0, 700), (0, 0, 4000, 500, 200)],
)
def test_a_count_tells_arrived_from_lost_and_leaves_a_part_of_a_step_where_it_is(
    count: int, arrived: int, on_the_way: int, missing: int, left: int
) -> None:
    here = loaded()
    made = ledger.counted(here, "Alder", {"grain": count}, STEP, "c")
    assert sum(m.quantity for m in made if m.kind == "arrive") == arrived
    assert sum(m.quantity for m in made if m.source == "transit:Alder" and m.kind == "loss") == on_the_way
    assert sum(m.quantity for m in made if m.source == "node:Alder") == missing
    assert here.total("node:Alder", "grain") == left
    assert here.total("transit:Alder", "grain") == 0
    assert here.total("transit:Alder", "oil") == 300  # not counted yet


def test_a_count_of_more_than_can_be_there_or_below_zero_is_refused() -> None:
    for count in (10, -1):
        with pytest.raises(UsageError):
            ledger.counted(loaded(), "Alder", {"grain": count}, STEP, "c")


def test_what_was_given_leaves_the_point_rations_first_and_points_move_nothing() -> None:
    here = stock()
    made = ledger.given(
        here, {("Alder", "grain"): 1, ("Alder", "clothing"): 30, ("mill", "oil"): 0}, {("mill", "grain"): 7}, STEP, "c"
    )
    assert [(m.kind, m.source, m.target, m.lot, m.quantity) for m in made] == [
        ("redeem", "node:Alder", "households:Alder", "left", 500),
        ("over-issue", "node:mill", "households:mill", "old", 3000),
        ("over-issue", "node:mill", "households:mill", "new", 500),
    ]


def test_a_point_cannot_give_what_it_does_not_hold() -> None:
    with pytest.raises(UsageError, match='"node:Alder", "grain"'):
        ledger.given(stock(), {("Alder", "grain"): 2}, {}, STEP, "c")


GOOD = Movement("load", "node:mill", "transit:Alder", "grain", "old", 500, "c/1")


def changed(**fields: object) -> Movement:
    return Movement(**{**GOOD.__dict__, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        changed(kind="gift"), changed(kind="redeem"), changed(source="transit:Alder"), changed(source="node:"),
        changed(source="mill"), changed(target="node:Alder"), changed(target="loss:Alder"), changed(quantity=0),
        changed(quantity=-500), changed(quantity=True), changed(quantity=0.5), changed(quantity=2**63),
        changed(benefit=""),
        changed(ref=""), changed(kind="receipt"), changed(kind="loss", source="households:Alder", target="loss:Alder"),
    ],
    ids=str,
)  # fmt: skip
def test_a_movement_that_is_none_is_refused(wrong: Movement) -> None:
    ledger.check_movement(GOOD)
    with pytest.raises(UsageError):
        ledger.check_movement(wrong)
    with pytest.raises(UsageError):
        balances({("node:mill", "grain"): 10**6}, [wrong])


def test_balances_tell_opening_inflow_outflow_and_closing_of_nodes_and_transit() -> None:
    here = stock()
    moves = ledger.loads(here, [("W1", "mill", "Alder", "grain", 8)], STEP, "c")
    moves += ledger.arrivals(here, "Alder", {"grain": 7}, STEP, "c")
    moves += ledger.given(here, {("Alder", "grain"): 6}, {("Alder", "grain"): 1}, STEP, "c")
    opening = {
        ("node:mill", "grain"): 8000,
        ("node:Alder", "grain"): 700,
        ("node:depot", "oil"): 5,
        ("node:x", "oil"): 0,
    }
    table = balances(opening, moves, closed=True)
    assert table.column_names == ["account", "benefit", "opening", "inflow", "outflow", "closing"]
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        ("node:Alder", "grain", 700, 3500, 3500, 700),
        ("node:depot", "oil", 5, 0, 0, 5),
        ("node:mill", "grain", 8000, 0, 4000, 4000),
        ("transit:Alder", "grain", 0, 4000, 4000, 0),
    ]
    again = balances(table, [])
    assert again["opening"].to_pylist() == again["closing"].to_pylist() == [700, 5, 4000]
    assert balances(opening, moves[::-1], closed=True).equals(table)


def test_a_balance_below_zero_is_named() -> None:
    with pytest.raises(UsageError, match='account "node:mill" would close at -1 of "grain": 499 \\+ 0 - 500'):
        balances({("node:mill", "grain"): 499}, [GOOD])


def test_sums_that_no_table_can_hold_are_refused() -> None:
    half = [
        changed(kind="receipt", source="source:x", target="node:mill", quantity=2**62, ref=f"c/{n}") for n in (1, 2)
    ]
    assert balances({}, half[:1])["closing"].to_pylist() == [2**62]
    with pytest.raises(UsageError, match="more than"):
        balances({}, half)


def test_goods_still_on_the_way_keep_a_cycle_open() -> None:
    opening = {("node:mill", "grain"): 500}
    assert balances(opening, [GOOD])["closing"].to_pylist() == [0, 500]
    with pytest.raises(UsageError, match='500 of "grain" are still on the way at "transit:Alder"'):
        balances(opening, [GOOD], closed=True)


def test_the_same_movement_twice_is_refused() -> None:
    with pytest.raises(UsageError, match='"c/1" stands twice'):
        balances({("node:mill", "grain"): 5000}, [GOOD, GOOD])


def test_only_nodes_and_transit_open_with_stock_and_never_below_zero() -> None:
    for opening in ({("node:mill", "grain"): -1}, {("households:Alder", "grain"): 1}):
        with pytest.raises(UsageError):
            balances(opening, [])


def test_nothing_makes_an_empty_table_of_the_same_columns() -> None:
    assert len(balances({}, [])) == 0
    assert balances({}, []).schema == balances({("node:mill", "grain"): 1}, []).schema
    assert ledger.aggregate([]).schema == ledger.aggregate([GOOD]).schema


def test_movements_are_summed_by_what_they_moved() -> None:
    moves = [GOOD, changed(ref="c/2", quantity=100), changed(ref="c/3", lot="new"), changed(ref="c/4", benefit="fish")]
    table = ledger.aggregate(moves)
    assert table.column_names == ["kind", "from", "to", "benefit", "lot", "quantity"]
    assert table.schema.field("quantity").type == pa.int64()
    assert [tuple(row.values())[3:] for row in table.to_pylist()] == [
        ("fish", "old", 500), ("grain", "new", 500), ("grain", "old", 600),
    ]  # fmt: skip
    assert ledger.aggregate(moves[::-1]).equals(table)


def test_a_stock_refuses_a_lot_it_does_not_hold() -> None:
    here = stock()
    with pytest.raises(UsageError, match='holds 3000 of "grain", lot "old", and 3001'):
        here.apply(changed(quantity=3001))
    assert here.total("node:mill", "grain") == 8000
    with pytest.raises(UsageError):
        Stock([("node:mill", "grain", "old", None, -1)])


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(["load", "arrive", "count", "give"]), st.integers(0, 20)), max_size=12))
def test_whatever_is_done_nothing_appears_or_vanishes(work: list[tuple[str, int]]) -> None:
    here, moves = stock(), []
    opening = {("node:mill", "grain"): 8000, ("node:mill", "oil"): 1000, ("node:Alder", "grain"): 700}
    for number, (what, n) in enumerate(work):
        ref = f"c/{number}"
        try:
            if what == "load":
                moves += ledger.loads(here, [("W", "mill", "Alder", "grain", n)], STEP, ref)
            elif what == "arrive":
                moves += ledger.arrivals(here, "Alder", {"grain": n}, STEP, ref)
            elif what == "count":
                moves += ledger.counted(here, "Alder", {"grain": n}, STEP, ref)
            else:
                moves += ledger.given(here, {("Alder", "grain"): n}, {}, STEP, ref)
        except UsageError:
            continue
    closing = {(row["account"], row["benefit"]): row["closing"] for row in balances(opening, moves).to_pylist()}
    for account in ("node:mill", "node:Alder", "transit:Alder"):
        assert closing.get((account, "grain"), 0) == here.total(account, "grain") >= 0
    out = sum(m.quantity for m in moves if m.target.startswith(("households:", "loss:")))
    assert sum(n for (_, benefit), n in closing.items() if benefit == "grain") + out == 8700
