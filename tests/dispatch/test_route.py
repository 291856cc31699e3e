"""Loads: as much as can be brought, whole, within capacity, at the least cost; and their waybills."""

from __future__ import annotations

from itertools import product

import pyarrow as pa
import pytest
from allocation.networks import shuffled
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.core.errors import InputError, UsageError
from evenhand.flow.dispatch import Routed, route, waybills

NODES = pa.table(
    {"node": ["Port", "Hill", "Alder", "Birch"], "kind": ["entry", "depot", "point", "point"]},
)


def lanes(*rows: tuple[str, str, str, str, int | None, int]) -> pa.Table:
    kinds = [pa.string()] * 4 + [pa.int64()] * 2
    names = ["lane", "from", "to", "commodity", "capacity", "cost"]
    return pa.table([pa.array([r[i] for r in rows], k) for i, k in enumerate(kinds)], names)


def amounts(first: str, rows: dict[tuple[str, str], int]) -> pa.Table:
    return pa.table(
        [
            pa.array([k[0] for k in rows], pa.string()),
            pa.array([k[1] for k in rows], pa.string()),
            pa.array(list(rows.values()), pa.int64()),
        ],
        [first, "commodity", "quantity"],
    )


def run(arcs: pa.Table, stock: dict[tuple[str, str], int], need: dict[tuple[str, str], int]) -> Routed:
    return route(NODES, arcs, amounts("node", stock), amounts("point", need))


def loads(routed: Routed) -> dict[tuple[str, str], int]:
    return {(r["lane"], r["commodity"]): r["quantity"] for r in routed.loads.to_pylist()}


def unmet(routed: Routed) -> dict[tuple[str, str], int]:
    return {(r["point"], r["commodity"]): r["quantity"] for r in routed.unmet.to_pylist()}


TWO_WAYS = lanes(("coast", "Port", "Alder", "", 4, 1), ("pass", "Port", "Alder", "", None, 5))


def test_the_cheap_lane_is_filled_first() -> None:
    found = run(TWO_WAYS, {("Port", "grain"): 9}, {("Alder", "grain"): 7})
    assert loads(found) == {("coast", "grain"): 4, ("pass", "grain"): 3}
    assert unmet(found) == {}


def test_what_cannot_be_brought_is_said() -> None:
    found = run(TWO_WAYS, {("Port", "grain"): 5}, {("Alder", "grain"): 7, ("Birch", "grain"): 2})
    assert sum(loads(found).values()) == 5
    assert unmet(found) == {("Alder", "grain"): 2, ("Birch", "grain"): 2}


def test_more_is_brought_before_less_is_spent() -> None:
    arcs = lanes(
        ("1", "Port", "Alder", "", None, 1),
        ("2", "Port", "Birch", "", None, 1000),
        ("3", "Hill", "Alder", "", None, 900),
    )
    found = run(arcs, {("Port", "grain"): 5, ("Hill", "grain"): 5}, {("Alder", "grain"): 5, ("Birch", "grain"): 5})
    assert loads(found) == {("2", "grain"): 5, ("3", "grain"): 5}


def test_a_points_own_stock_needs_no_lorry() -> None:
    found = run(TWO_WAYS, {("Port", "grain"): 9, ("Alder", "grain"): 6}, {("Alder", "grain"): 7})
    assert loads(found) == {("coast", "grain"): 1}


def test_a_chain_of_depots_is_followed() -> None:
    arcs = lanes(("up", "Port", "Hill", "", 3, 1), ("down", "Hill", "Birch", "oil", None, 1))
    found = run(arcs, {("Port", "oil"): 9, ("Port", "grain"): 9}, {("Birch", "oil"): 7, ("Birch", "grain"): 1})
    assert loads(found) == {("up", "oil"): 3, ("down", "oil"): 3}
    assert unmet(found) == {("Birch", "oil"): 4, ("Birch", "grain"): 1}


def test_each_commodity_has_the_capacity_for_itself() -> None:
    stock = {("Port", "grain"): 9, ("Port", "oil"): 9}
    found = run(TWO_WAYS.slice(0, 1), stock, {("Alder", "grain"): 9, ("Alder", "oil"): 9})
    assert loads(found) == {("coast", "grain"): 4, ("coast", "oil"): 4}


def test_nothing_needed_is_nothing_loaded() -> None:
    found = run(TWO_WAYS, {("Port", "grain"): 9}, {})
    assert found.loads.num_rows == found.unmet.num_rows == 0
    assert found.loads.column_names == ["lane", "commodity", "quantity"]
    assert found.unmet.column_names == ["point", "commodity", "quantity"]


def test_without_lanes_only_own_stock_serves() -> None:
    found = run(lanes(), {("Alder", "grain"): 2}, {("Alder", "grain"): 3})
    assert unmet(found) == {("Alder", "grain"): 1}


def test_free_circles_carry_nothing() -> None:
    arcs = lanes(("1", "Port", "Hill", "", 9, 0), ("2", "Hill", "Port", "", 9, 0), ("3", "Hill", "Alder", "", 9, 0))
    assert loads(run(arcs, {("Port", "grain"): 2}, {("Alder", "grain"): 2})) == {("1", "grain"): 2, ("3", "grain"): 2}


def test_wrong_needs_are_named() -> None:
    with pytest.raises(InputError) as caught:
        run(TWO_WAYS, {}, {("Atlantis", "grain"): 1})
    assert caught.value.problems[0].file == "needs"


