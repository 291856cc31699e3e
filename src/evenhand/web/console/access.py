"""Who may open which page: every page declares its roles, and nothing is a page without that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import wraps
from typing import Protocol

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.http import urlencode

from evenhand.actions.accounts import ROLES, points_seen, roles_of
from evenhand.actions.personal_reads import note_read
from evenhand.core.errors import EvenhandError
from evenhand.store import Store
from evenhand.web.console.refusals import told
from evenhand.web.sessions import store as lent_store

EVERY_ROLE = ROLES


@dataclass(frozen=True)
class Seat:
    """Who asks, on which store: an account's name, its roles with their areas (None: everywhere)."""

    username: str
    roles: dict[str, tuple[str | None, ...]]
    store: Store

    def has(self, *roles: str) -> bool:
        """Whether the account has one of these roles, anywhere."""
        return any(role in self.roles for role in roles)

    def points(self, *roles: str) -> frozenset[str] | None:
        """The points it may see by these roles (all of its own if none is named); None is every point."""
        mine = [areas for role, areas in self.roles.items() if not roles or role in roles]
        return points_seen(self.store, tuple(area for areas in mine for area in areas))

    def desk(self, *roles: str) -> AbstractContextManager[None]:
        """Within it, the store reads personal rows of the areas of these roles alone (all of its own if none is named):
        what every page that shows a household reads by."""
        return self.store.desk(
            [area for role, areas in self.roles.items() if not roles or role in roles for area in areas]
        )

    def note_read(self, page: str, households: Iterable[str]) -> None:
        """Write down that this account was shown these households' records on `page`, before they are shown."""
        note_read(self.store, self.username, page, households)


class Page(Protocol):
    """A view with the roles that may open it, and by which methods."""

    roles: tuple[str, ...]
    methods: tuple[str, ...]

    def __call__(self, request: HttpRequest, **captured: str) -> HttpResponse:
        """Answer the request, or refuse it."""


def page(*roles: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[Callable[..., HttpResponse]], Page]:
    """A page of `view(request, seat, …)` for accounts with one of `roles`; others are sent to sign in, or refused."""
    if not roles or set(roles) - set(ROLES):
        raise ValueError(f"a page declares its roles, of {ROLES}")

    def declare(view: Callable[..., HttpResponse]) -> Page:
        @wraps(view)
        def guard(request: HttpRequest, **captured: str) -> HttpResponse:
            if not request.user.is_authenticated:
                asked = request.get_full_path() if request.method == "GET" else "/console/"
                return HttpResponseRedirect(f"/accounts/login/?{urlencode({'next': asked})}")
            if request.method not in (*methods, "HEAD"):
                return HttpResponseNotAllowed(methods)
            with lent_store() as store:
                seat = Seat(request.user.get_username(), roles_of(store, request.user.get_username()), store)
                request.seat = seat  # type: ignore[attr-defined]
                if not seat.has(*roles):
                    raise PermissionDenied
                try:
                    return view(request, seat, **captured)
                except EvenhandError as error:  # what a page does not say beside its form
                    return told(request, error)

        guard.roles, guard.methods = roles, methods  # type: ignore[attr-defined]
        return guard  # type: ignore[return-value]

    return declare
