"""A case: what was said beside what the household's own records say, without its name; the name by a deliberate act; the
decision, and what follows from it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from evenhand.actions.carrying_out import is_done
from evenhand.actions.case_queue import noted
from evenhand.actions.case_records import paper, papers_of, records_of
from evenhand.actions.cases import Found, readable
from evenhand.actions.decide_case import decide_case
from evenhand.actions.importing import policy_in_force
from evenhand.actions.my_ration import Grant, Month
from evenhand.actions.open_name import open_name
from evenhand.actions.remedy import arrears, give_remedy
from evenhand.core.errors import EvenhandError, UsageError
from evenhand.flow.grievance import UPHELD, Event, Remedy, Reviewer, may_decide
from evenhand.flow.grievance.case import ARREARS, CORRECTION, COUPON
from evenhand.render.catalogue import Catalogue
from evenhand.render.figures import Figures
from evenhand.render.point_paper import shown
from evenhand.web.console.access import Seat, page
from evenhand.web.console.grievances.common import REVIEWS, day, frame, line, names_of, said
from evenhand.web.console.home import when
from evenhand.web.my.ration import month_name, title_of

INERT = "default-src 'none'; media-src 'self'; sandbox"


@page(*REVIEWS)
def case(request: HttpRequest, seat: Seat, reference: str) -> HttpResponse:
    """The case as it stands."""
    return _shown(request, seat, reference)


@page(*REVIEWS, methods=("POST",))
def case_open(request: HttpRequest, seat: Seat, reference: str) -> HttpResponse:
    """Open the seal, for a reason that is written down. What was sealed is shown on this answer alone."""
    _readable(seat, reference)
    why = request.POST.get("why", "").strip()
    try:
        told = open_name(seat.store, reference, seat.username, why)
    except UsageError as error:
        return _shown(request, seat, reference, at="why", error=error)
    if told.get("household"):
        card = seat.store.rows("select number from card where household = %s limit 1", (told["household"],))
        told |= {"card": card[0][0]} if card else {}
    return _shown(request, seat, reference, told=told)


@page(*REVIEWS, methods=("POST",))
def case_decide(request: HttpRequest, seat: Seat, reference: str) -> HttpResponse:
    """Write the decision down."""
    _readable(seat, reference)
    try:
        decide_case(seat.store, reference, seat.username, request.POST.get("outcome", ""), _words(request))
    except UsageError as error:
        return _shown(request, seat, reference, at="decide", error=error)
    return HttpResponseRedirect(f"/console/grievances/{reference}/")


@page(*REVIEWS, methods=("POST",))
def case_remedy(request: HttpRequest, seat: Seat, reference: str) -> HttpResponse:
    """Write a remedy down."""
    _readable(seat, reference)
    kind = request.POST.get("kind", "")
    try:
        given = Remedy(kind)
        if kind == ARREARS:
            given = arrears(seat.store, request.POST.get("benefit", ""), request.POST.get("amount", "").strip())
        give_remedy(seat.store, reference, seat.username, given, _words(request))
    except UsageError as error:
        return _shown(request, seat, reference, at="remedy", error=error)
    return HttpResponseRedirect(f"/console/grievances/{reference}/")


@page(*REVIEWS)
def case_paper(request: HttpRequest, seat: Seat, reference: str, number: int) -> HttpResponse:
    """A photo or a voice note as it is, anything else as a file: nothing a stranger sent is ever a page of ours."""
    _readable(seat, reference)
    try:
        media, data = paper(seat.store, reference, number, seat.username)
    except UsageError as error:
        raise Http404 from error
    seen = media == "image/jpeg" or media.startswith("audio/")
    response = HttpResponse(data, content_type=media if seen else "application/octet-stream")
    name = f"{reference}-{number}.{'pdf' if media == 'application/pdf' else media.partition('/')[2]}"
    response.headers["Content-Disposition"] = f'{"inline" if seen else "attachment"}; filename="{name}"'
    response.headers["Content-Security-Policy"] = INERT
    return response


def _words(request: HttpRequest) -> str:
    return request.POST.get("words", "").replace("\r\n", "\n")


def _readable(seat: Seat, reference: str) -> tuple[Found, Reviewer]:
    """The case; a missing page for whoever may not read it, as for a case that is not there."""
    try:
        return readable(seat.store, reference, seat.username)
    except UsageError as error:
        raise Http404 from error


def _shown(
    request: HttpRequest, seat: Seat, reference: str, at: str = "", error: EvenhandError | None = None,
    told: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    store, words, zone = seat.store, said(request), ZoneInfo(seat.store.programme.zone)
    found, reviewer = _readable(seat, reference)
    (found,) = noted(store, (found,))
    months = records_of(store, reference, seat.username)
    found, _ = _readable(seat, reference)
    names = names_of(store, [found]) | _points(seat, months)
    policy, stand = policy_in_force(store), found.case
    by_me = bool(stand.decisions) and stand.decisions[-1].person == seat.username
    sealed = store.rows("select sealed is not null from grievance where reference = %s", (found.reference,))[0][0]
    benefits = [] if policy is None else [(b, title_of(policy, b, words)) for b in policy.divided]
    return render(request, "console/grievances/case.html", frame(request, seat, "") | {
        "one": line(store, found, names, words, zone), "words": found.words, "restricted": found.kind.restricted,
        "papers": [(n, "voice" if m.startswith("audio/") else "photo" if m == "image/jpeg" else "pdf")
                   for n, m in papers_of(store, found.reference)],
        "months": [_month(one, names, words) for one in months], "sealed": sealed, "told": told,
        "may_decide": may_decide(reviewer, stand, found.around), "pending": stand.pending,
        "office": words.text[f"gr.office.{stand.office}"], "served": stand.keeps_served(),
        "last": bool(stand.decisions), "appeal": day(stand.due - 1, zone) if stand.due and not stand.pending else "",
        "decisions": [
            (words.text[f"gr.outcome.{one.outcome}"], one.person, day(one.at, zone), one.words) for one in stand.decisions
        ],
        "upheld": not stand.pending and stand.outcome == UPHELD, "may_remedy": by_me, "benefits": benefits,
        "kinds": (ARREARS, CORRECTION, COUPON),
        "remedies": [_remedy(seat, found, e, words) for e in found.events if e.remedy],
        "history": [_event(e, words, zone) for e in found.events], "at": at, "asked": request.POST if at else {},
        "error": [each.strip() for each in error.lines()] if error else [],
    }, status=422 if error else 200)  # fmt: skip


def _points(seat: Seat, months: list[Month]) -> dict[str, str]:
    rows = seat.store.rows("select node, name from node where node = any(%s)", ([one.point for one in months],))
    return {node: name for node, name in rows if name}


def _month(one: Month, names: dict[str, str], words: Catalogue) -> dict[str, Any]:
    return {
        "month": month_name(one.period, words), "point": names.get(one.point) or one.point,
        "goods": [_good(one, grant, words) for grant in one.grants], "ended": one.ended,
        "cut": any(grant.counted is not None for grant in one.grants),
        "rules": "; ".join(dict.fromkeys(told or row for grant in one.grants for row, told in grant.rows)),
    }  # fmt: skip


def _good(one: Month, grant: Grant, words: Catalogue) -> dict[str, str]:
    figures, due = Figures(words), grant.due
    shares = {
        name: words.say("ls.share", share=figures.percent(exact / due)) if exact is not None and due else ""
        for name, exact in (("planned", grant.planned), ("counted", grant.counted))
    }
    given = one.given.get(grant.benefit.id, 0)
    return shares | {
        "title": title_of(one.policy, grant.benefit.id, words),
        "due": "" if due is None else shown(grant.benefit, due, words),
        "ration": shown(grant.benefit, grant.ration, words), "given": shown(grant.benefit, given, words) if given else "",
    }  # fmt: skip


def _remedy(seat: Seat, found: Found, event: Event, words: Catalogue) -> dict[str, Any]:
    given, policy = event.remedy, policy_in_force(seat.store)
    assert given is not None
    text, done = words.text[f"gr.remedy.{given.kind}"], False
    if given.kind == ARREARS and policy is not None and given.benefit in policy.benefits:
        amount = shown(policy.benefits[given.benefit], given.amount_base, words)
        text = words.say("gr.remedy.owed", amount=amount, good=title_of(policy, given.benefit, words))
    elif given.kind != ARREARS:
        done = is_done(seat.store, found.reference, given.kind, event.at)
    return {
        "text": text,
        "words": event.words,
        "state": "next" if given.kind == ARREARS else "done" if done else "waits",
    }


def _event(event: Event, words: Catalogue, zone: ZoneInfo) -> tuple[str, str, str]:
    """(when, what, in which words)."""
    text = words.say(f"gr.act.{event.act}", person=event.person) if f"gr.act.{event.act}" in words.text else event.act
    if event.office:
        text += ", " + words.say("gr.act.to", office=words.text[f"gr.office.{event.office}"])
    if event.outcome:
        text += f": {words.text[f'gr.outcome.{event.outcome}']}"
    return when(event.at, zone), text, "" if event.act == "read" else event.words
