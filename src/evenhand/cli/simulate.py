"""`evenhand simulate offline`: does the bound of offline redemption hold, and what does it cost?"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evenhand.cli.common import JsonOption, progress_bars, say, say_json
from evenhand.core.errors import UsageError

if TYPE_CHECKING:
    from evenhand.render.offline_words import Said

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def simulate() -> None:
    """Play through what cannot be tried on people."""


@app.command()
def offline(
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same day.")] = 1,
    households: Annotated[int, typer.Option("--households", help="How many households; 250 a point.")] = 5000,
    reserve: Annotated[
        str, typer.Option("--reserve", metavar="PERCENT", help="What points keep beyond the rations, such as 2.5.")
    ] = "15",
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
    from evenhand.actions.writing import write_text
    from evenhand.render.catalogue import Catalogue
    from evenhand.render.offline import offline_page
    from evenhand.render.offline_words import Said
    from evenhand.simulation.offline_trial import trial
    from evenhand.simulation.offline_world import Scenario

    scenario = Scenario(seed, households, _permille(reserve))
    Catalogue(language)  # an unknown language is said before anything is played
    with progress_bars(not json) as progress:
        found = trial(scenario, progress)
    if out is not None:
        write_text(out, offline_page(found, language))
    if json:
        say_json(found.document())
    else:
        _say(Said(found))
        say(f"written: {out}" if out is not None else "for the page with the pictures: --out FILE")
    if not found.holds:
        raise typer.Exit(1)


def _permille(text: str) -> int:
    if not re.fullmatch(r"\d{1,3}(\.\d)?", text, re.ASCII):
        raise UsageError(f'a reserve of "{text}" % cannot be played', "write 0 to 100, with one decimal at most")
    return int(Decimal(text) * 10)


def _say(said: Said) -> None:
    say(f"{said.finding()}.")
    say(said.lead())
    for check in said.trial.checks:
        say(f"  {'holds' if check.holds else 'DOES NOT HOLD'}: {said.claim(check)} ({said.counted_of(check)})")
    say("the same visits under other rules, given a second time in % of the rations, and families left without food:")
    for rule in said.trial.rules:
        say(f"  {said.say(f'of.r.{rule.name}')}: {said.share(rule.over_issue)} %, {said.whole(rule.without_food)}")
    say(said.without_paper())
