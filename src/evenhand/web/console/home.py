"""What needs me: tomorrow's exceptions first, then signatures that wait, then how the cycle stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand.actions.cycles import find
from evenhand.actions.exceptions import Morning, morning
from evenhand.core.benefit import Benefit
from evenhand.flow.cycle.exceptions import Exception_, Kind
from evenhand.flow.cycle.states import ORDER
from evenhand.render.catalogue import Catalogue
from evenhand.render.figures import Figures
from evenhand.web.console.access import EVERY_ROLE, Seat, page
from evenhand.web.language import catalogue_of

MARKS = {
    Kind.NO_STOCK: "not", Kind.NOT_LIFTED: "look", Kind.NOT_COUNTED: "look", Kind.SHORT: "look", Kind.UNOPENED: "look",
    Kind.SILENT: "silent",
}  # fmt: skip


@page(*EVERY_ROLE)
def home(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The morning page."""
    words, found = catalogue_of(request), morning(seat.store, seat.points())
    zone = ZoneInfo(seat.store.programme.zone)
    benefits = find(seat.store, found.cycle).policy().benefits if found.cycle else {}
    told = [_told(one, words, benefits, zone) for one in found.troubles]
    needing = {one.point.point for one in found.troubles}
    figures = Figures(words)
    return render(request, "console/home.html", {
        "morning": found, "here": "points", "now": when(seat.store.clock(), zone), "told": told,
        "quiet": [p.name for p in found.points if p.point not in needing],
        "title": _title(found, words), "steps": steps_of(found.reached, found.state, zone),
        "waiting": [(one, when(one.at, zone)) for one in found.waiting],
        "may_sign": seat.has("approver"),
        "figures": {name: figures.whole(getattr(found, name)) for name in ("served", "unknown", "to_come")},
        "all": figures.whole(found.served + found.unknown + found.to_come),
    })  # fmt: skip


def _title(found: Morning, words: Catalogue) -> str:
    if found.cycle is None:
        return words.text["co.home.first"]
    if found.state != "open":
        return words.text[f"co.home.title.{found.state}"]
    if not found.troubles:
        return words.text["co.home.title.none"]
    return words.counted("co.home.title", str(len(found.troubles)), len(found.troubles))


def _told(one: Exception_, words: Catalogue, benefits: dict[str, Benefit], zone: ZoneInfo) -> dict[str, Any]:
    point, figures = one.point, Figures(words)
    lines = words.listed([_line(words, benefits[b], found, wanted) for b, found, wanted in one.lines if b in benefits])
    left = figures.whole(point.households - point.given)
    heard = when(point.heard, zone) if point.heard is not None else ""
    key = f"co.known.{one.kind.name}" + (".never" if one.kind is Kind.SILENT and not heard else "")
    key += ".bare" if one.kind is Kind.NO_STOCK and not lines else ""
    return {
        "kind": one.kind.name, "must": one.kind is not Kind.SILENT, "mark": MARKS[one.kind], "name": point.name,
        "known": words.say(key, households=left, lines=lines, heard=heard, device=point.device),
        "todo": words.say(f"co.todo.{one.kind.name}", device=point.device or "–"),
    }  # fmt: skip


def _line(words: Catalogue, benefit: Benefit, found: int, wanted: int) -> str:
    figures = Figures(words, benefit.unit)
    numbers = (Fraction(steps * benefit.step_base, benefit.base_per_unit) for steps in (found, wanted))
    shown = [figures.bare(number) for number in numbers]
    return words.say("co.line", good=benefit.title, found=shown[0], wanted=shown[1], unit=benefit.unit)


def when(seconds: int, zone: ZoneInfo) -> str:
    """A moment in the programme's own time, day first as it is said everywhere: 2008-03-05 07:30."""
    return datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d %H:%M")


def steps_of(reached: Mapping[str, int], state: str, zone: ZoneInfo) -> list[tuple[str, str, bool]]:
    """Every state of a cycle: its name, when it was reached, whether it is the one now."""
    return [(name, when(reached[name], zone)[:10] if name in reached else "", name == state) for name in ORDER]
