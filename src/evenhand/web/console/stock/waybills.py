"""The waybills of a cycle: how each stands, on paper, and signed by the storekeeper when its lorry leaves."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

from evenhand.actions.sending import send
from evenhand.actions.stock_page import STATES, Bill, bills
from evenhand.actions.waybills import print_waybills
from evenhand.core.errors import EvenhandError
from evenhand.web.console.access import Seat, page
from evenhand.web.console.asking import attempt
from evenhand.web.console.listing import Column, Held, Listing
from evenhand.web.console.stock.shelf import ACTS, SEES, Shelf

COLUMNS = (
    Column("number", "st.bill", hxl="#meta+id"),
    Column("state", "st.state", "word", "#status", words="st.bill."),
    Column("source", "st.from", hxl="#loc+from", spare=True),
    Column("target", "st.to", hxl="#loc+to"),
    Column("goods", "st.carries", hxl="#item", sortable=False, spare=True),
)


@page(*SEES)
def waybills(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All of the newest cycle; `?point=` those of one place, `?state=` those that stand so, `?bill=` one of them."""
    return _shown(Shelf(request, seat))


@page(*ACTS, methods=("POST",))
def waybills_send(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The lorry leaves: signed with the storekeeper's own key."""
    shelf, number = Shelf(request, seat), request.POST.get("bill", "")
    found = next((bill for bill in _all(shelf) if bill.number == number), None)
    if found is not None:
        shelf.check_mine(found.source)
    try:
        with attempt(request):
            words = [request.POST.get(name, "") for name in ("passphrase", "carrier")]
            send(seat.store, shelf.cycle or "", number, seat.username, *words)
    except EvenhandError as error:
        return _shown(shelf, error)
    return HttpResponseRedirect(f"/console/stock/waybills/?{urlencode({'bill': number})}")


@page(*SEES)
def waybills_print(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The waybills that leave `?from=`, or all, as one PDF."""
    shelf, depot = Shelf(request, seat), request.GET.get("from", "")
    if depot or shelf.nodes is not None:
        shelf.check_seen(depot)
    try:
        with TemporaryDirectory() as folder:
            out = Path(folder) / "waybills.pdf"
            print_waybills(seat.store, shelf.cycle or "", out, shelf.words.language, depot or None)
            drawn = out.read_bytes()
    except EvenhandError as error:
        return _shown(shelf, error)
    name = f"waybills-{(shelf.cycle or '').replace('/', '-')}.pdf"
    return HttpResponse(
        drawn, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _all(shelf: Shelf) -> list[Bill]:
    return bills(shelf.store, shelf.cycle, shelf.nodes) if shelf.cycle else []


def _shown(shelf: Shelf, error: EvenhandError | None = None) -> HttpResponse:
    request, all_ = shelf.request, _all(shelf)
    asked = {name: (request.POST or request.GET).get(name, "") for name in ("bill", "point", "state")}
    found = [
        bill for bill in all_
        if asked["point"] in ("", bill.source, bill.target) and asked["state"] in ("", bill.state)
    ]  # fmt: skip
    rows = [
        {
            "number": bill.number, "number.href": f"?{urlencode({'bill': bill.number})}", "state": bill.state,
            "source": shelf.names.get(bill.source, bill.source), "target": shelf.names.get(bill.target, bill.target),
            "goods": _goods(shelf, bill),
        }
        for bill in found
    ]  # fmt: skip
    listing = Listing(
        request, Held(rows), COLUMNS, caption="st.waybills.all", zone=shelf.zone, empty="st.waybills.none"
    )
    if listing.wanted and not error:
        return listing.download("waybills")
    counts = {state: sum(bill.state == state for bill in all_) for state in STATES}
    one = next((bill for bill in all_ if bill.number == asked["bill"]), None)
    sources = sorted({bill.source for bill in all_})
    return shelf.shown("waybills", {
        "listing": None if one else listing, "bill": one and _bill(shelf, one), "counts": counts,
        "asked_state": asked["state"],
        "point": shelf.names.get(asked["point"], asked["point"]),
        "sources": [(name, shelf.names.get(name, name)) for name in sources],
    }, error, {"carrier": "carrier"})  # fmt: skip


def _bill(shelf: Shelf, bill: Bill) -> dict[str, Any]:
    mine = shelf.acts and (shelf.mine is None or bill.source in shelf.mine)
    return {
        "bill": bill, "source": shelf.names.get(bill.source, bill.source),
        "target": shelf.names.get(bill.target, bill.target),
        "lines": [(shelf.title(b), shelf.steps(b, n)) for b, n in bill.lines], "may_send": mine and bill.state == "loaded",
    }  # fmt: skip


def _goods(shelf: Shelf, bill: Bill) -> str:
    return shelf.words.text["list.comma"].join(f"{shelf.title(b)} {shelf.steps(b, n)}" for b, n in bill.lines)
