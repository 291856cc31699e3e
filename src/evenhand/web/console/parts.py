"""The page that shows every component of the console, in every state it can be in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand.web.console.access import EVERY_ROLE, Seat, page


@page(*EVERY_ROLE)
def parts(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All components, with invented matter."""
    return render(request, "console/components.html", {"here": "components", "icons": ICONS})


ICONS = ("registry", "policy", "allocation", "stock", "cards", "points", "grievances", "publish", "key", "people")
