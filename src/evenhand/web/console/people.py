"""People and roles: an administrator proposes, another confirms; accounts are made here and their password shown once."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from evenhand.actions.accounts import (
    ROLES,
    account_changes,
    add_by,
    all_roles,
    answer,
    change_account,
    propose,
    waiting,
)
from evenhand.core.errors import EvenhandError
from evenhand.store.people import account_names, switched_off
from evenhand.web.console.access import Seat, page
from evenhand.web.console.home import when
from evenhand.web.numbers import whole


@page("admin", "auditor")
def people(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Every account, what it may do, and what waits for a second administrator."""
    return _shown(request, seat)


@page("admin", methods=("POST",))
def people_add(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Make an account without a role."""
    name = request.POST.get("username", "").strip()
    try:
        password = add_by(seat.store, name, seat.username)
    except EvenhandError as error:
        return _shown(request, seat, at="add", error=error)
    return _shown(request, seat, made=(name, password))


@page("admin", methods=("POST",))
def people_change(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Switch an account off or on, or give it a new password."""
    asked = {name: request.POST.get(name, "").strip() for name in ("username", "act", "reason")}
    try:
        password = change_account(seat.store, seat.username, **asked)
    except EvenhandError as error:
        return _shown(request, seat, at="change", error=error)
    if password:
        return _shown(request, seat, made=(asked["username"], password))
    return HttpResponseRedirect("/console/people/")


@page("admin", methods=("POST",))
def people_propose(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Ask that an account get a role or lose it."""
    asked = {name: request.POST.get(name, "").strip() for name in ("username", "role", "area", "revoked")}
    try:
        propose(
            seat.store, seat.username, asked["username"], asked["role"], asked["area"] or None, asked["revoked"] == "1"
        )
    except EvenhandError as error:
        return _shown(request, seat, at="propose", error=error)
    return HttpResponseRedirect("/console/people/")


@page("admin", methods=("POST",))
def people_answer(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Confirm or decline what another administrator proposed."""
    number = request.POST.get("proposal", "")
    try:
        answer(
            seat.store, seat.username, whole(number, 17, -1),
            request.POST.get("answer") == "confirm",
        )  # fmt: skip
    except EvenhandError as error:
        return _shown(request, seat, at="waiting", error=error)
    return HttpResponseRedirect("/console/people/")


def _shown(
    request: HttpRequest,
    seat: Seat,
    at: str = "",
    error: EvenhandError | None = None,
    made: tuple[str, str] | None = None,
) -> HttpResponse:
    roles, zone = all_roles(seat.store), ZoneInfo(seat.store.programme.zone)
    accounts = [(name, sorted(roles.get(name, {}).items())) for name in account_names(seat.store.data)]
    return render(request, "console/people.html", {
        "here": "people", "accounts": accounts, "may": seat.has("admin"), "at": at, "made": made, "roles": ROLES,
        "error": [line.strip() for line in error.lines()] if error else [], "asked": request.POST,
        "off": switched_off(seat.store.data),
        "changes": [(one, when(one.at, zone)) for one in account_changes(seat.store)],
        "waiting": [(one, when(one.at, zone), seat.username in (one.person, one.username)) for one in waiting(seat.store)],
    }, status=422 if error else 200)  # fmt: skip
