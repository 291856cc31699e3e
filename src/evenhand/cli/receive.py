"""`evenhand receive FILE`: what was counted at depots and points."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.common import DataOption, JsonOption, OpenCycleOption, passphrase, progress_bars, say, say_json
from evenhand.cli.files import read_csv, read_header
from evenhand.wiring import open_store, read_clock

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def receive(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV of counts or of goods received notes, see below.")],
    who: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who counts for points whose phone cannot.", show_default=False)
    ] = "",
    because: Annotated[
        str, typer.Option("--because", metavar="TEXT", help="Why no phone counts there.", show_default=False)
    ] = "",
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Enter what was counted at depots and points.

    A count has node, commodity, steps: all that lies there once its goods have come, in hand-out steps (evenhand cycle show
    CYCLE lists the waybills). A goods received note has waybill, commodity, steps, and if needed packs, damaged, reason:
    what came in good order of each line of each waybill, packs and loose steps; damage or loss needs a reason.

    A depot's onward loads leave then. A point that got less than its rolls promise is re-cut at once: the same share for
    everyone. Depots and points may stand in one file; all of it is entered or none.

    The phone that holds a point counts there. Where it cannot, or there is none, an officer does, with --as and --because:
    signed with that person's key, published with the reason.

    Example: evenhand receive counts.csv --cycle 2008-03/1
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.noting import NOTE, NOTE_OPTIONAL, notes_from_rows
    from evenhand.actions.receive import counts_from_rows, receive_notes
    from evenhand.actions.receive import receive as act
    from evenhand.actions.signing import officer_of

    noted = "waybill" in read_header(file)
    rows = read_csv(file, NOTE, NOTE_OPTIONAL) if noted else read_csv(file, ("node", "commodity", "steps"))
    with open_store(data, read_clock) as store, progress_bars(not json) as progress:
        chosen = cycle or newest(store)
        officer = officer_of(store, who, passphrase(who), because) if who or because else None
        if noted:
            notes = notes_from_rows(rows, str(file))
            done = receive_notes(store, chosen, notes, str(file), progress, officer=officer)
        else:
            done = act(store, chosen, counts_from_rows(rows, str(file)), str(file), progress, officer=officer)
    if json:
        say_json({"counted": done.counted, "known": done.known, "recut": done.recut})
        return
    say(f"counted in: {', '.join(done.counted) or 'nothing new'}; {len(done.known)} counts were known already")
    if done.recut:
        say(f"re-cut, the same share for everyone there: {', '.join(done.recut)}")
    say("Next, once every point is counted: evenhand redeem FILE")
