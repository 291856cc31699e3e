"""Check a code: a page that fetches the whole list of a place, so that nobody learns who looks for themselves."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest
from django.shortcuts import render

from evenhand.actions.cycles import find
from evenhand.actions.public_place import PAGE, closed_periods, place_shown, points_named
from evenhand.actions.publishing import folder_of
from evenhand.flow.disclosure import layout
from evenhand.store import Store
from evenhand.web.public.open_page import Answer, open_page

TEXT_LENGTH_MAX = 100


@open_page
def verify(request: HttpRequest, store: Store) -> Answer:
    """The page for one place and month; without them, the way to it. The code itself never reaches the server."""
    point = request.GET.get("place", "").replace("\0", "")[:TEXT_LENGTH_MAX]
    wanted = request.GET.get("q", "").replace("\0", "").strip()[:TEXT_LENGTH_MAX]
    months = [name for name, _ in closed_periods(store) if folder_of(store, name)]
    month = request.GET.get("month", "") or next(iter(months), "")
    shown = place_shown(store, point, month) if point and month in months else None
    context = {"programme": store.programme, "months": months, "month": month, "q": wanted, "shown": shown}
    if shown is None:
        context["points"] = points_named(store, wanted, None)[0][:PAGE] if wanted else []
        return render(request, "public/verify.html", context)
    base = f"/public/{month}/files/"
    goods = [
        {"id": b.id, "title": b.title, "unit": b.unit, "step": b.step_base, "per": b.base_per_unit}
        for b in find(store, shown.cycle).policy().benefits.values()
    ]
    return render(request, "public/verify.html", context | {
        "goods": goods, "roll": base + quote(layout.point_file(layout.ROLLS, point)), "zip": f"/public/{month}.zip",
        "ended": base + quote(layout.point_file(layout.REDEEMED, point)),
    })  # fmt: skip
