"""Cards: who has none yet, printing them, the files that wait for the printer, and coupons for months to come."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from evenhand.actions.cards import check_periods, is_large, without_card
from evenhand.actions.print_runs import PrintRun, begin_run, destroy_run, find_run, print_runs, zipped
from evenhand.actions.reissue import People, first_open_period
from evenhand.core.errors import EvenhandError, InputError, Problem, UsageError
from evenhand.render.catalogue import LANGUAGES
from evenhand.render.sheets import STOCKS
from evenhand.web.console.access import Seat, page
from evenhand.web.console.asking import attempt
from evenhand.web.console.cards.desk import PRINTS, SEES, Desk
from evenhand.web.console.home import when
from evenhand.web.jobs import newest, start

FIELDS = {name: name for name in ("point", "periods", "paper", "language", "second")}


@page(*SEES)
def cards(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The page."""
    return _shown(Desk(request, seat, PRINTS))


@page(*PRINTS, methods=("POST",))
def cards_issue(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Print cards, coupons and slips for the households of a point, or of all, that have none."""
    desk = Desk(request, seat, PRINTS)
    try:
        points, asked = _asked(desk)
        if not without_card(seat.store, points or None):
            raise UsageError("every household has a card", "bring new households first, or renew coupons")
        run = begin_run(seat.store, "issue", points, asked, seat.username)
    except EvenhandError as error:
        return _shown(desk, error, "issue")
    return HttpResponseRedirect(f"/console/jobs/{start(seat, 'cards.issue', ', '.join(points) or '*', {'run': run})}")


@page(*PRINTS, methods=("POST",))
def cards_renew(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Print coupons for months to come: one person asks with their key, another confirms where the policy says so."""
    desk = Desk(request, seat, PRINTS)
    try:
        points, asked = _asked(desk)
        second, words = (
            request.POST.get("second", "").strip(),
            [request.POST.get(name, "") for name in ("passphrase", "other")],
        )
        with attempt(request):
            People(seat.username, words[0], second, words[1]).check(seat.store)
        start_ = first_open_period(seat.store)
        if start_ is not None and min(asked["periods"]) < start_:
            message = f"the tags of {min(asked['periods'])} are fixed already"
            raise InputError([Problem("", 0, "periods", "", message, f"choose {start_} or later")])
        run = begin_run(seat.store, "renew", points, asked | {"second": second}, seat.username)
    except EvenhandError as error:
        return _shown(desk, error, "renew")
    number = start(seat, "cards.renew", ", ".join(points) or "*", {"run": run}, secret=json.dumps(words))
    return HttpResponseRedirect(f"/console/jobs/{number}")


@page(*PRINTS, methods=("POST",))
def cards_go_on(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Let a printing that was interrupted go on where it was."""
    desk = Desk(request, seat, PRINTS)
    try:
        run = find_run(seat.store, request.POST.get("run", ""), desk.mine)
        if run.what != "issue":
            raise UsageError(
                "this printing cannot go on by itself", "ask for it again: those who have papers are left out"
            )
    except EvenhandError as error:
        return _shown(desk, error, "runs")
    number = start(seat, "cards.issue", ", ".join(run.points) or "*", {"run": run.name})
    return HttpResponseRedirect(f"/console/jobs/{number}")


@page(*PRINTS)
def cards_files(request: HttpRequest, seat: Seat, run: str, kind: str) -> HttpResponse:
    """All sheets of a kind of a printing, in one archive."""
    try:
        held = zipped(seat.store, run, kind, seat.points(*PRINTS))
    except EvenhandError as error:
        raise Http404 from error
    return HttpResponse(
        held,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{kind}-{run}.zip"'},
    )


@page(*PRINTS, methods=("POST",))
def cards_destroy(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The sheets are printed: remove the files."""
    desk = Desk(request, seat, PRINTS)
    try:
        if request.POST.get("printed") != "yes":
            raise UsageError("these papers exist nowhere else", "tick that they are printed, then destroy the files")
        destroy_run(seat.store, request.POST.get("run", ""), desk.mine)
    except EvenhandError as error:
        return _shown(desk, error, "runs")
    return HttpResponseRedirect("/console/cards/")


def _asked(desk: Desk) -> tuple[list[str], dict[str, Any]]:
    """Points (none: every one) and what a printing needs to know. InputError naming the field."""
    form, problems = desk.request.POST, []
    point = form.get("point", "").strip()
    if point and point not in desk.names:
        problems.append(Problem("", 0, "point", point[:40], "there is no such point", "choose one of the list"))
    points = [point] if point else sorted(desk.mine or ())
    if point in desk.names:
        desk.check_mine(point)
    if desk.mine is not None and not points:
        problems.append(Problem("", 0, "point", "", "you have no points", "ask for a role in an area that has some"))
    periods = form.getlist("periods")
    if not periods:
        problems.append(Problem("", 0, "periods", "", "no month is chosen", "choose every month the coupons are for"))
    for name, known in (("paper", tuple(STOCKS)), ("language", LANGUAGES)):
        if form.get(name, "") not in known:
            problems.append(Problem("", 0, name, "", "none of the list", f"use one of {', '.join(known)}"))
    if problems:
        raise InputError(problems)
    return points, {"periods": check_periods(periods), "paper": form["paper"], "language": form["language"]}


def _shown(desk: Desk, error: EvenhandError | None = None, at: str = "") -> HttpResponse:
    one, lacking = desk.request.GET.get("point", ""), None
    if one in desk.names and (desk.points is None or one in desk.points):
        lacking = without_card(desk.store, [one])
    elif desk.points is not None or not is_large(desk.store):
        lacking = without_card(desk.store, None if desk.points is None else sorted(desk.points))
    chosen = desk.request.POST.getlist("periods") or desk.months()[:3]
    return desk.shown("cards", {
        "at": at, "lacking": lacking and [(desk.names.get(point, point), desk.figures.whole(n)) for point, n in lacking],
        "unknown": lacking is None, "spots": desk.choices(),
        "months": [(one, one in chosen) for one in desk.months()],
        "runs": [_told(desk, run) for run in print_runs(desk.store, desk.points)],
    }, error, FIELDS)  # fmt: skip


def _told(desk: Desk, run: PrintRun) -> dict[str, Any]:
    job = newest(f"cards.{run.what}", ", ".join(run.points) or "*") if run.unfinished else None
    return {
        "run": run, "at": when(run.at, desk.zone),
        "points": desk.words.listed([desk.names.get(point, point) for point in run.points[:5]]), "more": len(run.points) > 5,
        "going": job is not None and job.goes_on, "job": job.id if job else None,
    }  # fmt: skip
