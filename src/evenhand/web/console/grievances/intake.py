"""Take a complaint in for somebody on the telephone, or from a paper; and an appeal."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from evenhand.actions.appeal import appeal
from evenhand.actions.complain import Complaint, complain
from evenhand.actions.places import places_called
from evenhand.actions.reissue import household_of
from evenhand.core.errors import EvenhandError, UsageError
from evenhand.flow.grievance import KINDS
from evenhand.store.media import BYTES_MAX
from evenhand.web.console.access import Seat, page
from evenhand.web.console.grievances.common import TAKES_IN, frame
from evenhand.web.my.complain import files_of, text_of

CHANNELS = ("telephone", "paper")
FILED = "grievance-filed"
FIELDS = ("channel", "kind", "where", "card", "words", "name", "contact", "nobody", "form")


@page(*TAKES_IN, methods=("GET", "POST"))
def intake(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The form, and what it brings. The reference is shown once."""
    if request.method != "POST":
        return _shown(request, seat, {}, filed=request.session.pop(FILED, ""))
    asked = {name: text_of(request, name) for name in FIELDS}
    said, bad = _said(seat, asked)
    if said is None or bad:
        return _shown(request, seat, asked, bad)
    try:
        reference = complain(
            seat.store, said, lambda: secrets.token_bytes(8), seat.username, files_of(request, ("scan",)), asked["form"]
        )
    except UsageError as error:
        return _shown(request, seat, asked, error=error)
    request.session[FILED] = reference
    return HttpResponseRedirect("/console/grievances/new/")


@page(*TAKES_IN, methods=("POST",))
def intake_appeal(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A household appeals by telephone, with its reference."""
    asked = {name: text_of(request, name) for name in ("reference", "words")}
    try:
        appeal(seat.store, asked["reference"], asked["words"])
    except UsageError as error:
        return _shown(request, seat, asked, error=error, at="appeal")
    request.session[FILED] = "appeal"
    return HttpResponseRedirect("/console/grievances/new/")


def _said(seat: Seat, asked: dict[str, str]) -> tuple[Complaint | None, dict[str, str]]:
    """What was typed as a complaint, or what is wrong with it, by field."""
    bad: dict[str, str] = {} if asked["kind"] in KINDS else {"kind": "kind"}
    anonymous, household = bool(asked["nobody"]), ""
    if asked["card"] and not anonymous:
        try:
            household = household_of(seat.store, "", asked["card"])
        except UsageError:
            bad["card"] = "card"
    places = places_called(seat.store, asked["where"]) if asked["where"] else []
    if len(places) != 1 and (asked["where"] or not household):
        bad["where"] = "where"
    if bad:
        return None, bad
    point, area = "", ""
    if places:
        point, area = (places[0].id, "") if places[0].kind == "point" else ("", places[0].id)
    channel = asked["channel"] if asked["channel"] in CHANNELS else CHANNELS[0]
    name, contact = ("", "") if anonymous else (asked["name"], asked["contact"])
    return Complaint(asked["kind"], asked["words"], point, area, household, name, contact, channel, anonymous), {}


def _shown(
    request: HttpRequest, seat: Seat, asked: dict[str, str], bad: dict[str, str] | None = None,
    error: EvenhandError | None = None, filed: str = "", at: str = "",
) -> HttpResponse:  # fmt: skip
    return render(request, "console/grievances/intake.html", frame(request, seat, "new") | {
        "asked": asked, "bad": bad or {}, "kinds": list(KINDS), "channels": CHANNELS, "filed": filed, "at": at,
        "form": asked.get("form") or secrets.token_urlsafe(16), "mb": BYTES_MAX >> 20,
        "error": [each.strip() for each in error.lines()] if error else [],
    }, status=422 if bad or error else 200)  # fmt: skip
