"""The texts of policies by the beginning of their SHA-256, as addresses name them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from evenhand.actions.adopt import Proposal, Version, text_of, versions, waiting
from evenhand.store import Store

SHORT = 16
"""Hex digits of a text's SHA-256 in an address."""


@dataclass(frozen=True)
class Text:
    """A text: adopted (`version`) or waiting (`proposal`); `before`: SHA-256 of the one in force before it, if any."""

    sha256: bytes
    text: str
    title: str
    version: Version | None
    proposal: Proposal | None
    before: bytes | None
    in_force: bool

    @property
    def short(self) -> str:
        """How an address names it."""
        return self.sha256.hex()[:SHORT]


def found(store: Store, sha: str) -> Text:
    """The text with this beginning; 404 if there is none."""
    adopted = versions(store)
    for at, one in enumerate(adopted):
        if len(sha) == SHORT and one.sha256.hex().startswith(sha):
            before = adopted[at + 1].sha256 if at + 1 < len(adopted) else None
            return Text(one.sha256, text_of(store, one.sha256), one.title, one, None, before, at == 0)
    for asked in waiting(store):
        if len(sha) == SHORT and asked.sha256.hex().startswith(sha):
            before = adopted[0].sha256 if adopted else None
            return Text(asked.sha256, asked.text, asked.title, None, asked, before, False)
    raise Http404
