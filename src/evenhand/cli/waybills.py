"""`evenhand waybills --out FILE`: the waybills of a cycle as a page to print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.common import DataOption, JsonOption, say, say_json
from evenhand.wiring import open_store, read_clock

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def waybills(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page to write, such as waybills.html.")],
    cycle: Annotated[
        str | None,
        typer.Option("--cycle", metavar="CYCLE", help="A committed cycle. Left out: the newest.", show_default=False),
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Print the waybills of a cycle: a sheet for each lane, with its load, a QR of its number, and room to sign.

    Open the page in a browser and print it, or save it as PDF; every script prints as it is written.

    Example: evenhand waybills --out waybills.html
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.waybills import print_waybills

    with open_store(data, read_clock) as store:
        chosen = cycle or newest(store)
        count = print_waybills(store, chosen, out)
    if json:
        say_json({"cycle": chosen, "waybills": count, "file": str(out)})
        return
    say(f"{count} waybill{'s' if count != 1 else ''} of {chosen}: open {out} in a browser and print it")
