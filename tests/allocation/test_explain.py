"""Why a point gets what it gets: the right lanes and stock, and reliefs that come true."""

from __future__ import annotations

from fractions import Fraction

import pytest
from allocation.joint import joint_networks, port
from allocation.networks import networks, valley
from allocation.reference import Tiny, leximin
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.flow.allocation import check_input
from evenhand.flow.allocation.bottleneck import Block, Limit, bottleneck_table, bottlenecks
from evenhand.flow.allocation.explain import Explanation, explain, number, percent
from evenhand.flow.allocation.solve import solve_fully


def explained(tiny: Tiny, *pairs: tuple[str, str]) -> list[Explanation]:
    given = check_input(tiny.tables())
    found, solved = solve_fully(given)
    return explain(given, found, bottlenecks(given, solved), list(pairs))


def blocks(tiny: Tiny) -> dict[int, Block]:
    given = check_input(tiny.tables())
    return bottlenecks(given, solve_fully(given)[1])


def test_alder_is_held_down_by_its_lane_and_the_others_by_all_the_stock_there_is() -> None:
    alder, birch = explained(valley(), ("Alder", "grain"), ("Birch", "grain"))
    assert alder.block.limits == (Limit("lane", "d-a", "grain", 1),)
    assert (alder.block.next_level, alder.block.more, alder.block.all_stock) == (Fraction(9, 11), 3, False)
    assert birch.block.limits == (Limit("stock", "Port", "grain", 10),)
    assert (birch.block.next_level, birch.block.more, birch.block.all_stock) == (1, 2, True)


def test_a_relief_is_what_dividing_again_gives() -> None:
    alder, birch = explained(valley(), ("Alder", "grain"), ("Birch", "grain"))
    (relief,) = alder.reliefs  # the lane would carry 4: all three share 10 of 15
    assert (relief.level, relief.quantity, relief.lifted, relief.lowered) == (Fraction(2, 3), Fraction(8, 3), 1, 2)
    (relief,) = birch.reliefs
    assert (relief.level, relief.quantity, relief.lifted, relief.lowered) == (1, 6, 2, 0)


def test_the_words_name_lane_stock_and_relief() -> None:
    alder, birch = (one.lines() for one in explained(valley(), ("Alder", "grain"), ("Birch", "grain")))
    assert alder[0] == "Alder, grain: gets 1 of 4 (25 %); level 1/4"
    assert "  held down by: lane d-a is full of grain (1)" in alder
    assert (
        alder[-1] == "  3 more on lane d-a would lift 1 point, Alder to level 2/3 (66.7 %); 2 elsewhere would get less"
    )
    assert "  held down by: all the stock there is, 10 at 1 node, is used" in birch


def test_who_is_served_in_full_is_held_down_by_nothing() -> None:
    (cedar,) = explained(valley(stock=30), ("Cedar", "grain"))
    assert cedar.block is None and cedar.reliefs == ()
    assert cedar.lines()[-1] == "  nothing holds it down: it is served in full"


def test_a_point_that_nothing_reaches_is_told_so() -> None:
    tiny = valley()
    tiny.nodes["Dune"] = "point"
    tiny.demand["Dune", "grain", 1] = 100
    (dune,) = explained(tiny, ("Dune", "grain"))
    assert dune.block.limits == () and "nothing can reach it" in dune.lines()[2]


def test_handling_and_the_stock_behind_it_are_told_apart() -> None:
    joint = port(10)
    joint.supply["Port", "oil"] = 1
    (block,) = {b for b in blocks(joint).values() if "oil" in b.commodities}
    assert block.limits == (Limit("stock", "Port", "oil", 1),)
    (block,) = {b for b in blocks(joint).values() if "grain" in b.commodities}
    assert block.limits == (Limit("handling", "Port", "", 10),)
    (alder,) = explained(joint, ("Alder", "grain"))
    assert alder.reliefs[0].quantity == 10


def test_a_shared_capacity_lifts_both_commodities() -> None:
    (alder,) = explained(port(10), ("Alder", "grain"))
    assert (alder.reliefs[0].more, alder.reliefs[0].lifted, alder.reliefs[0].level) == (10, 2, 1)


@settings(max_examples=60, deadline=None)
@given(networks(unit=st.just(1)))
def test_everybody_short_stands_in_a_block_with_a_cut_whose_sum_is_what_it_has(tiny: Tiny) -> None:
    got = leximin(tiny)
    given_ = check_input(tiny.tables())
    found, solved = solve_fully(given_)
    known = bottlenecks(given_, solved)
    home = {(r["node"], r["commodity"]): r["block"] for r in found.certificate.to_pylist()}
    for pair, quantity in got.items():
        if quantity < sum(tiny.ladder(*pair).values()):
            block = known[home[pair]]
            assert block.next_level > block.level
            if not block.limits:
                assert quantity == 0
    for one in known.values():
        inside = {pair for pair, number in home.items() if number == one.number}
        enters = sum(limit.quantity for limit in one.limits)
        lanes = {name: (a, b) for name, a, b, _, _ in tiny.lanes}
        leaves = sum(
            Fraction(int(r["quantity_num"]), int(r["quantity_den"]))
            for r in found.flows.to_pylist()
            if (lanes[r["lane"]][0], r["commodity"]) in inside and (lanes[r["lane"]][1], r["commodity"]) not in inside
        )
        # Blocks of equal level may pass goods to each other; then the cut is that of both together.
        if len(set(solved.levels)) == len(solved.levels):
            assert enters - leaves == sum(got.get(pair, 0) for pair in inside)


@settings(max_examples=30, deadline=None)
@given(joint_networks())
def test_no_relief_ever_lowers_the_point_it_is_for(tiny: Tiny) -> None:
    pairs = sorted({(p, c) for p, c, _ in tiny.demand})
    for one in explained(tiny, *pairs):
        for relief in one.reliefs:
            assert relief.quantity >= one.quantity


def test_the_table_has_a_row_for_each_limit() -> None:
    rows = bottleneck_table(blocks(valley())).to_pylist()
    assert [(r["block"], r["limit"], r["name"], r["quantity"], r["more"]) for r in rows] == [
        (1, "lane", "d-a", "1", "3"),
        (2, "stock", "Port", "10", "2"),
    ]
    assert bottleneck_table(blocks(Tiny({}))).num_rows == 0


@pytest.mark.parametrize(("share", "text"), [(Fraction(2, 3), "66.7 %"), (Fraction(1), "100 %"), (Fraction(0), "0 %")])
def test_shares_are_read_with_one_decimal(share: Fraction, text: str) -> None:
    assert percent(share) == text
    assert number(Fraction(54, 11)) == "4.91" and number(Fraction(5)) == "5"
