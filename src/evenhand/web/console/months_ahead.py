"""Months ahead: what the stock and expected receipts make of the rations after this cycle, as the picture planners need."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import mark_safe

from evenhand.actions import next_step
from evenhand.actions.months_ahead import ahead, goods_after, months
from evenhand.core.errors import EvenhandError
from evenhand.render.horizon import horizon_parts
from evenhand.web.console.access import Seat, page
from evenhand.web.language import language_of

MONTHS = 6


@page("policy", "approver", "store", "auditor")
def months_ahead(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The form, and the picture once somebody says what is expected: an address that can be kept and sent."""
    due = next_step.due(seat.store)
    goods = goods_after(seat.store, due.cycle) if due.cycle is not None else []
    if due.cycle is None or not goods:
        return HttpResponseRedirect("/console/cycle/")
    names, given = months(seat.store, due.cycle, MONTHS), "go" in request.GET
    asked: dict[tuple[str, str], str] = {}
    for good in goods:
        known = {"due": _plain(good.due), "opening": _plain(good.opening)} | dict.fromkeys(names, "0")
        for field, value in known.items():
            typed = request.GET.get(f"{good.benefit}.{field}", value).strip()
            asked[good.benefit, field] = typed[:24].replace(" ", "").replace("\u00a0", "")
    parts: list[Any] = []
    error: EvenhandError | None = None
    if given:
        try:
            plan, seen = ahead(goods, names, asked)
            parts = [mark_safe(one) for one in horizon_parts(seen, plan, language_of(request))]
        except EvenhandError as found:
            error = found
    fields = [
        (good, [(f"{good.benefit}.{name}", name, asked[good.benefit, name]) for name in ("opening", "due", *names)])
        for good in goods
    ]
    return render(request, "console/months_ahead.html", {
        "here": "allocation", "due": due, "fields": fields, "months": names, "parts": parts,
        "error": [line.strip() for line in error.lines()] if error else [],
    }, status=422 if error else 200)  # fmt: skip


def _plain(value: Fraction) -> str:
    """As a person types it: whole from 100 on, else one digit."""
    if value >= 100:
        return str(round(value))
    tenths = round(value * 10)
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


urls = [path("cycle/ahead/", months_ahead, name="months_ahead")]
