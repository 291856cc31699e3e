"""`evenhand card issue`: cards and coupons as files for the printer."""

from __future__ import annotations

import csv
import secrets
from pathlib import Path
from typing import Annotated, Any

import typer

from evenhand.cli.common import DataOption, JsonOption, progress_bars, say, say_json
from evenhand.core.errors import UsageError
from evenhand.formats import code
from evenhand.wiring import open_store, read_clock

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _cards() -> None:
    """Cards and coupons. Printing them as sheets comes later; the files written here are what a printer needs.

    Example: evenhand card issue 2008-03 2008-04 --out paper
    """


@app.command()
def issue(
    periods: Annotated[list[str], typer.Argument(metavar="PERIOD…", help="Every month the coupons are for.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="A new folder for slips.csv and coupons.csv.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Issue a card to every household that has none.

    Two files leave with the paper and are kept nowhere else: slips.csv (the household's own secret code) and coupons.csv
    (one code a month). Print them, hand them out, then destroy the files.

    Example: evenhand card issue 2008-03 2008-04 2008-05 --out paper
    """
    from evenhand.actions.cards import issue_cards

    if out.exists():
        raise UsageError(f"{out} exists", "name a new folder: these files must not be mixed with others")
    with open_store(data, read_clock) as store, progress_bars(not json) as progress:
        out.mkdir(parents=True, mode=0o700)
        try:
            paper = issue_cards(store, periods, lambda names: [secrets.token_bytes(16) for _ in names], progress)
        except BaseException:
            out.rmdir()
            raise
        write_paper(out, paper.slips.to_pylist(), paper.coupons.to_pylist())
    if json:
        say_json({"cards": len(paper.slips), "coupons": len(paper.coupons), "folder": str(out)})
    else:
        say(f"issued {len(paper.slips)} cards; slips.csv and coupons.csv are in {out}. Print, hand out, destroy.")
        say(f"Next: evenhand cycle draft {periods[0]} --as NAME")


def write_paper(out: Path, slips: list[dict[str, Any]], coupons: list[dict[str, Any]]) -> None:
    """Write slips.csv (household, card, code) and coupons.csv (household, period, code), readable by their owner alone."""
    files: dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]] = {
        "slips.csv": (
            ("household", "card", "code"), [(s["household"], s["card"], code.encode(s["secret"])) for s in slips],
        ),
        "coupons.csv": (
            ("household", "period", "code"), [(c["household"], c["period"], code.encode(c["r"])) for c in coupons],
        ),
    }  # fmt: skip
    for name, (header, rows) in files.items():
        path = out / name
        path.touch(mode=0o600)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
