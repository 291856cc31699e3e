"""QR codes: their modules from zxing-cpp, as bytes, as one SVG path, as blocks for a terminal; black on white everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import isqrt

import zxingcpp

from evenhand.render.html import Html, el

Matrix = Sequence[Sequence[bool]]
QUIET = 4
"""White modules around a QR, as its standard asks."""


def pixels(text: str) -> bytes:
    """The modules of a QR row by row, a byte each, 0 for dark and 255 for light. It is the smallest square that holds
    `text`, with the most correction that fits it: of a coupon's code a quarter may be lost and it still reads."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=1, add_quiet_zones=False)
    return memoryview(drawn).tobytes()


def qr(text: str) -> Matrix:
    """The modules of a QR, True for dark, without its quiet zone."""
    drawn = pixels(text)
    side = isqrt(len(drawn))
    return [[module == 0 for module in drawn[at : at + side]] for at in range(0, len(drawn), side)]


def drawing(matrix: Matrix, title: str) -> Html:
    """A QR with its quiet zone. It says its own colours, so that it stands in a page and in a PDF."""
    size = len(matrix) + 2 * QUIET
    # A stroke a run of dark modules: a third of the commands that squares would need, and a PDF has thousands of codes.
    shape = "".join(
        f"M{at + QUIET} {y + QUIET}.5h{length}" for y, row in enumerate(matrix) for at, length in _runs(row)
    )
    return el(
        "svg", el("title", title), el("path", cls="white", fill="#ffffff", d=f"M0 0h{size}v{size}H0z"),
        el("path", cls="black", stroke="#000000", d=shape), xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {size} {size}", role="img",
    )  # fmt: skip


def _runs(row: Sequence[bool]) -> list[tuple[int, int]]:
    """(first, how many) of each run of dark modules."""
    found, at = [], 0
    for dark, group in groupby(row):
        length = sum(1 for _ in group)
        if dark:
            found.append((at, length))
        at += length
    return found


def terminal(text: str) -> str:
    """The QR as half blocks, two modules a character, dark on light whatever the terminal's colours."""
    matrix = qr(text)
    width = len(matrix) + 4
    blank = [False] * width
    rows = [blank, blank, *([False, False, *row, False, False] for row in matrix), blank, blank]
    if len(rows) % 2:
        rows.append(blank)
    # Light modules are drawn, dark ones left out, so white ink on a dark ground reads; colours are set to be sure.
    signs = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    lines = (
        "".join(signs[a, b] for a, b in zip(up, down, strict=True))
        for up, down in zip(rows[::2], rows[1::2], strict=True)
    )
    return "\n".join(f"\x1b[97;40m{line}\x1b[0m" for line in lines)
