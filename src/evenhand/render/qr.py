"""QR codes: as modules, as SVG for a page, as blocks for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

import zxingcpp

from evenhand.render.html import Html, el

Matrix = Sequence[Sequence[bool]]
QUIET = 4
"""White modules around a QR, as its standard asks."""


def modules(text: str) -> Matrix:
    """The modules of the QR of `text`, True for dark, without its quiet zone."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=1, add_quiet_zones=False)
    rows, columns = drawn.shape
    view = memoryview(drawn)
    return [[view[y, x] == 0 for x in range(columns)] for y in range(rows)]


def svg(text: str, title: str) -> Html:
    """The QR as an SVG that prints sharp at any size; black on white in dark pages too, or no camera reads it."""
    matrix = modules(text)
    size = len(matrix) + 2 * QUIET
    runs = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    )
    return el(
        "svg", el("title", title), el("path", d=f"M0 0h{size}v{size}H0z", fill="#fff"), el("path", d=runs, fill="#000"),
        viewBox=f"0 0 {size} {size}", role="img", cls="qr",
    )  # fmt: skip


def terminal(text: str) -> str:
    """The QR as half blocks, two modules a character, dark on light whatever the terminal's colours."""
    matrix = modules(text)
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
