"""The queue: what is due first. Whoever reviews nothing reads the public figures."""

from __future__ import annotations

import secrets
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand.actions.case_queue import READ_MAX, Which, noted
from evenhand.actions.case_queue import queue as read_queue
from evenhand.actions.take_up import take_up
from evenhand.render.figures import Figures
from evenhand.web.console.access import EVERY_ROLE, Seat, page
from evenhand.web.console.grievances.common import REVIEWS, frame, line, names_of, said
from evenhand.web.console.grievances.figures import told
from evenhand.web.console.listing import Column, Held, Listing
from evenhand.web.numbers import whole

PAGE = 50
COLUMNS = (
    Column("reference", "gr.col.case"),
    Column("kind", "gr.col.kind", "word", words="my.kind."),
    Column("where", "gr.col.where"),
    Column("received", "gr.col.received", "time"),
    Column("due", "gr.col.due", "time"),
    Column("stands", "gr.col.stands", spare=True),
)


@page(*EVERY_ROLE)
def queue(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The reviewer's queue."""
    if not seat.has(*REVIEWS):
        return told(request, seat)
    asked = request.GET.get("which", "")
    which: Which = "waiting" if asked == "waiting" else "decided" if asked == "decided" else "mine"
    store, words, zone = seat.store, said(request), ZoneInfo(seat.store.programme.zone)
    take_up(store, lambda: secrets.token_bytes(8))
    found = read_queue(store, seat.username, which)
    context: dict[str, Any] = frame(request, seat, which)
    context |= {"which": which, "more": Figures(words).whole(READ_MAX) if found.more else ""}
    if which == "mine":
        number = request.GET.get("page", "1")
        at = max(1, whole(number, 4, 1))
        shown = list(noted(store, found.cases[(at - 1) * PAGE : at * PAGE]))
        names = names_of(store, shown)
        count = len(found.cases)
        return render(request, "console/grievances/queue.html", context | {
            "rows": [line(store, one, names, words, zone) for one in shown], "count": count,
            "title": Figures(words).counted("gr.lead.mine", count) if count else words.say("gr.lead.none"),
            "before": at - 1, "after": at + 1 if count > at * PAGE else 0, "zone": seat.store.programme.zone,
        })  # fmt: skip
    names = names_of(store, list(found.cases))
    rows = [
        line(store, one, names, words, zone) | {"reference.href": f"/console/grievances/{one.reference}/"}
        for one in found.cases
    ]
    listing = Listing(
        request, Held(rows), COLUMNS, caption=f"gr.in.{which}", zone=zone, empty=f"gr.none.{which}",
    )  # fmt: skip
    if listing.wanted:
        return listing.download("grievances")
    return render(request, "console/grievances/queue.html", context | {"list": listing})
