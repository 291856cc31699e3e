"""`evenhand card move` and `card moves`: who collects at another point in this cycle."""

from __future__ import annotations

from typing import Annotated

import typer

from evenhand.cli.common import AsOption, DataOption, JsonOption, OpenCycleOption, passphrase, say, say_json
from evenhand.wiring import open_store, read_clock


def move(
    to: Annotated[str, typer.Option("--to", metavar="POINT", help="Where it collects in this cycle.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, such as: stays with her sister.")],
    who: AsOption,
    household: Annotated[str, typer.Option("--household", metavar="ID", help="Who.", show_default=False)] = "",
    card: Annotated[str, typer.Option("--card", metavar="NUMBER", help="Or its card.", show_default=False)] = "",
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Let a household collect at another point in this cycle.

    The phone that holds its row is asked to release it; a point without a phone releases it here and now. The row is at the
    other point as soon as goods for it lie there that nobody else was promised: send them after it (evenhand transfer).
    Until then whoever comes there is served as one who is not on the roll. Its own point is not changed: next cycle it
    collects there again.

    Example: evenhand card move --household H17 --to Birch --reason "stays with her sister" --as ana
    """
    from evenhand.actions.card_moves import ask_move, moves_of
    from evenhand.actions.cycles import newest
    from evenhand.actions.reissue import household_of

    key = passphrase(f"{who}'s key")
    with open_store(data, read_clock) as store:
        whose, which = household_of(store, household, card), cycle or newest(store)
        state = ask_move(store, which, whose, to, reason, who, key)
        mine = next(one for one in moves_of(store, which) if one.household == whose)
    if json:
        say_json({"household": whose, "to": to, "state": state, "lacks": mine.lacks})
        return
    say(f"household {whose} to {to}: {state}{', for ' + mine.lacks if mine.lacks else ''}")


def moves(cycle: OpenCycleOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """Who collects elsewhere in a cycle: asked for, waiting (and for what), or there.

    Example: evenhand card moves
    """
    from evenhand.actions.card_moves import moves_of
    from evenhand.actions.cycles import newest

    with open_store(data, read_clock) as store:
        found = moves_of(store, cycle or newest(store))
    if json:
        say_json([{"household": one.household, "from": one.source, "to": one.target, "state": one.state,
                   "lacks": one.lacks, "due": dict(one.due)} for one in found])  # fmt: skip
        return
    for one in found:
        say(f"{one.household}  {one.source} -> {one.target}  {one.state}{', for ' + one.lacks if one.lacks else ''}")
    if not found:
        say("nobody collects elsewhere")
