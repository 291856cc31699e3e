"""`evenhand allocate DIR --out DIR`: divide stock fairly over a network given as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.allocate_words import alternative, explained, level, shared, sharing_words, side_by_side
from evenhand.cli.common import JsonOption, progress_bars, say, say_json

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def allocate(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="Holds nodes.csv, supply.csv, lanes.csv and demand.csv (or .parquet); others if there: see the guide.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where levels, flows, blocks, certificate go.")],
    rule: Annotated[str, typer.Option("--rule", help="How to divide; --compare lists the rules.")] = "leximin",
    explain: Annotated[
        list[str] | None,
        typer.Option("--explain", metavar="POINT[:COMMODITY]", help="Say what holds its share down; may be repeated."),
    ] = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option("--what-if", metavar="CHANGE", help='Such as "stock rice@Nampo +500"; may be repeated.'),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Show what every rule would do with the same stock.")
    ] = False,
    seed: Annotated[str, typer.Option("--seed", help="Decides the order of the rule lottery.")] = "",
    page: Annotated[
        bool, typer.Option("--page", help="Write index.html too: the map, what holds points down, what was compared.")
    ] = False,
    language: Annotated[str, typer.Option("--language", help="Language of the page: en, fr, ar or hi.")] = "en",
    unit: Annotated[
        str, typer.Option("--unit", metavar="WORD", help="What quantities are counted in, such as t.")
    ] = "",
    json: JsonOption = False,
) -> None:
    """Divide stock over a network so that the worst-off point is as well off as it can be, then the next, and so on.

    The result is exact, and comes with a certificate that anyone can check without a solver:
    evenhand-verify allocation DIR OUT

    With places.csv (node, name, area, people, latitude, longitude; all but node may be left out) words and maps know
    where people live. Other optional files: shared.csv, fuel.csv and burn.csv, handling.csv, bundles.csv, order.csv.

    Example: evenhand allocate network --out result --page --compare
    """
    from evenhand.actions.allocate import allocate as run

    with progress_bars(not json) as progress:
        done = run(
            folder,
            out,
            rule,
            lambda decided, total: progress("dividing", decided, total),
            explain=explain or (),
            what_if=what_if or (),
            compare=compare,
            seed=seed,
            step=progress,
            page=page,
            language=language,
            unit=unit,
        )
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
                    **level(done.worst),
                },
                "method": done.method,
                "files": [str(path) for path in done.files],
                "certified": done.certified,
                **({"sharing": shared(done.sharing)} if done.sharing else {}),
                **({"explanations": [explained(one) for one in done.explanations]} if explain else {}),
                **({"causes": list(done.causes)} if done.causes else {}),
                **({"scenarios": [alternative(one) for one in done.scenarios]} if what_if else {}),
                **({"rules": [alternative(one) for one in done.rules]} if compare else {}),
            }
        )
        return
    say(f"{done.ladders} ladders ({done.points} points, {done.commodities} commodities): {done.in_full} served in full")
    if done.worst is not None and done.worst_at is not None:
        whole, part = divmod(done.worst, 1)
        say(f"worst off: {done.worst_at[0]}, {done.worst_at[1]}: {whole} rungs and {part} of the next")
    say(f"{done.blocks} blocks; {done.method}" if done.certified else done.method)
    if done.sharing is not None:
        say(sharing_words(done.sharing))
    for one in done.explanations:
        for line in one.lines():
            say(line)
    for sentence in done.causes:
        say(sentence.replace("\u00a0", " "))
    for lines in (side_by_side(done.scenarios, "base"), side_by_side(done.rules, "leximin")):
        if lines:
            say("\n".join(["", *lines, ""]))
    say(f"written: {', '.join(str(path) for path in done.files)}")
    if not done.certified:
        say(f"the rule {rule} has no certificate: only leximin can be checked without dividing again")
        return
    say(f"check it without a solver: evenhand-verify allocation {folder} {out}")
