"""What came to a depot, or to a point that cannot count by its own phone: line by line of what was sent."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

from evenhand.actions.noting import REASON_LENGTH, Came, LineKey, sent_of
from evenhand.actions.receive import lines_to, receive_notes
from evenhand.actions.signing import needs_officer, officer_of
from evenhand.actions.stock import steps_of
from evenhand.core.errors import EvenhandError, InputError, Problem, UsageError
from evenhand.flow.network.quantities import NotAQuantity, base_units
from evenhand.web.console.access import Seat, page
from evenhand.web.console.asking import attempt, unit_of, with_unit
from evenhand.web.console.listing import Column, Held, Listing
from evenhand.web.console.stock.shelf import ACTS, SEES, Shelf

COLUMNS = (
    Column("place", "st.place", hxl="#loc+name"),
    Column("lines", "st.received.count", "number", "#meta+count"),
)


@page(*SEES)
def received(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Places that wait for their count; `?node=` opens the form of one."""
    return _shown(Shelf(request, seat), request.GET.get("node", ""))


@page(*ACTS, methods=("POST",))
def received_enter(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Enter a goods received note. Where no phone counts, the storekeeper signs the count and says why."""
    shelf, node = Shelf(request, seat), request.POST.get("node", "")
    if node in shelf.names:
        shelf.check_mine(node)
    try:
        if shelf.cycle is None or node not in shelf.names:
            raise UsageError("there is no such place", "choose one that waits for its count")
        lines = _lines(shelf, node)
        notes = _notes(shelf, lines)
        officer = None
        if _by_officer(shelf, node):
            with attempt(request):
                passphrase, why = (request.POST.get(name, "") for name in ("passphrase", "why"))
                officer = officer_of(seat.store, seat.username, passphrase, why)
        receive_notes(seat.store, shelf.cycle, notes, officer=officer)
    except EvenhandError as error:
        return _shown(shelf, node, error)
    return HttpResponseRedirect(f"/console/stock/?{urlencode({'node': node})}")


def _by_officer(shelf: Shelf, node: str) -> bool:
    return node not in shelf.depots and needs_officer(shelf.store, node)


def _lines(shelf: Shelf, node: str) -> list[tuple[LineKey, int]]:
    """Every line on its way to a node, with the steps sent."""
    assert shelf.cycle is not None
    sent = sent_of(shelf.store, shelf.cycle, steps_of(shelf.benefits.values()))
    return [
        (key, sent.get(key, 0)) for key, target in sorted(lines_to(shelf.store, shelf.cycle).items()) if target == node
    ]


def _notes(shelf: Shelf, lines: list[tuple[LineKey, int]]) -> dict[LineKey, Came]:
    notes: dict[LineKey, Came] = {}
    problems = []
    for number, (key, _) in enumerate(lines, 1):
        steps = {}
        for what in ("came", "damaged"):
            field = f"{what}{number}"
            try:
                steps[what] = _steps(
                    shelf, key[1], shelf.request.POST.get(field, "") or ("0" if what == "damaged" else "")
                )
            except NotAQuantity as error:
                message, _, remedy = str(error).partition("|")
                problems.append(Problem("", number, field, "", message, remedy))
        notes[key] = Came(
            number,
            0,
            steps.get("came", 0),
            steps.get("damaged", 0),
            shelf.request.POST.get(f"reason{number}", "").strip(),
        )
        if len(notes[key].reason) > REASON_LENGTH or not notes[key].reason.isprintable():
            problems.append(
                Problem("", number, f"reason{number}", "", f"1 to {REASON_LENGTH} plain letters", "shorten it")
            )
    if problems:
        raise InputError(problems)
    return notes


def _steps(shelf: Shelf, benefit: str, text: str) -> int:
    found = shelf.benefits[benefit]
    base = base_units(with_unit(text, found), found)
    if base % found.step_base:
        step = shelf.amount(benefit, found.step_base).replace("\u00a0", " ")
        raise NotAQuantity(f"not a whole number of {step}|count whole hand-out steps; the rest is damaged or missing")
    return base // found.step_base


def _shown(shelf: Shelf, node: str, error: EvenhandError | None = None) -> HttpResponse:
    waiting: dict[str, int] = {}
    if shelf.cycle and shelf.state == "open":
        counted = shelf.counted()
        for (_, _), target in lines_to(shelf.store, shelf.cycle).items():
            if target not in counted and (shelf.nodes is None or target in shelf.nodes):
                waiting[target] = waiting.get(target, 0) + 1
    found = [
        {"place": shelf.names.get(target, target), "place.href": f"?{urlencode({'node': target})}", "lines": n}
        for target, n in waiting.items()
    ]
    found.sort(key=lambda one: str(one["place"]))
    listing = Listing(
        shelf.request, Held(found), COLUMNS, caption="st.received.places", zone=shelf.zone, empty="st.received.none"
    )
    if listing.wanted and not node:
        return listing.download("counting-in")
    rows: list[dict[str, Any]] = []
    if node and node in waiting:
        rows = [_row(shelf, number, key, sent) for number, (key, sent) in enumerate(_lines(shelf, node), 1)]
    fields = {"why": "why"} | {
        f"{what}{row['number']}": f"{what}{row['number']}" for row in rows for what in ("came", "damaged", "reason")
    }
    error = _placed(error, rows)
    return shelf.shown("received", {
        "node": node if rows else "", "name": shelf.names.get(node, node), "rows": rows,
        "unknown": bool(node) and not rows, "officer": bool(rows) and _by_officer(shelf, node),
        "may": shelf.acts and (shelf.mine is None or node in shelf.mine),
        "listing": listing, "waiting": bool(waiting),
    }, error, fields)  # fmt: skip


def _row(shelf: Shelf, number: int, key: LineKey, sent: int) -> dict[str, Any]:
    benefit = shelf.benefits[key[1]]
    unit, scale = unit_of(benefit)
    plain = Fraction(sent * benefit.step_base, scale)
    whole, rest = divmod(plain.numerator * 1000 // plain.denominator, 1000)
    typed = f"{whole}.{rest:03}".rstrip("0").rstrip(".")
    asked = shelf.request.POST
    return {
        "number": number, "bill": key[0], "title": benefit.title, "unit": unit, "sent": shelf.steps(key[1], sent),
        "nothing": not sent, "came": asked.get(f"came{number}", typed), "damaged": asked.get(f"damaged{number}", "0"),
        "reason": asked.get(f"reason{number}", ""), "key": key,
    }  # fmt: skip


def _placed(error: EvenhandError | None, rows: list[dict[str, Any]]) -> EvenhandError | None:
    """What an action says of a line's row, beside that line's own fields."""
    if not isinstance(error, InputError):
        return error
    known = {"steps": "came", "packs": "came", "damaged": "damaged", "reason": "reason", "waybill": "came"}
    return InputError([
        Problem(p.file, p.row, f"{known[p.field]}{p.row}", p.value, p.message, p.remedy)
        if p.field in known and 0 < p.row <= len(rows) else p
        for p in error.problems
    ])  # fmt: skip
