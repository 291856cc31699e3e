"""A household's record: who belongs to it, what is known of it and what for, what it was due and had, and every change."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand.actions.cases_of import cases_of
from evenhand.actions.household_record import Record, card_of, record_of
from evenhand.actions.importing import policy_in_force
from evenhand.actions.my_ration import Grant, Month, my_months
from evenhand.core.benefit import Benefit
from evenhand.core.errors import EvenhandError
from evenhand.flow.policy import Policy
from evenhand.render.catalogue import Catalogue
from evenhand.render.figures import Figures
from evenhand.web.console.access import Seat, page
from evenhand.web.console.home import when
from evenhand.web.console.registry.seats import CORRECT, READ, REMOVE, address, change_said
from evenhand.web.language import catalogue_of


@page(*READ)
def household(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The record of `?household=`; without one, the way back to the search."""
    asked = request.GET.get("household", "")
    if not asked:
        return render(request, "console/registry/find.html", {"here": "registry", "asked": "", "registrar": False})
    return shown(request, seat, asked)


@page("reviewer", methods=("POST",))
def household_cases(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The complaints of a household, for a reviewer who may read them: that it is theirs is opened, and written down."""
    asked = request.POST.get("household", "")
    try:
        record = _record(seat, asked)
        cases = cases_of(seat.store, record.household, seat.username, request.POST.get("why", ""))
    except EvenhandError as error:
        return shown(request, seat, asked, "cases", error)
    return shown(request, seat, asked, cases=[vars(case) for case in cases])


def shown(
    request: HttpRequest, seat: Seat, asked: str, at: str = "", error: EvenhandError | None = None,
    cases: list[dict[str, Any]] | None = None,
) -> HttpResponse:  # fmt: skip
    """The page; `at` names the form that `error` is about."""
    record, zone, words = _record(seat, asked), ZoneInfo(seat.store.programme.zone), catalogue_of(request)
    seat.note_read("household", [record.household])
    policy, figures = policy_in_force(seat.store), Figures(words)
    card, now = card_of(seat.store, record.household), seat.store.clock()
    months = my_months(seat.store, record.household)
    mine = _within(seat, record.point)
    return render(request, "console/registry/household.html", {
        "here": "registry", "record": record, "card": card, "mine": mine, "at": at, "asked": request.POST,
        "error": [line.removeprefix("  what to do: ") for line in error.lines()] if error else [],
        "known": _known(record, policy), "people": _people(record, policy), "inputs": _member_inputs(policy),
        "months": [_month(month, figures, newest=not at_) for at_, month in enumerate(months)],
        "history": _history(record, zone, words), "self": address(record.household),
        "ends": when(record.standing.ends, zone)[:10] if record.standing.stands == "announced" else "",
        "over": now >= record.standing.ends, "announcer": record.standing.person == seat.username,
        "moved": when(record.standing.at, zone)[:10], "cases": cases, "reviewer": seat.has("reviewer"),
    }, status=422 if error else 200)  # fmt: skip


def _record(seat: Seat, asked: str) -> Record:
    with seat.desk(*READ):
        found = record_of(seat.store, asked.replace("\0", ""))
    if found is None:
        raise Http404
    return found


def _within(seat: Seat, point: str) -> dict[str, bool]:
    """What the account may do with a household of this point."""
    found = {}
    for act, roles in (("correct", CORRECT), ("remove", REMOVE)):
        points = seat.points(*roles) if seat.has(*roles) else frozenset()
        found[act] = points is None or point in points
    return found


def _known(record: Record, policy: Policy | None) -> list[dict[str, str]]:
    """What the policy asks of a household: field, value, what for; and what is kept of it that no policy asks for now."""
    asked = [i for i in policy.inputs.values() if i.of == "household" and not i.registry] if policy else []
    rows = [
        {"field": one.name, "value": record.inputs.get(one.name, ""), "purpose": one.purpose,
         "href": address(record.household, "correct", field=one.name)}
        for one in asked
    ]  # fmt: skip
    names = {one.name for one in asked}
    return rows + [
        {"field": n, "value": v, "purpose": "", "href": ""} for n, v in record.inputs.items() if n not in names
    ]


def _member_inputs(policy: Policy | None) -> list[tuple[str, str]]:
    if policy is None:
        return []
    return [(one.name, one.purpose) for one in policy.inputs.values() if one.of == "member" and not one.registry]


def _people(record: Record, policy: Policy | None) -> list[dict[str, Any]]:
    names = [name for name, _ in _member_inputs(policy)]
    return [
        {
            "one": one, "href": address(record.household, "correct", member=one.member),
            "inputs": [one.inputs.get(name, "") for name in names],
        }
        for one in record.people
    ]  # fmt: skip


def _month(month: Month, figures: Figures, newest: bool) -> dict[str, Any]:
    return {
        "month": month, "newest": newest,
        "grants": [_grant(grant, month, figures) for grant in month.grants],
        "debts": [
            {"debt": debt, "amount": _amount(debt.benefit, debt.amount, figures)}
            for debt in month.debts if not debt.lapsed
        ],
    }  # fmt: skip


def _grant(grant: Grant, month: Month, figures: Figures) -> dict[str, Any]:
    benefit = grant.benefit
    return {
        "title": benefit.title, "unit": benefit.unit, "rows": grant.rows,
        "due": "" if grant.due is None else _amount(benefit, grant.due, figures),
        "ration": _amount(benefit, grant.ration, figures),
        "given": _amount(benefit, month.given.get(benefit.id, 0), figures),
    }  # fmt: skip


def _amount(benefit: Benefit, base: int, figures: Figures) -> str:
    return figures.decimal(Fraction(base, benefit.base_per_unit), 3)


def _history(record: Record, zone: ZoneInfo, words: Catalogue) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"at": c.at, "kind": "change", "one": c} | change_said(c.field, c.old, c.new, words) for c in record.changes
    ]
    rows += [{"at": s.at, "kind": s.step, "one": s} for s in record.steps]
    rows.sort(key=lambda row: -row["at"])
    return [row | {"when": when(row["at"], zone)} for row in rows]
