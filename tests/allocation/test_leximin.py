"""Leximin: against an independent exact solver on tiny networks of every shape, and by what must always be true."""

from __future__ import annotations

from fractions import Fraction

import pytest
from allocation.networks import flows, levels, networks, quantities, run, shuffled, valley
from allocation.reference import Tiny, faults, greatest, leximin
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.flow.allocation import ladder, solve

MANY = settings(max_examples=250, deadline=None)
SOME = settings(max_examples=80, deadline=None)


@MANY
@given(networks())
def test_every_point_gets_what_the_independent_solver_gives_it(tiny: Tiny) -> None:
    found = run(tiny)
    assert quantities(found) == leximin(tiny)
    assert faults(tiny, found) == []


@SOME
@given(networks(), st.integers())
def test_the_order_of_rows_changes_nothing(tiny: Tiny, seed: int) -> None:
    first, second = run(tiny), solve(**shuffled(tiny.tables(), seed))
    for name in ("levels", "flows", "blocks", "certificate"):
        assert getattr(first, name).equals(getattr(second, name)), name


@SOME
@given(networks(unit=st.just(1)), st.integers(2, 2**58))
def test_scaling_stock_capacity_and_demand_together_leaves_the_levels(tiny: Tiny, factor: int) -> None:
    larger = Tiny(
        tiny.nodes,
        {k: q * factor for k, q in tiny.supply.items()},
        [(*lane[:4], None if lane[4] is None else lane[4] * factor) for lane in tiny.lanes],
        {k: q * factor for k, q in tiny.demand.items()},
    )
    assert levels(run(larger)) == levels(run(tiny))


def standing(tiny: Tiny, point: str, commodity: str, quantity: Fraction) -> Fraction:
    """How far up its own ladder a quantity brings a point: past empty rungs that its block has not passed, too."""
    return greatest([tiny.ladder(point, commodity)], quantity, Fraction(5))


@SOME
@given(networks(unit=st.just(1)), st.data())
def test_more_stock_or_capacity_never_lowers_the_sorted_levels(tiny: Tiny, data: st.DataObject) -> None:
    before = run(tiny)
    more = st.integers(0, 3)
    larger = Tiny(
        tiny.nodes,
        {key: quantity + data.draw(more) for key, quantity in tiny.supply.items()},
        [(*lane[:4], lane[4] if lane[4] is None else lane[4] + data.draw(more)) for lane in tiny.lanes],
        tiny.demand,
    )
    after = run(larger)
    for commodity in tiny.commodities():
        old, new = (
            sorted(standing(tiny, *pair, q) for pair, q in quantities(a).items() if pair[1] == commodity)
            for a in (before, after)
        )
        assert new >= old


@SOME
@given(networks())
def test_no_feasible_transfer_raises_a_poorer_point_at_the_cost_of_a_richer_one_only(tiny: Tiny) -> None:
    """Give back at a richer point, send on along lanes with room and against lanes that carry: no poorer one is reached,
    and neither is one from stock that lies idle."""
    found = run(tiny)
    got, carried = quantities(found), flows(found)
    for commodity in tiny.commodities():
        idle = {node: Fraction(tiny.supply.get((node, commodity), 0)) for node in tiny.nodes}
        onward: dict[str, set[str]] = {node: set() for node in tiny.nodes}
        for name, tail, head, only, capacity in tiny.lanes:
            flow = carried.get((name, commodity), Fraction(0))
            idle[tail] -= flow
            idle[head] += flow
            if only in ("", commodity) and (capacity is None or flow < capacity):
                onward[tail].add(head)
            if flow:
                onward[head].add(tail)
        stand = {node: standing(tiny, node, commodity, got[node, commodity]) for node, c in got if c == commodity}
        least = min((q for q in got.values() if q), default=Fraction(1)) / 10**40
        short = {n for n in stand if got[n, commodity] < sum(tiny.ladder(n, commodity).values())}
        for start in tiny.nodes:
            spare = idle[start] - got.get((start, commodity), 0)
            seen, todo = {start}, [start]
            while todo:
                for node in onward[todo.pop()] - seen:
                    seen.add(node)
                    todo.append(node)
            assert spare >= 0
            assert not (spare > 0 and seen & short)
            if got.get((start, commodity)):
                rest = got[start, commodity] - least
                falls = standing(tiny, start, commodity, rest)  # a little less would bring it down from just above here
                assert all(stand[node] > falls for node in seen & short)


