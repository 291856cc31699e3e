"""`evenhand card issue`: cards and coupons as files for the printer."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evenhand.cli.card_move import move, moves
from evenhand.cli.common import AsOption, DataOption, JsonOption, passphrase, progress_bars, say, say_json
from evenhand.core.errors import UsageError
from evenhand.formats import code
from evenhand.store import Store
from evenhand.wiring import open_store, read_clock

if TYPE_CHECKING:
    from evenhand.actions.card_paper import Printed
    from evenhand.actions.reissue import People
    from evenhand.render.sheets import Run

PaperOption = Annotated[str, typer.Option("--paper", metavar="PAPER", help="a4, letter; 80mm or 58mm thermal roll.")]
LanguageOption = Annotated[str, typer.Option("--language", metavar="LANG", help="en, fr, ar or hi.")]
SecondOption = Annotated[
    str, typer.Option("--second", metavar="NAME", help="Who confirms it: another person.", show_default=False)
]
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


@app.command()
def reissue(
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, such as: lost. It is kept with the card.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="A new folder for the sheets.")],
    who: AsOption,
    household: Annotated[str, typer.Option("--household", metavar="ID", help="Whose card.", show_default=False)] = "",
    card: Annotated[str, typer.Option("--card", metavar="NUMBER", help="Or its number.", show_default=False)] = "",
    second: SecondOption = "",
    period: Annotated[
        list[str] | None,
        typer.Option(
            "--period", metavar="PERIOD", help="A month to print; again for more. Left out: those printed before."
        ),
    ] = None,
    paper: PaperOption = "a4",
    language: LanguageOption = "en",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Replace a lost card, coupon sheet or slip of one household.

    The number stays; secret and coupons are new. They count from the first month whose cycle is not frozen yet, and the lost
    ones no longer do. Until then the household is served by its card number, as one who comes without a coupon.

    The passphrase of --as comes from EVENHAND_PASSPHRASE, that of --second from EVENHAND_SECOND_PASSPHRASE, else they are
    asked for.

    Example: evenhand card reissue --household H17 --reason "lost at the market" --as ana --second boris --out paper-H17
    """
    from evenhand.actions.reissue import household_of
    from evenhand.actions.reissue import reissue as act

    people = _people(who, second)
    with open_store(data, read_clock) as store:
        whose = household_of(store, household, card)
        done = act(store, whose, reason, people, period or [], _draw, out, _run(store, paper, language))
    if json:
        say_json({"household": done.household, "card": done.number, "epoch": done.epoch, "periods": [*done.periods],
                  "folder": str(out), "files": [*map(str, done.printed.files)]})  # fmt: skip
        return
    say(f"card {done.number}, issue {done.epoch}: new coupons for {', '.join(done.periods)} in {out}.")
    say(f"From {done.periods[0]} on the old coupons are on no roll. Keep the old slip for the months before.")
    _warn(done.printed)


@app.command()
def renew(
    periods: Annotated[list[str], typer.Argument(metavar="PERIOD…", help="Every month the new coupons are for.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="A new folder for the sheets.")],
    who: AsOption,
    second: SecondOption = "",
    paper: PaperOption = "a4",
    language: LanguageOption = "en",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Print coupons for months to come, for every household whose card has none for them.

    Coupons come from a secret that only the household has, on its slip. So new coupons mean a new secret: new sheets and new
    slips for everybody; card numbers stay. From the first of these months on the older coupons no longer count.

    Example: evenhand card renew 2008-06 2008-07 2008-08 --as ana --out paper-summer
    """
    from evenhand.actions.reissue import renew as act

    people = _people(who, second)
    with open_store(data, read_clock) as store, progress_bars(not json) as progress:
        done = act(store, periods, people, _draw, out, _run(store, paper, language), progress)
    _say_printed(done, out, json)


@app.command()
def show(
    card: Annotated[str, typer.Argument(metavar="CARD", help="A card's number, or what its QR holds (CARD:…).")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Whose card this is, whether this piece of paper still counts, and who had it replaced for what reason.

    Example: evenhand card show "0000 0412 17"
    """
    from evenhand.actions.card_found import find_card

    with open_store(data, read_clock) as store:
        found = find_card(store, card)
    if json:
        issues = [vars(issue) for issue in found.issues]
        say_json({"card": found.number, "household": found.household, "point": found.point, "epoch": found.epoch,
                  "replaced": found.replaced, "issues": issues})  # fmt: skip
        return
    newest = found.issues[-1]
    say(f"card {found.number}: household {found.household}, point {found.point}")
    if found.epoch is not None:
        say(
            f"this is issue {found.epoch}"
            + (f", replaced by issue {newest.epoch}" if found.replaced else ": it counts")
        )
    for issue in found.issues:
        by = f", by {issue.person}" + (f" and {issue.second}" if issue.second else "") if issue.person else ""
        say(f"issue {issue.epoch} from {issue.since}{by}{': ' + issue.reason if issue.reason else ''}")


app.command()(move)
app.command()(moves)


def _people(who: str, second: str) -> People:
    from evenhand.actions.reissue import People

    first = passphrase(f"{who}'s key")
    return People(who, first, second, passphrase(f"{second}'s key", "EVENHAND_SECOND_PASSPHRASE") if second else "")


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
    _warn(done)
    say("Print, hand out, destroy the files. Pack slips/ apart from coupons/: whoever has both could collect and read.")


def _warn(done: Printed) -> None:
    if done.unprintable:
        say(f"No font has these characters; they are empty boxes on the sheets: {' '.join(done.unprintable)}")


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
