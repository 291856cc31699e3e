"""What every page of stock has: who asks, for which depots and points, the goods and the cycle, quantities in words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand.actions.counts_page import counted_nodes
from evenhand.actions.cycles import find, newest, state_of, under_way
from evenhand.actions.importing import policy_in_force
from evenhand.actions.stock_page import nodes_named, nodes_seen
from evenhand.core.benefit import Benefit
from evenhand.core.errors import EvenhandError, UsageError
from evenhand.render.figures import Figures
from evenhand.web.console.access import Seat
from evenhand.web.console.asking import unit_of, wrong_by_field
from evenhand.web.language import catalogue_of

SEES = ("store", "registrar", "policy", "approver", "auditor", "admin")
ACTS = ("store",)
CHOICES = 200
"""So many places stand in a list to choose from; of more one is named by its id."""
WITHIN = [
    (name, f"/console/stock/{path}")
    for name, path in (
        ("balances", ""), ("arrivals", "arrivals/"), ("waybills", "waybills/"), ("received", "received/"),
        ("transfers", "transfers/"), ("lanes", "lanes/"), ("writeoffs", "writeoffs/"), ("lorries", "lorries/"),
    )
]  # fmt: skip


class Shelf:
    """One request of a page of stock."""

    def __init__(self, request: HttpRequest, seat: Seat) -> None:
        self.request, self.seat, self.store = request, seat, seat.store
        self.words = catalogue_of(request)
        self.figures = Figures(self.words)
        self.zone = ZoneInfo(seat.store.programme.zone)
        self.nodes = self.nodes_of(*seat.roles)
        self.mine = self.nodes_of(*ACTS)
        self.acts = seat.has(*ACTS)
        try:
            self.cycle: str | None = under_way(seat.store) or newest(seat.store)
            self.state = state_of(seat.store, self.cycle)
        except UsageError:
            self.cycle, self.state = None, ""

    def nodes_of(self, *roles: str) -> frozenset[str] | None:
        """Depots and points the account has these roles for; None is every one."""
        areas = [area for role in roles for area in self.seat.roles.get(role, ())]
        return nodes_seen(self.store, areas)

    @cached_property
    def benefits(self) -> Mapping[str, Benefit]:
        """Goods that lie in stock, by the newest cycle's policy, else the one in force."""
        policy = find(self.store, self.cycle).policy() if self.cycle else policy_in_force(self.store)
        return {b.id: b for b in policy.benefits.values() if b.division == "leximin"} if policy else {}

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of all nodes."""
        return dict(nodes_named(self.store, None, ("entry", "depot", "point")))

    @cached_property
    def depots(self) -> frozenset[str]:
        """Entries and depots: what counts in without a device."""
        return frozenset(name for name, _ in nodes_named(self.store, None, ("entry", "depot")))

    def counted(self) -> frozenset[str]:
        """Places that have counted in the newest cycle."""
        return counted_nodes(self.store, self.cycle) if self.cycle else frozenset()

    def check_mine(self, *nodes: str) -> None:
        """PermissionDenied unless the account may act for these nodes."""
        if self.mine is not None and not set(nodes) <= self.mine:
            raise PermissionDenied

    def check_seen(self, *nodes: str) -> None:
        """PermissionDenied unless the account may see one of these nodes."""
        if self.nodes is not None and not set(nodes) & self.nodes:
            raise PermissionDenied

    def choices(self, *kinds: str) -> list[tuple[str, str]]:
        """Places of these kinds the account may act for, to choose from; none where they are too many for a list."""
        found = nodes_named(self.store, self.mine, kinds)
        return found if len(found) <= CHOICES else []

    def goods(self) -> list[tuple[str, str]]:
        """Goods to choose from, each with its unit."""
        return [(b.id, f"{b.title} ({unit_of(b)[0]})") for b in self.benefits.values()]

    def amount(self, benefit: str, base: int) -> str:
        """`108 kg`: base units as people say them."""
        found = self.benefits.get(benefit)
        if found is None:
            return self.figures.whole(base)
        unit, scale = unit_of(found)
        return f"{self.figures.decimal(Fraction(base, scale), 3)}\u00a0{unit}"

    def steps(self, benefit: str, steps: int) -> str:
        """The same of hand-out steps."""
        found = self.benefits.get(benefit)
        return self.amount(benefit, steps * found.step_base) if found else self.figures.whole(steps)

    def title(self, benefit: str) -> str:
        """A good's name."""
        return self.benefits[benefit].title if benefit in self.benefits else benefit

    def shown(
        self,
        name: str,
        context: Mapping[str, Any],
        error: EvenhandError | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """The page `console/stock/NAME.html`; with an error, what is wrong beside each field, and nothing typed is lost."""
        posted = self.request.method == "POST"
        asked = self.request.POST if posted else self.request.GET
        return render(self.request, f"console/stock/{name}.html", {
            "here": "stock", "within": WITHIN, "section": name, "shelf": self, "acts": self.acts, "asked": asked,
            "wrong": wrong_by_field(error, fields or {}), **context,
        }, status=422 if error and posted else 200)  # fmt: skip
