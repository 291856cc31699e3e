"""`evenhand lane close`: a lane closes while a cycle is open."""

from __future__ import annotations

from typing import Annotated

import typer

from evenhand.cli.common import AsOption, DataOption, JsonOption, OpenCycleOption, passphrase, say, say_json
from evenhand.wiring import open_store, read_clock

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def lanes() -> None:
    """Lanes of a cycle that is under way."""


@app.command()
def close(
    lane: Annotated[list[str], typer.Argument(metavar="LANE...", help="The lanes that close, by their ids.")],
    who: AsOption,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why. It is signed, logged and published.")],
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Close lanes in the middle of a cycle: what has not left yet goes other ways.

    Only loads that have not left change, and only within the capacities that the cycle was approved with. What no lane
    can bring is shared out fairly; each point is re-cut when it counts. Then print the waybills again.

    The lanes stay closed for later cycles until they are imported as open.

    Example: evenhand lane close L17 --reason "the bridge is gone" --as ana
    """
    from evenhand.actions.closing_lanes import close_lanes
    from evenhand.actions.cycles import newest

    with open_store(data, read_clock) as store:
        done = close_lanes(store, cycle or newest(store), who, passphrase(who), lane, reason)
    if json:
        changes = [vars(change) for change in done.changes]
        unbrought = [{"point": p, "commodity": b, "steps": n} for (p, b), n in done.unbrought.items()]
        say_json({"closing": done.number, "changes": changes, "unbrought": unbrought, "left_before": done.gone})
        return
    say(f"{done.number}: {', '.join(lane)} closed")
    for change in done.changes:
        verb = "carries" if change.steps > 0 else "gives up"
        say(
            f"{change.waybill} ({change.source} to {change.target}) {verb} {abs(change.steps):,} steps of {change.benefit}"
        )
    for (point, benefit), steps in done.unbrought.items():
        say(f"{steps:,} steps of {benefit} for {point} cannot be brought: it is re-cut when it counts")
    if done.gone:
        say(f"{done.gone:,} steps had left over these lanes before: count them in where they come, or transfer them")
    if done.changes:
        say("Next: evenhand waybills print --out waybills.pdf")
