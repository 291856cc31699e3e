"""Tables of a page and the small things every part uses: links to files of the folder, details, a part's frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from evenhand.render.html import Child, Html, el

MARKS = {
    "m-holds": '<path d="M4 12.5l5.5 5.500L20 6.5" fill="none" stroke="currentColor" stroke-width="3" '
    'stroke-linecap="square"/>',
    "m-not": '<path d="M5.5 5.500l13 13M18.5 5.500l-13 13" fill="none" stroke="currentColor" stroke-width="3" '
    'stroke-linecap="square"/>',
    "m-except": '<path d="M2.5 11l4.5 4.500L15 7" fill="none" stroke="currentColor" stroke-width="3" '
    'stroke-linecap="square"/><path d="M14 18.500h8" fill="none" stroke="currentColor" stroke-width="3"/>',
    "m-open": '<path d="M4 12h16" fill="none" stroke="currentColor" stroke-width="3" stroke-dasharray="4 2"/>',
    "m-info": '<circle cx="12" cy="12" r="9.5" fill="none" stroke="currentColor" stroke-width="2.2"/>'
    '<path d="M12 10.500V17M12 6.500v2.2" fill="none" stroke="currentColor" stroke-width="2.4"/>',
}
SYMBOLS = el(
    "svg",
    *[el("symbol", Html(shape), id=name, viewBox="0 0 24 24") for name, shape in MARKS.items()],
    cls="symbols",
    aria_hidden="true",
)
"""The marks of the page; each stands beside its word."""


def mark(name: str) -> Html:
    """One of the marks, hidden from those who hear its word."""
    return el("svg", el("use", href=f"#{name}"), cls="mark", aria_hidden="true")


@dataclass(frozen=True)
class Col:
    """A column: its head, and its class (`n` numbers, `spare` dropped on a phone, `w` a bar)."""

    head: Child
    cls: str = ""


def table(
    columns: Sequence[Col],
    rows: Sequence[Sequence[Child]],
    caption: Child,
    unit: Child = None,
    foot: Sequence[Child] | None = None,
    cls: str = "table",
    hidden_caption: bool = False,
) -> Html:
    """A table of numbers. The first cell of each row is its head."""
    sub = el("span", unit) if unit is not None else None
    head = el("tr", *[el("th", c.head, scope="col", cls=c.cls or None) for c in columns])
    return el(
        "table",
        el("caption", caption, sub, cls="hide" if hidden_caption else None),
        el("thead", head),
        el("tbody", *[_row(columns, row) for row in rows]),
        el("tfoot", _row(columns, foot)) if foot is not None else None,
        cls=cls,
    )


def _row(columns: Sequence[Col], row: Sequence[Child]) -> Html:
    first, *rest = row
    cells = [el("td", cell, cls=c.cls or None) for c, cell in zip(columns[1:], rest, strict=True)]
    return el("tr", el("th", first, scope="row", cls=columns[0].cls or None), *cells)


def part(name: str, title: Child, aside: Child, *body: Child, cls: str = "body stack") -> Html:
    """A part of the page: its side-head, a remark, its matter."""
    note = el("p", aside, cls="aside") if aside else None
    return el("section", el("h2", title, id=name), note, el("div", *body, cls=cls), cls="part", aria_labelledby=name)


def figure(finding: Child, measure: Child, drawing: Child, *below: Child) -> Html:
    """A picture under its finding."""
    return el("figure", el("figcaption", el("h3", finding), el("p", measure)), drawing, *below, cls="chart")


def details(summary: Child, *matter: Child) -> Html:
    """Numbers that open on demand; print shows them."""
    return el("details", el("summary", summary), el("div", *matter, cls="scroll", tabindex=0))


def address(path: str) -> str:
    """A relative path as a URL writes it."""
    return quote(path, safe="/")


def file_link(path: str) -> Html:
    """A link from `report/index.html` to a file or folder of the disclosure, named without its ending."""
    return el("a", path.removesuffix(".parquet"), href=f"../{address(path)}")


def short_hash(digest: str) -> str:
    """The first eight hex digits in two groups."""
    return f"{digest[:4]} {digest[4:8]}"
