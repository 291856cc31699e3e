"""`evenhand card issue`: cards and coupons as files for the printer."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evenhand.cli.common import DataOption, JsonOption, progress_bars, say, say_json
from evenhand.core.errors import UsageError
from evenhand.formats import code
from evenhand.store import Store
from evenhand.wiring import open_store, read_clock

if TYPE_CHECKING:
    from evenhand.actions.card_paper import Printed
    from evenhand.render.sheets import Run

PaperOption = Annotated[str, typer.Option("--paper", metavar="PAPER", help="a4, letter; 80mm or 58mm thermal roll.")]
LanguageOption = Annotated[str, typer.Option("--language", metavar="LANG", help="en, fr, ar or hi.")]
app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _cards() -> None:
    """Cards, coupons and check slips: issued, printed, replaced.

    Example: evenhand card issue 2008-03 2008-04 --out paper --pdf
    """


@app.command()
def issue(
    periods: Annotated[list[str], typer.Argument(metavar="PERIOD…", help="Every month the coupons are for.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="A new folder for the papers.")],
    pdf: Annotated[bool, typer.Option("--pdf", help="Write sheets to print, instead of lists of codes.")] = False,
    paper: PaperOption = "a4",
    language: LanguageOption = "en",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Issue a card to every household that has none.

    With --pdf: sheets of each point in three folders, cards/, coupons/ and slips/ (pack the slips apart: they are the
    households' own secrets). Interrupted, the same command goes on where it stopped. Without: slips.csv and coupons.csv
    for a printer of your own. Either way these files are kept nowhere else: print them, hand them out, destroy them.

    Example: evenhand card issue 2008-03 2008-04 2008-05 --out paper --pdf
    """
    from evenhand.actions.cards import issue_cards

    if pdf:
        from evenhand.actions.card_paper import print_cards

        with open_store(data, read_clock) as store, progress_bars(not json) as progress:
            done = print_cards(store, periods, _draw, out, _run(store, paper, language), progress)
        _say_printed(done, out, json)
        if not json:
            say(f"Next: evenhand cycle draft {periods[0]} --as NAME")
        return
    if out.exists():
        raise UsageError(f"{out} exists", "name a new folder: these files must not be mixed with others")
    with open_store(data, read_clock) as store, progress_bars(not json) as progress:
        out.mkdir(parents=True, mode=0o700)
        try:
            made = issue_cards(store, periods, _draw, progress)
        except BaseException:
            out.rmdir()
            raise
        write_paper(out, made.slips.to_pylist(), made.coupons.to_pylist())
    if json:
        say_json({"cards": len(made.slips), "coupons": len(made.coupons), "folder": str(out)})
    else:
        say(f"issued {len(made.slips)} cards; slips.csv and coupons.csv are in {out}. Print, hand out, destroy.")
        say(f"Next: evenhand cycle draft {periods[0]} --as NAME")


def _draw(households: Sequence[str]) -> list[bytes]:
    return [secrets.token_bytes(16) for _ in households]


def _run(store: Store, paper: str, language: str) -> Run:
    from evenhand.render.sheets import Run

    return Run(store.programme.id, paper, language, store.programme.demo)


def _say_printed(done: Printed, out: Path, json: bool) -> None:
    if json:
        say_json({"cards": done.cards, "coupons": done.coupons, "folder": str(out), "files": [*map(str, done.files)],
                  "unprintable": done.unprintable})  # fmt: skip
        return
    say(f"printed {done.cards} cards and {done.coupons} coupons: {len(done.files)} files in {out}.")
    if done.unprintable:
        say(f"No font has these characters; they are empty boxes on the sheets: {' '.join(done.unprintable)}")
    say("Print, hand out, destroy the files. Pack slips/ apart from coupons/: whoever has both could collect and read.")


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
