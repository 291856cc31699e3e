"""Stock that is there no more: proposed with a reason by one person, confirmed by another; then it leaves the ledger."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from evenhand.actions.stock_page import lots_at
from evenhand.actions.write_offs import MOST, WriteOff, answer_write_off, propose_write_off, write_offs
from evenhand.core.errors import EvenhandError, InputError, Problem, UsageError
from evenhand.web.console.access import Seat, page
from evenhand.web.console.asking import with_unit
from evenhand.web.console.home import when
from evenhand.web.console.stock.shelf import SEES, Shelf
from evenhand.web.numbers import whole

CONFIRMS = ("store", "approver")
FIELDS = {"quantity": "quantity", "reason": "reason", "lot": "lot"}


@page(*SEES)
def writeoffs(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What waits, what became of the newest; `?node=` opens the form for one of its lots."""
    return _shown(Shelf(request, seat))


@page("store", methods=("POST",))
def writeoffs_propose(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Propose to write off part of a lot."""
    shelf = Shelf(request, seat)
    node, which = request.POST.get("node", ""), request.POST.get("lot", "")
    shelf.check_mine(*([node] if node in shelf.names else []))
    # A lot is chosen by its place in the list, and named so that a list that changed meanwhile cannot name another.
    benefit, _, lot = which.partition("/")
    try:
        if node not in shelf.names or benefit not in shelf.benefits:
            raise InputError([Problem("", 0, "lot", "", "no lot is chosen", "choose a lot that lies there")])
        good = shelf.benefits[benefit]
        quantity = with_unit(request.POST.get("quantity", ""), good)
        propose_write_off(seat.store, seat.username, node, good, lot, quantity, request.POST.get("reason", ""))
    except EvenhandError as error:
        return _shown(shelf, error, "propose")
    return HttpResponseRedirect("/console/stock/writeoffs/?done=1")


@page(*CONFIRMS, methods=("POST",))
def writeoffs_answer(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Confirm, decline, or take back a proposal."""
    shelf, number = Shelf(request, seat), request.POST.get("proposal", "")
    wanted = whole(number, 17, -1)
    found = next((one for one in write_offs(seat.store, None, waiting=True, limit=MOST) if one.id == wanted), None)
    if found is not None:
        shelf.mine = shelf.nodes_of(*CONFIRMS)
        shelf.check_mine(found.node)
    try:
        if found is None:
            raise UsageError("this write-off was answered already", "see what became of it")
        answer_write_off(
            seat.store, seat.username, wanted, shelf.benefits[found.benefit], request.POST.get("answer") == "confirm"
        )
    except EvenhandError as error:
        return _shown(shelf, error, "answer")
    return HttpResponseRedirect("/console/stock/writeoffs/")


def _shown(shelf: Shelf, error: EvenhandError | None = None, at: str = "") -> HttpResponse:
    node = (shelf.request.POST or shelf.request.GET).get("node", "")
    lots = []
    if node in shelf.names and (shelf.mine is None or node in shelf.mine):
        lots = [
            (
                f"{one.benefit}/{one.lot}",
                f"{shelf.title(one.benefit)}, {one.lot}: {shelf.amount(one.benefit, one.quantity)}",
            )
            for one in lots_at(shelf.store, [node])
            if one.benefit in shelf.benefits
        ]
    return shelf.shown("writeoffs", {
        "at": at, "waiting": [_told(shelf, one) for one in write_offs(shelf.store, shelf.nodes, waiting=True)],
        "answered": [_told(shelf, one) for one in write_offs(shelf.store, shelf.nodes, waiting=False, limit=20)],
        "node": node if node in shelf.names else "", "place": shelf.names.get(node, ""), "lots": lots,
        "spots": shelf.choices("entry", "depot", "point"), "confirms": shelf.seat.has(*CONFIRMS),
    }, error, FIELDS)  # fmt: skip


def _told(shelf: Shelf, one: WriteOff) -> dict[str, Any]:
    return {
        "one": one, "place": shelf.names.get(one.node, one.node), "title": shelf.title(one.benefit),
        "amount": shelf.amount(one.benefit, one.quantity), "at": when(one.at, shelf.zone),
        "mine": one.person == shelf.seat.username,
    }  # fmt: skip
