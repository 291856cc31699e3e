"""`evenhand policy explain | compare | document`: a policy in words, for a family, an officer, a citizen."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.common import JsonOption, say, say_json

PolicyFile = Annotated[Path, typer.Argument(metavar="POLICY", help="A policy file (TOML).", show_default=False)]
Day = typer.Option("--on", formats=["%Y-%m-%d"], metavar="DATE", help="A day of the period.", show_default=False)
HouseholdsFile = Annotated[
    Path, typer.Option("--households", metavar="FILE", help="CSV or Parquet; key `household`.", show_default=False)
]
MembersFile = Annotated[
    Path | None,
    typer.Option("--members", metavar="FILE", help="CSV or Parquet; keys `household`, `member`.", show_default=False),
]


class Language(StrEnum):
    """Languages that have a catalogue."""

    en = "en"
    fr = "fr"
    ar = "ar"
    hi = "hi"


class Format(StrEnum):
    """How an explanation is shown."""

    text = "text"
    json = "json"
    html = "html"


LanguageOption = Annotated[
    Language, typer.Option("--language", help="Language of our words; the policy's are its author's.")
]
OutFile = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write it to a file instead of showing it.", show_default=False),
]


def explain(
    policy: PolicyFile,
    on: Annotated[datetime, Day],
    households: HouseholdsFile,
    household: Annotated[str, typer.Option("--household", metavar="ID", help="Which household.", show_default=False)],
    members: MembersFile = None,
    language: LanguageOption = Language.en,
    form: Annotated[Format, typer.Option("--format", help="text, json (with a version), html (a page).")] = Format.text,
    out: OutFile = None,
) -> None:
    """Say why a household is due what it is due.

    Each amount with the rows that decided, their values and where the law is written.

    Example: evenhand policy explain policy.toml --on 2008-03-01 --households households.csv --household H1
    """
    from evenhand.actions.policy import read_policy
    from evenhand.actions.policy_explain import explain_household
    from evenhand.render import policy_explain as shown
    from evenhand.wiring import engine

    found = explain_household(engine(), read_policy(policy), on.date(), household, households, members)
    if form is Format.json and out is None:
        say_json(shown.spoken(found, language.value))
        return
    made = {Format.text: shown.text, Format.html: shown.page, Format.json: shown.document}[form](found, language.value)
    _give(made, out)


def _give(made: str, out: Path | None) -> None:
    """Show a text, or write it whole to a file."""
    from evenhand.actions.policy_document import write_page

    if out is None:
        say(made.rstrip("\n"))
    else:
        write_page(made, out)
        say(f"written: {out}")


def register(app: typer.Typer) -> None:
    """Add the commands to `evenhand policy`."""
    app.command()(explain)
