"""Correct one thing of a household or of a member, with its reason."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from evenhand.actions.correct import correct, current, fields_of
from evenhand.actions.household_record import record_of
from evenhand.actions.importing import policy_in_force
from evenhand.core.errors import EvenhandError
from evenhand.core.schema import Column
from evenhand.render.catalogue import Catalogue
from evenhand.web.console.access import Seat, page
from evenhand.web.console.asking import wrong_by_field
from evenhand.web.console.registry.finding import registry
from evenhand.web.console.registry.seats import CORRECT, SAID, address, label
from evenhand.web.language import catalogue_of
from evenhand.wiring import engine


@page(*CORRECT, methods=("GET", "POST"))
def registry_correct(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Choose what to correct of `?household=` (and `member`), then say what is right and why."""
    asked = request.POST if request.method == "POST" else request.GET
    name, member, field = (asked.get(key, "").replace("\0", "") for key in ("household", "member", "field"))
    if not name:
        return registry(request)
    with seat.desk(*CORRECT):
        record = record_of(seat.store, name)
    if record is None or (member and member not in {*(one.member for one in record.people), *record.gone}):
        raise Http404
    seat.note_read("correct", [name])
    words, error = catalogue_of(request), None
    columns = {column.name: column for column in fields_of(seat.store, bool(member))}
    if member in record.gone:
        columns = {"listed": columns["listed"]}
    if field not in columns:
        field = next(iter(columns)) if len(columns) == 1 else ""
    if request.method == "POST" and field:
        try:
            correct(
                seat.store, engine(), name, field, asked.get("new", ""), asked.get("reason", ""), seat.username, member
            )
            return HttpResponseRedirect(address(name) + "#history")
        except EvenhandError as trouble:
            error = trouble
    case = asked.get("case", "")
    old = current(seat.store, name, member, field) if field else None
    return render(request, "console/registry/correct.html", {
        "here": "registry", "record": record, "member": member, "field": field, "back": address(name),
        "said": label(field, words) if field else "", "old": old, "purpose": _purpose(seat, field),
        "choices": [(address(name, "correct", member=member, field=n, case=case), label(n, words)) for n in columns],
        "form": _form(columns[field], old, asked, words, seat) if field else {},
        "wrong": wrong_by_field(error, {field: "new"}, ""), "reason": asked.get("reason") or _case(case, words),
    }, status=422 if error else 200)  # fmt: skip


def _case(reference: str, words: Catalogue) -> str:
    """The reason to begin with, where a case asks for the correction: `?case=`."""
    return words.say("re.case", case=reference) if re.fullmatch("[0-9A-Z]{4}-[0-9A-Z]{4}", reference) else ""


def _purpose(seat: Seat, field: str) -> str:
    policy = policy_in_force(seat.store)
    found = policy.inputs.get(field) if policy and field not in SAID else None
    return found.purpose if found else ""


def _form(column: Column, old: str | None, asked: Any, words: Catalogue, seat: Seat) -> dict[str, Any]:
    options: list[tuple[str, str]] = []
    if column.name == "point":
        rows = seat.store.rows("select node, name from node where kind = 'point' order by name, node limit 500")
        options = rows if len(rows) < 500 else []
    elif column.type == "bool":
        options = [(word, words.text[f"re.{word}"]) for word in ("yes", "no")]
    elif column.choices:
        options = [(w, words.text[f"re.sex.{w}"] if column.name == "sex" else w) for w in column.choices]
    return {
        "options": options, "value": asked.get("new", old or ""), "optional": not column.required,
        "doc": "date" if column.type == "date" else "point" if column.name == "point" and not options else "",
    }  # fmt: skip
