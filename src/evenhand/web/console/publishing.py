"""Publish: a closed cycle becomes a folder that anybody can check, and the checker's own words about it stand here."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from evenhand.actions.cycles import Progress
from evenhand.actions.publishing import Disclosed, claims_told, disclosed, disclosed_in, publish_here
from evenhand.core.errors import EvenhandError, UsageError
from evenhand.store import Store
from evenhand.web.console.access import EVERY_ROLE, Seat, page
from evenhand.web.console.home import when
from evenhand.web.console.jobs import job_told
from evenhand.web.jobs import newest, start
from evenhand.web.language import catalogue_of

KIND = "cycle.publish"


@page(*EVERY_ROLE)
def publishing(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Every closed cycle, the newest first; what waits to be published on top."""
    zone = ZoneInfo(seat.store.programme.zone)
    found = [(one, when(one.at, zone) if one.at is not None else "") for one in disclosed(seat.store)]
    return render(request, "console/publishing.html", {
        "here": "publish", "cycles": found, "next": found[0][0] if found and found[0][0].state == "closed" else None,
        "may": seat.has("policy", "approver"),
    })  # fmt: skip


@page(*EVERY_ROLE)
def published(request: HttpRequest, seat: Seat, period: str) -> HttpResponse:
    """One cycle: publish it, read its report, take it away, and see every check."""
    return _shown(request, seat, _found(seat, period))


@page("policy", "approver", methods=("POST",))
def publish_start(request: HttpRequest, seat: Seat, period: str) -> HttpResponse:
    """Publish, or make the folder again here, and check it."""
    one = _found(seat, period)
    try:
        if not seat.store.rows("select from certificate where kind = 'person' and name = %s", (seat.username,)):
            raise UsageError(
                f'nobody called "{seat.username}" is enrolled', f"enrol them: evenhand enrol person {seat.username}"
            )
    except EvenhandError as error:
        return _shown(request, seat, one, error)
    return HttpResponseRedirect(f"/console/jobs/{start(seat, KIND, one.cycle)}")


def work(
    store: Store, cycle: str, person: str, given: dict[str, Any], progress: Progress, secret: str
) -> dict[str, str]:
    """Publish and check, as the process that does long work calls it."""
    publish_here(store, cycle, person, progress)
    return {"to": f"/console/publish/{cycle.split('/')[0]}/"}


def _found(seat: Seat, period: str) -> Disclosed:
    try:
        return disclosed_in(seat.store, period)
    except UsageError:
        raise Http404 from None


def _shown(request: HttpRequest, seat: Seat, one: Disclosed, error: EvenhandError | None = None) -> HttpResponse:
    zone, job = ZoneInfo(seat.store.programme.zone), newest(KIND, one.cycle)
    words = catalogue_of(request)
    return render(request, "console/published.html", {
        "here": "publish", "one": one, "at": when(one.at, zone) if one.at is not None else "",
        "checked": when(one.checked.at, zone) if one.checked else "", "vkey": seat.store.keys.root_vkey.line(),
        "claims": claims_told(one.folder) if one.folder else [], "may": seat.has("policy", "approver"),
        "job": job_told(job, words, seat) if job and job.goes_on else None, "files": f"/public/{one.period}/files/",
        "error": [line.strip() for line in error.lines()] if error else [],
    }, status=422 if error else 200)  # fmt: skip


urls = [
    path("publish/", publishing, name="publish"),
    path("publish/<slug:period>/", published, name="published"),
    path("publish/<slug:period>/start", publish_start, name="publish_start"),
]
