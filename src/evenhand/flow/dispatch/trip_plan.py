"""The search for trips: a plan from a problem, a seed and a number of iterations, nothing else.

The search is PyVRP's (extra `trips`), imported where it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import gcd
from typing import Any
from warnings import catch_warnings, simplefilter

from evenhand.core.errors import UsageError
from evenhand.flow.dispatch.trip_check import fits
from evenhand.flow.dispatch.trips import DAY_SECONDS, Depot, Lorry, Problem, Stop, Visit, parts


@dataclass(frozen=True)
class Planned:
    """The visits in order, what no lorry can bring (point -> load), and the iterations each depot got."""

    visits: tuple[Visit, ...]
    unserved: dict[str, int]
    iterations: dict[str, int]


def plan_trips(problem: Problem, seed: int, iterations: int) -> Planned:
    """Trips that use little fuel. The same problem, seed and iterations give the same trips.

    A point due more than the largest lorry carries gets full lorries first. Iterations are split over the depots by their
    stops. UsageError where PyVRP is not installed.
    """
    by_depot: dict[str, list[Stop]] = {}
    for stop in sorted(problem.stops, key=lambda s: (s.depot, s.point)):
        by_depot.setdefault(stop.depot, []).extend(parts(stop, problem.largest(stop.depot)))
    total = sum(map(len, by_depot.values()))
    visits: list[Visit] = []
    unserved: dict[str, int] = {}
    shares: dict[str, int] = {}
    for depot, stops in by_depot.items():
        shares[depot] = max(1, iterations * len(stops) // max(total, 1))
        lorries = [lorry for lorry in problem.lorries if lorry.depot == depot and lorry.number]
        if lorries:
            found, left = _solve(problem, problem.depots[depot], stops, lorries, seed, shares[depot])
            visits += found
        else:
            left = stops
        for stop in left:
            unserved[stop.point] = unserved.get(stop.point, 0) + stop.load
    return Planned(tuple(sorted(visits)), unserved, shares)


def _solve(
    problem: Problem, depot: Depot, stops: Sequence[Stop], lorries: Sequence[Lorry], seed: int, iterations: int
) -> tuple[list[Visit], list[Stop]]:
    """Visits from one depot, and the stops left out because no lorry can make them."""
    able = [s for s in stops if any(fits(problem, kind, [_alone(s, kind, 1, 1, 1)]) for kind in lorries)]
    never = [stop for stop in stops if stop not in able]
    if not able:
        return [], never
    best = _search(problem, depot, able, lorries, seed, iterations, True)
    if best.is_feasible():
        return _visits(depot, able, lorries, best)[0], never
    best = _search(problem, depot, able, lorries, seed, iterations, False)
    visits, left = _visits(depot, able, lorries, best) if best.is_feasible() else ([], able)
    return _append(problem, lorries, visits, left, never)


def _alone(stop: Stop, lorry: Lorry, number: int, day: int, trip: int) -> Visit:
    return Visit(stop.depot, day, f"{lorry.kind}-{number}", trip, 1, stop.point, stop.load)


def _append(
    problem: Problem, lorries: Sequence[Lorry], visits: list[Visit], left: Sequence[Stop], never: list[Stop]
) -> tuple[list[Visit], list[Stop]]:
    """What the search left out, as trips of their own at the end of a working day that has room, largest first."""
    days: dict[tuple[int, str], list[Visit]] = {}
    for visit in sorted(visits):
        days.setdefault((visit.day, visit.lorry), []).append(visit)
    still = list(never)
    for stop in sorted(left, key=lambda s: (-s.load, s.point)):
        for day, lorry, number in product(
            range(1, problem.days + 1), lorries, range(1, 1 + max(k.number for k in lorries))
        ):
            if number > lorry.number:
                continue
            before = days.get((day, f"{lorry.kind}-{number}"), [])
            one = _alone(stop, lorry, number, day, before[-1].trip + 1 if before else 1)
            if fits(problem, lorry, [*before, one]):
                days[day, one.lorry] = [*before, one]
                break
        else:
            still.append(stop)
    return [visit for one in days.values() for visit in one], still


def _search(
    problem: Problem,
    depot: Depot,
    stops: Sequence[Stop],
    lorries: Sequence[Lorry],
    seed: int,
    iterations: int,
    every_stop: bool,
) -> Any:
    """PyVRP's best solution: with every stop, or else with as many as it can."""
    try:
        from pyvrp import Model, PenaltyParams, SolveParams
        from pyvrp.stop import MaxIterations
    except ImportError as error:
        raise UsageError("PyVRP is not installed", "pip install 'evenhand[trips]'") from error
    model: Any = Model()
    names = [depot.depot, *dict.fromkeys(stop.point for stop in stops)]
    places = {name: model.add_location(n, 0, name=name) for n, name in enumerate(names)}
    home = model.add_depot(places[depot.depot], depot.opens, depot.closes, depot.loading)
    ways = {(a, b): problem.roads.way(a, b) for a in names for b in names if a != b}
    # Only ratios of fuel count. Small numbers suit the solver, whose penalties have to outweigh them.
    least = gcd(*(lorry.burn for lorry in lorries)) or 1
    dearest = max(metres for metres, _ in ways.values()) * max(lorry.burn for lorry in lorries) // least + 1
    prize = 0 if every_stop else 5 * dearest
    excess = sum(stop.load for stop in stops) + DAY_SECONDS * len(stops)
    penalty = min(100 * dearest if every_stop else 10 * prize * len(stops), 2**61 // excess)
    for stop in stops:
        model.add_client(
            places[stop.point], [stop.load], [], stop.service, stop.opens, stop.closes, prize=prize, required=every_stop
        )
    for lorry in lorries:
        model.add_vehicle_type(
            lorry.number * problem.days, [lorry.load], home, home, tw_early=lorry.starts, tw_late=lorry.ends,
            unit_distance_cost=lorry.burn // least, name=lorry.kind,
            # With a lorry for each stop a second trip saves nothing, and the search for it costs a third of the time.
            reload_depots=[home] if lorry.number * problem.days < len(stops) else [],
        )  # fmt: skip
    for (a, b), (metres, seconds) in ways.items():
        model.add_edge(places[a], places[b], metres, seconds)
    settings = SolveParams(penalty=PenaltyParams(max_penalty=max(100_000.0, float(penalty))))
    with catch_warnings():
        simplefilter("ignore")  # that a plan is hard to find is told by its result
        found = model.solve(MaxIterations(iterations), seed=seed, collect_stats=False, display=False, params=settings)
    return found.best


def _visits(depot: Depot, stops: Sequence[Stop], lorries: Sequence[Lorry], best: Any) -> tuple[list[Visit], list[Stop]]:
    """The routes as lines of the sheet: of each kind, the first `number` routes are day 1, the next day 2, …"""
    routes: dict[int, list[list[list[int]]]] = {}
    for route in best.routes():
        trips: list[list[int]] = [[]]
        for step in route.schedule():
            if step.is_client():
                trips[-1].append(step.idx)
            elif trips[-1]:
                trips.append([])
        routes.setdefault(route.vehicle_type(), []).append([trip for trip in trips if trip])
    visits: list[Visit] = []
    for kind, found in sorted(routes.items()):
        lorry = lorries[kind]
        for at, trips in enumerate(sorted(found)):
            day, number = divmod(at, lorry.number)
            for trip, clients in enumerate(trips, 1):
                for position, client in enumerate(clients, 1):
                    stop = stops[client]
                    name = f"{lorry.kind}-{number + 1}"
                    visits.append(Visit(depot.depot, day + 1, name, trip, position, stop.point, stop.load))
    served = {client for found in routes.values() for trips in found for trip in trips for client in trip}
    return visits, [stop for at, stop in enumerate(stops) if at not in served]