@SOME
@given(networks())
def test_points_of_one_class_with_the_same_lanes_envy_nobody(tiny: Tiny) -> None:
    """Alder gets a twin: same ladder, same stock, lanes to and from the same places."""
    if "Alder" not in tiny.nodes:
        return
    tiny.nodes["Twin"] = "point"
    tiny.supply |= {("Twin", c): q for (n, c), q in tiny.supply.items() if n == "Alder"}
    tiny.demand |= {("Twin", c, r): q for (n, c, r), q in tiny.demand.items() if n == "Alder"}
    for name, tail, head, only, capacity in list(tiny.lanes):
        if "Alder" in (tail, head) and tail != head:
            ends = ("Twin" if n == "Alder" else n for n in (tail, head))
            tiny.lanes.append((f"{name}'", *ends, only, capacity))
    got = quantities(run(tiny))
    assert all(got["Twin", c] == q for (n, c), q in got.items() if n == "Alder")


@SOME
@given(networks())
def test_nothing_goes_round_in_circles(tiny: Tiny) -> None:
    carried = flows(run(tiny))
    for commodity in tiny.commodities():
        ahead: dict[str, set[str]] = {}
        for name, tail, head, *_ in tiny.lanes:
            if (name, commodity) in carried:
                ahead.setdefault(tail, set()).add(head)
        for start in ahead:
            seen, todo = set(), list(ahead[start])
            while todo:
                node = todo.pop()
                assert node != start
                if node not in seen:
                    seen.add(node)
                    todo += ahead.get(node, ())


def test_the_narrow_lane_leaves_alder_behind_and_the_others_share_the_rest() -> None:
    found = run(valley())
    assert levels(found) == {
        ("Alder", "grain"): Fraction(1, 4),
        ("Birch", "grain"): Fraction(9, 11),
        ("Cedar", "grain"): Fraction(9, 11),
    }
    assert quantities(found)["Birch", "grain"] == Fraction(54, 11)
    assert found.blocks.to_pylist() == [
        {"block": 1, "rungs": 0, "num": "1", "den": "4"},
        {"block": 2, "rungs": 0, "num": "9", "den": "11"},
    ]
    block = {r["node"]: r["block"] for r in found.certificate.to_pylist()}
    assert block == {"Port": 2, "Depot": 2, "Alder": 1, "Birch": 2, "Cedar": 2}


def test_with_stock_for_all_everyone_stands_in_the_top_block_with_what_is_left_over() -> None:
    found = run(valley(stock=30))
    assert levels(found)["Alder", "grain"] == Fraction(1, 4)
    assert levels(found)["Birch", "grain"] == levels(found)["Cedar", "grain"] == 2
    assert quantities(found)["Birch", "grain"] == 6
    assert flows(found)["p-d", "grain"] == 19


def test_no_stock_leaves_everyone_at_nothing() -> None:
    found = run(valley(stock=0))
    assert set(levels(found).values()) == {Fraction(0)}
    assert found.flows.num_rows == 0
    assert faults(valley(stock=0), found) == []


def test_no_demand_leaves_the_stock_in_the_top_block() -> None:
    tiny = valley()
    tiny.demand = {}
    found = run(tiny)
    assert found.levels.num_rows == found.flows.num_rows == 0
    assert found.certificate.num_rows == 5
    assert faults(tiny, found) == []


def test_empty_tables_give_empty_tables() -> None:
    found = run(Tiny({}))
    assert [getattr(found, n).num_rows for n in ("levels", "flows", "blocks", "certificate")] == [0, 0, 0, 0]


def test_an_empty_rung_is_passed_at_once() -> None:
    tiny = valley()
    tiny.demand = {("Birch", "grain", 1): 0, ("Birch", "grain", 3): 20}
    found = run(tiny)
    assert levels(found) == {("Birch", "grain"): Fraction(5, 2)}


def test_a_point_that_nobody_supplies_stands_at_nothing_and_costs_nobody_anything() -> None:
    tiny = valley()
    tiny.nodes["Dune"] = "point"
    tiny.demand["Dune", "grain", 1] = 100
    found = run(tiny)
    assert quantities(found).pop(("Dune", "grain")) == 0
    assert levels(found)["Birch", "grain"] == Fraction(9, 11)


