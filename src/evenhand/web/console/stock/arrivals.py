"""What came into a depot from outside: a form for one lot, and the newest that were written down."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from evenhand.actions.arrivals import FIELDS, arrive
from evenhand.actions.stock_page import arrivals as newest_arrivals
from evenhand.core.errors import EvenhandError
from evenhand.web.console.access import Seat, page
from evenhand.web.console.asking import with_unit
from evenhand.web.console.stock.shelf import ACTS, SEES, Shelf


@page(*SEES)
def arrivals(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest arrivals, and the form."""
    return _shown(Shelf(request, seat))


@page(*ACTS, methods=("POST",))
def arrivals_add(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Write down one lot that came."""
    shelf = Shelf(request, seat)
    row = {name: request.POST.get(name, "") for name in FIELDS}
    if row["node"] in shelf.names:
        shelf.check_mine(row["node"])
    benefit = shelf.benefits.get(row["commodity"])
    if benefit is not None:
        row |= {name: with_unit(row[name], benefit) for name in ("quantity", "pack")}
    try:
        arrive(seat.store, row, shelf.benefits)
    except EvenhandError as error:
        return _shown(shelf, error)
    return HttpResponseRedirect("/console/stock/arrivals/?done=1")


def _shown(shelf: Shelf, error: EvenhandError | None = None) -> HttpResponse:
    found = [
        {
            "place": shelf.names.get(one.node, one.node), "title": shelf.title(one.benefit), "lot": one.lot,
            "amount": shelf.amount(one.benefit, one.quantity), "source": source,
            "day": one.best_before.isoformat() if one.best_before else "",
        }
        for one, source in newest_arrivals(shelf.store, shelf.nodes)
    ]  # fmt: skip
    return shelf.shown("arrivals", {
        "found": found, "spots": shelf.choices("entry", "depot"), "goods": shelf.goods(),
    }, error, {name: name for name in FIELDS})  # fmt: skip
