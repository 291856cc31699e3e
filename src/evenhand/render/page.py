"""A page that stands alone: one file, its style inside, nothing asked of any host."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from evenhand.render.grid import SYMBOLS
from evenhand.render.html import Child, Html, el, join


def page(language: str, title: str, name: str, skip: str, main: list[Child], foot: list[Child], rtl: bool = False,
         sheets: tuple[str, ...] = ("tokens.css", "report.css", "policy.css")) -> str:  # fmt: skip
    """The whole document. `name` stands in the masthead, `skip` leads past it, `main` are its parts."""
    style = "".join(files("evenhand.render").joinpath("assets", sheet).read_text("utf-8") for sheet in sheets)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", title),
        Html(f"<style>{style}</style>"),
    )
    sign = el(
        "svg", el("path", d="M1 5h18v4H1zM1 12h18v4H1z", fill="currentColor"), viewBox="0 0 20 20", aria_hidden="true"
    )
    body = join([
        SYMBOLS,
        el("a", skip, cls="skip", href="#main"),
        el("header", el("div", el("span", sign, "Evenhand", cls="brand"), el("p", name), cls="page"), cls="masthead"),
        el("main", *main, cls="page", id="main"),
        el("footer", el("div", *[el("p", line) for line in foot if line]), cls="foot page"),
    ])  # fmt: skip
    return f"<!doctype html>\n{el('html', head, el('body', body), lang=language, dir='rtl' if rtl else None)}\n"


def dated(text: str) -> Html:
    """A text whose dates do not break at their hyphens."""
    parts = re.split(r"([0-9]{4}-[0-9]{2}-[0-9]{2})", text)
    return join(el("span", piece, cls="nb") if at % 2 else piece for at, piece in enumerate(parts))
