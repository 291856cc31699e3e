"""Trips of one depot against PyVRP called directly on the same places with the same iterations (= 1): metres and time.

    python -m benchmarks trips                 # 200, 500 and 1,000 stops, 10 seconds of PyVRP each
    python -m benchmarks trips --seconds=60    # as the literature reports them

The instances are generated as those of set X are (Uchoa et al., "New benchmark instances for the Capacitated Vehicle Routing
Problem", EJOR 257, 2017, section 4), with seeds of our own. They are not the files of CVRPLIB: no best known values exist.
PyVRP runs for its seconds; the trips get as many iterations as it made, since their budget is in iterations.
"""

from __future__ import annotations

import argparse
import time
from fractions import Fraction
from importlib.util import find_spec
from math import ceil, exp, hypot
from random import Random

from evenhand.flow.dispatch.roads import Roads
from evenhand.flow.dispatch.trip_check import check_trips
from evenhand.flow.dispatch.trip_plan import plan_trips
from evenhand.flow.dispatch.trips import Depot, Lorry, Problem, Stop

# (customers, depot, customers' places, demand, mean customers a route), spread as in table 1 of the paper.
CASES = (
    (200, "random", "random-clustered", (1, 100), 9.0),
    (500, "central", "clustered", (50, 100), 6.0),
    (1000, "eccentric", "random", (1, 10), 14.0),
)
GRID, DECAY = 1000, 40.0
SEEDS = (1, 2)


def instance(stops: int, depot: str, places: str, demand: tuple[int, int], route: float) -> Problem:
    """An instance as the paper's generator makes them; distances are Euclidean, rounded to whole numbers."""
    chance = Random(f"X {stops} {depot} {places} {demand} {route}")
    where = {"central": (GRID // 2, GRID // 2), "eccentric": (0, 0)}
    home = where.get(depot) or (chance.randint(0, GRID), chance.randint(0, GRID))
    scattered = {"random": stops, "clustered": 0, "random-clustered": stops // 2}[places]
    points = [home]
    while len(points) <= scattered:
        points.append((chance.randint(0, GRID), chance.randint(0, GRID)))
    if len(points) <= stops:
        seeds = [(chance.randint(0, GRID), chance.randint(0, GRID)) for _ in range(chance.randint(3, 8))]
        points += seeds[: stops + 1 - len(points)]
        while len(points) <= stops:
            at = (chance.randint(0, GRID), chance.randint(0, GRID))
            if chance.random() < sum(exp(-hypot(at[0] - x, at[1] - y) / DECAY) for x, y in seeds):
                points.append(at)
    names = ["D", *(f"P{n:04}" for n in range(stops))]
    loads = [chance.randint(*demand) for _ in range(stops)]
    table = {
        (a, b): (int(hypot(p[0] - q[0], p[1] - q[1]) + 0.5), 0)
        for a, p in zip(names, points, strict=True)
        for b, q in zip(names, points, strict=True)
        if a != b
    }
    load = max(ceil(route * sum(loads) / stops), *loads)
    clients = [Stop(name, "D", one) for name, one in zip(names[1:], loads, strict=True)]
    return Problem({"D": Depot("D")}, clients, [Lorry("truck", "D", stops, load, 2_500)], Roads({}, table, Fraction(1)))


def direct(problem: Problem, seed: int, seconds: float) -> tuple[int, int]:
    """Metres of PyVRP's own answer with its defaults after so many seconds, and the iterations it made."""
    from pyvrp import Model
    from pyvrp.stop import MaxRuntime

    model = Model()
    names = ["D", *[stop.point for stop in problem.stops]]
    at = {name: model.add_location(n, 0) for n, name in enumerate(names)}
    home = model.add_depot(at["D"])
    for stop in problem.stops:
        model.add_client(at[stop.point], [stop.load])
    lorry = problem.lorries[0]
    model.add_vehicle_type(lorry.number, [lorry.load], home, home)
    for a in names:
        for b in names:
            if a != b:
                model.add_edge(at[a], at[b], *problem.roads.way(a, b))
    found = model.solve(MaxRuntime(seconds), seed=seed, display=False)
    return int(found.best.distance()), int(found.num_iterations)


def main() -> None:
    """Both with the same iterations, a few seeds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0, help="for PyVRP called directly (default 10)")
    seconds = parser.parse_args().seconds
    if find_spec("pyvrp") is None:
        print("skipped: PyVRP is not installed (pip install 'evenhand[trips]')")
        return
    print("instances generated like set X of CVRPLIB (Uchoa et al. 2017), not its files")
    for case in CASES:
        problem = instance(*case)
        for seed in SEEDS:
            begun = time.process_time()
            bare, iterations = direct(problem, seed, seconds)
            alone = time.process_time() - begun
            begun = time.process_time()
            checked = check_trips(problem, plan_trips(problem, seed, iterations).visits, "")
            ours = time.process_time() - begun
            assert not checked.faults
            print(
                f"{case[0]} stops, {case[1]} depot, {case[2]}, seed {seed}: {iterations:,} iterations, {checked.metres:,}"
            )
            print(f"  of PyVRP called directly: length {checked.metres / bare:.4f} x, processor {ours / alone:.2f} x")


if __name__ == "__main__":
    main()
