"""Vouchers and points books on paper: ten on a sheet, each with its worth in large letters, its days, and its code."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import isqrt
from typing import Any

from evenhand.flow.voucher import Voucher
from evenhand.render.catalogue import Catalogue
from evenhand.render.codes import QUIET, pixels
from evenhand.render.paper import pdf
from evenhand.render.voucher_words import TEXT

PAGE, CELL, COLUMNS, ROWS = (1678, 2373), (800, 452), 2, 5
QR_DOTS = 380
"""A QR with its border is at most so many dots wide; its module is a whole number of them, 9 at most."""


@dataclass(frozen=True)
class Printing:
    """One printing: whose programme, in which language; `says` is the worth in words (empty: steps and benefit)."""

    programme: str
    says: str = ""
    language: str = "en"
    demo: bool = False


Paper = tuple[int, Voucher, str, bytes]
"""Number, voucher, the code of its r, and its signed bytes."""


def scanned(voucher: Voucher, code: str, signed: bytes) -> str:
    """What the QR of a voucher holds: its code; where one merchant serves the series without a network, the voucher as
    signed behind it, in capitals and digits alone."""
    letters = code.replace("-", "")
    return f"{letters}.{b32encode(signed).decode().rstrip('=')}" if voucher.series.merchant else letters


def vouchers(papers: Sequence[Paper], run: Printing) -> dict[str, Any]:
    """What the Typst document shows."""
    said, words = Catalogue(run.language), TEXT[run.language]
    each = COLUMNS * ROWS
    pages = [[_piece(paper, run, said) for paper in papers[at : at + each]] for at in range(0, len(papers), each)]
    foot = words["foot"].replace("{programme}", said.alone(run.programme))
    return {
        "words": words, "language": run.language, "rtl": said.rtl, "draft": said.drafted, "demo": run.demo,
        "programme": run.programme, "page": PAGE, "cell": CELL, "columns": COLUMNS, "quiet": QUIET,
        "at": [(PAGE[0] - COLUMNS * CELL[0]) // 2, (PAGE[1] - ROWS * CELL[1]) // 2], "pages": pages,
        "foot": [foot.replace("{n}", str(n + 1)).replace("{all}", str(len(pages))) for n in range(len(pages))],
    }  # fmt: skip


def vouchers_pdf(papers: Sequence[Paper], run: Printing) -> bytes:
    """The sheets as PDF. UsageError where Typst or its fonts are not installed, or for a language without a catalogue."""
    return pdf(source(), vouchers(papers, run))


def source() -> str:
    """The Typst document."""
    return files("evenhand.render").joinpath("assets", "vouchers.typ").read_text("utf-8")


def _piece(paper: Paper, run: Printing, said: Catalogue) -> dict[str, Any]:
    number, voucher, code, signed = paper
    series, words = voucher.series, TEXT[run.language]

    def say(key: str, **values: object) -> str:
        return words[key].format(**{name: said.alone(str(value)) for name, value in values.items()})

    drawn = pixels(scanned(voucher, code, signed))
    side = isqrt(len(drawn))
    lines = [words["parts" if series.parts else "whole"]]
    lines.append(say("only", merchant=series.merchant) if series.merchant else words["any"])
    if voucher.card:
        lines.append(say("card", card=f"{voucher.card[:4]}\u00a0{voucher.card[4:8]}\u00a0{voucher.card[8:]}"))
    told = say("number", series=series.id, number=number)
    if voucher.leaves:
        told = f"{told} · {say('leaf', leaf=voucher.leaf, leaves=voucher.leaves)}"
    return {
        "qr": list(drawn), "side": side, "module": min(9, QR_DOTS // (side + 2 * QUIET)), "code": code,
        "lines": lines, "number": told, "worth": said.alone(run.says or f"{series.worth}\u00a0{series.benefit}"),
        "valid": say("valid", first=series.first.isoformat(), last=series.last.isoformat()),
    }  # fmt: skip
