"""The frame of a self-contained page: its head with styles and content policy, the masthead, the document."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from evenhand.render.html import Html, el

_ASSETS = ("tokens.css", "report.css")


def document(title: str, body: Html, *more: str, language: str = "en", rtl: bool = False) -> str:
    """A page that loads nothing. `more` names further style sheets of `render/assets`; `rtl`: it is read right to left."""
    style = "".join(files("evenhand.render").joinpath("assets", n).read_text("utf-8") for n in (*_ASSETS, *more))
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
    return f"<!doctype html>\n{el('html', head, el('body', body), lang=language, dir='rtl' if rtl else None)}\n"


def masthead(brand: str, page: str) -> Html:
    """The strip on top: whose page it is, and what it is."""
    sign = el(
        "svg", el("path", d="M1 5h18v4H1zM1 12h18v4H1z", fill="currentColor"), viewBox="0 0 20 20", aria_hidden="true"
    )
    inside = el("div", el("span", sign, brand, cls="brand"), el("p", page), cls="page")
    return el("header", inside, cls="masthead")
