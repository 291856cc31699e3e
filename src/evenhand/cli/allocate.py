"""`evenhand allocate DIR --out DIR`: divide stock fairly over a network given as files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evenhand.cli.common import JsonOption, progress_bars, say, say_json

if TYPE_CHECKING:
    from evenhand.flow.allocation.bottleneck import Limit
    from evenhand.flow.allocation.explain import Explanation

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def allocate(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Holds nodes.csv, supply.csv, lanes.csv and demand.csv (or .parquet).")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where levels, flows, blocks, certificate go.")],
    rule: Annotated[str, typer.Option("--rule", help="How to divide: leximin (the only one yet).")] = "leximin",
    explain: Annotated[
        list[str] | None,
        typer.Option("--explain", metavar="POINT[:COMMODITY]", help="Say what holds its share down; may be repeated."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Divide stock over a network so that the worst-off point is as well off as it can be, then the next, and so on.

    The result is exact, and comes with a certificate that anyone can check without a solver:
    evenhand-verify allocation DIR OUT

    Example: evenhand allocate network --out result
    """
    from evenhand.actions.allocate import allocate as run

    with progress_bars(not json) as progress:
        done = run(folder, out, rule, lambda decided, total: progress("dividing", decided, total), explain or ())
    if json:
        say_json(
            {
                "rule": rule,
                "points": done.points,
                "commodities": done.commodities,
                "ladders": done.ladders,
                "blocks": done.blocks,
                "in_full": done.in_full,
                "worst": None
                if done.worst is None or done.worst_at is None
                else {
                    "point": done.worst_at[0],
                    "commodity": done.worst_at[1],
                    "rungs": done.worst.__floor__(),
                    "num": str((done.worst % 1).numerator),
                    "den": str((done.worst % 1).denominator),
                },
                "method": done.method,
                "files": [str(path) for path in done.files],
                **({"explanations": [_explained(one) for one in done.explanations]} if explain else {}),
            }
        )
        return
    say(f"{done.ladders} ladders ({done.points} points, {done.commodities} commodities): {done.in_full} served in full")
    if done.worst is not None and done.worst_at is not None:
        whole, part = divmod(done.worst, 1)
        say(f"worst off: {done.worst_at[0]}, {done.worst_at[1]}: {whole} rungs and {part} of the next")
    say(f"{done.blocks} blocks; {done.method}")
    for one in done.explanations:
        for line in one.lines():
            say(line)
    say(f"written: {', '.join(str(path) for path in done.files)}")
    say(f"check it without a solver: evenhand-verify allocation {folder} {out}")


def _level(level: Fraction) -> dict[str, object]:
    return {"rungs": int(level), "num": str((level % 1).numerator), "den": str((level % 1).denominator)}


def _quantity(quantity: Fraction) -> dict[str, str]:
    return {"num": str(quantity.numerator), "den": str(quantity.denominator)}


def _explained(one: Explanation) -> dict[str, object]:
    """An explanation as data: numbers beyond 64 bits as texts, as in the tables."""
    block = one.block
    return {
        "point": one.point,
        "commodity": one.commodity,
        "level": _level(one.level),
        "quantity": _quantity(one.quantity),
        "due": str(one.due),
        "words": one.lines(),
        "block": None
        if block is None
        else {
            "number": block.number,
            "points": block.points,
            "all_stock": block.all_stock,
            "limits": [_limit(limit) for limit in block.limits],
            "next_level": _level(block.next_level),
            "more": str(block.more),
        },
        "reliefs": [
            {
                "limit": _limit(relief.limit),
                "more": str(relief.more),
                "level": _level(relief.level),
                "quantity": _quantity(relief.quantity),
                "lifted": relief.lifted,
                "lowered": relief.lowered,
            }
            for relief in one.reliefs
        ],
    }


def _limit(limit: Limit) -> dict[str, str]:
    return {"kind": limit.kind, "name": limit.name, "commodity": limit.commodity, "quantity": str(limit.quantity)}
