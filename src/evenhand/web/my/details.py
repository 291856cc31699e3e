"""Correct my details: a request that an officer decides, with the clock and the seal of a complaint."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse

from evenhand.actions.complain import Complaint
from evenhand.flow.grievance.case import CONTROL, WORDS_MAX
from evenhand.store import Store
from evenhand.store.media import BYTES_MAX
from evenhand.web.attempts import Attempt, address_of
from evenhand.web.language import catalogue_of
from evenhand.web.my.complain import LIMITS, sent, text_of
from evenhand.web.my.seat import own_page, page

CHANGES = ("missing", "gone", "wrong", "work", "moved", "other")


@own_page("GET", "POST")
def details(request: HttpRequest, store: Store, household: str) -> HttpResponse:
    """The form, and what it brings."""
    if request.method != "POST":
        return _shown(request, {})
    asked = {name: text_of(request, name) for name in ("what", "words", "form")}
    bad: dict[str, str] = {} if asked["what"] in CHANGES else {"what": "kind"}
    room = WORDS_MAX - 200
    if CONTROL.search(asked["words"]) or not asked["words"] or len(asked["words"]) > room:
        bad["words"] = "words" if asked["words"] else "empty"
    if bad:
        return _shown(request, asked, bad)
    if Attempt("complain", LIMITS, {"address": address_of(request)}).refused:
        return page(request, "my/busy.html", {}, 429)
    change = catalogue_of(request).say(f"my.d.{asked['what']}")
    said = Complaint("details", f"{change}\n{asked['words']}", household=household, channel="page")
    return sent(request, store, said, asked, lambda bad: _shown(request, asked, bad))


def _shown(request: HttpRequest, asked: dict[str, str], bad: dict[str, str] | None = None) -> HttpResponse:
    return page(request, "my/details.html", {
        "asked": asked, "bad": bad or {}, "changes": CHANGES, "mb": BYTES_MAX >> 20,
        "form": asked.get("form") or secrets.token_urlsafe(16),
    }, 422 if bad else 200)  # fmt: skip
