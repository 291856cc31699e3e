"""One's own account with the programs that act for it; and who looked at whose record."""

from __future__ import annotations

import secrets
from typing import Any
from zoneinfo import ZoneInfo

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from evenhand.actions.paging import Paged
from evenhand.actions.tokens import SCOPES, Token, issue_token, revoke_token, tokens_of
from evenhand.core.errors import EvenhandError, TryAgain, UsageError
from evenhand.web.console.access import EVERY_ROLE, Seat, page
from evenhand.web.console.home import when
from evenhand.web.console.listing import Column, Listing
from evenhand.web.language import catalogue_of
from evenhand.web.numbers import whole


@page(*EVERY_ROLE)
def account(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The signed-in account."""
    return _shown(request, seat)


@page(*EVERY_ROLE, methods=("POST",))
def token_make(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Make a token; the password is asked again, so that a screen left open is not enough."""
    words = catalogue_of(request)
    try:
        if not ratelimit.consume(request, action="sign", user=request.user):
            raise TryAgain(words.text["ac.wrong"], words.text["ac.wrong.do"])
        if not request.user.check_password(request.POST.get("password", "")):
            raise UsageError(words.text["ac.wrong"], words.text["ac.wrong.do"])
        days = request.POST.get("days", "")
        made = issue_token(
            seat.store, seat.username, request.POST.get("title", ""), request.POST.getlist("scope"),
            whole(days, 8, 0), secrets.token_bytes,
        )  # fmt: skip
    except EvenhandError as error:
        return _shown(request, seat, error=error)
    return _shown(request, seat, made=made)


@page(*EVERY_ROLE, methods=("POST",))
def token_revoke(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Take a token of one's own back."""
    try:
        named = bytes.fromhex(request.POST.get("which", ""))
    except ValueError:
        named = b""
    try:
        revoke_token(seat.store, seat.username, named, seat.username)
    except EvenhandError as error:
        return _shown(request, seat, error=error)
    return HttpResponseRedirect("/console/account/")


READS = (
    Column("household", "ac.reads.household", hxl="#affected+household+id"),
    Column("username", "ac.reads.who", hxl="#contact+username"),
    Column("page", "ac.reads.page", hxl="#meta+page", spare=True),
    Column("at", "ac.reads.when", kind="time", hxl="#date"),
)


@page("auditor", "admin")
def reads(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Every read of a household's record."""
    source = Paged(
        seat.store, {one.key: one.key for one in READS}, "personal_read",
        "(household = %(filter)s or username = %(filter)s)", last="id desc", where="programme = %(programme)s",
        params={"programme": seat.store.programme.id},
    )  # fmt: skip
    found = Listing(request, source, READS, caption="ac.reads", zone=ZoneInfo(seat.store.programme.zone))
    if found.wanted:
        return found.download("reads")
    return render(request, "console/reads.html", {"here": "reads", "found": found})


def _shown(request: HttpRequest, seat: Seat, error: EvenhandError | None = None, made: str = "") -> HttpResponse:
    zone = ZoneInfo(seat.store.programme.zone)
    tokens = tokens_of(seat.store, seat.username)
    return render(request, "console/account.html", {
        "here": "account", "made": made, "asked": request.POST, "scopes_asked": request.POST.getlist("scope"),
        "tokens": [(token, token.sha256.hex(), when(token.ends, zone)[:10], _stands(token, seat)) for token in tokens],
        "scopes": [scope for scope, roles in SCOPES.items() if seat.has(*roles)],
        "error": [line.strip() for line in error.lines()] if error else [],
    }, status=422 if error else 200)  # fmt: skip


def _stands(token: Token, seat: Seat) -> str:
    return "revoked" if token.revoked else "in" if token.ends > seat.store.clock() else "over"


urls: list[Any] = [
    path("account/", account, name="account"),
    path("account/make", token_make, name="token_make"),
    path("account/revoke", token_revoke, name="token_revoke"),
    path("reads/", reads, name="reads"),
]
