"""Sheets of cards, coupons and check slips: several on a page with cut marks, or one after another on a thermal roll.

Everything is measured in dots of 203 to the inch, the coarsest printer in use: a QR's module is a whole number of them, it
stands on a whole dot, and four light modules surround it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import isqrt
from typing import Any, Literal

from evenhand.core.errors import UsageError
from evenhand.core.period import month
from evenhand.formats import code
from evenhand.render.card_words import TEXT
from evenhand.render.catalogue import Catalogue
from evenhand.render.codes import QUIET, pixels
from evenhand.render.paper import pdf

Kind = Literal["cards", "coupons", "slips"]
KINDS: tuple[Kind, ...] = ("cards", "coupons", "slips")
PAGES_A_FILE = 300
"""So many pages are compiled at once: more gain nothing and need more memory."""


@dataclass(frozen=True)
class Stock:
    """What is printed on, in dots. `height` 0: a roll, one piece after another."""

    width: int
    height: int

    @property
    def roll(self) -> bool:
        """Whether it is the paper roll of a thermal printer."""
        return not self.height


STOCKS = {"a4": Stock(1678, 2373), "letter": Stock(1725, 2233), "80mm": Stock(576, 0), "58mm": Stock(384, 0)}
"""Papers by name. Thermal printers print 72 of 80 mm and 48 of 58 mm."""

CELLS: dict[Kind, tuple[int, int]] = {"cards": (684, 432), "slips": (684, 432), "coupons": (760, 304)}
"""Width and height of a piece: a card is as large as a bank card, 85.6 x 54 mm."""

COLUMNS = 2
MODULE: dict[Kind, int] = {"cards": 6, "slips": 6, "coupons": 7}
"""Dots a module of the QR: 0.75 and 0.88 mm."""


@dataclass(frozen=True)
class Holder:
    """A household's papers as they go to the printer. `since`: the period its cards of this epoch count from; `coupons`:
    (period, r). Kept nowhere."""

    number: str
    name: str
    point: str
    epoch: int
    since: str
    secret: bytes
    id: bytes
    coupons: tuple[tuple[str, bytes], ...]
    proxies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """One printing: whose programme, on what paper, in which language. `demo` marks every piece as not valid."""

    programme: str
    stock: str
    language: str = "en"
    demo: bool = False

    def __post_init__(self) -> None:
        Catalogue(self.language)
        if self.stock not in STOCKS:
            raise UsageError(f'there is no paper "{self.stock}"', f"use one of {', '.join(STOCKS)}")


def shown_number(number: str) -> str:
    """A card number as people read it: `0000 0412 17`."""
    return f"{number[:4]}\u00a0{number[4:8]}\u00a0{number[8:]}"


def sheets(kind: Kind, holders: Sequence[Holder], run: Run) -> dict[str, Any]:
    """What the Typst document of `kind` shows: every piece in its place on every page, words as they stand on paper."""
    pieces = [_pieces(kind, holder, run) for holder in holders]
    stock, (width, height) = STOCKS[run.stock], CELLS[kind]
    said, words = Catalogue(run.language), TEXT[run.language]
    if stock.roll:
        pages = [[piece] for block in pieces for piece in block]
        rows = 1
    else:
        rows = stock.height // height
        pages = _paginate(kind, pieces, rows)
    return {
        "kind": kind, "words": words, "language": run.language, "rtl": said.rtl, "draft": said.drafted, "demo": run.demo,
        "roll": stock.roll, "page": [stock.width, stock.height], "cell": [width, height], "module": MODULE[kind],
        "quiet": QUIET, "columns": COLUMNS, "rows": rows, "title": words[kind[:-1]],
        "at": [(stock.width - COLUMNS * width) // 2, (stock.height - rows * height) // 2], "programme": run.programme,
        "pages": pages, "foot": _foot(kind, holders, run, len(pages)),
    }  # fmt: skip


def sheets_pdf(kind: Kind, holders: Sequence[Holder], run: Run) -> bytes:
    """The sheets as PDF. The same holders give the same bytes."""
    return pdf(source(), sheets(kind, holders, run))


def source() -> str:
    """The Typst document of all three kinds."""
    return files("evenhand.render").joinpath("assets", "sheets.typ").read_text("utf-8")


def parts(kind: Kind, holders: Sequence[Holder], run: Run) -> list[Sequence[Holder]]:
    """The holders in runs of about PAGES_A_FILE pages, each to become a file of its own."""
    if not holders:
        return []
    each = sheets(kind, holders[:1], run)
    pages = len(each["pages"])
    per_page = _a_page(kind, holders[0], each["rows"], STOCKS[run.stock].roll)
    step = max(1, PAGES_A_FILE * per_page // pages)
    return [holders[at : at + step] for at in range(0, len(holders), step)]


def _a_page(kind: Kind, holder: Holder, rows: int, roll: bool) -> int:
    """How many households stand on a page."""
    if roll:
        return 1
    if kind != "coupons":
        return rows * COLUMNS
    return max(1, rows // -(-(len(holder.coupons) + 1) // COLUMNS))


def _foot(kind: Kind, holders: Sequence[Holder], run: Run, pages: int) -> list[str]:
    words, said = TEXT[run.language], Catalogue(run.language)
    point = holders[0].point if len({holder.point for holder in holders}) == 1 else ""
    shown = {"kind": words[kind[:-1]], "programme": run.programme, "point": point}
    values = {name: said.alone(text) for name, text in shown.items()}
    return [words["foot"].format(**values, n=n, all=pages).replace(" ·  · ", " · ") for n in range(1, pages + 1)]


def _pieces(kind: Kind, holder: Holder, run: Run) -> list[dict[str, Any]]:
    words, said = TEXT[run.language], Catalogue(run.language)
    months = said.text["months"].split("|")
    piece: dict[str, Any] = {
        "number": shown_number(holder.number), "name": said.alone(holder.name), "point": said.alone(holder.point),
        "issue": words["issue"].format(n=holder.epoch, when=_when(holder.since, months, said)) if holder.epoch > 1 else "",
    }  # fmt: skip
    if kind == "cards":
        return [piece | _code(f"CARD:{_letters(holder.id)}")]
    if kind == "slips":
        named = words["proxies"].format(names=said.listed(list(holder.proxies))) if holder.proxies else ""
        how = words["slip.how"].format(command=said.alone("evenhand-verify card CODE FOLDER"))
        return [
            piece | _code(_letters(holder.secret)) | {"code": code.encode(holder.secret), "proxies": named, "how": how}
        ]
    tickets = [
        piece | _code(_letters(r)) | {"code": code.encode(r), "period": period, "when": _when(period, months, said)}
        for period, r in holder.coupons
    ]
    return [piece | {"head": True}, *tickets]


def _when(period: str, months: Sequence[str], said: Catalogue) -> str:
    first = month(period).first
    return said.say("period.month", month=months[first.month - 1], year=str(first.year))


def _letters(data: bytes) -> str:
    """A code as its QR holds it: capitals and digits only, so that it needs the fewest modules."""
    return code.encode(data).replace("-", "")


def _code(text: str) -> dict[str, Any]:
    drawn = pixels(text)
    return {"qr": list(drawn), "side": isqrt(len(drawn))}


def _paginate(kind: Kind, blocks: Sequence[list[dict[str, Any]]], rows: int) -> list[list[dict[str, Any]]]:
    """Pages of pieces with their column and row. A household's coupons begin a row and stay on one page where they can;
    `above` says what its upper edge is: a cut between households, a line to tear within one."""
    pages: list[list[dict[str, Any]]] = [[]]
    row = 0
    if kind != "coupons":
        flat = [piece for block in blocks for piece in block]
        for at, piece in enumerate(flat):
            place = at % (rows * COLUMNS)
            if at and not place:
                pages.append([])
            pages[-1].append(piece | {"column": place % COLUMNS, "row": place // COLUMNS, "above": "", "beside": ""})
        return pages
    for block in blocks:
        needed = -(-len(block) // COLUMNS)
        if row and row + min(needed, rows) > rows:
            pages.append([])
            row = 0
        for at, piece in enumerate(block):
            if at and not at % COLUMNS:
                row += 1
                if row == rows:
                    pages.append([])
                    row = 0
            above = ("cut" if at < COLUMNS else "tear") if row else ""
            beside = "tear" if at % COLUMNS else ""
            pages[-1].append(piece | {"column": at % COLUMNS, "row": row, "above": above, "beside": beside})
        row += 1
    return pages
