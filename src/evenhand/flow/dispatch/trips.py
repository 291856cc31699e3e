"""Trips of lorries from depots to points: what is asked (Problem), and the lines of the sheet that answers (Visit).

A sheet may come from the search (trip_plan.py) or from a person; trip_check.py works it out and judges it either way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evenhand.flow.dispatch.roads import Roads

DAY_SECONDS = 86_400
FUEL_A_LITRE = 10_000_000
"""Metres times hundredths of litres for 100 km: so many make a litre."""


@dataclass(frozen=True)
class Depot:
    """Where lorries load, for `loading` seconds a trip, and come back to, between two times of day in seconds."""

    depot: str
    opens: int = 0
    closes: int = DAY_SECONDS
    loading: int = 0


@dataclass(frozen=True)
class Stop:
    """What a point is due from one of its depots. Unloading begins between `opens` and `closes`, for `service` seconds."""

    point: str
    depot: str
    load: int
    opens: int = 0
    closes: int = DAY_SECONDS
    service: int = 0


@dataclass(frozen=True)
class Lorry:
    """`number` lorries of one kind at a depot. `burn` is fuel in ml for 10 km: hundredths of litres for 100 km."""

    kind: str
    depot: str
    number: int
    load: int
    burn: int
    starts: int = 0
    ends: int = DAY_SECONDS


@dataclass(frozen=True)
class Problem:
    """Everything a plan depends on, besides the seed and the iterations. Lorries work on each of `days`."""

    depots: Mapping[str, Depot]
    stops: Sequence[Stop]
    lorries: Sequence[Lorry]
    roads: Roads
    days: int = 1

    def largest(self, depot: str) -> int:
        """What the largest lorry of a depot carries; 0 where it has none."""
        return max((lorry.load for lorry in self.lorries if lorry.depot == depot and lorry.number), default=0)


@dataclass(frozen=True, order=True)
class Visit:
    """A line of the sheet: on this day this lorry, on its trip (1, 2, …), as stop (1, 2, …), unloads at the point."""

    depot: str
    day: int
    lorry: str
    trip: int
    stop: int
    point: str
    load: int


def one_lorry_a_point(problem: Problem) -> tuple[int, int]:
    """The naive plan, (metres, fuel in ten-millionths of a litre).

    Each load is driven there and straight back by the lorry that burns least of those that can carry it; what is more than
    the largest carries, in full lorries.
    """
    metres = fuel = 0
    for stop in problem.stops:
        lorries = [lorry for lorry in problem.lorries if lorry.depot == stop.depot and lorry.number]
        there = problem.roads.way(stop.depot, stop.point)[0] + problem.roads.way(stop.point, stop.depot)[0]
        for part in parts(stop, problem.largest(stop.depot)):
            able = [lorry.burn for lorry in lorries if lorry.load >= part.load]
            if able:
                metres += there
                fuel += there * min(able)
    return metres, fuel


def parts(stop: Stop, largest: int) -> list[Stop]:
    """A stop as loads of which each fits a lorry. Without any lorry it stays whole."""
    if not stop.load or not largest or stop.load <= largest:
        return [stop] if stop.load else []
    full, rest = divmod(stop.load, largest)
    loads = [largest] * full + ([rest] if rest else [])
    return [Stop(stop.point, stop.depot, load, stop.opens, stop.closes, stop.service) for load in loads]
