"""Trips of one depot against PyVRP called directly on the same places, seeds and iterations (= 1): metres and time.

python -m benchmarks trips
"""

from __future__ import annotations

import time
from fractions import Fraction
from importlib.util import find_spec
from random import Random

from evenhand.flow.dispatch.roads import Roads
from evenhand.flow.dispatch.trip_check import check_trips
from evenhand.flow.dispatch.trip_plan import plan_trips
from evenhand.flow.dispatch.trips import Depot, Lorry, Problem, Stop

STOPS, ITERATIONS, SEEDS = 200, 1_000, (1, 2, 3)


def country(stops: int) -> Problem:
    """One depot amid generated points; about ten of them fill a lorry."""
    chance = Random(2008)
    names = [f"P{n:04}" for n in range(stops)]
    places = {name: (Fraction(chance.randint(38_500, 39_500), 1000), Fraction(chance.randint(125_500, 126_500), 1000))
              for name in names}  # fmt: skip
    places["D"] = (Fraction(39), Fraction(126))
    points = [Stop(name, "D", chance.randint(200, 1_400)) for name in names]
    return Problem({"D": Depot("D")}, points, [Lorry("truck", "D", stops, 8_000, 2_800)], Roads(places))


def direct(problem: Problem, seed: int) -> int:
    """Metres of PyVRP's own answer with its defaults."""
    from pyvrp import Model
    from pyvrp.stop import MaxIterations

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
    return int(model.solve(MaxIterations(ITERATIONS), seed=seed, display=False).best.distance())


def main() -> None:
    """The same iterations for both, a few seeds."""
    if find_spec("pyvrp") is None:
        print("skipped: PyVRP is not installed (pip install 'evenhand[trips]')")
        return
    problem = country(STOPS)
    for seed in SEEDS:
        begun = time.perf_counter()
        bare = direct(problem, seed)
        alone = time.perf_counter() - begun
        begun = time.perf_counter()
        checked = check_trips(problem, plan_trips(problem, seed, ITERATIONS).visits, "")
        ours = time.perf_counter() - begun
        assert not checked.faults
        print(
            f"seed {seed}: {STOPS} stops, {ITERATIONS} iterations: {checked.metres / 1000:,.0f} km in {ours:.1f} s; "
            f"metres {checked.metres / bare:.4f} x, time {ours / alone:.2f} x PyVRP called directly"
        )


if __name__ == "__main__":
    main()
