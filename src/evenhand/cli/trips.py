"""`evenhand trips`: plan the lorries of each depot, and check a plan that a dispatcher changed."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evenhand.cli.common import DataOption, JsonOption, OpenCycleOption, say, say_json, warn_of_boxes
from evenhand.cli.files import read_csv
from evenhand.core.errors import AnswerIsNo, InputError, UsageError, input_error
from evenhand.wiring import open_store, read_clock

if TYPE_CHECKING:
    from evenhand.actions.trips import Worked
    from evenhand.flow.network.cells import Row

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="Holds depots.csv, stops.csv, lorries.csv, if needed roads.csv.")
]
Days = Annotated[int, typer.Option("--days", metavar="N", help="Days the lorries work, 1 to 31.")]
Detour = Annotated[str, typer.Option("--detour", metavar="S", help="Road metres for one through the air.")]
Lists = Annotated[
    str | None,
    typer.Option(
        "--lists", metavar="LANG", help="Also lists.pdf, a load list a lorry, in en, fr, ar or hi.", show_default=False
    ),
]
Speed = Annotated[int, typer.Option("--speed", metavar="KMH", help="Where roads.csv gives no minutes.")]


@app.command()
def plan(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where trips.csv and the page go.")],
    days: Days = 1,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed gives the same trips.")] = 1,
    iterations: Annotated[
        int, typer.Option("--iterations", metavar="N", help="How long to search, split over the depots.")
    ] = 2000,
    detour: Detour = "1.3",
    speed: Speed = 40,
    lists: Lists = None,
    json: JsonOption = False,
) -> None:
    """Plan trips that burn little fuel, from each depot to its points.

    stops.csv has point, depot, load; if needed latitude, longitude, opens, closes (08:00), service (minutes). lorries.csv
    has lorry (a kind), depot, number, load, fuel (litres for 100 km), if needed starts, ends. depots.csv has depot, if
    needed latitude, longitude, opens, closes, loading (minutes a trip). roads.csv has from, to, km, if needed minutes;
    other ways are as the crow flies times the detour.

    trips.csv is a sheet to be changed by hand; then: evenhand trips check. Exit code 1 if a point cannot be served.

    Example: evenhand trips plan fleet --out plan --days 2
    """
    from evenhand.actions.trips import Settings
    from evenhand.actions.trips import plan as run

    done = run(
        _tables(folder), str(folder), Settings(days, _number(detour), speed), seed, iterations, out, _language(lists)
    )
    _show(done, json)
    if done.unserved:
        names = ", ".join(sorted(done.unserved)[:10])
        raise AnswerIsNo(f"not served: {names}", "add a lorry or a day, or widen the hours")


@app.command()
def check(
    folder: Folder,
    sheet: Annotated[Path, typer.Argument(metavar="SHEET", help="trips.csv as it was planned, or as it was changed.")],
    days: Days = 1,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="Write it with its times and page.", show_default=False),
    ] = None,
    detour: Detour = "1.3",
    speed: Speed = 40,
    lists: Lists = None,
    json: JsonOption = False,
) -> None:
    """Work out a sheet of trips and say what is wrong with it: loads, hours, points that get too little.

    Needs no search, and nothing that plan needs besides. Exit code 1 if anything is wrong.

    Example: evenhand trips check fleet plan/trips.csv --days 2
    """
    from evenhand.actions.trips import Settings
    from evenhand.actions.trips import check as run
    from evenhand.flow.dispatch.trip_tables import SHEET, SHEET_OPTIONAL
    from evenhand.flow.network.cells import rows_of

    rows = rows_of(str(sheet), read_csv(sheet, SHEET, SHEET_OPTIONAL))
    settings = Settings(days, _number(detour), speed)
    done = run(_tables(folder), str(folder), settings, rows, str(sheet), out, _language(lists))
    _show(done, json)
    if done.checked.faults:
        raise AnswerIsNo(f"{len(done.checked.faults)} faults in {sheet}", "correct them and check again")


@app.command()
def stops(
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where depots.csv and stops.csv go.")],
    cycle: OpenCycleOption = None,
    weight: Annotated[
        list[str] | None,
        typer.Option("--weight", metavar="COMMODITY=KG", help="What one unit weighs, for pieces.", show_default=False),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="What has left, too: every waybill.")] = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Write the loads of a cycle that have not left yet as depots.csv and stops.csv, in kilograms.

    Add lorries.csv, and if needed hours and roads; then: evenhand trips plan. When a lane closes, run both again: what has
    left keeps its trip. A litre is taken as a kilogram.

    Example: evenhand trips stops --out fleet
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.stops import write_stops

    weights = {}
    for text in weight or []:
        name, _, amount = text.partition("=")
        weights[name] = _number(amount, "--weight")
    with open_store(data, read_clock) as store:
        depots, points = write_stops(store, cycle or newest(store), weights, out, everything)
    if json:
        say_json({"depots": depots, "stops": points, "files": [str(out / "depots.csv"), str(out / "stops.csv")]})
        return
    say(f"{points:,} stops of {depots:,} depots: add {out / 'lorries.csv'}, then: evenhand trips plan {out} --out plan")


def _show(done: Worked, json: bool) -> None:
    from evenhand.flow.dispatch.trips import FUEL_A_LITRE
    from evenhand.render.trips import kilometres, litres

    checked = done.checked
    if json:
        say_json(
            {
                "finding": done.sentence,
                "metres": checked.metres,
                "litres": str(Fraction(checked.fuel, FUEL_A_LITRE)),
                "naive": {"metres": done.naive[0], "litres": str(Fraction(done.naive[1], FUEL_A_LITRE))},
                "unserved": done.unserved,
                "iterations": done.iterations,
                "faults": [fault.line() for fault in checked.faults],
                "files": [str(path) for path in done.files],
                "unprintable": done.unprintable,
            }
        )
        return
    say(done.sentence.replace("\u00a0", " "))
    days = "day" if len(checked.runs) == 1 else "days"
    say(f"{len(checked.runs)} working {days} of lorries, {kilometres(checked.metres)} km; one lorry a point: "
        f"{kilometres(done.naive[0])} km, {litres(done.naive[1])} litres")  # fmt: skip
    for line in InputError(checked.faults).lines()[:-1] if checked.faults and not done.unserved else ():
        say(line)
    if done.files:
        say(f"written: {', '.join(str(path) for path in done.files)}")
    warn_of_boxes(done.unprintable)


def _language(lists: str | None) -> str | None:
    from evenhand.render.catalogue import Catalogue

    return None if lists is None else Catalogue(lists).language


def _number(text: str, option: str = "--detour") -> Fraction:
    from evenhand.flow.network.cells import Cells, Row

    cells = Cells()
    found = cells.number(Row("", 0, {"detour": text}), "detour")
    if cells.problems:
        raise UsageError(f"{option} {text} is not a number", "write a number such as 1.3")
    return found


def _tables(folder: Path) -> dict[str, list[Row]]:
    from evenhand.flow.dispatch.trip_tables import COLUMNS
    from evenhand.flow.network.cells import rows_of

    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", "name the folder that holds depots.csv, stops.csv, lorries.csv")
    found = {}
    for name, (columns, more) in COLUMNS.items():
        path = next((p for p in (folder / f"{name}.csv", folder / f"{name}.parquet") if p.exists()), None)
        if path is None:
            if name == "roads":
                continue
            raise input_error(str(folder / f"{name}.csv"), 0, "", "", "there is no such file", f"add {name}.csv")
        found[name] = rows_of(str(path), read_csv(path, columns, more))
    return found
