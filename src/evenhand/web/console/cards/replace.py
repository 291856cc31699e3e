"""A lost card, coupon sheet or slip: whose card it is, what was replaced before, and new papers for it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

from evenhand.actions.card_found import Found, find_card, number_of
from evenhand.actions.card_moves import ask_move, has_moves, moves_of
from evenhand.actions.importing import policy_in_force
from evenhand.actions.print_runs import begin_run, drop_empty_run, sheets_of
from evenhand.actions.reissue import People, household_of, reissue
from evenhand.core.errors import EvenhandError, UsageError
from evenhand.render.catalogue import LANGUAGES
from evenhand.render.sheets import STOCKS, Run, shown_number
from evenhand.web.console.access import Seat, page
from evenhand.web.console.asking import attempt
from evenhand.web.console.cards.desk import PRINTS, SEES, Desk
from evenhand.web.console.cards.work import draw


@page(*SEES)
def replace(request: HttpRequest, seat: Seat) -> HttpResponse:
    """`?card=` (its number, or what its QR holds) or `?household=` opens it."""
    desk = Desk(request, seat, PRINTS)
    found, error = _asked_for(desk, request.GET.get("card", "").strip(), request.GET.get("household", "").strip())
    return _shown(desk, found, error)


@page(*PRINTS, methods=("POST",))
def replace_do(request: HttpRequest, seat: Seat) -> HttpResponse:
    """New papers under the next epoch, with the reason, and with two persons' keys where the policy asks for two."""
    desk, form = Desk(request, seat, PRINTS), request.POST
    found, error = _asked_for(desk, form.get("card", ""), "")
    if found is None:
        return _shown(desk, None, error or UsageError("no card is named", "look it up first"))
    desk.check_mine(found.point)
    try:
        second = form.get("second", "").strip()
        people = People(seat.username, form.get("passphrase", ""), second, form.get("other", ""))
        if form.get("epoch") != str(found.issues[-1].epoch):
            raise UsageError("this card was replaced meanwhile", "look at its newest issue before you replace it again")
        paper = form.get("paper") if form.get("paper") in STOCKS else "a4"
        language = form.get("language") if form.get("language") in LANGUAGES else "en"
        run = begin_run(seat.store, "reissue", [found.point], {"card": found.number}, seat.username)
        try:
            sheets = Run(seat.store.programme.id, str(paper), str(language), seat.store.programme.demo)
            out = sheets_of(seat.store, run)
            with attempt(request):
                reissue(seat.store, found.household, form.get("reason", "").strip(), people, (), draw, out, sheets)
        finally:
            drop_empty_run(seat.store, run)
    except EvenhandError as raised:
        return _shown(desk, found, raised)
    return HttpResponseRedirect("/console/cards/#runs")


@page(*PRINTS, methods=("POST",))
def replace_move(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Let a household collect at another point in this cycle: its own point's phone releases its row."""
    desk, form = Desk(request, seat, PRINTS), request.POST
    found, error = _asked_for(desk, form.get("card", ""), "")
    if found is None:
        return _shown(desk, None, error or UsageError("no card is named", "look it up first"), "move")
    desk.check_mine(found.point)
    try:
        if desk.cycle is None:
            raise UsageError("there is no cycle yet", "a card moves while its cycle is open")
        with attempt(request):
            target, reason, passphrase = (form.get(name, "").strip() for name in ("target", "reason", "passphrase"))
            ask_move(seat.store, desk.cycle, found.household, target, reason, seat.username, passphrase)
    except EvenhandError as raised:
        return _shown(desk, found, raised, "move")
    return HttpResponseRedirect(f"/console/cards/replace/?{urlencode({'card': found.number})}#move")


def _asked_for(desk: Desk, card: str, household: str) -> tuple[Found | None, EvenhandError | None]:
    """The card that is meant, if it is of a point the account may see; the same words where it is not there at all."""
    if not card and not household:
        return None, None
    try:
        if household:
            card = number_of(desk.store, household_of(desk.store, household[:64], ""))
        found = find_card(desk.store, card[:100])
    except EvenhandError as error:
        return None, error
    if desk.points is not None and found.point not in desk.points:
        return None, UsageError("this programme has no such card", "it may be of another programme, or a forgery")
    desk.seat.note_read("cards", [found.household])
    return found, None


def _shown(desk: Desk, found: Found | None, error: EvenhandError | None, at: str = "replace") -> HttpResponse:
    policy = policy_in_force(desk.store) if found else None
    return desk.shown("replace", {
        "card": found and _told(desk, found), "two": bool(policy and policy.reissue_by_two),
        "at": at, "open": desk.state == "open", "moves": _moves(desk, found) if found else [],
        "others": [one for one in desk.every_point() if found and one[0] != found.point],
        "may": bool(found) and desk.acts and (desk.mine is None or found.point in desk.mine),
    }, error, {})  # fmt: skip


def _moves(desk: Desk, found: Found) -> list[tuple[str, str, str]]:
    """(state, point, what it waits for) of this household's moves in the open cycle."""
    if desk.cycle is None or desk.state != "open" or not has_moves(desk.store, desk.cycle):
        return []
    return [
        (one.state, desk.names.get(one.target, one.target), one.lacks)
        for one in moves_of(desk.store, desk.cycle)
        if one.household == found.household
    ]


def _told(desk: Desk, found: Found) -> dict[str, Any]:
    return {
        "number": shown_number(found.number), "raw": found.number, "household": found.household,
        "point": desk.names.get(found.point, found.point), "replaced": found.replaced, "epoch": found.issues[-1].epoch,
        "scanned": found.epoch, "issues": list(reversed(found.issues)),
    }  # fmt: skip
