"""The place page: what a point received, gave and left over, once its cycle is closed; and the way to it by area or name."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from evenhand.actions.public_place import (
    GRID,
    PAGE,
    PlaceShown,
    area_path,
    areas_below,
    closed_periods,
    map_cells,
    place_shown,
    points_named,
    signed_csv,
    spot_of,
)
from evenhand.actions.publishing import disclosed, folder_of
from evenhand.flow.disclosure.placing import PlaceGood, Served
from evenhand.render.figures import Figures
from evenhand.render.place_map import place_map
from evenhand.store import Store
from evenhand.web.language import catalogue_of
from evenhand.web.numbers import whole
from evenhand.web.public.open_page import Answer, missing, open_page

TEXT_LENGTH_MAX = 100
PAGES_MAX = 200


@open_page
def front(request: HttpRequest, store: Store) -> Answer:
    """What is published, and where to look."""
    months = [(one, folder_of(store, one.period) is not None) for one in disclosed(store) if one.state == "published"]
    return render(request, "public/front.html", {
        "programme": store.programme, "months": months, "vkey": store.keys.root_vkey.line(),
    })  # fmt: skip


@open_page
def places(request: HttpRequest, store: Store) -> Answer:
    """Points by area, or by a part of their name."""
    wanted = request.GET.get("q", "").replace("\0", "").strip()[:TEXT_LENGTH_MAX]
    area = request.GET.get("area", "").replace("\0", "")[:TEXT_LENGTH_MAX]
    asked = request.GET.get("page", "")
    at = min(whole(asked, 5, 1), PAGES_MAX)
    around = area_path(store, area) if area else []
    if area and not around:
        return missing(request, store)
    areas = [] if wanted else areas_below(store, area or None)
    # Where there are no areas, the first page lists the points themselves.
    asked_for = wanted or area or not areas
    listed, more = points_named(store, wanted, area or None, (max(at, 1) - 1) * PAGE) if asked_for else ([], False)
    return render(request, "public/places.html", {
        "programme": store.programme, "q": wanted, "area": area, "around": around, "more": more, "page": at,
        "areas": areas, "periods": closed_periods(store),
        "points": [(one, quote(one.point, safe="")) for one in listed],
    })  # fmt: skip


@open_page
def place(request: HttpRequest, store: Store, point: str, period: str = "") -> Answer:
    """A point in one closed cycle; the newest one where none is named."""
    periods = [name for name, _ in closed_periods(store)]
    for name in [period] if period else periods:
        shown = place_shown(store, point, name)
        if shown is not None:
            return _shown(request, store, shown, periods)
    return missing(request, store)


@open_page
def place_csv(request: HttpRequest, store: Store, point: str, period: str) -> Answer:
    """The figures of the page as a table."""
    return _file(request, store, point, period, signed=False)


@open_page
def place_note(request: HttpRequest, store: Store, point: str, period: str) -> Answer:
    """The same table with the log key's signature under it."""
    return _file(request, store, point, period, signed=True)


def _file(request: HttpRequest, store: Store, point: str, period: str, signed: bool) -> Answer:
    shown = place_shown(store, point, period)
    if shown is None:
        return missing(request, store)
    name = f"{quote(point, safe='')}-{period}.csv{'.note' if signed else ''}"
    kind = "text/plain" if signed else "text/csv"
    response = HttpResponse(
        (signed_csv(store, shown) if signed else shown.csv()).encode(), content_type=f"{kind}; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return response


def _shown(request: HttpRequest, store: Store, shown: PlaceShown, periods: list[str]) -> HttpResponse:
    words = catalogue_of(request)
    figures = Figures(words)
    address = f"/public/places/{quote(shown.named.point, safe='')}"
    return render(request, "public/place.html", {
        "programme": store.programme, "shown": shown, "address": address, "periods": periods,
        "goods": [_good(good, figures) for good in shown.goods], "recut": any(good.recut for good in shown.goods),
        "people": _people(shown.people, figures), "map": _map(request, store, shown),
        "complaints": [(row, _told(row["received"], figures), _told(row["decided"], figures)) for row in shown.complaints],
        "verify": f"/public/verify/?place={quote(shown.named.point, safe='')}&month={shown.period}",
        "log_vkey": store.keys.log_vkey.line(), "published": folder_of(store, shown.period) is not None,
        "around": area_path(store, shown.named.area)[:-1],
    })  # fmt: skip


def _good(good: PlaceGood, figures: Figures) -> dict[str, Any]:
    def written(value: Fraction) -> str:
        return figures.decimal(value, 1)

    share = min(Fraction(1), good.shown(good.given) / good.due) if good.due else None
    return {
        "title": good.benefit.title, "unit": good.benefit.unit, "due": written(good.due),
        "allocated": written(good.shown(good.allocated)), "given": written(good.shown(good.given)),
        "received": "–" if good.received is None else written(good.shown(good.received)),
        "share": figures.percent(share) if share is not None else "–",
    }  # fmt: skip


def _people(people: Served, figures: Figures) -> dict[str, str]:
    """How many were served, in numbers that tell nothing of few: `exact`, `least` or `few` says which sentence."""
    share = people.share
    kind = "exact" if people.low == people.high else "few" if people.low == 1 else "least"
    return {
        "kind": kind, "low": figures.whole(people.low), "high": figures.whole(people.high + 1),
        "all": figures.whole(people.households), "share": figures.percent(share),
    }  # fmt: skip


def _told(value: int | None, figures: Figures) -> str:
    return "" if value is None else figures.whole(value)


def _map(request: HttpRequest, store: Store, shown: PlaceShown) -> str:
    spot, found = spot_of(store, shown.named.point), map_cells(store)
    if spot is None or found is None:
        return ""
    words, name = catalogue_of(request), shown.named.name
    told = words.say(
        "pu.map.told", name=name, latitude=f"{spot[0] / 1e6:.3f}", longitude=f"{spot[1] / 1e6:.3f}"
    )  # fmt: skip
    return str(mark_safe(place_map(*found, GRID, spot, words.say("pu.map", name=name), told)))
