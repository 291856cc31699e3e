"""`evenhand cycle print`: what hangs and lies at a point."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.common import DataOption, JsonOption, progress_bars, say, say_json
from evenhand.wiring import open_store, read_clock


def print_(
    cycle: Annotated[
        str | None,
        typer.Argument(metavar="CYCLE", help="A committed cycle. Left out: the newest.", show_default=False),
    ] = None,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where to write poster/ and roll/.")],
    point: Annotated[
        list[str] | None, typer.Option("--point", metavar="POINT", help="A point; again for more. Left out: all.")
    ] = None,
    roll: Annotated[bool, typer.Option("--roll", help="The printed roll, for the day the phone is dead.")] = False,
    poster: Annotated[bool, typer.Option("--poster", help="The notice for the wall.")] = False,
    when: Annotated[str, typer.Option("--when", metavar="TEXT", help="Day and hours; empty: a line to write on.")] = "",
    complaint: Annotated[
        str, typer.Option("--complaint", metavar="TEXT", help="Where to complain; empty: a line to write on.")
    ] = "",
    language: Annotated[str, typer.Option("--language", metavar="LANG", help="en, fr, ar or hi.")] = "en",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Print a point's roll and its notice, as PDF.

    The notice says what each household gets, why it is less than usual, where to complain, and the log's checkpoint. After a
    re-cut print it again: it says the new level. The roll names people: lock it away.

    Example: evenhand cycle print --poster --roll --point P003 --when "Tuesday 13 May, 08:00 to 17:00" --out notices
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.point_paper import Wish, print_points
    from evenhand.render.catalogue import Catalogue

    Catalogue(language)
    wish = Wish(point or (), poster, roll, when, complaint, language)
    with open_store(data, read_clock) as store, progress_bars(not json) as progress:
        chosen = cycle or newest(store)
        written = print_points(store, chosen, wish, out, progress)
    if json:
        say_json({"cycle": chosen, "files": [str(path) for path in written]})
    else:
        say(f"{chosen}: {len(written)} files in {out}")
