"""Take a household off the lists, by two persons; or leave it on them, by one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from evenhand.actions.removal import announce, confirm, take_back
from evenhand.core.errors import EvenhandError
from evenhand.web.console.access import Seat, page
from evenhand.web.console.registry.household import shown
from evenhand.web.console.registry.seats import REMOVE, address


@page(*REMOVE, methods=("POST",))
def removal_propose(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Announce it, with the reason and how the household was told."""
    asked = request.POST.get("household", "").replace("\0", "")
    try:
        announce(seat.store, asked, request.POST.get("reason", ""), request.POST.get("notice", ""), seat.username)
    except EvenhandError as error:
        return shown(request, seat, asked, "removal", error)
    return HttpResponseRedirect(address(asked) + "#removal")


@page(*REMOVE, methods=("POST",))
def removal_answer(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Confirm as a second person, or take it back with a reason."""
    asked = request.POST.get("household", "").replace("\0", "")
    try:
        if request.POST.get("answer") == "confirm":
            confirm(seat.store, asked, seat.username)
        else:
            take_back(seat.store, asked, request.POST.get("reason", ""), seat.username)
    except EvenhandError as error:
        return shown(request, seat, asked, "removal", error)
    return HttpResponseRedirect(address(asked) + "#removal")
