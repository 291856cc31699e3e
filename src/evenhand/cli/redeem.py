"""`evenhand redeem FILE`: receipts of what was handed out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.common import DataOption, JsonOption, OpenCycleOption, progress_bars, say, say_json
from evenhand.cli.files import read_bytes, read_csv
from evenhand.wiring import open_store, read_clock, worker_pool

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def redeem(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A device's receipts (.cbor), or a CSV (see below).")],
    cycle: OpenCycleOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Take in receipts of what was handed out.

    They may come in any order and as often as they are sent: each counts once.

    A .cbor file is a sequence of receipts signed by a device; releases of cards to a second device may stand among them. A
    .csv has the columns point, card, coupon, exception:
    either the coupon's code, or the reason of an exception for that card (such as no-coupon); this server's own device
    for the point decides and signs them, in the order of the file.

    Example: evenhand redeem P001-monday.cbor --cycle 2008-03/1
    """
    from evenhand.actions.cycles import newest
    from evenhand.actions.hand_over import hand_over
    from evenhand.actions.redeem import redeem as act
    from evenhand.actions.releases import keep_releases
    from evenhand.flow.redemption import is_release, split

    with open_store(data, read_clock) as store, progress_bars(not json) as progress, worker_pool() as pool:
        if file.suffix == ".csv":
            rows = read_csv(file, ("point", "card", "coupon", "exception"))
            done = hand_over(store, cycle or newest(store), rows, str(file), progress)
        else:
            items = split(read_bytes(file))
            keep_releases(store, cycle or newest(store), [item for item in items if is_release(item)])
            receipts = [item for item in items if not is_release(item)]
            done = act(store, cycle or newest(store), receipts, progress, pool)
    if json:
        say_json(
            {
                "new": done.new,
                "duplicates": done.duplicates,
                "refused": [{"item": r.item, "hash": r.hash.hex(), "reason": r.reason} for r in done.refused],
                "gaps": [{"device": g.device, "first": g.first, "last": g.last} for g in done.gaps],
                "forks": [{"device": f.device, "sequence": f.sequence} for f in done.forks],
            }
        )
        return
    say(f"{done.new} new receipts, {done.duplicates} known already, {len(done.refused)} refused")
    for refused in done.refused[:20]:
        say(f"  item {refused.item}: {refused.reason}")
    for gap in done.gaps:
        say(f"  {gap.device}: receipts {gap.first} to {gap.last} have not come; have it send them")
    for fork in done.forks:
        say(f"  {fork.device}: two receipts with number {fork.sequence}: its chain is forked, ask why")
    say(f"Next, when all have come: evenhand cycle close {cycle or 'CYCLE'} --as NAME")
