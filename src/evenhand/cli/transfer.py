"""`evenhand transfer FILE`: goods of one point that go to another while a cycle is open."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.common import AsOption, DataOption, JsonOption, OpenCycleOption, passphrase, say, say_json
from evenhand.cli.files import read_csv
from evenhand.wiring import open_store, read_clock

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def transfer(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV: from, to, commodity, steps, reason; on_the_way, received.")
    ],
    who: AsOption,
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Move goods from one point to another: the point closes, or a lorry went to the wrong place.

    A row is so many hand-out steps of a commodity and why. on_the_way is yes for goods that were still on their way to
    the first point. Where the other point has not counted yet, leave received empty: it counts them in with the rest.
    Where it has, received says how much came; the rest is lost on the way.

    A point that has counted gives only what its households were not promised. One that has not counts less afterwards,
    and is re-cut: the same share for everyone there. Every transfer is signed by you, logged and published.

    Example: evenhand transfer transfers.csv --as ana
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.transfer import COLUMNS, OPTIONAL
    from evenhand.actions.transfer import transfer as act

    rows = read_csv(file, COLUMNS, OPTIONAL)
    with open_store(data, read_clock) as store:
        numbers = act(store, cycle or newest(store), who, passphrase(who), rows, str(file))
    if json:
        say_json({"transfers": numbers})
        return
    say(f"entered: {', '.join(numbers)}" if numbers else "this list was entered before; nothing was changed")
