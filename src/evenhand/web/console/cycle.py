"""Cycle and allocation: what comes next and whose it is, who gets how much, and how the cycle came here."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import mark_safe

from evenhand.actions import next_step
from evenhand.actions.cycle_picture import picture
from evenhand.actions.division import Division, GoodDivided, division
from evenhand.actions.exceptions import states_reached
from evenhand.core.errors import EvenhandError
from evenhand.render.figures import Figures
from evenhand.web.console import cycle_steps
from evenhand.web.console.access import EVERY_ROLE, Seat, page
from evenhand.web.console.home import steps_of, when
from evenhand.web.console.jobs import job_told
from evenhand.web.jobs import newest as newest_job
from evenhand.web.jobs import start
from evenhand.web.language import catalogue_of

LARGER = {"g": "kg", "kg": "t", "ml": "l"}
"""A unit and the one a thousand times as large."""


@page(*EVERY_ROLE)
def cycle(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest cycle."""
    return shown(request, seat)


def shown(request: HttpRequest, seat: Seat, at: str = "", error: EvenhandError | None = None) -> HttpResponse:
    """The page; with what went wrong beside the form of step `at`, and everything typed but secrets still in it."""
    due = next_step.due(seat.store)
    found = None if due.cycle is None else division(seat.store, due.cycle)
    forms = [_form(request, seat, due, found, name, at, error) for name in due.steps]
    void = _form(request, seat, due, found, "void", at, error) if due.state in next_step.VOIDABLE else None
    if at and at not in due.steps and not (void and at == "void"):  # the cycle went on while the form was open
        forms[:0] = [{"name": at, "stale": True, "error": _lines(error)}]
    context = {"here": "allocation", "due": due, "found": found, "forms": forms, "void": void}
    if found is not None:
        context |= _told(request, seat, found)
    return render(request, "console/cycle.html", context, status=422 if error else 200)


def _told(request: HttpRequest, seat: Seat, found: Division) -> dict[str, Any]:
    words, zone = catalogue_of(request), ZoneInfo(seat.store.programme.zone)
    ends = [point for good in found.goods for point, _ in (good.shares[:1] + good.shares[-1:])]
    names = dict(seat.store.rows("select node, name from node where node = any(%s)", (ends,)))
    figures = Figures(words)
    return {
        "steps": steps_of(states_reached(seat.store, found.cycle), found.state, zone),
        "goods": [_good(good, figures, names) for good in found.goods],
        "picture": mark_safe(picture(seat.store, found.cycle, words.language) or "") if found.goods else "",
        "drawing": _drawing(found.cycle) if found.goods else None,
        "rules": [(rule, figures.percent(rule.worst_tenth)) for rule in found.rules],
        "signed": {role: (person, when(at, zone)) for role, (person, at) in found.signed.items()},
    }


def _form(
    request: HttpRequest,
    seat: Seat,
    due: next_step.Due,
    found: Division | None,
    name: str,
    at: str,
    error: EvenhandError | None,
) -> dict[str, Any]:
    """A step as its form shows it: whose it is, what it asks, whether it is being done, and what went wrong."""
    if name == "publish":
        return {"name": name}
    step = cycle_steps.STEPS[name]
    job = newest_job(f"cycle.{name}", due.cycle or "")
    mine = error if name == at else None
    asked = request.POST if mine is not None else {"period": due.period}
    wrong = getattr(mine, "field", "passphrase" if mine and any(field.secret for field in step.fields) else "")
    words = catalogue_of(request)
    who = words.listed([words.text[f"co.role.{role}"] for role in step.roles])
    values = {field.name: "" if field.secret else asked.get(field.name, "") for field in step.fields}
    return {
        "name": name, "second": name != due.steps[0], "who": who,
        "refusal": cycle_steps.refusal(seat, step, found.signed.get("preparer", ("",))[0] if found else ""),
        "fields": [(field, values[field.name], field.name == wrong) for field in step.fields],
        "error": _lines(mine), "job": job_told(job, words, seat) if job else None,
    }  # fmt: skip


def _lines(error: EvenhandError | None) -> list[str]:
    return [line.strip() for line in error.lines()] if error else []


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


@page("policy", "approver", methods=("POST",))
def draw(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Draw the picture of a cycle that was computed without one."""
    found = request.POST.get("cycle", "")
    if found != next_step.due(seat.store).cycle:
        return HttpResponseRedirect("/console/cycle/")
    return HttpResponseRedirect(f"/console/jobs/{start(seat, 'cycle.draw', found)}")


def _drawing(cycle: str) -> int | None:
    """The number of the job that draws its picture now."""
    found = newest_job("cycle.draw", cycle) or newest_job("cycle.compute", cycle)
    return found.id if found is not None and found.goes_on else None


urls = [path("cycle/draw", draw, name="cycle_draw"), *cycle_steps.step_urls(shown)]
