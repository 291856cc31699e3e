"""What needs me: tomorrow's exceptions first, then signatures that wait, then how the cycle stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand.actions import next_step
from evenhand.actions.adopt import waiting as policies
from evenhand.actions.cycles import find
from evenhand.actions.exceptions import Morning
from evenhand.actions.next_step import beginning
from evenhand.core.benefit import Benefit
from evenhand.flow.cycle.exceptions import Exception_, Kind
from evenhand.flow.cycle.states import ORDER
from evenhand.render.catalogue import Catalogue
from evenhand.render.figures import Figures
from evenhand.web.console import cycle_steps
from evenhand.web.console.access import EVERY_ROLE, Seat, page
from evenhand.web.language import catalogue_of
from evenhand.web.numbers import whole
from evenhand.web.standing import board

MARKS = {
    Kind.NO_STOCK: "not", Kind.NOT_LIFTED: "look", Kind.NOT_COUNTED: "look", Kind.SHORT: "look", Kind.UNOPENED: "look",
    Kind.SILENT: "silent",
}  # fmt: skip


ACTS = {
    Kind.NO_STOCK: "/console/stock/transfers/?to={}", Kind.NOT_LIFTED: "/console/stock/waybills/?point={}",
    Kind.NOT_COUNTED: "/console/stock/received/?node={}", Kind.SHORT: "/console/cards/papers/?point={}",
    Kind.UNOPENED: "/console/cards/devices/?point={}", Kind.SILENT: "/console/cards/devices/?point={}",
}  # fmt: skip
"""Where whoever can mend it goes."""
ACTING = ("store", "registrar", "approver", "admin")
SHOWN = 20
"""So many points in trouble, or in none, are named on a page."""


@page(*EVERY_ROLE)
def home(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The morning page."""
    words, zone = catalogue_of(request), ZoneInfo(seat.store.programme.zone)
    chosen, first = request.GET.get("kind", ""), request.GET.get("from", "0")
    at = whole(first, 6, 0)
    seen = board(seat.store, seat.points(), chosen, at, SHOWN)
    found, now, figures = seen.morning, seat.store.clock(), Figures(words)
    benefits = find(seat.store, found.cycle).policy().benefits if found.cycle else {}
    troubles = sum(seen.kinds.values())
    rest = max(0, seen.kinds.get(chosen, troubles) - SHOWN - at)
    return render(request, "console/home.html", {
        "morning": found, "here": "points", "now": when(now, zone),
        "looked": when(seen.at, zone) if seen.at != now else "",
        "told": [_told(one, words, benefits, zone, seat) for one in seen.listed],
        "kinds": [(k, figures.whole(n), k == chosen) for k, n in seen.kinds.items()] if len(seen.kinds) > 1 else [],
        "chosen": chosen if chosen in seen.kinds else "", "left": figures.whole(rest),
        "next": at + SHOWN if rest else None, "before": max(0, at - SHOWN) if at else None,
        "quiet": figures.whole(seen.quiet), "quiet_names": seen.quiet_names, "quiet_more": seen.quiet > SHOWN,
        "points": figures.whole(seen.points),
        "title": _title(found, troubles, words), "steps": steps_of(found.reached, found.state, zone),
        "waiting": _waiting(found, words, seat, zone),
        "begin": beginning(seat.store) if found.cycle is None else [],
        "figures": {name: figures.whole(getattr(found, name)) for name in ("served", "unknown", "to_come")},
        "all": figures.whole(found.served + found.unknown + found.to_come),
    })  # fmt: skip


def _waiting(found: Morning, words: Catalogue, seat: Seat, zone: ZoneInfo) -> list[dict[str, str]]:
    """What waits for a hand: the cycle's next step, where it is this person's, or a second signature; a policy to adopt."""
    due = next_step.due(seat.store)
    rows = [
        {"what": words.say("co.sign.approve", cycle=one.cycle), "who": one.prepared_by, "at": when(one.at, zone),
         "href": "/console/cycle/" if seat.has("approver") else ""}
        for one in found.waiting
    ]  # fmt: skip
    mine = [name for name in due.steps[:1] if name in cycle_steps.STEPS and name not in ("sign", "close")]
    if found.cycle is not None:
        rows += [
            {"what": words.say(f"cy.{name}.title", cycle=found.cycle), "who": seat.username, "at": "",
             "href": "/console/cycle/"}
            for name in mine if not cycle_steps.refusal(seat, cycle_steps.STEPS[name])
        ]  # fmt: skip
    if seat.has("policy", "approver"):
        rows += [
            {"what": words.say("ho.policy", title=one.title), "who": one.person, "at": when(one.at, zone),
             "href": f"/console/policy/{one.sha256.hex()[:16]}/"}
            for one in policies(seat.store)
        ]  # fmt: skip
    return rows


def _title(found: Morning, troubles: int, words: Catalogue) -> str:
    if found.cycle is None:
        return words.text["co.home.first"]
    if found.state != "open":
        return words.text[f"co.home.title.{found.state}"]
    if not troubles:
        return words.text["co.home.title.none"]
    return words.counted("co.home.title", Figures(words).whole(troubles), troubles)


def _told(
    one: Exception_, words: Catalogue, benefits: dict[str, Benefit], zone: ZoneInfo, seat: Seat
) -> dict[str, Any]:
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
        "href": ACTS[one.kind].format(quote(point.point, safe="")) if seat.has(*ACTING) else "",
    }  # fmt: skip


LARGER = {"g": "kg", "ml": "l"}


def _line(words: Catalogue, benefit: Benefit, found: int, wanted: int) -> str:
    figures, unit = Figures(words), LARGER.get(benefit.unit, benefit.unit)
    each = Fraction(benefit.step_base, benefit.base_per_unit * (1000 if unit != benefit.unit else 1))
    shown = [figures.bare(steps * each) for steps in (found, wanted)]
    return words.say("co.line", good=benefit.title, found=shown[0], wanted=shown[1], unit=unit)


def when(seconds: int, zone: ZoneInfo) -> str:
    """A moment in the programme's own time, day first as it is said everywhere: 2008-03-05 07:30."""
    return datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d %H:%M")


def steps_of(reached: Mapping[str, int], state: str, zone: ZoneInfo) -> list[tuple[str, str, bool]]:
    """Every state of a cycle: its name, when it was reached, whether it is the one now."""
    return [(name, when(reached[name], zone)[:10] if name in reached else "", name == state) for name in ORDER]
