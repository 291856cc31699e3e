"""Trips as tables: depots, stops, lorries, roads in; the sheet out and in again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pyarrow as pa

from evenhand.core.errors import input_error
from evenhand.flow.dispatch.roads import Place, Roads
from evenhand.flow.dispatch.trip_check import Checked, clock
from evenhand.flow.dispatch.trips import Depot, Lorry, Problem, Stop, Visit
from evenhand.flow.network.cells import Cells, Row

COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "depots": (("depot",), ("latitude", "longitude", "opens", "closes", "loading")),
    "stops": (("point", "depot", "load"), ("latitude", "longitude", "opens", "closes", "service")),
    "lorries": (("lorry", "depot", "number", "load", "fuel"), ("starts", "ends")),
    "roads": (("from", "to", "km"), ("minutes",)),
}
"""Table -> (its columns, those that may be left out)."""
SHEET = ("depot", "day", "lorry", "trip", "stop", "point", "load")
SHEET_OPTIONAL = ("arrives",)
LOAD_MAX = 10**12
LOADS_MAX = 5_000
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,15})?")


def read_problem(
    tables: Mapping[str, Sequence[Row]], file: str, days: int, detour: Fraction, kilometres_an_hour: int
) -> Problem:
    """The problem that stands in the tables. InputError with everything wrong."""
    cells = Cells()
    places: dict[str, Place] = {}
    depots: dict[str, Depot] = {}
    for row in tables["depots"]:
        name = cells.name(row, "depot")
        if name in depots:
            cells.fault(row, "depot", "this depot already has a row", "keep one of the rows")
        _place(row, name, places, cells)
        opens, closes = _window(row, "opens", "closes", cells)
        depots[name] = Depot(name, opens, closes, cells.count(row, "loading", 0) * 60)
    stops: dict[tuple[str, str], Stop] = {}
    for row in tables["stops"]:
        name, depot = cells.name(row, "point"), _depot(row, depots, cells)
        if (depot, name) in stops or name in depots:
            cells.fault(row, "point", "this name is a depot's, or stands twice with this depot", "give each its own")
        _place(row, name, places, cells)
        opens, closes = _window(row, "opens", "closes", cells)
        service = cells.count(row, "service", 0) * 60
        stops[depot, name] = Stop(name, depot, _load(row, cells), opens, closes, service)
    lorries: dict[tuple[str, str], Lorry] = {}
    for row in tables["lorries"]:
        kind, depot = cells.name(row, "lorry"), _depot(row, depots, cells)
        if (depot, kind) in lorries:
            cells.fault(row, "lorry", "this kind already has a row at its depot", "keep one, and raise its number")
        fuel = cells.number(row, "fuel") * 100
        if fuel.denominator != 1 or fuel > 100_000:
            cells.fault(row, "fuel", "not litres for 100 km, to the hundredth", "write a number such as 28.5")
        starts, ends = _window(row, "starts", "ends", cells)
        lorries[depot, kind] = Lorry(
            kind, depot, cells.count(row, "number"), _load(row, cells), int(fuel), starts, ends
        )
    table: dict[tuple[str, str], tuple[int, int | None]] = {}
    for row in tables.get("roads", ()):
        metres = cells.number(row, "km") * 1000
        minutes = cells.number(row, "minutes") if row.get("minutes") else None
        seconds = None if minutes is None else -(-minutes * 60 // 1)
        table[cells.name(row, "from"), cells.name(row, "to")] = (int(metres), seconds)
    cells.check()
    problem = Problem(
        depots, list(stops.values()), list(lorries.values()), Roads(places, table, detour, kilometres_an_hour), days
    )
    _loads(problem, file)
    _ways(problem, file)
    return problem


def _loads(problem: Problem, file: str) -> None:
    """InputError where a depot has more lorry loads than a plan can hold."""
    for depot in problem.depots:
        largest = max(problem.largest(depot), 1)
        loads = sum(-(-stop.load // largest) for stop in problem.stops if stop.depot == depot)
        if problem.largest(depot) and loads > LOADS_MAX:
            message = f"{depot} would have {loads} lorry loads, more than {LOADS_MAX}"
            raise input_error(
                file, 0, "load", "", message, "count loads and lorries in the same unit, or plan in parts"
            )


def _ways(problem: Problem, file: str) -> None:
    """InputError where a way that a lorry may take is not known."""
    for depot in problem.depots:
        names = [depot, *[stop.point for stop in problem.stops if stop.depot == depot]]
        for a in names:
            for b in names:
                if not problem.roads.known(a, b):
                    message = f"the way from {a} to {b} is not known"
                    raise input_error(file, 0, "", "", message, "add it to roads.csv, or give both their coordinates")


def _place(row: Row, name: str, places: dict[str, Place], cells: Cells) -> None:
    given = [column for column in ("latitude", "longitude") if row.get(column)]
    for column in given:
        if not _DEGREES.fullmatch(row.get(column)) or abs(Fraction(row.get(column))) > (
            90 if column == "latitude" else 180
        ):
            cells.fault(row, column, "not degrees", "write it as 39.0194")
            return
    if len(given) == 1:
        cells.fault(row, given[0], "one coordinate without the other", "give both or neither")
    elif given:
        places[name] = (Fraction(row.get("latitude")), Fraction(row.get("longitude")))


def _window(row: Row, first: str, last: str, cells: Cells) -> tuple[int, int]:
    opens, closes = cells.clock(row, first, 0), cells.clock(row, last, 1440)
    if closes < opens:
        cells.fault(row, last, "before it begins", "swap the two times, or correct one")
    return opens * 60, closes * 60


def _depot(row: Row, depots: Mapping[str, Depot], cells: Cells) -> str:
    depot = cells.name(row, "depot")
    if depot and depot not in depots:
        cells.fault(row, "depot", "there is no such depot", "correct it, or add it to depots.csv")
    return depot


def _load(row: Row, cells: Cells) -> int:
    load = cells.count(row, "load")
    if load > LOAD_MAX:
        cells.fault(row, "load", "too large", "count in a larger unit, such as kg")
    return load


def sheet_table(checked: Checked) -> pa.Table:
    """The sheet: a row a visit, with the time the lorry comes."""
    lines = [(visit, begin) for run in checked.runs for visit, begin in zip(run.visits, run.begins, strict=True)]
    columns: dict[str, list[object]] = {name: [getattr(visit, name) for visit, _ in lines] for name in SHEET}
    return pa.table({**columns, "arrives": [clock(begin) for _, begin in lines]})


def read_sheet(rows: Sequence[Row]) -> dict[Visit, int]:
    """The visits of a sheet, with their rows. `arrives` is for people and is worked out again. InputError."""
    cells = Cells()
    found: dict[Visit, int] = {}
    for row in rows:
        visit = Visit(
            cells.name(row, "depot"), cells.count(row, "day", least=1), cells.name(row, "lorry"),
            cells.count(row, "trip", least=1), cells.count(row, "stop", least=1), cells.name(row, "point"),
            cells.count(row, "load", least=1),
        )  # fmt: skip
        if visit in found:
            cells.fault(row, "point", f"row {found[visit]} says the same", "keep one of the rows")
        found[visit] = row.number
    cells.check()
    return found
