"""What every page of cards and devices has: who asks, for which points, and how a page is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand.actions.cycles import newest, state_of, under_way
from evenhand.actions.stock_page import nodes_named
from evenhand.core.errors import EvenhandError, UsageError
from evenhand.core.period import month, month_after
from evenhand.render.catalogue import LANGUAGES
from evenhand.render.figures import Figures
from evenhand.render.sheets import STOCKS
from evenhand.web.console.access import Seat
from evenhand.web.console.asking import wrong_by_field
from evenhand.web.console.frame import NAMES
from evenhand.web.language import catalogue_of

SEES = ("registrar", "store", "approver", "auditor", "admin")
PRINTS = ("registrar", "store")
ENROLS = ("store", "admin")
CHOICES, MONTHS = 200, 12
WITHIN = [
    (name, f"/console/cards/{path}")
    for name, path in (
        ("cards", ""), ("replace", "replace/"), ("papers", "papers/"), ("devices", "devices/"), ("vouchers", "vouchers/"),
    )
]  # fmt: skip


class Desk:
    """One request of a page of cards and devices; `roles` are those that may act on it."""

    def __init__(self, request: HttpRequest, seat: Seat, roles: tuple[str, ...]) -> None:
        self.request, self.seat, self.store, self.roles = request, seat, seat.store, roles
        self.words = catalogue_of(request)
        self.figures = Figures(self.words)
        self.zone = ZoneInfo(seat.store.programme.zone)
        self.acts = seat.has(*roles)
        self.points = seat.points()
        self.mine = seat.points(*roles)
        try:
            self.cycle: str | None = under_way(seat.store) or newest(seat.store)
            self.state = state_of(seat.store, self.cycle)
        except UsageError:
            self.cycle, self.state = None, ""

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of all points."""
        return dict(nodes_named(self.store, None, ("point",)))

    def check_mine(self, *points: str) -> None:
        """PermissionDenied unless the account may act for these points."""
        if self.mine is not None and not set(points) <= self.mine:
            raise PermissionDenied

    def choices(self) -> list[tuple[str, str]]:
        """Points the account may act for, to choose from; none where they are too many for a list."""
        found = nodes_named(self.store, self.mine, ("point",))
        return found if len(found) <= CHOICES else []

    def every_point(self) -> list[tuple[str, str]]:
        """All points, to choose from; none where they are too many for a list."""
        found = sorted(self.names.items(), key=lambda one: one[1])
        return found if len(found) <= CHOICES else []

    def months(self) -> list[str]:
        """The months coupons may be printed for: from that of the newest cycle, or today's, on."""
        today: date = self.store.today()
        first = self.cycle.partition("/")[0] if self.cycle else f"{today.year:04}-{today.month:02}"
        found = [month(first)]
        while len(found) < MONTHS:
            found.append(month_after(found[-1]))
        return [one.id for one in found]

    def shown(
        self,
        name: str,
        context: Mapping[str, Any],
        error: EvenhandError | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """The page `console/cards/NAME.html`; with an error, what is wrong beside each field, and nothing typed is lost."""
        posted = self.request.method == "POST"
        return render(self.request, f"console/cards/{name}.html", {
            "here": "cards", "within": WITHIN, "section": name, "desk": self, "acts": self.acts,
            "asked": self.request.POST if posted else self.request.GET, "wrong": wrong_by_field(error, fields or {}),
            "papers": [(paper, paper) for paper in STOCKS], "tongues": [(code, NAMES[code]) for code in LANGUAGES],
            **context,
        }, status=422 if error and posted else 200)  # fmt: skip
