"""Exact leximin against a sequence of linear programs (HiGHS), and the exact method alone at national size.

    python -m benchmarks allocation              # the comparison, then 200 depots x 5,000 points x 8 commodities
    python -m benchmarks allocation --national   # also 50,000 points

Prints seconds and a ratio; nothing here is a test. The linear programs need the extra `bench` (highspy).
"""

from __future__ import annotations

import argparse
import time
from fractions import Fraction

import numpy as np
import pyarrow as pa

from evenhand.flow.allocation import Input, check_input, solve_input
from evenhand.flow.allocation.bundles import solve_bundles

GOALS = {5_000: 0.3, 50_000: 3.0}
HANDLING_GOALS = {5_000: 0.5, 50_000: 8.0}


def network(depots: int, points: int, commodities: int, seed: int = 1) -> dict[str, pa.Table]:
    """Entries -> depots -> points, each point with one to three depots, three rungs, stock for a third to all of it."""
    chance = np.random.default_rng(seed)
    entries = max(1, depots // 20)
    names = [
        *(f"entry-{n:03}" for n in range(entries)),
        *(f"depot-{n:03}" for n in range(depots)),
        *(f"point-{n:05}" for n in range(points)),
    ]
    kinds = ["entry"] * entries + ["depot"] * depots + ["point"] * points
    goods = [f"good-{n}" for n in range(commodities)]
    rungs = np.stack([chance.integers(*most, (points, commodities)) for most in ((100, 900), (0, 500), (0, 300))])
    totals = rungs.sum(axis=(0, 1))
    stock = totals[None, :] * chance.integers(300, 1000, (entries, commodities)) // (1000 * entries)
    tail, head, capacity = [], [], []
    for depot in range(depots):
        for entry in chance.choice(entries, min(2, entries), replace=False):
            tail.append(int(entry))
            head.append(entries + depot)
            capacity.append(int(totals[0] / depots * chance.uniform(0.2, 1.2)))
    for point in range(points):
        for depot in chance.choice(depots, chance.integers(1, 4), replace=False):
            tail.append(entries + int(depot))
            head.append(entries + depots + point)
            capacity.append(None if chance.random() < 0.5 else int(chance.integers(100, 1500)))
    cells = [(p, c, r) for p in range(points) for c in range(commodities) for r in range(3)]
    return {
        "nodes": pa.table({"node": names, "kind": kinds}),
        "supply": pa.table(
            {
                "node": np.repeat(names[:entries], commodities),
                "commodity": np.tile(goods, entries),
                "quantity": stock.reshape(-1),
            }
        ),
        "lanes": pa.table(
            {
                "lane": [f"lane-{n:06}" for n in range(len(tail))],
                "from": [names[n] for n in tail],
                "to": [names[n] for n in head],
                "commodity": pa.nulls(len(tail), pa.string()),
                "capacity": pa.array(capacity, pa.int64()),
                "cost": np.ones(len(tail), np.int64),
            }
        ),
        "demand": pa.table(
            {
                "point": [names[entries + depots + p] for p, _, _ in cells],
                "commodity": [goods[c] for _, c, _ in cells],
                "rung": [r + 1 for _, _, r in cells],
                "quantity": [int(rungs[r, p, c]) for p, c, r in cells],
            }
        ),
    }


def handled(depots: int, points: int, commodities: int, seed: int = 1) -> dict[str, pa.Table]:
    """The same with the stock at the depots, which can each send out half to all of it, of all commodities together."""
    tables = network(depots, points, commodities, seed)
    chance = np.random.default_rng(seed)
    kinds, names = tables["nodes"].column("kind").to_pylist(), tables["nodes"].column("node").to_pylist()
    places = [name for name, kind in zip(names, kinds, strict=True) if kind == "depot"]
    totals = np.zeros(commodities, np.int64)
    goods = [f"good-{n}" for n in range(commodities)]
    np.add.at(
        totals,
        [int(c[5:]) for c in tables["demand"].column("commodity").to_pylist()],
        tables["demand"].column("quantity").to_numpy(),
    )
    stock = totals[None, :] * chance.integers(300, 1000, (depots, commodities)) // (1000 * depots)
    lanes = tables["lanes"]
    return tables | {
        "supply": pa.table(
            {"node": np.repeat(places, commodities), "commodity": np.tile(goods, depots), "quantity": stock.reshape(-1)}
        ),
        "lanes": lanes.filter(pa.array([name.startswith("depot") for name in lanes.column("from").to_pylist()])),
        "handling": pa.table(
            {"node": places, "capacity": stock.sum(axis=1) * chance.integers(500, 1000, depots) // 1000}
        ),
    }


def exact(given: Input) -> tuple[float, dict[tuple[str, str], Fraction], str]:
    """Seconds, quantities, method."""
    start = time.perf_counter()
    found = solve_input(given)
    seconds = time.perf_counter() - start
    names = ("point", "commodity", "quantity_num", "quantity_den")
    rows = zip(*(found.levels.column(name).to_pylist() for name in names), strict=True)
    return seconds, {(p, c): Fraction(int(n), int(d)) for p, c, n, d in rows}, found.method


def programs(given: Input) -> tuple[float, dict[tuple[str, str], float], int]:
    """The same by linear programs: raise the open points of a rung together; fix those whose row has a price; again."""
    import highspy

    start = time.perf_counter()
    quantities: dict[tuple[str, str], float] = {}
    solved = 0
    count, lanes = len(given.nodes), len(given.lanes)
    for commodity in range(len(given.commodities)):
        stock = np.zeros(count)
        mine = given.supply_commodity == commodity
        stock[given.supply_node[mine]] = given.supply_quantity[mine]
        mine = given.demand_commodity == commodity
        points = np.unique(given.demand_node[mine])
        ladder = np.zeros((count, int(given.demand_rung[mine].max()) + 1))
        ladder[given.demand_node[mine], given.demand_rung[mine]] = given.demand_quantity[mine]
        solver = highspy.Highs()
        solver.silent()
        upper = np.where(given.lane_capacity < 0, highspy.kHighsInf, given.lane_capacity.astype(float))
        solver.addVars(lanes + 1, np.zeros(lanes + 1), np.append(upper, 1.0))
        solver.changeColCost(lanes, -1.0)
        floor = -stock  # what flows in, less what flows out, is at least this
        for node in range(count):
            arriving, leaving = np.flatnonzero(given.lane_head == node), np.flatnonzero(given.lane_tail == node)
            columns = np.concatenate([arriving, leaving, [lanes]]).astype(np.int32)
            values = np.concatenate([np.ones(len(arriving)), -np.ones(len(leaving)), [0.0]])
            solver.addRow(floor[node], highspy.kHighsInf, len(columns), columns, values)
        reached = np.zeros(count)
        still = set(points.tolist())
        for rung in range(1, ladder.shape[1]):
            rising = {p for p in still if ladder[p, rung] > 0}
            for point in rising:
                solver.changeCoeff(point, lanes, -ladder[point, rung])
            while rising:
                solver.run()
                solved += 1
                solution = solver.getSolution()
                share = solution.col_value[lanes]
                if share > 1 - 1e-9:
                    fixed = set(rising)
                else:
                    fixed = {p for p in rising if abs(solution.row_dual[p]) * ladder[p, rung] > 1e-9}
                    still -= fixed
                for point in fixed:
                    reached[point] += share * ladder[point, rung]
                    solver.changeCoeff(point, lanes, 0.0)
                    solver.changeRowBounds(point, reached[point] + floor[point] - 1e-7, highspy.kHighsInf)
                rising -= fixed
        for point in points:
            quantities[str(given.nodes[int(point)]), str(given.commodities[commodity])] = reached[point]
    return time.perf_counter() - start, quantities, solved


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--national", action="store_true", help="also 50,000 points")
    parser.add_argument("--points", type=int, default=1000, help="points of the comparison (default 1,000)")
    arguments = parser.parse_args()

    given = check_input(network(10, arguments.points, 2))
    exact(given)  # libraries are loaded and warm
    seconds, quantities, method = exact(given)
    print(f"exact leximin, 10 depots x {arguments.points} points x 2: {seconds:.4f} s ({method})")
    try:
        peer, approximate, solved = programs(given)
    except ImportError:
        print("the comparison needs highspy: pip install evenhand[bench]")
    else:
        apart = max(abs(float(quantities[key]) - approximate[key]) for key in quantities)
        print(f"sequential linear programs (HiGHS):        {peer:.4f} s ({solved} programs)")
        print(f"ratio: {peer / seconds:.0f} times as long; largest difference of a quantity {apart:.1e}")
    for points in (5_000, 50_000) if arguments.national else (5_000,):
        given = check_input(network(200, points, 8))
        best, _, method = min(exact(given) for _ in range(3))
        goal = GOALS[points]
        print(f"exact leximin, 200 x {points:,} x 8: {best:.2f} s, goal {goal} s, ratio {best / goal:.2f} ({method})")
        given = check_input(handled(200, points, 8))
        best, _, method = min(exact(given) for _ in range(3))
        goal = HANDLING_GOALS[points]
        print(
            f"with shared handling:  200 x {points:,} x 8: {best:.2f} s, goal {goal} s, ratio {best / goal:.2f} ({method})"
        )
    if arguments.national:
        given = check_input(network(200, 5_000, 3))
        start = time.perf_counter()
        found = solve_bundles(given, {str(good): "parcel" for good in given.commodities.to_pylist()})
        seconds = time.perf_counter() - start
        print(f"one bundle of 3, 200 x 5,000: {seconds:.1f} s, goal 10 s, ratio {seconds / 10:.2f} ({found.method})")


if __name__ == "__main__":
    main()
