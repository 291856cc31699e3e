"""The exact maximum flow: small numbers in one go, large ones by scaling, the same answer."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.flow.allocation.acyclic import without_cycles
from evenhand.flow.allocation.maxflow import max_flow

NODES = 6  # 0 is the source, 5 the sink


@st.composite
def arcs(draw: st.DrawFn, sizes: st.SearchStrategy[int]) -> list[tuple[int, int, int]]:
    ends = st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)).filter(
        lambda e: e[0] != e[1] and e[1] != 0 and e[0] != 5
    )
    return [(*draw(ends), draw(sizes)) for _ in range(draw(st.integers(0, 12)))]


def least_cut(network: list[tuple[int, int, int]]) -> tuple[int, set[int]]:
    """Value of the least cut, and its smallest sink side."""
    best = None
    for choice in product((False, True), repeat=NODES - 2):
        low = {5} | {n for n, chosen in enumerate(choice, 1) if chosen}
        value = sum(c for a, b, c in network if a not in low and b in low)
        if best is None or (value, len(low)) < (best[0], len(best[1])):
            best = value, low
    return best


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([3, 2**40, 2**62, 2**63, 2**70, 2**101, 2**200, 2**1000]).flatmap(
        lambda most: arcs(st.integers(0, most))
    )
)
def test_the_flow_is_as_large_as_the_least_cut_and_names_its_sink_side(network: list[tuple[int, int, int]]) -> None:
    tail, head = (np.array([a[i] for a in network], np.int64) for i in (0, 1))
    capacity = np.array([a[2] for a in network], object)
    flow, side = max_flow(NODES, 0, 5, tail, head, capacity)
    value, low = least_cut(network)
    assert all(0 <= f <= c for f, c in zip(flow, capacity, strict=True))
    balance = [sum(f for f, b in zip(flow, head, strict=True) if b == n) - sum(flow[tail == n]) for n in range(NODES)]
    assert balance[5] == value
    assert balance[1:5] == [0, 0, 0, 0]
    assert set(np.flatnonzero(side).tolist()) == low


@settings(max_examples=200, deadline=None)
@given(arcs(st.integers(0, 9)))
def test_cancelling_cycles_keeps_every_balance_and_leaves_none(network: list[tuple[int, int, int]]) -> None:
    tail, head, flow = (np.array([a[i] for a in network], np.int64) for i in (0, 1, 2))
    kept = without_cycles(NODES, tail, head, flow)
    assert ((kept >= 0) & (kept <= flow)).all()
    for node in range(NODES):
        assert (
            kept[head == node].sum() - kept[tail == node].sum() == flow[head == node].sum() - flow[tail == node].sum()
        )
    reach = np.zeros((NODES, NODES), bool)
    reach[tail[kept > 0], head[kept > 0]] = True
    for _ in range(NODES):
        reach |= (reach.astype(int) @ reach.astype(int)) > 0
    assert not reach.diagonal().any()


def test_an_empty_network_has_no_flow() -> None:
    none = np.zeros(0, np.int64)
    flow, side = max_flow(2, 0, 1, none, none, none)
    assert len(flow) == 0
    assert side.tolist() == [False, True]


def test_a_solver_that_gives_up_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    from evenhand.flow.allocation import maxflow

    class Refuses(maxflow.SimpleMaxFlow):
        def solve(self, source: int, sink: int):  # noqa: ANN201
            return self.BAD_RESULT

    monkeypatch.setattr(maxflow, "SimpleMaxFlow", Refuses)
    with pytest.raises(ArithmeticError):
        max_flow(2, 0, 1, np.array([0]), np.array([1]), np.array([1]))
