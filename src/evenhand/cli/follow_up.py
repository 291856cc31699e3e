"""`evenhand follow-up`: visits to some of those who were served by an exception."""

from __future__ import annotations

from typing import Annotated

import typer

from evenhand.cli.common import AsOption, DataOption, JsonOption, passphrase, say, say_json
from evenhand.wiring import open_store, read_clock

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
CycleArgument = Annotated[str, typer.Argument(metavar="CYCLE", help="A closed cycle, such as 2008-03/1.")]


@app.callback()
def _follow_up() -> None:
    """Visits to households that were served without coupon, PIN or photo: did they get it?

    Who is visited is drawn by the seed and by what was handed over that day: nobody knows it at the counter, and anybody can
    draw it again from the disclosure. The policy's follow_up says how many (a tenth).

    Example: evenhand follow-up list 2008-03/1
    """


@app.command("list")
def listed(cycle: CycleArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Who is to be visited: point, card, household, name, why it was an exception, what was found.

    Example: evenhand follow-up list 2008-03/1
    """
    from evenhand.actions.follow_up import tally, visits

    with open_store(data, read_clock) as store:
        found = visits(store, cycle)
    if json:
        rows = [{"point": v.point, "card": v.card, "household": v.household, "name": v.name, "reason": v.reason,
                 "found": v.found} for v in found]  # fmt: skip
        say_json({"cycle": cycle, "visits": rows})
        return
    for v in found:
        say(f"{v.point}  {v.card}  {v.household}  {v.name}  {v.reason}  {v.found or '-'}")
    counts = tally(found)
    say(
        f"{len(found)} to visit; " + ", ".join(f"{count} {word or 'not visited yet'}" for word, count in counts.items())
    )


@app.command()
def found(
    cycle: CycleArgument,
    household: Annotated[str, typer.Argument(metavar="HOUSEHOLD", help="Who was visited.")],
    answer: Annotated[str, typer.Argument(metavar="ANSWER", help="received, 'not received' or 'not met'.")],
    who: AsOption,
    words: Annotated[str, typer.Option("--words", metavar="TEXT", help="What they said.", show_default=False)] = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Write down what a visit found.

    Example: evenhand follow-up found 2008-03/1 H17 received --as ana
    """
    from evenhand.actions.follow_up import found_at

    key = passphrase(f"{who}'s key")
    with open_store(data, read_clock) as store:
        found_at(store, cycle, household, answer, words, who, key)
    if json:
        say_json({"household": household, "found": answer})
    else:
        say(f"written down: {household} {answer}")
