"""Long work as whoever waits for it sees it: how far it is, what came of it, and how to stop it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from evenhand.render.catalogue import Catalogue
from evenhand.web.console.access import EVERY_ROLE, Seat, page
from evenhand.web.console.home import when
from evenhand.web.jobs import Work, find, listing, stop
from evenhand.web.language import catalogue_of

MARKS = {"done": "done", "failed": "not", "stopped": "look", "waiting": "silent", "working": "silent"}


@page(*EVERY_ROLE)
def jobs(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest long work, that which goes on first."""
    words = catalogue_of(request)
    told = [job_told(work, words, seat) for work in listing()]
    return render(request, "console/jobs.html", {"here": "jobs", "jobs": told})


@page(*EVERY_ROLE)
def job(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """One job; the page looks again by itself while it goes on."""
    found = _found(number)
    return render(request, "console/job.html", {"here": "jobs", "job": job_told(found, catalogue_of(request), seat)})


@page(*EVERY_ROLE, methods=("POST",))
def job_stop(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Stop a job: whoever began it may, and an administrator."""
    if _may_stop(_found(number), seat):
        stop(seat, number)
    return HttpResponseRedirect(f"/console/jobs/{number}")


def _found(number: int) -> Work:
    found = find(number) if number < 1 << 31 else None
    if found is None:
        raise Http404
    return found


def _may_stop(work: Work, seat: Seat) -> bool:
    return work.goes_on and work.stopped_by is None and (seat.username == work.person or seat.has("admin"))


def job_told(work: Work, words: Catalogue, seat: Seat) -> dict[str, Any]:
    """A job in the reader's words."""
    zone = ZoneInfo(seat.store.programme.zone)
    step = f"job.at.{work.label.partition(':')[0].replace(' ', '-')}"
    return {
        "work": work, "mark": MARKS[work.state], "title": words.say(f"job.kind.{work.kind}", subject=work.called),
        "asked": when(work.asked_at, zone), "ended": when(work.ended_at, zone) if work.ended_at is not None else "",
        "step": words.text.get(step, words.text["job.at.other"]), "may_stop": _may_stop(work, seat),
        "stopping": work.goes_on and work.stopped_by is not None,
        "to": (work.result or {}).get("to", ""), "percent": 100 * work.done // work.total if work.total else None,
    }  # fmt: skip


urls = [
    path("jobs/", jobs, name="jobs"),
    path("jobs/<int:number>", job, name="job"),
    path("jobs/<int:number>/stop", job_stop, name="job_stop"),
]
