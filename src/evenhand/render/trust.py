"""The page that walks a phone through trusting this office's certificate, in four languages, with nothing but HTML."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from evenhand.render.codes import terminal
from evenhand.render.html import Html, el
from evenhand.render.trust_words import LANGUAGES, WORDS

AUTHORITY = "/evenhand-authority.crt"


@dataclass(frozen=True)
class Pages:
    """Path -> (media type, content) of the little server, and the QR of its address for a terminal."""

    files: dict[str, tuple[str, bytes]]
    terminal_qr: str


def trust_pages(authority_pem: bytes, fingerprint: str, here: str, app: str) -> Pages:
    """The pages: one a language, the style sheet, and the authority's certificate.

    `fingerprint`: SHA-256 of the certificate as phones show it; `here`: the address of these pages; `app`: of the counter.
    """
    style = "".join(
        files("evenhand.render").joinpath("assets", n).read_text("utf-8") for n in ("tokens.css", "trust.css")
    )
    made: dict[str, tuple[str, bytes]] = {
        "/trust.css": ("text/css; charset=utf-8", style.encode()),
        AUTHORITY: ("application/x-x509-ca-cert", authority_pem),
    }
    for language in LANGUAGES:
        page = _page(language, fingerprint, app).encode()
        made[f"/{language}"] = ("text/html; charset=utf-8", page)
    made["/"] = made["/en"]
    return Pages(made, terminal(here))


def _page(language: str, fingerprint: str, app: str) -> str:
    words = WORDS[language]
    body = el(
        "body",
        el("nav", [_language(code, language) for code in LANGUAGES], aria_label=words["languages"]),
        el(
            "main",
            el("h1", words["title"]),
            el("p", words["why"], cls="lead"),
            el("p", el("a", words["download"], href=AUTHORITY, cls="go", download="evenhand-authority.crt")),
            *[_kind(words, kind) for kind in ("android", "iphone", "computer")],
            el("h2", words["compare"]),
            el("p", words["compare.text"]),
            el("p", el("code", fingerprint, dir="ltr"), cls="digest"),
            el("h2", words["then"]),
            el("p", el("a", words["open"], href=app, cls="go")),
            el("p", words["without"], cls="aside"),
        ),
    )
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", words["title"]),
        Html('<link rel="stylesheet" href="/trust.css">'),
    )
    return f"<!doctype html>\n{el('html', head, body, lang=language, dir='rtl' if language == 'ar' else 'ltr')}\n"


def _language(code: str, current: str) -> Html:
    own = LANGUAGES[code]
    return el("a", own, href=f"/{code}", lang=code, aria_current="page" if code == current else None)


def _kind(words: dict[str, str], kind: str) -> Html:
    steps = [el("li", step) for step in words[kind].split(" | ")]
    return el("details", el("summary", words[f"{kind}.name"]), el("ol", *steps), open="" if kind == "android" else None)
