"""Waybills on paper: a sheet each, with what is on the lorry, a QR of its number, and room for hands to sign."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evenhand.core.benefit import Benefit
from evenhand.render.grid import Col, table
from evenhand.render.html import Child, Html, el, join, number
from evenhand.render.page import document, masthead

Matrix = Sequence[Sequence[bool]]
QUIET = 4
"""White modules around a QR, as its standard asks."""


@dataclass(frozen=True)
class Line:
    """What one waybill carries of one benefit, in hand-out steps."""

    benefit: Benefit
    steps: int


@dataclass(frozen=True)
class Waybill:
    """A waybill as it was committed. `source` and `target` are names of nodes with their ids."""

    number: str
    lane: str
    source: str
    target: str
    lines: tuple[Line, ...]


def exact(benefit: Benefit, steps: int) -> str:
    """Steps in the benefit's unit, never rounded: `13.5 kg`; in twelfths and the like, `5/12 pair`."""
    value = Fraction(steps * benefit.step_base, benefit.base_per_unit)
    thousandths = value * 1000
    if thousandths.denominator != 1:
        return f"{value} {benefit.unit}"
    whole, rest = divmod(thousandths.numerator, 1000)
    return f"{whole:,}" + (f".{rest:03}".rstrip("0") if rest else "") + f" {benefit.unit}"


def code_text(programme: str, waybill: str) -> str:
    """What the QR holds: enough to find the waybill, nothing that can be spent."""
    return f"waybill:{programme}:{waybill}"


def waybills_page(programme: str, cycle: str, waybills: Sequence[Waybill], qr: Callable[[str], Matrix]) -> str:
    """The page, to be printed. The same waybills give the same bytes."""
    count = f"{len(waybills):,} waybill{'s' if len(waybills) != 1 else ''}"
    title = el("div", el("p", f"{programme} · cycle {cycle}", cls="over"), el("h1", count), cls="title")
    sheets = [_sheet(programme, cycle, one, qr) for one in waybills]
    body = join([
        el("a", "Go to the page", cls="skip", href="#main"),
        masthead("Evenhand", "Waybills"),
        el("main", title, *sheets, cls="page", id="main"),
        el("footer", el("div", el("p", "This page loads nothing from any host.")), cls="foot page"),
    ])  # fmt: skip
    return document(f"Waybills of {cycle} · Evenhand", body, "waybills.css")


def _sheet(programme: str, cycle: str, waybill: Waybill, qr: Callable[[str], Matrix]) -> Html:
    rows: list[Sequence[Child]] = [
        [line.benefit.title, exact(line.benefit, line.steps), f"{line.steps:,}", "", ""] for line in waybill.lines
    ]
    heads = [
        Col("What"),
        Col("Sent", "n"),
        Col("In steps", "n spare"),
        Col("Received", "fill"),
        Col("Reason, if not all", "fill"),
    ]
    text = code_text(programme, waybill.number)
    head = el(
        "div",
        el(
            "div",
            el("p", f"{programme} · cycle {cycle} · lane {waybill.lane}", cls="small soft"),
            el("h2", waybill.number),
            el("dl", *_way(waybill)),
        ),
        el("div", _code(qr(text), waybill.number), cls="code"),
        cls="head",
    )
    signs = [el("p", el("span", name)) for name in ("Sent by, date", "Driver, lorry", "Received by, date")]
    return el(
        "section", head, table(heads, rows, "Load", hidden_caption=True), el("div", *signs, cls="signs"), cls="waybill"
    )


def _way(waybill: Waybill) -> list[Html]:
    return [
        el("div", el("dt", name), el("dd", value)) for name, value in (("From", waybill.source), ("To", waybill.target))
    ]


def _code(matrix: Matrix, name: str) -> Html:
    """A QR as one path, black on white whatever the page's colours."""
    size = len(matrix) + 2 * QUIET
    shape = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    )
    return el(
        "svg", el("title", f"QR of {name}"), el("path", cls="white", d=f"M0 0h{number(size)}v{number(size)}H0z"),
        el("path", cls="black", d=shape), viewBox=f"0 0 {number(size)} {number(size)}", role="img",
    )  # fmt: skip
