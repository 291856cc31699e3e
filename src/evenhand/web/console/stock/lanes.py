"""Lanes: which are closed, and closing one in the middle of a cycle, so that what has not left goes another way."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

from evenhand.actions.closing_lanes import close_lanes
from evenhand.actions.stock_page import closing_of, lanes_now
from evenhand.core.errors import EvenhandError, UsageError
from evenhand.web.console.access import Seat, page
from evenhand.web.console.asking import attempt
from evenhand.web.console.listing import Column, Held, Listing
from evenhand.web.console.stock.shelf import ACTS, SEES, Shelf

COLUMNS = (
    Column("lane", "st.lane", hxl="#meta+id"),
    Column("source", "st.from", hxl="#loc+from"),
    Column("target", "st.to", hxl="#loc+to"),
    Column("state", "st.state", "word", "#status", words="st.lane."),
)


@page(*SEES)
def lanes(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Every lane that ends at a place one sees; `?closing=` what that closing changed."""
    return _shown(Shelf(request, seat))


@page(*ACTS, methods=("POST",))
def lanes_close(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Close a lane, signed by the storekeeper's own key."""
    shelf, lane = Shelf(request, seat), request.POST.get("lane", "").strip()
    ends = {name: (source, target) for name, source, target, _ in lanes_now(seat.store, None)}
    if lane in ends:
        shelf.check_mine(ends[lane][1])
    try:
        if shelf.cycle is None:
            raise UsageError("there is no cycle yet", "close the lane by importing the lanes anew")
        with attempt(request):
            passphrase, reason = (request.POST.get(name, "") for name in ("passphrase", "reason"))
            done = close_lanes(seat.store, shelf.cycle, seat.username, passphrase, [lane], reason)
    except EvenhandError as error:
        return _shown(shelf, error)
    return HttpResponseRedirect(f"/console/stock/lanes/?{urlencode({'closing': done.number})}")


def _shown(shelf: Shelf, error: EvenhandError | None = None) -> HttpResponse:
    all_ = lanes_now(shelf.store, shelf.nodes)
    rows = [
        {
            "lane": lane, "source": shelf.names.get(source, source), "target": shelf.names.get(target, target),
            "state": "open" if is_open else "closed",
        }
        for lane, source, target, is_open in all_
    ]  # fmt: skip
    listing = Listing(
        shelf.request, Held(rows), COLUMNS, caption="st.lanes.all", zone=shelf.zone, empty="st.lanes.none"
    )
    if listing.wanted and not error:
        return listing.download("lanes")
    number = shelf.request.GET.get("closing", "")
    changes = closing_of(shelf.store, shelf.cycle, number, shelf.nodes) if number and shelf.cycle else None
    open_lanes = [
        (lane, f"{shelf.names.get(a, a)} → {shelf.names.get(b, b)}") for lane, a, b, is_open in all_ if is_open
    ]
    return shelf.shown("lanes", {
        "listing": listing, "lanes": open_lanes if len(open_lanes) <= 200 else [], "closing": number,
        "changes": changes and [
            (bill, shelf.names.get(a, a), shelf.names.get(b, b), shelf.title(good), shelf.steps(good, abs(steps)), steps > 0)
            for bill, a, b, good, steps in changes
        ],
        "may": shelf.acts and shelf.state in ("committed", "open"),
    }, error)  # fmt: skip
