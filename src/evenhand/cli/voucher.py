"""`evenhand voucher merchant|issue|redeem|settle`."""

from __future__ import annotations

import csv
import os
import secrets
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from evenhand.cli.common import AsOption, DataOption, JsonOption, passphrase, progress_bars, say, say_json
from evenhand.cli.files import read_bytes, read_csv
from evenhand.core.errors import UsageError
from evenhand.wiring import open_store, read_clock

if TYPE_CHECKING:
    from evenhand.actions.vouchers import Leaf
    from evenhand.render.vouchers import Paper

FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def about() -> None:
    """Vouchers and points books: papers worth goods, money or points at merchants.

    Example: evenhand voucher settle cash-march --out march-payments --as boris
    """


@app.command()
def merchant(
    device: Annotated[str, typer.Argument(metavar="DEVICE", help="The name of the merchant's device.")],
    merchant: Annotated[str, typer.Option("--merchant", metavar="ID", help="The merchant it signs for.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Enrol a merchant's device: make its key and certify it for this merchant. A merchant has one device.

    The root key's passphrase comes from EVENHAND_ROOT_PASSPHRASE, else it is asked for.

    Example: evenhand voucher merchant till-4 --merchant cedar-shop
    """
    from evenhand.actions.vouchers import enrol_merchant

    root = passphrase("the root key", "EVENHAND_ROOT_PASSPHRASE")
    with open_store(data, read_clock) as store:
        certificate = enrol_merchant(store, device, merchant, root)
    if json:
        say_json({"device": device, "merchant": merchant, "certificate": certificate})
    else:
        say(f"device {device} is enrolled for merchant {merchant}; certificate {certificate}")


@app.command()
def issue(
    series: Annotated[str, typer.Option("--series", metavar="ID", help="A name for these vouchers.")],
    benefit: Annotated[
        str, typer.Option("--benefit", metavar="ID", help="What they are worth: rice, money, clothing.")
    ],
    worth: Annotated[
        int, typer.Option("--worth", metavar="STEPS", help="Steps of it each is worth: cents, points, bags.")
    ],
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="First day on which they are valid.")],
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where vouchers.csv goes.")],
    person: AsOption,
    second: Annotated[
        str, typer.Option("--second", metavar="NAME", help="Who confirms it: an approver, another person.")
    ],
    count: Annotated[int, typer.Option("--count", metavar="N", help="So many bearer vouchers.")] = 0,
    cards: Annotated[
        Path | None,
        typer.Option("--cards", metavar="FILE", help="CSV with the column card: one voucher each, in its name."),
    ] = None,
    parts: Annotated[bool, typer.Option("--parts", help="They may be spent in parts, as points are.")] = False,
    only: Annotated[
        str, typer.Option("--merchant", metavar="ID", help="Only this merchant takes them, offline too.")
    ] = "",
    cents: Annotated[int, typer.Option("--cents", metavar="N", help="What a merchant is paid a step; 0: nothing.")] = 0,
    pdf: Annotated[bool, typer.Option("--pdf", help="Print them: vouchers.pdf, ten on a sheet, besides.")] = False,
    says: Annotated[
        str, typer.Option("--says", metavar="TEXT", help="The worth as the paper says it, such as 50 francs.")
    ] = "",
    language: Annotated[str, typer.Option("--language", help="Language of the paper: en, fr, ar or hi.")] = "en",
    book: Annotated[int, typer.Option("--book", metavar="N", help="Leaves of a book; 0: loose.")] = 0,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Issue a series of vouchers, signed by a preparer and confirmed by an approver.

    vouchers.csv is what the printer needs and is kept nowhere else: print it, hand the vouchers out, destroy it. Each row
    has a code (28 letters; whoever holds it holds the voucher) and what its QR says: the code, and for a series that one
    merchant serves without a network the voucher as signed.

    The passphrase of --as comes from EVENHAND_PASSPHRASE, that of --second from EVENHAND_SECOND_PASSPHRASE, else they are
    asked for.

    With --merchant one shop holds the series and serves it without a network: it alone can know what is spent. Without, any
    merchant takes them, and has to ask the server each time. What two merchants took in spite of that is shared between them
    in the settlement: a voucher is never paid twice.

    Example: evenhand voucher issue --series clothes --benefit clothing --worth 66 --parts --count 200
    --from 2026-06-01 --to 2027-01-31 --out paper --as amina --second boris
    """
    from evenhand.actions.reissue import People
    from evenhand.actions.vouchers import MOST, issue_vouchers
    from evenhand.flow.voucher import Series
    from evenhand.render.vouchers import Printing, vouchers_pdf

    named = [row["card"].replace(" ", "") for row in read_csv(cards, ("card",))] if cards is not None else []
    if bool(named) == bool(count):
        raise UsageError("say how many vouchers, or whose", "give either --count N or --cards FILE with at least a row")
    if not 1 <= (count or len(named)) <= MOST:
        raise UsageError(f"{count or len(named)} vouchers cannot be issued at once", f"issue 1 to {MOST}")
    terms = Series(series, benefit, worth, _day(first), _day(last), parts, only)
    path = out / "vouchers.csv"
    for there in (path, out / "vouchers.pdf"):
        if there.exists():
            raise UsageError(f"{there} is there already", "name a new folder: nothing is written over")
    drawn = [secrets.token_bytes(16) for _ in range(count or len(named))]
    own, other = passphrase(person), passphrase(second, "EVENHAND_SECOND_PASSPHRASE")
    with open_store(data, read_clock) as store:
        run = Printing(store.programme.id, says, language, store.programme.demo)

        def keep(leaves: list[Leaf]) -> None:
            papers = [(leaf.number, leaf.voucher, leaf.code, leaf.signed) for leaf in leaves]
            out.mkdir(parents=True, exist_ok=True)
            with open(os.open(path, FRESH, 0o600), "w", newline="", encoding="utf-8") as file:
                _write(file, papers)
            if pdf:
                sheets = vouchers_pdf(papers, run)
                with open(os.open(out / "vouchers.pdf", FRESH, 0o600), "wb") as sheet:
                    sheet.write(sheets)

        made = issue_vouchers(store, terms, cents, drawn, named, book, People(person, own, second, other), keep)
    if json:
        say_json({"series": series, "vouchers": len(made), "steps": worth * len(made), "file": str(path)})
    else:
        say(f"{len(made)} vouchers of {worth} {benefit} each: {path}. It is kept nowhere else.")


@app.command()
def check(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What the QR of the voucher says.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Read a voucher by its signature alone: what it is worth, where, until when.

    It does not say whether the voucher is spent: the merchant that serves the series knows, and the server.

    Example: evenhand voucher check "$(cat scanned.txt)"
    """
    from evenhand.actions.vouchers import check_voucher

    with open_store(data, read_clock) as store:
        voucher = check_voucher(store, text)
    s = voucher.series
    told = {"series": s.id, "benefit": s.benefit, "worth": s.worth, "from": str(s.first), "to": str(s.last),
            "parts": s.parts, "merchant": s.merchant, "card": voucher.card}  # fmt: skip
    if json:
        say_json(told)
    else:
        say(", ".join(f"{name} {value}" for name, value in told.items() if value not in ("", None)))


@app.command()
def redeem(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A merchant's receipts (.cbor), or a CSV (see below).")],
    series: Annotated[str, typer.Option("--series", metavar="ID", help="The series they are of.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Take in what merchants took vouchers for. In any order, as often as it is sent: each receipt counts once.

    A .cbor file is a sequence of receipts signed by a merchant's device. A .csv has the columns merchant, voucher (its
    code), steps and, for vouchers that bear a card number, card: this server is asked, decides, and signs with the
    merchant's key.

    Example: evenhand voucher redeem cedar-monday.cbor --series cash-march
    """
    from evenhand.actions.vouchers import serve, take_receipts
    from evenhand.flow.redemption import split

    with open_store(data, read_clock) as store, progress_bars(not json) as progress:
        if file.suffix == ".csv":
            done = serve(
                store, series, read_csv(file, ("merchant", "voucher", "steps"), ("card",)), str(file), progress
            )
        else:
            done = take_receipts(store, series, split(read_bytes(file)))
    if json:
        refused = [{"item": item, "reason": reason} for item, reason in done.refused]
        say_json({"new": done.new, "known": done.known, "refused": refused, "missing": done.missing})
        return
    say(f"{done.new} new receipts, {done.known} known already, {len(done.refused)} refused")
    for item, reason in done.refused[:20]:
        say(f"  item {item}: {reason}")
    for device, low, high in done.missing:
        say(f"  {device}: receipts {low} to {high} have not come; have it send them")


@app.command()
def settle(
    series: Annotated[str, typer.Argument(metavar="SERIES", help="The series to settle.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the statement and the payment file go.")],
    person: AsOption,
    pay: Annotated[bool, typer.Option("--pay", help="Keep the payments as made; else they are only shown.")] = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Settle with merchants: statement.csv, payments.csv, and contested.csv with everything paid less than was claimed.

    A voucher is paid at most its worth. Run it as often as you like: with --pay only what is new is paid, and what a
    merchant owes back (others took the same vouchers, and their receipts came later) stands as a negative amount.

    Example: evenhand voucher settle cash-march --out march-payments --as boris
    """
    from evenhand.actions.voucher_payment import settle_series

    with open_store(data, read_clock) as store:
        done = settle_series(store, series, out, pay, person)
    settled = done.settled
    figures = {
        "issued_steps": settled.spent[series] + settled.open[series] + settled.expired[series],
        "spent_steps": settled.spent[series],
        "open_steps": settled.open[series],
        "expired_steps": settled.expired[series],
        "contested": sum(bool(line.reason) for line in settled.lines),
        "payments": len(done.payments),
        "cents": sum(payment.cents for payment in done.payments),
    }
    if json:
        say_json({"series": series, "kept": pay, **figures, "files": [str(path) for path in done.files]})
        return
    say(
        f"issued {figures['issued_steps']:,} = spent {figures['spent_steps']:,} + open {figures['open_steps']:,}"
        f" + expired {figures['expired_steps']:,} steps; {figures['contested']} vouchers contested at a merchant"
    )
    made = "kept as made" if pay else "not kept: --pay does that"
    say(f"{figures['payments']} payments, {made}: {', '.join(str(path) for path in done.files)}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f'"{text}" is not a day', "write it as 2008-03-31") from None


def _write(file: TextIO, papers: Sequence[Paper]) -> None:
    from evenhand.render.vouchers import scanned

    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("number", "leaf", "leaves", "card", "code", "scan"))
    for number, v, letters, signed in papers:
        writer.writerow((number, v.leaf, v.leaves, v.card, letters, scanned(v, letters, signed)))
