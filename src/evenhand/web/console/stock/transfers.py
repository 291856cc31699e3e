"""Goods of one point that go to another: what moved in the newest cycle, and the form for one more."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from evenhand.actions.stock_page import transfers_of
from evenhand.actions.transfer import transfer
from evenhand.core.errors import EvenhandError, InputError, Problem, UsageError
from evenhand.flow.network.quantities import NotAQuantity, base_units
from evenhand.web.console.access import Seat, page
from evenhand.web.console.asking import attempt, with_unit
from evenhand.web.console.stock.shelf import ACTS, SEES, Shelf

FIELDS = {name: name for name in ("from", "to", "commodity", "steps", "received", "on_the_way", "reason")}


@page(*SEES)
def transfers(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest transfers and the form; `?from=` and `?to=` are filled in."""
    return _shown(Shelf(request, seat))


@page(*ACTS, methods=("POST",))
def transfers_enter(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Enter a transfer, signed by the storekeeper's own key."""
    shelf = Shelf(request, seat)
    row = {name: request.POST.get(name, "").strip() for name in FIELDS}
    shelf.check_mine(*(row[name] for name in ("from", "to") if row[name] in shelf.names))
    try:
        if shelf.cycle is None:
            raise UsageError("there is no cycle yet", "goods move between points while one is open")
        for name in ("steps", "received"):
            row[name] = _in_steps(shelf, row["commodity"], name, row[name])
        with attempt(request):
            transfer(seat.store, shelf.cycle, seat.username, request.POST.get("passphrase", ""), [row], "")
    except EvenhandError as error:
        return _shown(shelf, error)
    return HttpResponseRedirect("/console/stock/transfers/?done=1")


def _in_steps(shelf: Shelf, commodity: str, field: str, text: str) -> str:
    """An amount as it was typed, in hand-out steps; what is none stays for the action to refuse."""
    found = shelf.benefits.get(commodity)
    if found is None or not text:
        return text
    try:
        base = base_units(with_unit(text, found), found)
    except NotAQuantity as error:
        message, _, remedy = str(error).partition("|")
        raise InputError([Problem("", 0, field, text[:40], message, remedy)]) from error
    if base % found.step_base:
        step = shelf.amount(commodity, found.step_base).replace("\u00a0", " ")
        raise InputError(
            [Problem("", 0, field, text[:40], f"not a whole number of {step}", "move whole hand-out steps")]
        )
    return str(base // found.step_base)


def _shown(shelf: Shelf, error: EvenhandError | None = None) -> HttpResponse:
    found = transfers_of(shelf.store, shelf.cycle, shelf.nodes) if shelf.cycle else []
    rows = [
        {
            "number": f"{shelf.cycle}-T{number:03}", "source": shelf.names.get(source, source),
            "target": shelf.names.get(target, target), "title": shelf.title(benefit), "amount": shelf.steps(benefit, steps),
            "came": "" if came is None else shelf.steps(benefit, came), "reason": reason, "on_the_way": on_the_way,
        }
        for number, source, target, benefit, steps, came, on_the_way, reason in found
    ]  # fmt: skip
    return shelf.shown("transfers", {
        "found": rows, "spots": shelf.choices("point"), "goods": shelf.goods(), "open": shelf.state == "open",
    }, error, FIELDS)  # fmt: skip
