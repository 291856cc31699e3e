"""Trips of one depot's lorries for the waybills of a cycle, worked out anew each time somebody asks."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from evenhand.actions.stops import write_stops
from evenhand.core.errors import UsageError
from evenhand.flow.dispatch.trip_check import Checked, check_trips
from evenhand.flow.dispatch.trip_plan import plan_trips
from evenhand.flow.dispatch.trip_tables import read_problem
from evenhand.flow.dispatch.trips import Problem, one_lorry_a_point
from evenhand.flow.network.cells import Row, rows_of
from evenhand.store import Store

STOPS_MOST = 300
SEED, ITERATIONS, DETOUR, SPEED = 1, 400, Fraction(13, 10), 40


@dataclass(frozen=True)
class Trips:
    """What lorries drive from a depot; `naive` is (metres, fuel) of one lorry a point, `unserved` loads left by point."""

    problem: Problem
    checked: Checked
    naive: tuple[int, int]
    unserved: dict[str, int]


def depots_loading(store: Store, cycle: str) -> dict[str, int]:
    """Depot -> how many stops its waybills of this cycle have."""
    found: dict[str, int] = {}
    for row in _stops(store, cycle)["stops"]:
        found[row["depot"]] = found.get(row["depot"], 0) + 1
    return found


def trips_from(store: Store, cycle: str, depot: str, lorry: Mapping[str, str], days: int) -> Trips:
    """Plan the trips of a depot's lorries: `lorry` has number, load (kg) and fuel (litres for 100 km) as people write them.

    InputError naming what is wrong, UsageError for a depot from which nothing goes, or with more stops than a page plans.
    """
    tables = _stops(store, cycle)
    mine = {name: [row for row in rows if row["depot"] == depot] for name, rows in tables.items()}
    if not mine["stops"]:
        raise UsageError(f"nothing of {cycle} leaves {depot}", "choose another depot")
    if len(mine["stops"]) > STOPS_MOST:
        raise UsageError(
            f"{len(mine['stops'])} stops are more than a page plans",
            "run: evenhand trips stops, then: evenhand trips plan",
        )
    if not 1 <= days <= 31:
        raise UsageError("lorries work 1 to 31 days", "write a number of days")
    mine["lorries"] = [{"lorry": "lorry", "depot": depot, **lorry}]
    for row in (*mine["depots"], *mine["stops"]):
        if not row["latitude"]:
            name = row.get("point", row["depot"])
            raise UsageError(f"nobody wrote down where {name} lies", "import it with its latitude and longitude")
    rows: dict[str, list[Row]] = {name: rows_of(name, listed) for name, listed in mine.items()}
    problem = read_problem(rows, "lorries", days, DETOUR, SPEED)
    found = plan_trips(problem, SEED, ITERATIONS)
    return Trips(problem, check_trips(problem, found.visits, "trips"), one_lorry_a_point(problem), found.unserved)


def _stops(store: Store, cycle: str) -> dict[str, list[dict[str, str]]]:
    with TemporaryDirectory() as folder:
        write_stops(store, cycle, {}, Path(folder), everything=True)
        return {
            name: list(csv.DictReader((Path(folder) / f"{name}.csv").open(encoding="utf-8")))
            for name in ("depots", "stops")
        }