def test_numbers_too_large_to_route_are_refused_in_words() -> None:
    with pytest.raises(UsageError, match="too large"):
        run(TWO_WAYS, {("Port", "grain"): 2**60}, {("Alder", "grain"): 1})
    with pytest.raises(UsageError, match="too large"):
        run(lanes(("1", "Port", "Alder", "", None, 2**62)), {("Port", "grain"): 1}, {("Alder", "grain"): 1})


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[tuple[str, str, str, str, int | None, int]], dict, dict]:
    ends = st.sampled_from(["Port", "Hill", "Alder", "Birch"])
    arcs = [
        (f"l{n}", draw(ends), draw(ends), "", draw(st.integers(0, 2)), draw(st.integers(0, 3)))
        for n in range(draw(st.integers(0, 5)))
    ]
    stock = {(n, "grain"): draw(st.integers(0, 2)) for n in ("Port", "Hill", "Alder")}
    return arcs, stock, {(n, "grain"): draw(st.integers(0, 3)) for n in ("Alder", "Birch")}


def best(arcs: list, stock: dict, need: dict) -> tuple[int, int]:
    """(most that can be met, its least cost), by trying every whole load."""
    found = (0, 0)
    for load in product(*(range((a[4] or 0) + 1) for a in arcs)):
        has = {n: stock.get((n, "grain"), 0) for n in ("Port", "Hill", "Alder", "Birch")}
        for quantity, (_, tail, head, *_) in zip(load, arcs, strict=True):
            has[tail] -= quantity
            has[head] += quantity
        if min(has.values()) < 0:
            continue
        met = sum(min(has[n], need[n, "grain"]) for n in ("Alder", "Birch"))
        cost = sum(q * a[5] for q, a in zip(load, arcs, strict=True))
        found = max(found, (met, -cost))
    return found[0], -found[1]


@settings(max_examples=150, deadline=None)
@given(cases(), st.integers())
def test_loads_are_the_best_of_all_loads(case: tuple[list, dict, dict], seed: int) -> None:
    arcs, stock, need = case
    found = run(lanes(*arcs), stock, need)
    carried = loads(found)
    has = {n: stock.get((n, "grain"), 0) for n in ("Port", "Hill", "Alder", "Birch")}
    for lane, tail, head, _, capacity, _ in arcs:
        quantity = carried.get((lane, "grain"), 0)
        assert 0 <= quantity <= capacity
        has[tail] -= quantity
        has[head] += quantity
    assert min(has.values()) >= 0
    met = sum(need.values()) - sum(unmet(found).values())
    assert all(max(0, need[n, "grain"] - has[n]) == unmet(found).get((n, "grain"), 0) for n in ("Alder", "Birch"))
    assert (met, sum(carried.get((a[0], "grain"), 0) * a[5] for a in arcs)) == best(arcs, stock, need)
    tables = shuffled({"lanes": lanes(*arcs), "supply": amounts("node", stock), "needs": amounts("point", need)}, seed)
    assert route(NODES, **tables) == found


TWO_STORES = lanes(("near", "Port", "Alder", "", None, 1), ("far", "Hill", "Alder", "", None, 3))


def test_whole_packs_travel_before_the_cheap_lane_is_emptied() -> None:
    tables = (TWO_STORES, amounts("node", {("Port", "grain"): 7, ("Hill", "grain"): 9}))
    need = amounts("point", {("Alder", "grain"): 10})
    assert loads(route(NODES, *tables, need)) == {("near", "grain"): 7, ("far", "grain"): 3}
    assert loads(route(NODES, *tables, need, {"grain": 5})) == {("near", "grain"): 5, ("far", "grain"): 5}


def test_what_is_left_of_a_need_goes_loose() -> None:
    stock = amounts("node", {("Port", "grain"): 7, ("Hill", "grain"): 9})
    found = route(NODES, TWO_STORES, stock, amounts("point", {("Alder", "grain"): 12}), {"grain": 5})
    assert loads(found) == {("near", "grain"): 7, ("far", "grain"): 5}


def test_a_pack_is_opened_where_else_somebody_would_go_without() -> None:
    # Three steps for Alder, three for Birch; one pack of two from each store would strand the third of Birch.
    arcs = lanes(("1", "Port", "Alder", "", 3, 1), ("2", "Hill", "Alder", "", 3, 2), ("3", "Port", "Birch", "", 3, 1))
    stock = amounts("node", {("Port", "grain"): 3, ("Hill", "grain"): 3})
    found = route(NODES, arcs, stock, amounts("point", {("Alder", "grain"): 3, ("Birch", "grain"): 3}), {"grain": 2})
    assert unmet(found) == {}
    assert loads(found) == {("2", "grain"): 3, ("3", "grain"): 3}


@settings(max_examples=100, deadline=None)
@given(cases(), st.integers(2, 3))
def test_packs_never_bring_less(case: tuple[list, dict, dict], pack: int) -> None:
    arcs, stock, need = case
    tables = (NODES, lanes(*arcs), amounts("node", stock), amounts("point", need))
    plain, packed = route(*tables), route(*tables, {"grain": pack})
    assert sum(unmet(packed).values()) == sum(unmet(plain).values())
    for lane, *_, capacity, _ in arcs:
        assert 0 <= loads(packed).get((lane, "grain"), 0) <= capacity


def test_a_waybill_is_one_lane_with_all_it_carries() -> None:
    given = pa.table({"lane": ["b", "a", "a"], "commodity": ["oil", "oil", "grain"], "quantity": [3, 2, 1]})
    assert [tuple(r.values()) for r in waybills(given, "2008-03/1").to_pylist()] == [
        ("2008-03/1-W00001", "a", "grain", 1),
        ("2008-03/1-W00001", "a", "oil", 2),
        ("2008-03/1-W00002", "b", "oil", 3),
    ]
    assert waybills(given.slice(0, 0), "2008-03/1").num_rows == 0
