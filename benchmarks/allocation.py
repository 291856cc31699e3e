"""Exact leximin against a sequence of linear programs (HiGHS), and the exact method alone at national size.

    python -m benchmarks allocation              # comparisons, then 200 depots x 5,000 points x 8 commodities
    python -m benchmarks allocation --national   # also 50,000 points, and 6 million households

Prints seconds and ratios; nothing here is a test. The linear programs need the extra `bench` (highspy).
"""

from __future__ import annotations

import argparse
import gc
import math
import resource
import time
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from evenhand_verify.allocation import answer, problem
from evenhand_verify.case import Case
from evenhand_verify.columns import loose
from evenhand_verify.fairness import CHECKS
from evenhand_verify.result import run_check
from evenhand_verify.schema import SCHEMAS

from benchmarks.allocation_peers import newton, programs
from evenhand.core.quantity import MICRO
from evenhand.flow.allocation import Allocation, Groups, Input, Rows, check_input, divide, solve_input
from evenhand.flow.allocation.bundles import solve_bundles
from evenhand.flow.allocation.leximin import decompose
from evenhand.flow.allocation.network import build
from evenhand.flow.allocation.proof import prove

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


def month(households: int, points: int, benefits: int, seed: int = 1) -> tuple[Groups, Rows]:
    """A month in the middle of a year: families of 1 to 8 with children, three classes of steps, arrears as months of
    rounding leave them, levels of 200 blocks, a quarter of the points with less at hand than is owed."""
    chance = np.random.default_rng(seed)
    point = np.sort(chance.integers(0, points, households))
    size = chance.integers(1, 9, households)
    children = chance.integers(0, size + 1)
    family = point * 81 + size * 9 + children
    columns: list[list[np.ndarray]] = [[], [], [], []]
    num, den, units = [], [], []
    for benefit in range(benefits):
        full, following = size * 3000 + children * 100 * benefit, (size - children) * 2000 + children * 700
        block = chance.integers(0, 200, points)
        below = chance.integers(10**5, 10**9, 200)
        above = (below * chance.random(200)).astype(np.int64)
        owed = chance.integers(0, MICRO, points * 81)[family]
        carry = owed - MICRO * (chance.random(households) < owed / MICRO)
        shares = (full + following * (above / below)[block[point]]) / 500 + carry / MICRO
        at_hand = np.bincount(point, shares, points) * chance.choice([1, 1, 1, 0.97], points)
        for column, values in zip(columns, (point + benefit * points, full, following, carry), strict=True):
            column.append(values)
        num += above[block].tolist()
        den += below[block].tolist()
        units.append(np.maximum(at_hand, 0).astype(np.int64))
    tags = pa.py_buffer(chance.bytes(16 * households) * benefits)
    goods = [f"good-{n}" for n in range(benefits) for _ in range(points)]
    return (
        Groups(goods, np.full(len(goods), 500), num, den, np.concatenate(units)),
        Rows(
            *(np.concatenate(column) for column in columns),
            pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), households * benefits, [None, tags]),
        ),
    )


def checked(tables: dict[str, pa.Table], found: Allocation) -> tuple[float, float]:
    """Seconds of the checker: to read the tables (as Parquet), and for the certificate's arithmetic."""
    answered = {name: getattr(found, name) for name in ("levels", "flows", "blocks", "certificate")}
    gc.disable()  # as the command does
    with TemporaryDirectory() as name:
        folder = Path(name)
        for name, table in (tables | answered).items():
            pq.write_table(table, folder / f"{name}.parquet")
        start = time.perf_counter()
        columns = {
            name: loose(folder, name, SCHEMAS[name], tuple(table.column_names), only=False)
            for name, table in (tables | answered).items()
        }
    asked, given = problem(columns), answer(columns)
    read = time.perf_counter()
    case = Case(asked, given)
    if not all(run_check(check, case).passed for check in CHECKS):
        raise ArithmeticError("the checker refuses what was found")
    end = time.perf_counter()
    gc.enable()
    return read - start, end - read


