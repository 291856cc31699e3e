"""Cycle and allocation: how it stands, who gets how much, and the second person's signature with a key of their own."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from evenhand.actions.approve import approve
from evenhand.actions.cycles import newest
from evenhand.actions.division import Division, GoodDivided, division
from evenhand.actions.exceptions import states_reached
from evenhand.core.errors import EvenhandError, TryAgain, UsageError
from evenhand.render.figures import Figures
from evenhand.web.console.access import EVERY_ROLE, Seat, page
from evenhand.web.console.home import steps_of, when
from evenhand.web.language import catalogue_of

POINTS_SHOWN = 8
LARGER = {"g": "kg", "kg": "t", "ml": "l"}
"""A unit and the one a thousand times as large."""


@page(*EVERY_ROLE)
def cycle(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest cycle."""
    return _shown(request, seat)


@page("approver", methods=("POST",))
def sign(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The second signature. The passphrase opens the approver's key for this one signature."""
    try:
        if not ratelimit.consume(request, action="sign", user=request.user):
            raise TryAgain("too many attempts to sign", "wait five minutes")
        name = newest(seat.store)
        if request.POST.get("cycle") != name:
            raise UsageError(f"the newest cycle is {name} now", "look at it before you sign")
        approve(seat.store, name, seat.username, request.POST.get("passphrase", ""))
    except EvenhandError as error:
        return _shown(request, seat, error)
    return HttpResponseRedirect("/console/cycle/")


def _shown(request: HttpRequest, seat: Seat, error: EvenhandError | None = None) -> HttpResponse:
    words, zone = catalogue_of(request), ZoneInfo(seat.store.programme.zone)
    try:
        found = division(seat.store, newest(seat.store))
    except UsageError:
        return render(request, "console/cycle.html", {"here": "allocation", "found": None})
    figures, names = Figures(words), dict(seat.store.rows("select node, name from node where kind = 'point'"))
    seen = seat.points()
    return render(request, "console/cycle.html", {
        "here": "allocation", "found": found, "steps": steps_of(states_reached(seat.store, found.cycle), found.state, zone),
        "goods": [_good(good, figures, names) for good in found.goods],
        "points": [_points(good, figures, names, seen) for good in found.goods],
        "rules": [(rule, figures.percent(rule.worst_tenth)) for rule in found.rules],
        "signed": {role: (person, when(at, zone)) for role, (person, at) in found.signed.items()},
        "ask": _ask(seat, found), "error": [line.strip() for line in error.lines()] if error else [],
    }, status=422 if error else 200)  # fmt: skip


def _ask(seat: Seat, found: Division) -> str:
    """What stands where the signature goes: a key of the catalogue, `sign` for the form, or nothing once it is signed."""
    if found.state != "computed":
        return "" if "approver" in found.signed else "notyet"
    if found.signed["preparer"][0] == seat.username:
        return "yours"
    if not seat.has("approver"):
        return "notrole"
    key = seat.store.rows(
        "select from certificate where kind = 'person' and name = %s and 'approver' = any(roles)", (seat.username,)
    )
    return "sign" if key else "nokey"


def _good(good: GoodDivided, figures: Figures, names: dict[str, str]) -> dict[str, Any]:
    base, unit = good.benefit.base_per_unit, good.benefit.unit
    while unit in LARGER and good.due >= 100_000 * base:
        base, unit = base * 1000, LARGER[unit]
    ends = [(names.get(point, point), figures.percent(share)) for point, share in (good.shares[:1] + good.shares[-1:])]
    return {
        "title": good.benefit.title, "unit": unit,
        "due": figures.bare(Fraction(good.due, base)), "given": figures.bare(Fraction(good.given, base)),
        "share": figures.percent(min(Fraction(1), Fraction(good.given, good.due))) if good.due else "–", "ends": ends,
    }  # fmt: skip


def _points(good: GoodDivided, figures: Figures, names: dict[str, str], seen: frozenset[str] | None) -> dict[str, Any]:
    """The points that stand lowest; where all stand alike, that one share."""
    mine = [(point, share) for point, share in good.shares if seen is None or point in seen]
    shown = [
        (names.get(point, point), figures.percent(share), f"{float(min(share, Fraction(1)) * 100):.1f}")
        for point, share in mine[:POINTS_SHOWN]
    ]
    alike = shown[0][1] if shown and figures.percent(mine[-1][1]) == shown[0][1] else ""
    return {"title": good.benefit.title, "rows": shown, "more": len(mine) > len(shown), "alike": alike}
