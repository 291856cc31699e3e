"""What the solver proves of its own answer, and that the proof refuses every other one."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from importlib import import_module

import numpy as np
import pytest
from allocation.networks import networks, valley
from allocation.reference import Tiny, leximin
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.flow.allocation import check_input, solve_input
from evenhand.flow.allocation.leximin import Network, Solution, decompose
from evenhand.flow.allocation.network import build
from evenhand.flow.allocation.proof import prove


def network_of(tiny: Tiny) -> Network:
    return build(check_input(tiny.tables())).network


def quantities(network: Network, solution: Solution) -> list[Fraction]:
    """What each pair gets by the level of its block."""
    found = []
    for point, node in enumerate(network.point_node.tolist()):
        block = int(solution.block[node])
        done = solution.coordinate[block] if solution.coordinate[block] >= 0 else network.ladders.height
        below, above = (
            int(network.ladders.at(np.array([point]), np.array([min(c, network.ladders.height)]))[0])
            for c in (done, done + 1)
        )
        found.append(below + Fraction((above - below) * solution.part[block], solution.whole[block]))
    return found


@settings(max_examples=200, deadline=None)
@given(networks(), st.data())
def test_whatever_is_proved_is_the_one_fair_answer(tiny: Tiny, data: st.DataObject) -> None:
    network = network_of(tiny)
    honest = decompose(network)
    prove(network, honest)
    forged = deepcopy(honest)
    for _ in range(data.draw(st.integers(1, 3))):
        column = getattr(forged, data.draw(st.sampled_from(["block", "coordinate", "part", "whole", "flow_num"])))
        if len(column):
            place = data.draw(st.integers(0, len(column) - 1))
            column[place] = data.draw(st.sampled_from([*map(int, column), int(column[place]) + 1, 0, 1]))
    usable = all(0 <= p < w for p, w in zip(forged.part, forged.whole, strict=True)) and all(
        -1 <= c < network.ladders.height or c == 0 for c in forged.coordinate
    )
    if not usable or any(int(b) >= len(forged.whole) for b in forged.block):
        return
    try:
        prove(network, forged)
    except ArithmeticError:
        return
    got = quantities(network, forged)
    nodes, kinds = sorted(tiny.nodes, key=str.encode), tiny.commodities()
    fair = leximin(tiny)
    assert got == [fair[nodes[v % len(nodes)], kinds[v // len(nodes)]] for v in network.point_node.tolist()]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.flow_num.__setitem__(0, -1), "carries"),
        (lambda s: s.flow_num.__setitem__(slice(None), 10**6), "carries"),
        (lambda s: s.flow_den.__setitem__(slice(None), 7), "parts"),
        (
            lambda s: s.part.__setitem__(s.coordinate.index(0), s.part[s.coordinate.index(0)] + 1),
            "gives what it has not",
        ),
        (lambda s: s.flow_num.__setitem__(slice(None), 0), "gives what it has not"),
    ],
)
def test_each_kind_of_fault_is_said(change, words: str) -> None:
    network = network_of(valley())
    solution = decompose(network)
    change(solution)
    with pytest.raises(ArithmeticError, match=words):
        prove(network, solution)


def test_stock_left_idle_and_blocks_in_the_wrong_order_are_found() -> None:
    """Alder has 9 and a lane to Birch, which has 1: each may live on its own stock, or on none, and that is not fair."""
    tiny = Tiny(
        {"Alder": "point", "Birch": "point"},
        {("Alder", "grain"): 9, ("Birch", "grain"): 1},
        [("a-b", "Alder", "Birch", "", None)],
        {("Alder", "grain", 1): 10, ("Birch", "grain", 1): 10},
    )
    network = network_of(tiny)
    none, one = np.zeros(1, np.int64), np.ones(1, np.int64)
    with pytest.raises(ArithmeticError, match="order"):
        prove(network, Solution(np.array([0, 1]), [0, 0], [9, 1], [10, 10], none, one, 1))
    with pytest.raises(ArithmeticError, match="idle"):
        prove(network, Solution(np.array([0, 0]), [0], [1], [10], none, one, 1))


def test_a_solver_that_errs_gives_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(network: Network, progress: object = None) -> Solution:
        found = decompose(network)
        return replace(found, block=found.block[::-1].copy())

    monkeypatch.setattr(import_module("evenhand.flow.allocation.solve"), "decompose", careless)
    with pytest.raises(ArithmeticError, match="proof"):
        solve_input(check_input(valley().tables()))
