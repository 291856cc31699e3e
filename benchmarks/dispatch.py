"""Whole-step loads against OR-Tools' min-cost flow called bare on the same arcs (= 1): processor time, cost, memory.

    python -m benchmarks dispatch              # 200 depots x 5,000 points x 8 commodities
    python -m benchmarks dispatch --national   # also 50,000 points, and the growth between the two

The needs are the whole units of the fair division of `benchmarks/allocation.py`; every lane has a cost of 1 to 100.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from benchmarks.allocation import network
from evenhand.flow.allocation import check_input, solve_input
from evenhand.flow.dispatch import route

GOALS = {5_000: 2.0, 50_000: 20.0}
KINDS = 8


def country(points: int) -> dict[str, pa.Table]:
    """nodes, lanes, supply, needs of a month in which the network and the stock hold every point down."""
    tables = network(200, points, KINDS)
    found = solve_input(check_input(tables)).levels
    whole = [
        int(num) // int(den)
        for num, den in zip(found["quantity_num"].to_pylist(), found["quantity_den"].to_pylist(), strict=True)
    ]
    cost = np.random.default_rng(2).integers(1, 101, tables["lanes"].num_rows)
    lanes = tables["lanes"].set_column(5, "cost", pa.array(cost))
    needs = pa.table({"point": found["point"], "commodity": found["commodity"], "quantity": pa.array(whole)})
    return {"nodes": tables["nodes"], "lanes": lanes, "supply": tables["supply"], "needs": needs}


def bare(tables: dict[str, pa.Table]) -> tuple[float, int]:
    """Seconds and cost of one flow over all commodities, every lane once a commodity, solver defaults. What is not needed
    stays where it lies: a node takes it in, so that supplies and demands balance as `solve` wants it."""
    place = {name: n for n, name in enumerate(tables["nodes"]["node"].to_pylist())}
    good = {name: n for n, name in enumerate(sorted(set(tables["needs"]["commodity"].to_pylist())))}
    count, lanes = len(place), tables["lanes"]
    net = np.zeros(count * KINDS + 1, np.int64)
    for name, at, sign in (("supply", "node", 1), ("needs", "point", -1)):
        rows = tables[name]
        where = [good[c] * count + place[n] for n, c in zip(*(rows[k].to_pylist() for k in (at, "commodity")))]  # noqa: B905
        np.add.at(net, where, sign * rows["quantity"].to_numpy())
    begins = np.array([place[n] for n in lanes["from"].to_pylist()])
    ends = np.array([place[n] for n in lanes["to"].to_pylist()])
    most = int(net[net > 0].sum())
    capacity = lanes["capacity"].fill_null(most).to_numpy()
    offset = np.repeat(np.arange(KINDS) * count, len(begins))
    sources = np.flatnonzero(net > 0)
    start = time.process_time()
    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        (np.tile(begins, KINDS) + offset).astype(np.int32),
        (np.tile(ends, KINDS) + offset).astype(np.int32),
        np.tile(capacity, KINDS),
        np.tile(lanes["cost"].to_numpy(), KINDS),
    )
    idle = count * KINDS
    solver.add_arcs_with_capacity_and_unit_cost(
        sources.astype(np.int32), np.full(len(sources), idle, np.int32), net[sources], np.zeros(len(sources), np.int64)
    )
    net[idle] = -int(net.sum())
    solver.set_nodes_supplies(np.arange(len(net), dtype=np.int32), net)
    if solver.solve() != SimpleMinCostFlow.OPTIMAL:
        raise SystemExit("the bare solver found no flow")
    assert len(solver.flows(arcs))
    return time.process_time() - start, int(solver.optimal_cost())


def ours(tables: dict[str, pa.Table]) -> tuple[float, int]:
    """Seconds and cost of `route`, tables in, tables out."""
    start = time.process_time()
    made = route(tables["nodes"], tables["lanes"], tables["supply"], tables["needs"])
    seconds = time.process_time() - start
    assert not made.unmet.num_rows
    cost = dict(zip(tables["lanes"]["lane"].to_pylist(), tables["lanes"]["cost"].to_pylist(), strict=True))
    lanes, quantities = made.loads["lane"].to_pylist(), made.loads["quantity"].to_pylist()
    return seconds, sum(cost[lane] * quantity for lane, quantity in zip(lanes, quantities, strict=True))


def alone(which: str, points: int) -> None:
    """Measure one of the two and print it; called in a process of its own, so that its peak of memory is its own."""
    tables = country(points)
    found = {"bare": bare, "ours": ours}[which](tables)
    print(*found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


def measure(which: str, points: int) -> tuple[float, int, float]:
    """(seconds, cost, GiB at most, with what making the tables took)."""
    code = f"from benchmarks.dispatch import alone; alone({which!r}, {points})"
    seconds, cost, room = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.split()
    return float(seconds), int(cost), float(room)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--national", action="store_true", help="also 50,000 points")
    seconds: dict[int, float] = {}
    for points in (5_000, 50_000) if parser.parse_args().national else (5_000,):
        bare_seconds, least, room = measure("bare", points)
        seconds[points], cost, more = measure("ours", points)
        assert cost == least, (cost, least)
        took, goal = seconds[points], GOALS[points]
        print(
            f"loads, 200 x {points:,} x {KINDS}, tables in and out: {took:.1f} s, goal {goal:.0f} s, ratio {took / goal:.2f}"
        )
        print(f"  OR-Tools bare {bare_seconds:.1f} s, ratio {took / bare_seconds:.2f}; the same least cost")
        print(f"  most memory, making the tables included: {more:.2f} GiB, with the bare solver {room:.2f} GiB")
    if len(seconds) == 2:
        print(f"growth, ten times the points: {seconds[50_000] / seconds[5_000]:.1f} x as long, goal 12 x")


if __name__ == "__main__":
    main()