def compare(points: int) -> None:
    """Against linear programs at two sizes, so that what they would take for a country can be said."""
    seen = []
    for size in (points // 2, points):
        given = check_input(network(10, size, 2))
        exact(given)  # libraries are loaded and warm
        seconds, quantities, method = exact(given)
        peer, approximate, solved = programs(given)
        apart = max(abs(float(quantities[key]) - approximate[key]) / max(1.0, approximate[key]) for key in quantities)
        print(
            f"10 depots x {size:,} points x 2: exact {seconds:.4f} s ({method}); HiGHS {peer:.3f} s ({solved} programs); "
            f"ratio {peer / seconds:.0f}; largest relative difference {apart:.1e}"
        )
        seen.append(peer)
    power = math.log2(seen[1] / seen[0])
    whole = seen[1] * (5_000 / points) ** power * 4
    print(f"HiGHS grows with points to the power {power:.2f}: 5,000 x 8 would take it {whole:,.0f} s, at 10 depots")


def divisions(points: int) -> float:
    """200 depots x `points` x 8: exact leximin, its proof and its check, and shared handling; seconds of the first."""
    tables = network(200, points, 8)
    given = check_input(tables)
    best, _, method = min(exact(given) for _ in range(3))
    goal = GOALS[points]
    print(f"exact leximin, 200 x {points:,} x 8: {best:.2f} s, goal {goal} s, ratio {best / goal:.2f} ({method})")
    built = build(given).network
    solution = decompose(built)
    start = time.perf_counter()
    prove(built, solution)
    proof = time.perf_counter() - start
    print(f"  certificate checked on arrays in {proof:.3f} s: {proof / best:.1%} of the solve, goal 10 %")
    found = solve_input(given)
    read, arithmetic = (min(seconds) for seconds in zip(*(checked(tables, found) for _ in range(5)), strict=True))
    print(
        f"  by the checker, which shares no code: {arithmetic:.3f} s, {arithmetic / best:.1%} of the solve, goal 10 %"
    )
    print(f"  after {read:.2f} s to read the tables from Parquet")
    given = check_input(handled(200, points, 8))
    shared, _, method = min(exact(given) for _ in range(3))
    goal = HANDLING_GOALS[points]
    print(f"  with shared handling: {shared:.2f} s, goal {goal} s, ratio {shared / goal:.2f} ({method})")
    print(f"  most memory so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB, goal 3 GiB")
    return best


def bundles() -> None:
    """One bundle of three: against Newton's method a level at a time on a small network, then at 200 x 5,000."""
    for depots, points in ((10, 100), (200, 5_000)):
        given = check_input(network(depots, points, 3))
        bound = {str(good): "parcel" for good in given.commodities.to_pylist()}
        start = time.perf_counter()
        found = solve_bundles(given, bound)
        seconds = time.perf_counter() - start
        line = f"one bundle of 3, {depots} x {points:,}: {seconds:.2f} s"
        if points == 5_000:
            print(f"{line}, goal 10 s, ratio {seconds / 10:.2f} ({found.method})")
            continue
        peer, expected, flows = newton(given)
        names = ("point", "rungs", "num", "den")
        rows = zip(*(found.levels.column(name).to_pylist() for name in names), strict=True)
        same = all(rungs + Fraction(int(num), int(den)) == expected[point] for point, rungs, num, den in rows)
        print(
            f"{line}; Newton a level at a time {peer:.2f} s ({flows} flows), ratio {peer / seconds:.0f}; "
            f"levels {'the same' if same else 'DIFFER'}"
        )


def units(households: int) -> None:
    """One month's rations in whole units, 8 benefits at 5,000 points."""
    groups, rows = month(households, 5_000, 8)
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        divide(groups, rows, b"seed" * 8)
        seconds.append(time.perf_counter() - start)
    goal = 5 * households / 6_000_000
    print(f"whole units, {households:,} households x 8: {min(seconds):.2f} s, goal {goal:.2f} s, ", end="")
    print(f"ratio {min(seconds) / goal:.2f}")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--national", action="store_true", help="also 50,000 points, and 6 million households")
    parser.add_argument("--points", type=int, default=1000, help="points of the comparison (default 1,000)")
    arguments = parser.parse_args()
    try:
        compare(arguments.points)
    except ImportError:
        print("the comparison needs highspy: pip install evenhand[bench]")
    small = divisions(5_000)
    if arguments.national:
        large = divisions(50_000)
        print(f"ten times the points: {large / small:.1f} times the time, goal 12")
    bundles()
    units(6_000_000 if arguments.national else 600_000)


if __name__ == "__main__":
    main()
