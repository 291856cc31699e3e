"""`evenhand import areas|points|depots|lanes|stock|households|members|proxies FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.common import DataOption, JsonOption, progress_bars, say, say_json
from evenhand.wiring import engine, open_store, read_clock

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV (UTF-8, with a header) or .parquet.", show_default=False)
]


@app.callback()
def about() -> None:
    """Bring in a file, as a whole or not at all.

    The order: areas, points, depots; then adopt a policy; then lanes, stock, households, members, proxies.

    Example: evenhand import areas areas.csv
    """


@app.command()
def areas(file: FileArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Administrative areas.

    Columns: pcode, name, parent, level.

    Example: evenhand import areas areas.csv
    """
    _import("areas", file, data, json)


@app.command()
def points(file: FileArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Distribution points.

    Columns: point, name, area; latitude and longitude where known.

    Example: evenhand import points points.csv
    """
    _import("points", file, data, json)


@app.command()
def depots(file: FileArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Entry points and depots.

    Columns: node, name, kind (entry or depot); area, latitude and longitude where known.

    Example: evenhand import depots depots.csv
    """
    _import("depots", file, data, json)


@app.command()
def lanes(file: FileArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Lanes between them.

    Columns: lane, from, to, cost; commodity (empty: any), capacity such as "40 t" (empty: no limit), open (yes or no).
    A lane that is registered already gets a new version; the newest counts.

    Example: evenhand import lanes lanes.csv
    """
    _import("lanes", file, data, json)


@app.command()
def stock(file: FileArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Stock that came in.

    Columns: node, commodity, lot, quantity such as "40 t", source; best_before where known.

    Example: evenhand import stock stock-2008-03.csv
    """
    _import("stock", file, data, json)


@app.command()
def households(file: FileArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Households.

    Columns: household, point; name where known; one for each input the policy asks of a household.

    Example: evenhand import households households.csv
    """
    _import("households", file, data, json)


@app.command()
def members(file: FileArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Members of households.

    Columns: household, member, birth_date, sex (f or m), occupation; name where known; one for each input the policy asks
    of a member.

    Example: evenhand import members members.csv
    """
    _import("members", file, data, json)


@app.command()
def proxies(file: FileArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """People a household has named in advance, who may collect for it.

    Columns: household, name, since (a day); withdrawn (yes: from that day on no longer). Nothing is overwritten: to take a
    name back, import a row that withdraws it. They stand on the printed roll, on the phone at the point and on the slip.

    Example: evenhand import proxies proxies.csv
    """
    _import("proxies", file, data, json)


def _import(kind: str, file: Path, data: Path | None, json: bool) -> None:
    from evenhand.actions.importing import import_file, policy_in_force

    with open_store(data, read_clock) as store, progress_bars(not json) as progress:
        found = import_file(store, engine(), kind, file, policy_in_force(store), progress)
    if json:
        say_json({"kind": kind, "rows": found.rows, "added": found.added, "known": found.known, "again": found.again})
    elif found.again:
        say(f"{file} was imported before: nothing to do.")
    else:
        known = f", {found.known} were there already" if found.known else ""
        say(f"{found.rows} rows of {kind} read, {found.added} added{known}.")
