"""Shared lanes and fuel: how far the split is from the exact answer on small random networks, and what a large one takes.

    python -m benchmarks coupling

Prints gaps of levels (in rungs) and seconds; nothing here is a test.
"""

from __future__ import annotations

import random
import statistics
import time

import numpy as np
import pyarrow as pa

from benchmarks.allocation import network
from evenhand.flow.allocation import check_input
from evenhand.flow.allocation.coupling import couple
from evenhand.flow.allocation.joint import gap
from evenhand.flow.allocation.rules import got_by

NETWORKS = 100
UNIT = 1000
"""Ladders are of thousands of units, so that whole units of a split are not what makes the gap."""


def small(seed: int, commodities: int) -> dict[str, pa.Table]:
    """A port, three depots, six points with one or two lanes; six lanes of ten are shared, half of the depots have fuel."""
    chance = random.Random(seed)
    depots, points = [f"depot-{n}" for n in range(3)], [f"point-{n}" for n in range(6)]
    goods = [f"good-{n}" for n in range(commodities)]
    lanes = [(f"port-{d}", "port", d, chance.choice([None, UNIT * chance.randint(200, 900)])) for d in depots]
    lanes += [(f"{d}-{p}", d, p, None) for p in points for d in chance.sample(depots, chance.randint(1, 2))]
    shared = [(lane[0], UNIT * chance.randint(50, 400)) for lane in lanes if chance.random() < 0.6]
    fuel = [(depot, UNIT * chance.randint(20, 80)) for depot in depots if chance.random() < 0.5]
    tables = {
        "nodes": [("port", "entry"), *((d, "depot") for d in depots), *((p, "point") for p in points)],
        "supply": [("port", good, UNIT * chance.randint(300, 2000)) for good in goods],
        "lanes": [(*lane[:3], "", lane[3], 1) for lane in lanes],
        "demand": [
            (p, g, rung + 1, UNIT * chance.randint(10, 300))
            for p in points
            for g in goods
            for rung in range(chance.randint(1, 3))
        ],
        "shared": shared,
        "fuel": fuel,
        "burn": [(lane[0], chance.randint(5, 30), 100) for lane in lanes] if fuel else [],
    }
    heads = {
        "nodes": ("node", "kind"), "supply": ("node", "commodity", "quantity"),
        "lanes": ("lane", "from", "to", "commodity", "capacity", "cost"),
        "demand": ("point", "commodity", "rung", "quantity"), "shared": ("lane", "capacity"),
        "fuel": ("node", "litres"), "burn": ("lane", "litres", "per"),
    }  # fmt: skip
    return {
        name: pa.table([pa.array(column) for column in zip(*rows, strict=True)], names=list(heads[name]))
        for name, rows in tables.items()
        if rows
    }


def large(depots: int, points: int, commodities: int) -> dict[str, pa.Table]:
    """The network of `allocation`, each lane into a depot shared by all commodities at a third to all of its need."""
    tables = network(depots, points, commodities)
    lanes = tables["lanes"].to_pylist()
    chance = np.random.default_rng(1)
    need = int(np.sum(tables["demand"].column("quantity").to_numpy())) // (2 * depots)
    into = [lane["lane"] for lane in lanes if lane["from"].startswith("entry")]
    return tables | {"shared": pa.table({"lane": into, "capacity": chance.integers(need // 3, need, len(into))})}


def _small(commodities: int, programs: bool) -> None:
    worst, first, proven, rounds = [], [], 0, 0
    for seed in range(NETWORKS):
        given = check_input(small(seed, commodities))
        found = couple(given, programs=programs)
        measured = gap(given, got_by(found.allocation))
        assert measured is not None
        worst.append(measured.exact_worst - measured.worst)
        first.append(measured.gap)
        proven += found.proven
        rounds += found.rounds
    begun = "begun with linear programs" if programs else "along the ladder alone, as on large networks"
    print(
        f"{NETWORKS} networks of 3 depots x 6 points x {commodities}, {begun}, {rounds / NETWORKS:.0f} rounds on average:"
    )
    for name, values in (("worst level", worst), ("first level that differs", first)):
        ordered = sorted(values)
        ninth, last = ordered[NETWORKS * 9 // 10], ordered[-1]
        print(f"  gap of the {name}: median {statistics.median(ordered):.4f}, 9 of 10 {ninth:.4f}, largest {last:.4f}")
    print(f"  the exact answer, or within 0.001 of it, in {sum(v < 1e-3 for v in first)}")


def main() -> None:
    """Run and print."""
    for commodities in (2, 4):
        for programs in (False, True):
            _small(commodities, programs)
    given = check_input(large(200, 5_000, 8))
    start = time.process_time()
    found = couple(given)
    print(
        f"200 depots x 5,000 points x 8, {len(given.pools)} shared lanes: {time.process_time() - start:.1f} s of CPU,"
    )
    print(f"  {found.rounds} rounds; the gap is not known on a network of this size")


if __name__ == "__main__":
    main()
