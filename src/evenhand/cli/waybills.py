"""`evenhand waybills`: print the waybills of a cycle, and check the code of one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.common import DataOption, JsonOption, say, say_json, warn_of_boxes
from evenhand.wiring import open_store, read_clock

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.command("print")
def print_(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="What to write: waybills.pdf or waybills.html.")],
    cycle: Annotated[
        str | None,
        typer.Option("--cycle", metavar="CYCLE", help="A committed cycle. Left out: the newest.", show_default=False),
    ] = None,
    language: Annotated[str, typer.Option("--language", metavar="LANG", help="en, fr, ar or hi.")] = "en",
    depot: Annotated[
        str | None, typer.Option("--from", metavar="NODE", help="Only what leaves this node.", show_default=False)
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Print the waybills of a cycle: a sheet for each lane, with its load, a signed code, and room to sign.

    A name that ends in .pdf gives a PDF with its own fonts, for every script (extra `paper`); any other a page for the
    browser. The code holds the load and the log's signature: evenhand waybills check.

    Example: evenhand waybills print --out waybills.pdf --language ar
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.waybills import print_waybills
    from evenhand.render.catalogue import Catalogue

    Catalogue(language)
    with open_store(data, read_clock) as store:
        chosen = cycle or newest(store)
        count, boxes = print_waybills(store, chosen, out, language, depot)
    if json:
        say_json({"cycle": chosen, "waybills": count, "file": str(out), "unprintable": boxes})
        return
    say(f"{count} waybill{'s' if count != 1 else ''} of {chosen}: print {out}")
    warn_of_boxes(boxes)


@app.command()
def check(
    code: Annotated[str, typer.Argument(metavar="CODE", help="What the QR of a waybill holds.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Check the code of a waybill: who signed it, what it carries, and whether it still stands so.

    Exit code 1 if this log did not sign it, or a closed lane has changed it since.

    Example: evenhand waybills check WAYBILL:QSCP3YBKQ...
    """
    from evenhand.actions.waybills import check_code

    with open_store(data, read_clock) as store:
        found = check_code(store, code)
    if json:
        say_json({"waybill": found.number, "cycle": found.cycle, "from": found.source, "to": found.target,
                  "steps": dict(found.lines)})  # fmt: skip
        return
    load = ", ".join(f"{steps:,} steps of {benefit}" for benefit, steps in found.lines)
    say(f"{found.number}, signed by this log: {load}, from {found.source} to {found.target}")
