"""Remedies that a registrar carries out: a correction of the register, a new card."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode

from evenhand.actions.carrying_out import ROLE, take_to_carry_out, to_carry_out
from evenhand.core.errors import UsageError
from evenhand.flow.grievance.case import COUPON
from evenhand.web.console.access import Seat, page
from evenhand.web.console.grievances.common import day, frame
from evenhand.web.console.registry.seats import address


@page(ROLE)
def tasks(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What waits."""
    return _shown(request, seat)


@page(ROLE, methods=("POST",))
def tasks_take(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Whose it is, written down; on to where it is done. The case is not named there: a point reads that page too."""
    reference, kind = request.POST.get("reference", ""), request.POST.get("kind", "")
    try:
        household, card = take_to_carry_out(seat.store, reference, kind, seat.username)
    except UsageError as error:
        return _shown(request, seat, error)
    if kind == COUPON:
        whose = {"card": card} if card else {"household": household}
        return HttpResponseRedirect(f"/console/cards/replace/?{urlencode(whose)}")
    return HttpResponseRedirect(address(household))


def _shown(request: HttpRequest, seat: Seat, error: UsageError | None = None) -> HttpResponse:
    zone = ZoneInfo(seat.store.programme.zone)
    found = [(one, day(one.at, zone)) for one in to_carry_out(seat.store, seat.username)]
    return render(request, "console/grievances/tasks.html", frame(request, seat, "todo") | {
        "tasks": found, "error": [each.strip() for each in error.lines()] if error else [],
    }, status=422 if error else 200)  # fmt: skip
