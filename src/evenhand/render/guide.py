"""A page of the guide as HTML: its markdown read by markdown-it-py with no HTML let through, links kept inside the guide."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from evenhand.render.html import Html

_SAFE = re.compile(r"https://[^\s\"'<>]+")


@dataclass(frozen=True)
class GuidePage:
    """A page: its title, its matter without it, and its second-level headings as (anchor, text)."""

    title: str
    matter: Html
    headings: tuple[tuple[str, str], ...]
    anchors: frozenset[str]


def guide_page(text: str, pages: Collection[str], address: str) -> GuidePage:
    """The page of a markdown text. Links to `pages` (names without `.md`) lead below `address`; those to files that are not
    shipped are told without a link, and so are pictures."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    title, headings, anchors = "", list[tuple[str, str]](), dict[str, int]()
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "heading_open":
            said = _plain(tokens[at + 1])
            if token.tag == "h1" and not title:
                title, at = said, at + 3
                continue
            anchor = _anchor(said, anchors)
            token.attrSet("id", anchor)
            if token.tag == "h2":
                headings.append((anchor, said))
        elif token.type == "table_open":
            token.attrSet("class", "table")
            kept.append(_block('<div class="scroll" tabindex="0">'))
        elif token.type in ("fence", "code_block"):
            kept += [_block('<div class="scroll code" tabindex="0">'), token, _block("</div>")]
            at += 1
            continue
        elif token.type == "inline":
            _links(token.children or [], pages, address)
        kept.append(token)
        if token.type == "table_close":
            kept.append(_block("</div>"))
        at += 1
    matter = Html(reader.renderer.render(kept, reader.options, {}))
    return GuidePage(title, matter, tuple(headings), frozenset(anchors))


def _block(markup: str) -> Token:
    """Markup of our own around a token."""
    return Token("html_block", "", 0, content=markup)


def _plain(token: Token) -> str:
    return "".join(child.content for child in token.children or [])


def _anchor(said: str, taken: dict[str, int]) -> str:
    """A heading's anchor, as the forges that show the guide make it."""
    name = re.sub(r"[^\w\- ]", "", said.lower()).replace(" ", "-")
    taken[name] = taken.get(name, -1) + 1
    return f"{name}-{taken[name]}" if taken[name] else name


def _links(tokens: list[Token], pages: Collection[str], address: str) -> None:
    """Turn links to pages into addresses; those that lead nowhere here, and pictures, into their words."""
    open_: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            to = _address(str(token.attrGet("href") or ""), pages, address)
            open_.append(bool(to))
            if to:
                token.attrs = {"href": to}
            else:
                token.tag, token.attrs = "span", {}
        elif token.type == "link_close":
            token.tag = "a" if open_.pop() else "span"
        elif token.type == "image":
            token.type, token.content, token.children = "text", token.content or "", None


def _address(href: str, pages: Collection[str], address: str) -> str:
    path, _, anchor = href.partition("#")
    name = path.removesuffix(".md")
    if not path and anchor:
        return f"#{quote(anchor, safe='-')}"
    if path.endswith(".md") and name in pages:
        return f"{address}{name}" + (f"#{quote(anchor, safe='-')}" if anchor else "")
    return href if _SAFE.fullmatch(href) else ""
