"""`evenhand supplement`: people who come to a point while a cycle is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evenhand.cli.common import (
    AsOption,
    DataOption,
    JsonOption,
    OpenCycleOption,
    passphrase,
    say,
    say_json,
)
from evenhand.cli.files import read_csv
from evenhand.wiring import engine, open_store, read_clock

if TYPE_CHECKING:
    from evenhand.actions.supplement import Listed

PointOption = Annotated[str, typer.Option("--point", metavar="POINT", help="The point they are registered at.")]
app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def _supplements() -> None:
    """People added to an open cycle: they are served from the reserve of their point, by the cycle's own policy.

    Register them (evenhand import households, members), give them a card (evenhand card issue PERIOD), propose the list, and
    let a second person confirm it. Then their phone has them in its next state, or by a file that is carried.

    Example: evenhand supplement propose arrivals.csv --point P003 --reason "from the flooded quarter" --as ana
    """


@app.command()
def propose(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with a column household, one a row.")],
    point: PointOption,
    who: AsOption,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why. It is signed, logged and published.")],
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Propose a list for one point. It counts when a second person confirms it.

    The point must have counted in what arrived: only then is its reserve known. Everybody on the list gets the level of the
    point, or the one that the reserve still pays for, in whole steps; nothing is taken from anybody else's ration.

    Example: evenhand supplement propose arrivals.csv --point P003 --reason "from the flooded quarter" --as ana
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.supplement import propose as act

    households = [row["household"] for row in read_csv(file, ("household",))]
    with open_store(data, read_clock) as store:
        chosen = cycle or newest(store)
        made = act(store, engine(), chosen, point, households, reason, who, passphrase(who), str(file))
    if json:
        say_json(_document(made))
        return
    _say(made)
    say(f"Next: evenhand supplement confirm {made.number} --as SECOND-PERSON")


@app.command()
def confirm(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The list, as S001.")],
    who: AsOption,
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Confirm a list as the second person: its households are on the roll from now on.

    Look at it first: evenhand supplement show S001

    Example: evenhand supplement confirm S001 --as boris
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.supplement import confirm as act

    with open_store(data, read_clock) as store:
        made = act(store, cycle or newest(store), number, who, passphrase(who))
    if json:
        say_json(_document(made))
        return
    _say(made)
    say(f"Next, for a phone without a network: evenhand supplement file --point {made.point} --out {made.point}.news")


@app.command()
def show(
    number: Annotated[str, typer.Argument(metavar="[NUMBER]", help="One list with its households.")] = "",
    point: Annotated[str | None, typer.Option("--point", metavar="POINT", help="Of one point alone.")] = None,
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Show the lists of a cycle, or one with its households and their rations in steps.

    Example: evenhand supplement show S001
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.supplement import find_list, lists

    with open_store(data, read_clock) as store:
        chosen = cycle or newest(store)
        found = [find_list(store, chosen, number)] if number else lists(store, chosen, point)
    if json:
        say_json([_document(one) for one in found])
        return
    for one in found:
        _say(one)
        for household, rations in one.rations.items() if number else ():
            said = ", ".join(f"{steps:,} of {benefit}" for benefit, steps in rations.items() if steps)
            say(f"  {household}, card {one.cards[household]}: {said or 'nothing'}")
    if not found:
        say("no list")


@app.command("file")
def write_file(
    point: PointOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it, as P003.news.")],
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Write the lists and holds of a point as a signed file, to be carried to its phone.

    Example: evenhand supplement file --point P003 --out P003.news
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.point_news import news_file

    with open_store(data, read_clock) as store:
        made = news_file(store, cycle or newest(store), point)
    out.write_bytes(made)
    if json:
        say_json({"file": str(out), "bytes": len(made)})
    else:
        say(f"{out}: open it on the phone of {point}. It holds names: hand it to nobody else")


def _say(one: Listed) -> None:
    promised = ", ".join(f"{steps:,} steps of {benefit}" for benefit, steps in one.promised.items() if steps)
    confirmed = f"confirmed by {one.confirmed_by}" if one.confirmed_by else "waits for a second person"
    say(
        f"{one.number} at {one.point}: {len(one.rations):,} households, {promised or 'nothing'} from the reserve; "
        f"proposed by {one.proposed_by}, {confirmed}; {one.reason}"
    )


def _document(one: Listed) -> dict[str, Any]:
    return {
        "number": one.number, "point": one.point, "reason": one.reason, "rations": one.rations, "promised": one.promised,
        "levels": {benefit: [rungs, str(num), str(den)] for benefit, (rungs, num, den) in one.levels.items()},
        "proposed_by": one.proposed_by, "confirmed_by": one.confirmed_by or None,
    }  # fmt: skip
