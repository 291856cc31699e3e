"""What the pages about a policy share: their frame, in any language, and dates that stay whole."""

from __future__ import annotations

import re

from evenhand.render.grid import SYMBOLS
from evenhand.render.html import Child, Html, el, join
from evenhand.render.page import document, masthead


def framed(language: str, title: str, name: str, skip: str, main: list[Child], foot: list[str | None],
           rtl: bool = False) -> str:  # fmt: skip
    """The whole document. `name` stands in the masthead, `skip` leads past it, `main` are its parts."""
    body = join([
        SYMBOLS,
        el("a", skip, cls="skip", href="#main"),
        masthead("Evenhand", name),
        el("main", *main, cls="page", id="main"),
        el("footer", el("div", *[el("p", line) for line in foot if line]), cls="foot page"),
    ])  # fmt: skip
    return document(title, body, "policy.css", language=language, rtl=rtl)


def dated(text: str) -> Html:
    """A text whose dates do not break at their hyphens."""
    parts = re.split(r"([0-9]{4}-[0-9]{2}-[0-9]{2})", text)
    return join(el("span", piece, cls="nb") if at % 2 else piece for at, piece in enumerate(parts))
