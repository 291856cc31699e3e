"""QR codes: their modules from zxing-cpp, drawn as one SVG path, black on white whatever the page's colours."""

from __future__ import annotations

from collections.abc import Sequence

from evenhand.core.errors import UsageError
from evenhand.render.html import Html, el, number

Matrix = Sequence[Sequence[bool]]
QUIET = 4
"""White modules around a QR, as its standard asks."""


def qr(text: str) -> Matrix:
    """The modules of a QR, True for dark. UsageError where zxing-cpp is not installed."""
    try:
        import zxingcpp
    except ImportError as error:
        raise UsageError("zxing-cpp, which draws the QR, is not installed", "pip install 'evenhand[paper]'") from error
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=1, add_quiet_zones=False)
    rows, columns = drawn.shape
    view = memoryview(drawn)
    return [[view[y, x] == 0 for x in range(columns)] for y in range(rows)]


def drawing(matrix: Matrix, title: str) -> Html:
    """A QR with its quiet zone. It says its own colours, so that it stands in a page and in a PDF."""
    size = len(matrix) + 2 * QUIET
    shape = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    )
    return el(
        "svg", el("title", title), el("path", cls="white", fill="#ffffff", d=f"M0 0h{number(size)}v{number(size)}H0z"),
        el("path", cls="black", fill="#000000", d=shape), xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(size)} {number(size)}", role="img",
    )  # fmt: skip
