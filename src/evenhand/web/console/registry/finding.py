"""Find a household; what waits for a second person; what was corrected lately; which lists were brought in."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand.actions.household_record import newest_changes, newest_ids
from evenhand.actions.importing import imported
from evenhand.actions.registry_search import Found, at_points, cards, hits, search
from evenhand.actions.removal import announced
from evenhand.core.errors import EvenhandError
from evenhand.render.catalogue import Catalogue
from evenhand.web.console.access import Seat, page
from evenhand.web.console.home import when
from evenhand.web.console.listing import Column, Held, Listing, Source
from evenhand.web.console.registry.seats import READ, address, change_said, may_correct
from evenhand.web.language import catalogue_of

COLUMNS = (
    Column("household", "re.household", hxl="#meta+id"),
    Column("name", "re.name", hxl="#meta+name"),
    Column("point_name", "re.point", hxl="#loc+name"),
    Column("card", "re.card", hxl="#meta+id+card", spare=True),
)


@page(*READ)
def registry(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The search, and what was found; without one, what waits and what was done."""
    asked, zone = request.GET.get("q", "").replace("\0", "").strip(), ZoneInfo(seat.store.programme.zone)
    found: Found | None = None
    error: list[str] = []
    listing: Listing | None = None
    if asked:
        try:
            found = search(seat.store, asked, seat.points(*READ))
            listing = _listing(request, seat, found, zone)
        except EvenhandError as trouble:
            error = [line.removeprefix("  what to do: ") for line in trouble.lines()]
    if listing is not None and listing.wanted:
        return listing.download("households")
    shown: dict[str, Any] = {"here": "registry", "asked": asked, "found": found, "listing": listing, "error": error}
    shown["registrar"] = may_correct(seat)
    if not asked:
        shown |= _lately(seat, zone, catalogue_of(request))
    return render(request, "console/registry/find.html", shown, status=422 if error else 200)


def _listing(request: HttpRequest, seat: Seat, found: Found, zone: ZoneInfo) -> Listing:
    rows = _Rows(seat, found)
    wide = found.kind == "place"
    return Listing(
        request, rows, COLUMNS if not wide else COLUMNS[:3], caption="re.found", zone=zone, empty="re.found.none",
        searched=wide, sort="" if wide else "name",
    )  # fmt: skip


class _Rows:
    """What a search found, read at the reader's desk; whoever is shown is written down."""

    def __init__(self, seat: Seat, found: Found) -> None:
        self._seat = seat
        self._source: Source
        if found.kind == "place":
            self._source = at_points(seat.store, found.points)
            return
        with seat.desk(*READ):
            mine = hits(seat.store, found.households)
        numbers = cards(seat.store, (hit.household for hit in mine))
        self._source = Held([vars(hit) | {"card": numbers.get(hit.household)} for hit in mine])

    def count(self, filter: str) -> int:
        return self._source.count(filter)

    def rows(self, sort: str, filter: str, offset: int, limit: int) -> list[dict[str, Any]]:
        rows = [
            {**row, "household.href": address(row["household"])}
            for row in self._source.rows(sort, filter, offset, limit)
        ]
        self._seat.note_read("registry", (row["household"] for row in rows))
        return rows


def _lately(seat: Seat, zone: ZoneInfo, words: Catalogue) -> dict[str, Any]:
    ids = newest_ids(seat.store)
    with seat.desk(*READ):
        changes = newest_changes(seat.store, ids)
    seat.note_read("registry", (one["household"] for one in changes))
    for one in changes:
        one |= {"when": when(one["at"], zone), "href": address(one["household"])}
        one |= change_said(one["field"], one["old"], one["new"], words)
    now = seat.store.clock()
    waiting = [
        {"one": one, "when": when(one.at, zone), "ends": when(one.ends, zone)[:10], "over": now >= one.ends,
         "href": address(one.household), "mine": one.person == seat.username}
        for one in announced(seat.store, seat.points(*READ))[:50]
    ]  # fmt: skip
    lists = [(one, when(one.at, zone)) for one in imported(seat.store)]
    return {"changes": changes, "waiting": waiting, "lists": lists}
