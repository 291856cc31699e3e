"""What lies where: every depot and point, what expires first, and of one place its lots, its counts and what differed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse

from evenhand.actions.counts_page import counts_at, variances
from evenhand.actions.stock_page import (
    LotHere,
    count_nodes,
    expiring,
    lots_at,
    nodes_page,
    on_the_way,
)
from evenhand.web.console.access import Seat, page
from evenhand.web.console.home import when
from evenhand.web.console.listing import Column, Listing
from evenhand.web.console.stock.shelf import SEES, Shelf

COLUMNS = (
    Column("place", "st.place", hxl="#loc+name", sortable=False),
    Column("kind", "st.kind", "word", "#loc+type", sortable=False, words="st.kind.", spare=True),
    Column("goods", "st.lies", hxl="#item", sortable=False),
    Column("first", "st.first", "time", "#date+expiry", sortable=False),
)


class Places:
    """Depots and points with what lies there, read a page at a time."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def count(self, filter: str) -> int:
        return count_nodes(self._shelf.store, self._shelf.nodes, filter)

    def rows(self, sort: str, filter: str, offset: int, limit: int) -> Iterator[dict[str, Any]]:
        shelf = self._shelf
        for at in range(offset, offset + limit, 500):
            nodes = nodes_page(shelf.store, shelf.nodes, filter, at, min(500, offset + limit - at))
            if not nodes:
                return
            lots: dict[str, list[LotHere]] = {}
            for lot in lots_at(shelf.store, [node for node, _, _ in nodes]):
                lots.setdefault(lot.node, []).append(lot)
            for node, name, kind in nodes:
                here = lots.get(node, [])
                days = [lot.best_before for lot in here if lot.best_before]
                yield {
                    "place": name, "place.href": f"?node={node}", "kind": kind, "goods": _together(shelf, here),
                    "first": min(days, default=None),
                }  # fmt: skip


@page(*SEES)
def balances(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The page; `?node=` opens one place."""
    shelf = Shelf(request, seat)
    listing = Listing(
        request, Places(shelf), COLUMNS, caption="st.balances.all", zone=shelf.zone, empty="st.balances.none"
    )
    if listing.wanted:
        return listing.download("stock")
    node = request.GET.get("node", "")
    if node and node in shelf.names:
        shelf.check_seen(node)
        return shelf.shown("balances", {"listing": None, "place": _place(shelf, node)})
    return shelf.shown(
        "balances", {"listing": listing, "expiring": [_lot(shelf, one) for one in expiring(seat.store, shelf.nodes)]}
    )


def _place(shelf: Shelf, node: str) -> dict[str, Any]:
    lots = lots_at(shelf.store, [node])
    steps = {b.id: b.step_base for b in shelf.benefits.values()}
    counts = counts_at(shelf.store, shelf.cycle, node, steps) if shelf.cycle else []
    noted = variances(shelf.store, shelf.cycle, node) if shelf.cycle else []
    return {
        "node": node, "name": shelf.names[node], "lots": [_lot(shelf, one) for one in lots],
        "way": [(shelf.title(b), shelf.amount(b, base)) for b, base in sorted(on_the_way(shelf.store, node).items())],
        "counts": [
            {
                "title": shelf.title(c.benefit), "lay": shelf.steps(c.benefit, c.lay),
                "planned": shelf.steps(c.benefit, c.planned),
                "counted": None if c.counted is None else shelf.steps(c.benefit, c.counted),
                "lost": shelf.steps(c.benefit, c.damaged + c.missing) if c.damaged + c.missing else "",
                "reasons": c.reasons, "recut": c.recut,
            }
            for c in counts
        ],
        "variances": [(device, words, when(at, shelf.zone)) for device, words, at in noted],
    }  # fmt: skip


def _lot(shelf: Shelf, one: LotHere) -> dict[str, Any]:
    packs = (
        f"{shelf.figures.whole(one.quantity // one.pack_base)} × {shelf.amount(one.benefit, one.pack_base)}"
        if one.pack_base
        else ""
    )
    return {
        "node": one.node, "place": shelf.names.get(one.node, one.node), "title": shelf.title(one.benefit),
        "lot": one.lot, "amount": shelf.amount(one.benefit, one.quantity), "packs": packs,
        "day": one.best_before.isoformat() if one.best_before else "",
        "past": one.best_before is not None and one.best_before < shelf.store.today(),
    }  # fmt: skip


def _together(shelf: Shelf, lots: list[LotHere]) -> str:
    sums: dict[str, int] = {}
    for lot in lots:
        sums[lot.benefit] = sums.get(lot.benefit, 0) + lot.quantity
    told = [f"{shelf.title(b)} {shelf.amount(b, base)}" for b, base in sums.items()]
    return shelf.words.text["list.comma"].join(told) if told else "–"
