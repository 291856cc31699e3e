"""The page that shows every component of the console, in every state it can be in."""

from __future__ import annotations

from fractions import Fraction
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand.web.console.access import EVERY_ROLE, Seat, page
from evenhand.web.console.listing import Column, Held, Listing

COLUMNS = (
    Column("point", "co.col.point", hxl="#loc+name"),
    Column("state", "ls.parts.cycle", "word", "#status", words="co.state."),
    Column("kg", "ls.parts.kg", "number", "#indicator+kg"),
    Column("share", "co.cyc.share", "share", "#indicator+pct"),
    Column("at", "ls.parts.at", "time", "#date", spare=True),
)
ROWS = Held([
    {"point": f"{name} {i}", "state": ("open", "closed")[i % 2], "kg": 108 - i if i % 9 else None,
     "share": Fraction(108 - i, 120), "at": 1_204_329_600 + 3_600 * i}
    for i in range(1, 41) for name in ("Alder", "Birch", "Cedar")
])  # fmt: skip


@page(*EVERY_ROLE)
def parts(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All components, with invented matter."""
    listing = Listing(request, ROWS, COLUMNS, caption="ls.parts", zone=ZoneInfo(seat.store.programme.zone))
    if listing.wanted:
        return listing.download("example")
    return render(request, "console/components.html", {"here": "components", "icons": ICONS, "listing": listing})


ICONS = ("registry", "policy", "allocation", "stock", "cards", "points", "grievances", "publish", "key", "people")
