"""Named tiny networks: a port, depots, and the villages Alder, Birch and Cedar."""

from __future__ import annotations

import random
from fractions import Fraction

import pyarrow as pa
from allocation.reference import Tiny
from hypothesis import strategies as st

from evenhand.flow.allocation import Allocation, solve

VILLAGES = ("Alder", "Birch", "Cedar")


def valley(stock: int = 10) -> Tiny:
    """A port, one depot, three villages; the lane to Alder is narrow, Cedar has a second rung."""
    return Tiny(
        nodes={"Port": "entry", "Depot": "depot", "Alder": "point", "Birch": "point", "Cedar": "point"},
        supply={("Port", "grain"): stock},
        lanes=[
            ("p-d", "Port", "Depot", "", None),
            ("d-a", "Depot", "Alder", "", 1),
            ("d-b", "Depot", "Birch", "", None),
            ("d-c", "Depot", "Cedar", "", None),
        ],
        demand={
            ("Alder", "grain", 1): 4,
            ("Birch", "grain", 1): 6,
            ("Cedar", "grain", 1): 5,
            ("Cedar", "grain", 2): 7,
        },
    )


def run(tiny: Tiny) -> Allocation:
    return solve(**tiny.tables())


def levels(allocation: Allocation) -> dict[tuple[str, str], Fraction]:
    return {
        (r["point"], r["commodity"]): r["rungs"] + Fraction(int(r["num"]), int(r["den"]))
        for r in allocation.levels.to_pylist()
    }


def quantities(allocation: Allocation) -> dict[tuple[str, str], Fraction]:
    return {
        (r["point"], r["commodity"]): Fraction(int(r["quantity_num"]), int(r["quantity_den"]))
        for r in allocation.levels.to_pylist()
    }


def flows(allocation: Allocation) -> dict[tuple[str, str], Fraction]:
    return {
        (r["lane"], r["commodity"]): Fraction(int(r["quantity_num"]), int(r["quantity_den"]))
        for r in allocation.flows.to_pylist()
    }


def shuffled(tables: dict[str, pa.Table], seed: int) -> dict[str, pa.Table]:
    chance = random.Random(seed)
    return {name: t.take(pa.array(chance.sample(range(len(t)), len(t)), pa.int64())) for name, t in tables.items()}


@st.composite
def networks(draw: st.DrawFn, unit: st.SearchStrategy[int] | None = None) -> Tiny:
    """Any shape: supply anywhere, lanes anywhere (parallel, in cycles, leaving points), ladders with holes, ties."""
    nodes = dict.fromkeys(VILLAGES[: draw(st.integers(0, 3))], "point")
    nodes |= {
        name: draw(st.sampled_from(["entry", "depot"])) for name in ("Dam", "Eel", "Fen")[: draw(st.integers(0, 3))]
    }
    size = draw(st.sampled_from([1, 1, 10**6, 2**58 + 1]) if unit is None else unit)
    quantity = st.sampled_from([0, 1, 1, 2, 3, 5, 8]).map(lambda n: n * size)
    commodities = draw(st.sampled_from([["grain"], ["grain", "oil"]]))
    tiny = Tiny(nodes)
    for node in nodes:
        for commodity in commodities:
            if draw(st.booleans()):
                tiny.supply[node, commodity] = draw(quantity)
    for number in range(draw(st.integers(0, 8)) if nodes else 0):
        ends = draw(st.sampled_from(list(nodes))), draw(st.sampled_from(list(nodes)))
        only = draw(st.sampled_from(["", "", *commodities]))
        tiny.lanes.append((f"lane {number}", *ends, only, draw(st.none() | quantity)))
    for point in [n for n, kind in nodes.items() if kind == "point"]:
        for commodity in commodities:
            for rung in draw(st.sets(st.integers(1, 4), max_size=3)):
                tiny.demand[point, commodity, rung] = draw(quantity)
    return tiny
