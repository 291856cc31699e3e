"""`evenhand claims FOLDER…`: what is said of the ration, tested on its disclosures."""

from __future__ import annotations

import json as jsonlib
from pathlib import Path
from textwrap import wrap
from typing import Annotated

import typer

from evenhand.cli.common import JsonOption, progress_bars, say, say_json

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def claims(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER…", help="Disclosure folders, one a period.")],
    json: JsonOption = False,
) -> None:
    """Test five sentences said of a ration on its disclosures, and on nothing else.

    Each verdict comes with its figure and the files that prove it. A claim that does not hold is a result, not an
    error: the exit code is 0. Whether the folders are authentic is for evenhand-verify.

    Example: evenhand claims OUT/2008-03 OUT/2008-04 OUT/2008-05
    """
    from evenhand.actions.claims import claims_of
    from evenhand.flow.disclosure.claim import claims_json

    with progress_bars(not json) as progress:
        found = claims_of(folders, progress)
    if json:
        say_json(jsonlib.loads(claims_json(found)))
        return
    for claim in found:
        say(f"{claim.sentence}  {claim.verdict_text.upper()}")
        for text in wrap(f"{claim.figure} {claim.detail}", 96):
            say(f"    {text}")
        say(f"    proved by {', '.join(claim.proof)}")
        say("")
