"""Who reads: a household whose door was opened, or the holder of a complaint's reference. Both are signed cookies of a
quarter of an hour that only these pages get."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from evenhand.core.errors import TryAgain
from evenhand.store import Store
from evenhand.web.language import catalogue_of
from evenhand.web.sessions import store as lent_store

OPEN_SECONDS = 15 * 60
DOOR, CASE = "my", "my-case"

View = Callable[[HttpRequest, Store], HttpResponse]


def read(request: HttpRequest, cookie: str) -> dict[str, str]:
    """What the cookie says, if we wrote it within the last quarter of an hour."""
    try:
        found = signing.loads(request.COOKIES.get(cookie, ""), salt=cookie, max_age=OPEN_SECONDS)
    except signing.BadSignature:
        return {}
    return {str(name): str(value) for name, value in found.items()}


def write(response: HttpResponse, cookie: str, said: dict[str, str]) -> None:
    """Remember it until the browser is closed, or a quarter of an hour."""
    response.set_cookie(
        cookie, signing.dumps(said, salt=cookie), path="/my/", httponly=True, samesite="Strict", secure=settings.SECURE
    )


def forget(response: HttpResponse) -> None:
    """Remember nothing any more."""
    for cookie in (DOOR, CASE):
        response.delete_cookie(cookie, path="/my/", samesite="Strict")


def open_page(*methods: str) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """A page for anybody. What is too large is refused before it is read."""

    def declare(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @wraps(view)
        def guard(request: HttpRequest) -> HttpResponse:
            if request.method not in (*methods, "HEAD"):
                return HttpResponseNotAllowed(methods)
            try:
                with lent_store() as store:
                    return view(request, store)
            except TryAgain:
                return page(request, "my/busy.html", {}, 503)

        return guard

    return declare


def own_page(*methods: str) -> Callable[[Callable[[HttpRequest, Store, str], HttpResponse]], Any]:
    """A page of the household whose door was opened; others go to the door."""

    def declare(view: Callable[[HttpRequest, Store, str], HttpResponse]) -> Any:
        @open_page(*methods)
        @wraps(view)
        def guard(request: HttpRequest, store: Store) -> HttpResponse:
            household = read(request, DOOR).get("household", "")
            return view(request, store, household) if household else HttpResponseRedirect("/my/")

        return guard

    return declare


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of ours. `card`: the number of the card that opened it, if one did."""
    context |= {"card": read(request, DOOR).get("card", ""), "words": catalogue_of(request)}
    return render(request, template, context, status=status)
