"""Vouchers: every series, and of one what merchants took, what they are paid, and what is contested."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

from evenhand.actions.voucher_payment import settle_series, settled_now, write_settled
from evenhand.actions.vouchers import all_series
from evenhand.core.errors import EvenhandError
from evenhand.flow.voucher import Series, statement
from evenhand.web.console.access import Seat, page
from evenhand.web.console.cards.desk import SEES, Desk

PAYS = ("approver",)
FILES = ("statement", "payments", "contested")


@page(*SEES)
def vouchers(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All series; `?series=` one of them."""
    return _shown(Desk(request, seat, PAYS))


@page(*PAYS, methods=("POST",))
def vouchers_pay(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Keep what is due now as paid: the next time only what is new is due."""
    desk, name = Desk(request, seat, PAYS), request.POST.get("series", "")
    _check_everywhere(desk)
    try:
        with TemporaryDirectory() as folder:
            settle_series(seat.store, name, Path(folder), True, seat.username)
    except EvenhandError as error:
        return _shown(desk, error)
    return HttpResponseRedirect(f"/console/cards/vouchers/?{urlencode({'series': name, 'done': 1})}")


@page(*SEES)
def vouchers_file(request: HttpRequest, seat: Seat) -> HttpResponse:
    """`?series=` as a CSV: its `?file=` statement, payments or contested."""
    desk, name, file = Desk(request, seat, PAYS), request.GET.get("series", ""), request.GET.get("file", "")
    if not name:
        return _shown(desk)
    _check_everywhere(desk)
    try:
        if file not in FILES:
            raise Http404
        with TemporaryDirectory() as folder:
            write_settled(*settled_now(seat.store, name), name, Path(folder))
            held = (Path(folder) / f"{file}.csv").read_bytes()
    except EvenhandError as error:
        raise Http404 from error
    return HttpResponse(
        held,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file}.csv"'},
    )


def _check_everywhere(desk: Desk) -> None:
    """A series is the whole programme's: PermissionDenied for whoever has a part of it only."""
    if desk.points is not None:
        raise PermissionDenied


def _shown(desk: Desk, error: EvenhandError | None = None) -> HttpResponse:
    everywhere = desk.points is None
    found = all_series(desk.store) if everywhere else []
    name = (desk.request.POST or desk.request.GET).get("series", "")
    one = next((series for series, _, _ in found if series.id == name), None)
    whole = desk.figures.whole
    return desk.shown("vouchers", {
        "everywhere": everywhere, "files": FILES, "one": one and _one(desk, one), "acts": desk.acts and desk.mine is None,
        "found": [
            {"series": series, "vouchers": whole(count), "worth": whole(series.worth), "claimed": whole(claimed),
             "issued": whole(count * series.worth)}
            for series, count, claimed in found
        ],
    }, error, {})  # fmt: skip


def _one(desk: Desk, series: Series) -> dict[str, Any]:
    settled, payments = settled_now(desk.store, series.id)
    whole = desk.figures.whole
    return {
        "series": series, "spent": whole(settled.spent.get(series.id, 0)), "open": whole(settled.open.get(series.id, 0)),
        "expired": whole(settled.expired.get(series.id, 0)),
        "statement": [(row[0], whole(row[2]), whole(row[3]), whole(row[4])) for row in statement(settled.lines)],
        "payments": [
            (p.merchant, whole(p.steps), f"{'-' if p.cents < 0 else ''}{abs(p.cents) // 100}.{abs(p.cents) % 100:02d}")
            for p in payments
        ],
        "contested": [
            (line.merchant, whole(line.claimed), whole(line.paid), line.reason) for line in settled.lines if line.reason
        ][:50],
    }  # fmt: skip
