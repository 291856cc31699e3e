"""Lorries: trips planned from what the newest cycle's waybills carry, on a map with its table, and load lists to print.

Nothing is kept: the same questions give the same trips.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import mark_safe

from evenhand.actions.stops import unweighed
from evenhand.actions.trip_page import Trips, depots_loading, trips_from
from evenhand.core.errors import EvenhandError, InputError, Problem, UsageError
from evenhand.flow.dispatch.trip_check import clock
from evenhand.render.load_lists import load_lists_pdf
from evenhand.render.trip_map import placed, trip_map
from evenhand.render.trips import kilometres, litres
from evenhand.web.console.access import Seat, page
from evenhand.web.console.asking import wrong_by_field
from evenhand.web.console.stock.shelf import SEES, WITHIN, Shelf
from evenhand.web.numbers import whole

FIELDS = {name: name for name in ("number", "load", "fuel", "starts")}


@page(*SEES)
def lorries(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The form and, once a depot and its lorries are given, the trips."""
    shelf, found, error = Shelf(request, seat), None, None
    if request.GET.get("depot"):
        try:
            found = _planned(shelf)
        except EvenhandError as raised:
            error = raised
    return _shown(shelf, found, error)


@page(*SEES)
def lorries_lists(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The load lists of the same plan as a PDF."""
    shelf = Shelf(request, seat)
    try:
        found = _planned(shelf)
    except EvenhandError as error:
        return _shown(shelf, None, error)
    drawn = load_lists_pdf(found.problem, found.checked, shelf.words.language)
    return HttpResponse(
        drawn, content_type="application/pdf", headers={"Content-Disposition": 'attachment; filename="load-lists.pdf"'}
    )


def _planned(shelf: Shelf) -> Trips:
    asked, depot = shelf.request.GET, shelf.request.GET.get("depot", "")
    if depot in shelf.names:
        shelf.check_seen(depot)
    if shelf.cycle is None or depot not in shelf.names:
        raise UsageError("there is no such depot", "choose one of the list")
    days = asked.get("days", "1")
    lorry = {name: asked.get(name, "").strip().replace(",", ".") for name in FIELDS}
    return trips_from(shelf.store, shelf.cycle, depot, lorry, whole(days, 3, 0), _weights(shelf))


def _weights(shelf: Shelf) -> dict[str, Fraction]:
    """Kilograms a unit of what is counted in pieces, as they were typed. InputError naming each that is no number."""
    found, problems = {}, []
    for benefit in unweighed(shelf.benefits.values()):
        text = shelf.request.GET.get(f"weight-{benefit.id}", "").strip().replace(",", ".")
        if re.fullmatch(r"[0-9]{1,6}([.][0-9]{1,6})?", text) and Fraction(text):
            found[benefit.id] = Fraction(text)
        else:
            message = "how much one of it weighs is not known"
            problems.append(Problem("", 0, f"weight-{benefit.id}", text[:40], message, "write kilograms, such as 0.06"))
    if problems:
        raise InputError(problems)
    return found


def _shown(shelf: Shelf, found: Trips | None, error: EvenhandError | None) -> HttpResponse:
    depots = depots_loading(shelf.store, shelf.cycle) if shelf.cycle else {}
    pieces = {f"weight-{b}": f"weight-{b}" for b in shelf.benefits}
    asked = {"number": "2", "load": "5000", "fuel": "28", "days": "1", "starts": "06:00", **shelf.request.GET.dict()}
    return shelf.shown("lorries", {
        "depots": [
            (name, f"{shelf.names.get(name, name)} ({shelf.figures.whole(n)})") for name, n in sorted(depots.items())
            if shelf.nodes is None or name in shelf.nodes
        ],
        "trips": found and _told(shelf, found), "asked": asked, "wrong": wrong_by_field(error, FIELDS | pieces),
        "pieces": [
            (f"weight-{b.id}", f"{b.title}, {b.unit}", asked.get(f"weight-{b.id}", ""))
            for b in unweighed(shelf.benefits.values())
        ],
        "query": shelf.request.GET.urlencode(), "within": WITHIN,
    })  # fmt: skip


def _told(shelf: Shelf, found: Trips) -> dict[str, Any]:
    whole = shelf.figures.whole
    runs = list(found.checked.runs)
    depot = next(iter(found.problem.depots))
    drawn = str(trip_map("trips", found.problem, depot, runs)) if runs and placed(found.problem, depot, runs) else ""
    return {
        # Our own drawing: every name in it was escaped when it was drawn.
        "map": mark_safe(drawn), "stops": sum(len(run.visits) for run in runs),
        "km": kilometres(found.checked.metres), "litres": litres(found.checked.fuel),
        "naive": litres(found.naive[1]),
        "unserved": [(point, whole(kg)) for point, kg in sorted(found.unserved.items())],
        "runs": [
            {
                "day": run.visits[0].day, "lorry": run.visits[0].lorry, "km": kilometres(run.metres),
                "home": clock(run.home),
                "rows": [
                    (visit.trip, visit.stop, visit.point, clock(begin), whole(visit.load))
                    for visit, begin in zip(run.visits, run.begins, strict=True)
                ],
            }
            for run in runs
        ],
    }  # fmt: skip
