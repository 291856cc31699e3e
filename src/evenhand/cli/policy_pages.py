"""`evenhand policy explain | compare | document`: a policy in words, for a family, an officer, a citizen."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.common import JsonOption, progress_bars, say, say_json

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


def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The policy as it is (TOML).", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The policy as it would be (TOML).", show_default=False)],
    on: Annotated[datetime, Day],
    households: HouseholdsFile,
    members: MembersFile = None,
    on_new: Annotated[
        datetime | None,
        typer.Option(
            "--on-new",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="A day of NEW's period, if another.",
            show_default=False,
        ),
    ] = None,
    points: Annotated[
        Path | None,
        typer.Option(
            "--points",
            metavar="FILE",
            help="Points with their area; key `point`: for numbers by area.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FOLDER", help="Write report.html, compare.json and CSVs there.", show_default=False
        ),
    ] = None,
    language: LanguageOption = Language.en,
    json: JsonOption = False,
) -> None:
    """Say who gains and who loses by a change of policy.

    Both policies are run on the same households. Areas come from --points, or from a column `area` of the households.

    Example: evenhand policy compare old.toml new.toml --on 2024-01-01 --households households.csv --out change
    """
    from evenhand.actions.policy import read_policy
    from evenhand.actions.policy_compare import compare_policies
    from evenhand.wiring import engine

    policies = read_policy(old), read_policy(new)
    days = on.date(), (on_new or on).date()
    with progress_bars(not json) as progress:
        found = compare_policies(
            engine(), *policies, days, households, members, points, out, partial(progress, "comparing"), language.value
        )
    if json:
        say_json(found)
        return
    say(f"{found['households']:,} households: {found['gain']:,} gain, {found['lose']:,} lose, {found['mixed']:,} both, "
        f"{found['same']:,} the same, {found['undecided']:,} cannot be compared")  # fmt: skip
    for benefit in found["benefits"]:
        say(f"  {benefit['benefit']}: {benefit['gain']:,} gain, {benefit['lose']:,} lose; "
            f"due in all {benefit['old']} -> {benefit['new']} (base units)")  # fmt: skip
    if out is not None:
        say(f"written: {out / 'report.html'}, and its numbers beside it")


def document(
    policy: PolicyFile,
    on: Annotated[
        datetime | None,
        typer.Option(
            "--on",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="A day it is in force. Default: its newest rules.",
            show_default=False,
        ),
    ] = None,
    language: LanguageOption = Language.en,
    out: OutFile = None,
) -> None:
    """Write a policy as a page that a citizen reads.

    What is granted to whom and why, every figure with its source and history, its tests as worked examples.

    Example: evenhand policy document policy.toml --out policy.html
    """
    from evenhand.actions.policy_document import document_policy

    _give(document_policy(policy, on.date() if on else None, language.value), out)


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
    for command in (explain, compare, document):
        app.command()(command)
