"""One's own key: made by its owner, certified by an administrator who has the root key's passphrase."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from evenhand.actions.accounts import all_roles
from evenhand.actions.enrol import ROLES
from evenhand.actions.own_key import certified, certify_key, make_key, waiting
from evenhand.core.errors import EvenhandError, TryAgain
from evenhand.web.console.access import EVERY_ROLE, Seat, page

HERE = "/console/key/"
FOR = {"policy": "preparer", "registrar": "preparer", "approver": "approver", "store": "store"}
"""What the key of somebody with this role is usually for."""


@page(*EVERY_ROLE)
def key(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One's own key, and for an administrator those that wait."""
    return _shown(request, seat)


@page(*EVERY_ROLE, methods=("POST",))
def key_make(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Make one's own key."""
    try:
        make_key(seat.store, seat.username, request.POST.get("passphrase", ""), request.POST.get("again", ""))
    except EvenhandError as error:
        return _shown(request, seat, "make", error)
    return HttpResponseRedirect(HERE)


@page("admin", methods=("POST",))
def key_certify(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Certify a key that waits."""
    asked = {name: request.POST.get(name, "").strip() for name in ("person", "signs")}
    try:
        if not ratelimit.consume(request, action="root", user=request.user):
            raise TryAgain("too many attempts to sign", "wait five minutes")
        certify_key(
            seat.store,
            asked["person"],
            asked["signs"],
            request.POST.getlist("role"),
            request.POST.get("passphrase", ""),
        )
    except EvenhandError as error:
        return _shown(request, seat, asked["person"], error)
    return HttpResponseRedirect(HERE)


def _shown(request: HttpRequest, seat: Seat, at: str = "", error: EvenhandError | None = None) -> HttpResponse:
    mine = certified(seat.store, seat.username)
    pending = waiting(seat.store)
    own = next((one for one in pending if one.person == seat.username), None)
    roles = all_roles(seat.store) if seat.has("admin") else {}
    waits = [
        (one, [(role, role in {FOR.get(r) for r in roles.get(one.person, {})}) for role in ROLES]) for one in pending
    ]
    return render(request, "console/key.html", {
        "here": "key", "mine": mine, "own": own, "waits": waits if seat.has("admin") else [], "may": seat.has("admin"),
        "at": at, "error": [line.strip() for line in error.lines()] if error else [],
    }, status=422 if error else 200)  # fmt: skip


urls = [
    path("key/", key, name="key"),
    path("key/make", key_make, name="key_make"),
    path("key/certify", key_certify, name="key_certify"),
]