def test_stock_at_a_point_serves_it_and_travels_on_where_a_lane_leaves_it() -> None:
    tiny = Tiny(
        {"Alder": "point", "Birch": "point"},
        {("Alder", "grain"): 9},
        [("a-b", "Alder", "Birch", "", 2)],
        {("Alder", "grain", 1): 10, ("Birch", "grain", 1): 10},
    )
    found = run(tiny)
    assert quantities(found) == {("Alder", "grain"): 7, ("Birch", "grain"): 2}


def test_commodities_do_not_compete_for_a_lane() -> None:
    tiny = valley()
    tiny.supply["Port", "oil"] = 10
    tiny.demand["Alder", "oil", 1] = 4
    found = run(tiny)
    assert flows(found)["d-a", "grain"] == flows(found)["d-a", "oil"] == 1


def test_a_lane_for_one_commodity_carries_no_other() -> None:
    tiny = valley()
    tiny.lanes[2] = ("d-b", "Depot", "Birch", "oil", None)
    assert quantities(run(tiny))["Birch", "grain"] == 0


@pytest.mark.parametrize("size", [2**62 - 1, 2**63 - 1])
def test_quantities_at_the_edge_of_64_bits_stay_exact(size: int) -> None:
    tiny = Tiny(
        {"Port": "entry", "Quay": "entry", "Alder": "point", "Birch": "point", "Cedar": "point"},
        {("Port", "grain"): size, ("Quay", "grain"): size - 4, ("Cedar", "grain"): 1},
        [
            ("1", "Port", "Alder", "", None),
            ("2", "Port", "Birch", "", size // 3),
            ("3", "Quay", "Birch", "", size),
            ("4", "Quay", "Cedar", "", None),
        ],
        {(p, "grain", r): size - d for d, p in enumerate(("Alder", "Birch", "Cedar")) for r in (1, 2)},
    )
    found = run(tiny)
    assert quantities(found) == leximin(tiny)
    assert faults(tiny, found) == []


def test_ten_thousand_rungs_are_climbed_exactly() -> None:
    tiny = valley(stock=10_000)
    tiny.lanes[1] = ("d-a", "Depot", "Alder", "", None)
    tiny.demand = {(p, "grain", r): n for n, p in enumerate(("Alder", "Birch", "Cedar"), 1) for r in range(1, 10_001)}
    assert set(levels(run(tiny)).values()) == {Fraction(10_000, 6)}


@SOME
@given(networks())
def test_ladders_too_large_for_a_plain_table_are_climbed_the_same_way(tiny: Tiny) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ladder, "DENSE_CELLS", -(10**9))
        sparse = run(tiny)
    assert sparse.levels.equals(run(tiny).levels)


def test_a_rung_number_far_up_costs_nothing() -> None:
    tiny = valley(stock=4)
    tiny.demand = {("Birch", "grain", 2**60): 8}
    assert levels(run(tiny)) == {("Birch", "grain"): 2**60 - 1 + Fraction(1, 2)}


def test_a_chain_of_a_thousand_depots_is_one_lane() -> None:
    nodes = {f"D{n:04}": "depot" for n in range(1000)} | {"Alder": "point"}
    names = list(nodes)
    lanes = [(f"l{n}", a, b, "", None) for n, (a, b) in enumerate(zip(names, names[1:], strict=False))]
    tiny = Tiny(nodes, {("D0000", "grain"): 3}, lanes, {("Alder", "grain", 1): 4})
    found = run(tiny)
    assert levels(found) == {("Alder", "grain"): Fraction(3, 4)}
    assert set(flows(found).values()) == {Fraction(3)}


def test_a_staircase_of_points_makes_a_block_each() -> None:
    """Each village can be reached only through a lane of its own width: as many levels as villages."""
    width = 60
    nodes = {"Port": "entry"} | {f"V{n:02}": "point" for n in range(width)}
    lanes = [(f"l{n}", "Port", f"V{n:02}", "", n + 1) for n in range(width)]
    demand = {(f"V{n:02}", "grain", 1): 100 for n in range(width)}
    found = run(Tiny(nodes, {("Port", "grain"): 10_000}, lanes, demand))
    assert [levels(found)[f"V{n:02}", "grain"] for n in range(width)] == [Fraction(n + 1, 100) for n in range(width)]
    assert found.blocks.num_rows == width + 1
