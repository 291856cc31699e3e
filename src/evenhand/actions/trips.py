"""Trips from depots to points: plan them, or work out and check a sheet that somebody changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from evenhand.actions.writing import write_bytes, write_csv, write_text
from evenhand.core.errors import UsageError
from evenhand.flow.dispatch.trip_check import Checked, check_trips
from evenhand.flow.dispatch.trip_plan import plan_trips
from evenhand.flow.dispatch.trip_tables import read_problem, read_sheet, sheet_table
from evenhand.flow.dispatch.trips import Problem, one_lorry_a_point
from evenhand.flow.network.cells import Row
from evenhand.render.load_lists import load_list_data, load_lists_pdf
from evenhand.render.paper import unprintable
from evenhand.render.trips import sentence, trips_page

ITERATIONS_MAX = 10_000_000


@dataclass(frozen=True)
class Settings:
    """What a problem needs besides its tables."""

    days: int = 1
    detour: Fraction = Fraction(13, 10)
    speed: int = 40


@dataclass(frozen=True)
class Worked:
    """A plan worked out. `naive` is (metres, fuel) of one lorry a point, `unprintable` what no font of its PDF has."""

    checked: Checked
    naive: tuple[int, int]
    unserved: dict[str, int]
    iterations: dict[str, int]
    sentence: str
    files: tuple[Path, ...]
    unprintable: str = ""


def plan(
    tables: Mapping[str, Sequence[Row]],
    file: str,
    settings: Settings,
    seed: int,
    iterations: int,
    out: Path,
    lists: str | None = None,
) -> Worked:
    """Plan trips and write the sheet and the page to `out`, and load lists as PDF in the language `lists`.

    InputError for faulty tables, UsageError for faulty settings.
    """
    if not 1 <= iterations <= ITERATIONS_MAX:
        raise UsageError(f"--iterations {iterations} is out of range", f"use 1 to {ITERATIONS_MAX}")
    if not 0 <= seed < 2**32:
        raise UsageError(f"--seed {seed} is out of range", "use a whole number from 0 to 4294967295")
    problem = _problem(tables, file, settings)
    found = plan_trips(problem, seed, iterations)
    checked = check_trips(problem, found.visits, str(out / "trips.csv"))
    return _worked(problem, checked, found.unserved, found.iterations, out, lists)


def check(
    tables: Mapping[str, Sequence[Row]],
    file: str,
    settings: Settings,
    sheet: Sequence[Row],
    name: str,
    out: Path | None,
    lists: str | None = None,
) -> Worked:
    """Work out the sheet that a dispatcher wrote; written anew, with the page and the load lists, where `out` is given."""
    problem = _problem(tables, file, settings)
    rows = read_sheet(sheet)
    return _worked(problem, check_trips(problem, list(rows), name, rows), {}, {}, out, lists)


def _problem(tables: Mapping[str, Sequence[Row]], file: str, settings: Settings) -> Problem:
    if not 1 <= settings.days <= 31:
        raise UsageError(f"--days {settings.days} is out of range", "use 1 to 31")
    if not 1 <= settings.speed <= 200:
        raise UsageError(f"--speed {settings.speed} is out of range", "use 1 to 200 km/h")
    if not 1 <= settings.detour <= 10:
        raise UsageError("--detour is out of range", "use 1 to 10; 1.3 is usual")
    return read_problem(tables, file, settings.days, settings.detour, settings.speed)


def _worked(
    problem: Problem,
    checked: Checked,
    unserved: dict[str, int],
    iterations: dict[str, int],
    out: Path | None,
    lists: str | None,
) -> Worked:
    naive = one_lorry_a_point(problem)
    files: tuple[Path, ...] = ()
    boxes = ""
    if out is not None:
        files = (
            write_csv(out / "trips.csv", sheet_table(checked)),
            write_text(out / "index.html", trips_page(problem, checked, naive, unserved)),
        )
        if lists is not None:
            files += (write_bytes(out / "lists.pdf", load_lists_pdf(problem, checked, lists)),)
            boxes = unprintable(load_list_data(problem, checked, lists))
    return Worked(checked, naive, unserved, iterations, sentence(checked, naive, unserved), files, boxes)
