"""`evenhand simulate offline`: does the bound of offline redemption hold, and what does it cost?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.common import JsonOption, progress_bars, say, say_json

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def simulate() -> None:
    """Play through what cannot be tried on people."""


@app.command()
def offline(
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same day.")] = 1,
    households: Annotated[int, typer.Option("--households", help="How many households; 250 a point.")] = 5000,
    reserve: Annotated[
        float, typer.Option("--reserve", metavar="PERCENT", help="What points keep beyond the rations.")
    ] = 15,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the page there.", show_default=False)
    ] = None,
    language: Annotated[str, typer.Option("--language", help="Language of the page: en, fr, ar or hi.")] = "en",
    json: JsonOption = False,
) -> None:
    """A distribution without a network: over-issue stays within the reserve, and nobody honest goes home without food?

    60 % of the points are offline, the links of the others flap; two phones a point, one of which gives up half of its
    list to the other; phones forget, are lost and stolen; clocks jump; 5 % of the coupons are copied three times;
    receipts come late, twice, back to front, forged, from other cycles and programmes. Everything that decides, signs,
    merges and settles is what a real distribution runs.

    The exit code is 1 if a claim does not hold, as with a reserve too small for so many copies: try --reserve 1.

    Example: evenhand simulate offline --seed 7 --reserve 3 --out offline.html
    """
    from evenhand.simulation.offline_trial import trial
    from evenhand.simulation.offline_world import Scenario

    with progress_bars(not json) as progress:
        found = trial(Scenario(seed, households, round(reserve * 10)), progress)
    if json:
        say_json(found.document())
    else:
        for check in found.checks:
            figures = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in check.figures.items())
            say(f"{'holds' if check.holds else 'DOES NOT HOLD'}  {check.name}: {figures}")
    if not found.holds:
        raise typer.Exit(1)
