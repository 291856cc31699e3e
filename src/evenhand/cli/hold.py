"""`evenhand hold`: rows that are held with a reason and a notice, and released."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evenhand.cli.common import AsOption, DataOption, JsonOption, OpenCycleOption, passphrase, say, say_json
from evenhand.wiring import open_store, read_clock

if TYPE_CHECKING:
    from evenhand.actions.hold import Act

NoticeArgument = Annotated[str, typer.Argument(metavar="NOTICE", help="The notice, as H001.")]
app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def _holds() -> None:
    """Held rows: a doubt about whose a row is, never a punishment. Two persons hold it, and two release it.

    The household gets a notice: its number, the reason, and where to complain. It can be served all the same, as an
    exception that is looked into later. A hold ends with its cycle; what the household did not get is owed until it is
    collected.

    Example: evenhand hold place A2 --reason duplicate --complain "0800 123 456" --as ana
    """


@app.command()
def place(
    household: Annotated[str, typer.Argument(metavar="HOUSEHOLD", help="The household whose row is held.")],
    who: AsOption,
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            metavar="REASON",
            help="duplicate (it may stand on the roll twice), identity (somebody else may have its card), moved (it may "
            "have left), deceased (nobody of it may be alive) or mistake (its entry is being corrected).",
        ),
    ],
    complain: Annotated[
        str,
        typer.Option("--complain", metavar="TEXT", help="Where the household can object. The phone shows it as it is."),
    ],
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Propose that a household's row be held. It is when a second person confirms it.

    Example: evenhand hold place A2 --reason duplicate --complain "0800 123 456, or the elders at the mill" --as ana
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.hold import propose

    with open_store(data, read_clock) as store:
        made = propose(store, cycle or newest(store), household, reason, complain, who, passphrase(who))
    _told(made, json, f"Next: evenhand hold confirm {made.notice} --as SECOND-PERSON")


@app.command()
def lift(
    notice: NoticeArgument,
    who: AsOption,
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Propose that a held row be released. It is when a second person confirms it.

    Example: evenhand hold lift H001 --as ana
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.hold import propose_lift

    with open_store(data, read_clock) as store:
        made = propose_lift(store, cycle or newest(store), notice, who, passphrase(who))
    _told(made, json, f"Next: evenhand hold confirm {made.notice} --as SECOND-PERSON")


@app.command()
def confirm(
    notice: NoticeArgument,
    who: AsOption,
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Confirm a hold, or its lift, as the second person.

    Example: evenhand hold confirm H001 --as boris
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.hold import confirm as act

    with open_store(data, read_clock) as store:
        made = act(store, cycle or newest(store), notice, who, passphrase(who))
    next_ = (
        f"Next, for the household: evenhand hold notice {made.notice} --out {made.notice}.pdf"
        if made.act == "place"
        else ""
    )
    _told(made, json, next_)


@app.command()
def notice(
    notice: NoticeArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it, as H001.pdf.")],
    language: Annotated[str, typer.Option("--language", metavar="LANG", help="en, fr, ar or hi.")] = "en",
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Print the notice of a hold for its household: number, reason, where to complain.

    Example: evenhand hold notice H001 --out H001.pdf --language fr
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.hold_notice import print_notice

    with open_store(data, read_clock) as store:
        made = print_notice(store, cycle or newest(store), notice, language)
    out.write_bytes(made)
    if json:
        say_json({"file": str(out), "bytes": len(made)})
    else:
        say(f"{out}: for the household, and nobody else")


@app.command("list")
def list_(
    point: Annotated[str | None, typer.Option("--point", metavar="POINT", help="Of one point alone.")] = None,
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """List the holds and lifts of a cycle.

    Example: evenhand hold list --cycle 2008-03/1
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.hold import acts

    with open_store(data, read_clock) as store:
        found = acts(store, cycle or newest(store), point)
    if json:
        say_json([_document(one) for one in found])
        return
    for one in found:
        say(_line(one))
    if not found:
        say("no row is held")


def _told(one: Act, json: bool, next_: str) -> None:
    if json:
        say_json(_document(one))
        return
    say(_line(one))
    if next_:
        say(next_)


def _line(one: Act) -> str:
    verb = "hold" if one.act == "place" else "lift of the hold"
    confirmed = f"confirmed by {one.confirmed_by}" if one.confirmed_by else "waits for a second person"
    return (
        f"{one.notice}: {verb} of {one.household} at {one.point}, {one.reason}; complain: {one.complain}; proposed by "
        f"{one.proposed_by}, {confirmed}"
    )


def _document(one: Act) -> dict[str, Any]:
    return {
        "notice": one.notice, "act": one.act, "household": one.household, "point": one.point, "reason": one.reason,
        "complain": one.complain, "proposed_by": one.proposed_by, "confirmed_by": one.confirmed_by or None,
    }  # fmt: skip
