"""Trips of one depot's lorries for the waybills of a cycle, worked out anew each time somebody asks."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from evenhand.actions.opening import waybills_of
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
    """Depot -> how many places its waybills of this cycle go to."""
    found: dict[str, set[str]] = {}
    for _, source, target, _, _ in waybills_of(store, cycle):
        found.setdefault(source, set()).add(target)
    return {source: len(targets) for source, targets in found.items()}


def trips_from(
    store: Store, cycle: str, depot: str, lorry: Mapping[str, str], days: int, weights: Mapping[str, Fraction]
) -> Trips:
    """Plan the trips of a depot's lorries: `lorry` has number, load (kg), fuel (litres for 100 km) and starts (06:00) as
    people write them; `weights`: kilograms a unit of what is counted in pieces.

    InputError naming what is wrong, UsageError for a depot from which nothing goes, or with more stops than a page plans.
    """
    tables = _stops(store, cycle, weights)
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
    for row in (*mine["depots"], *mine["stops"]):
        if not row["latitude"]:
            name = row.get("point", row["depot"])
            raise UsageError(f"nobody wrote down where {name} lies", "import it with its latitude and longitude")
    named = _labels(store)
    for row in (*mine["depots"], *mine["stops"]):
        row.update({what: named[row[what]] for what in ("point", "depot") if what in row})
    mine["lorries"] = [{"lorry": "lorry", "depot": named[depot], **lorry}]
    rows: dict[str, list[Row]] = {name: rows_of(name, listed) for name, listed in mine.items()}
    problem = read_problem(rows, "lorries", days, DETOUR, SPEED)
    found = plan_trips(problem, SEED, ITERATIONS)
    return Trips(problem, check_trips(problem, found.visits, "trips"), one_lorry_a_point(problem), found.unserved)


def _labels(store: Store) -> dict[str, str]:
    """What a driver reads of a place: its name, with its id where another place is called so too."""
    rows = store.rows("select node, name, count(*) over (partition by name) from node")
    return {node: (name if count == 1 else f"{name} ({node})")[:64] for node, name, count in rows}


def _stops(store: Store, cycle: str, weights: Mapping[str, Fraction]) -> dict[str, list[dict[str, str]]]:
    with TemporaryDirectory() as folder:
        write_stops(store, cycle, weights, Path(folder), everything=True)
        return {
            name: list(csv.DictReader((Path(folder) / f"{name}.csv").open(encoding="utf-8")))
            for name in ("depots", "stops")
        }
