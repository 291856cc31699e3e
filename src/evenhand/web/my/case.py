"""Follow a complaint by its reference, which only who made it has; appeal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from evenhand.actions.appeal import appeal
from evenhand.actions.cases import Found, case_of, zone_of
from evenhand.actions.importing import policy_in_force
from evenhand.core.errors import UsageError
from evenhand.flow.grievance import UPHELD
from evenhand.flow.grievance.case import ARREARS
from evenhand.render.catalogue import Catalogue
from evenhand.render.point_paper import shown
from evenhand.store import Store
from evenhand.web.attempts import Attempt, Limit, address_of
from evenhand.web.language import catalogue_of
from evenhand.web.my.complain import text_of
from evenhand.web.my.ration import title_of
from evenhand.web.my.seat import CASE, open_page, page, read, write

LIMITS = {"address": Limit(60, 3600), "everybody": Limit(5000, 3600)}
"""References that do not exist, an hour."""


@open_page("GET", "POST")
def case(request: HttpRequest, store: Store) -> HttpResponse:
    """The form for the reference, or how the complaint stands."""
    if request.method == "POST":
        return _asked(request, store)
    held = read(request, CASE)
    return _told(request, store, held) if held and "other" not in request.GET else page(request, "my/case.html", {})


def _asked(request: HttpRequest, store: Store) -> HttpResponse:
    said = text_of(request, "reference").upper().replace(" ", "").replace("-", "")[:20]
    attempt = Attempt("case", LIMITS, {"address": address_of(request)})
    if attempt.refused:
        return page(request, "my/busy.html", {}, 429)
    try:
        found = case_of(store, f"{said[:4]}-{said[4:]}")
    except UsageError:
        return page(request, "my/case.html", {"bad": True, "reference": said}, 422)
    attempt.take_back()
    response = HttpResponseRedirect("/my/case")
    write(response, CASE, {"reference": found.reference})
    return response


@open_page("POST")
def appealed(request: HttpRequest, store: Store) -> HttpResponse:
    """The household does not agree."""
    held = read(request, CASE)
    if not held:
        return HttpResponseRedirect("/my/case")
    try:
        appeal(store, held["reference"], text_of(request, "words"))
    except UsageError:
        return _told(request, store, held, text_of(request, "words"))
    return HttpResponseRedirect("/my/case")


def _told(request: HttpRequest, store: Store, held: dict[str, str], words: str | None = None) -> HttpResponse:
    found, said = case_of(store, held["reference"]), catalogue_of(request)
    zone = zone_of(store)

    def day(at: int) -> str:
        return datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d")

    stand = found.case
    due = "" if stand.due is None else day(stand.due - 1)
    return page(request, "my/case_stands.html", {
        "reference": found.reference, "sent": "sent" in held, "kind": stand.intake.kind, "came": day(stand.intake.at),
        "stage": stand.stage, "office": said.say(f"my.office.{stand.office}"), "due": due, "overdue": stand.overdue,
        "rose": stand.pending and bool(stand.escalations), "served": stand.keeps_served(),
        "decisions": [
            (one.outcome == UPHELD, said.say(f"my.office.{one.office}"), day(one.at), one.words) for one in stand.decisions
        ],
        "remedies": [_remedy(store, found, number, said) for number in range(len(stand.remedies))],
        "words": words, "bad": words is not None,
    }, 422 if words is not None else 200)  # fmt: skip


def _remedy(store: Store, found: Found, number: int, said: Catalogue) -> str:
    given: Any = found.case.remedies[number][1]
    policy = policy_in_force(store)
    if given.kind != ARREARS or policy is None or given.benefit not in policy.benefits:
        return said.text.get(f"my.f.remedy.{given.kind}", given.kind)
    benefit = policy.benefits[given.benefit]
    amount = shown(benefit, given.amount_base, said)
    return said.say("my.f.remedy.arrears", amount=amount, good=title_of(policy, benefit.id, said))
