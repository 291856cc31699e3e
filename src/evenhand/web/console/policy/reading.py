"""The policies of the programme, and one of them as a page that a citizen reads."""

from __future__ import annotations

from difflib import unified_diff
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from evenhand.actions.adopt import declined, text_of, versions, waiting
from evenhand.actions.cycles import loaded
from evenhand.actions.policy_document import first_day
from evenhand.actions.policy_impact import impacts_of
from evenhand.core.errors import EvenhandError
from evenhand.flow.policy import run_tests
from evenhand.render.grid import SYMBOLS
from evenhand.render.policy_document import matter
from evenhand.web.console.access import EVERY_ROLE, Seat, page
from evenhand.web.console.home import when
from evenhand.web.console.policy.finding import SHORT, Text, found
from evenhand.web.language import language_of

LINES_SHOWN = 300


@page(*EVERY_ROLE)
def policies(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What is in force, what waits, what was before."""
    zone = ZoneInfo(seat.store.programme.zone)
    adopted = [(one, one.sha256.hex()[:SHORT], when(one.at, zone)) for one in versions(seat.store)]
    asked = [(one, one.sha256.hex()[:SHORT], when(one.at, zone)) for one in waiting(seat.store)]
    refused = [(one, who, why, when(at, zone)) for one, who, why, at in declined(seat.store)]
    return render(request, "console/policies.html", {
        "here": "policy", "adopted": adopted, "waiting": asked, "declined": refused, "may_write": seat.has("policy"),
    })  # fmt: skip


@page(*EVERY_ROLE)
def policy(request: HttpRequest, seat: Seat, sha: str) -> HttpResponse:
    """One text as its document, with how it stands."""
    return shown(request, seat, found(seat.store, sha))


@page(*EVERY_ROLE)
def policy_text(request: HttpRequest, seat: Seat, sha: str) -> HttpResponse:
    """The text itself, as a file."""
    one = found(seat.store, sha)
    response = HttpResponse(one.text.encode(), content_type="application/toml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="policy-{one.short}.toml"'
    return response


def shown(
    request: HttpRequest, seat: Seat, one: Text, at: str = "", error: EvenhandError | None = None
) -> HttpResponse:
    """The page of a text. `at`: the form whose `error` it tells."""
    zone = ZoneInfo(seat.store.programme.zone)
    found_policy = loaded(one.text, "policy")
    parts = matter(found_policy, first_day(found_policy), run_tests(found_policy), language_of(request))
    days = impacts_of(seat.store, one.sha256.hex())
    before = one.before.hex() if one.before else ""
    return render(request, "console/policy.html", {
        "here": "policy", "one": one, "symbols": mark_safe(SYMBOLS), "head": mark_safe(parts[0]), "title": one.title,
        "rest": [mark_safe(part) for part in parts[1:]], "proposed": when(one.proposal.at, zone) if one.proposal else "",
        "adopted": when(one.version.at, zone) if one.version else "", "before": before[:SHORT],
        "changes": changes(text_of(seat.store, one.before), one.text) if one.before and one.proposal else [],
        "impacts": [(day.isoformat(), f"{before[:SHORT]}-{one.short}-{day}") for day in days],
        "today": seat.store.today().isoformat(), "ask": _ask(seat, one), "at": at, "asked": request.POST,
        "may_compare": seat.has("policy", "approver", "auditor"), "may_write": seat.has("policy"),
        "error": [line.strip() for line in error.lines()] if error else [],
    }, status=422 if error else 200)  # fmt: skip


def _ask(seat: Seat, one: Text) -> str:
    """What stands where the second signature goes: `sign`, or the key of a sentence that says why not; "": not due."""
    if one.proposal is None:
        return ""
    if one.proposal.person == seat.username:
        return "yours"
    if not seat.has("approver"):
        return "notrole"
    key = seat.store.rows(
        "select from certificate where kind = 'person' and name = %s and 'approver' = any(roles)", (seat.username,)
    )
    return "sign" if key else "nokey"


def changes(old: str, new: str) -> list[dict[str, Any]]:
    """What differs between two texts, line by line with two lines around it: kind (`in`, `out`, `same`, `gap`) and text."""
    lines = list(unified_diff(old.splitlines(), new.splitlines(), n=2, lineterm=""))[2:]
    kinds = {"+": "in", "-": "out", "@": "gap"}
    told = [{"kind": kinds.get(line[:1], "same"), "text": line[1:]} for line in lines]
    return told[:LINES_SHOWN]
