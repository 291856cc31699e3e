"""Who calls: a token, the account it acts for, and what both together allow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.core import ratelimit
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from ninja.security import HttpBearer

from evenhand.actions.accounts import roles_of
from evenhand.actions.tokens import SCOPES, Token, token_of
from evenhand.web.console.access import Seat
from evenhand.web.sessions import store as lent_store


class Denied(Exception):
    """The call is refused: HTTP status and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class Bearer(HttpBearer):
    """`Authorization: Bearer evenhand_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        """The token in force, or None: then the answer is 401."""
        with lent_store() as store:
            found = token_of(store, token)
        on = found and get_user_model().objects.filter(username=found.username, is_active=True).exists()
        return found if on else None


@contextmanager
def seat(request: HttpRequest, scope: str) -> Iterator[Seat]:
    """What the caller may see in this scope. Denied without the scope or the role, and past the rate limit."""
    token: Token = request.auth  # type: ignore[attr-defined]
    if not ratelimit.consume(request, action="api", key=token.sha256.hex()):
        raise Denied(429, "too many calls: wait a minute")
    if scope not in token.scopes:
        raise Denied(403, f"this token has no scope {scope}")
    with lent_store() as store:
        roles = {role: areas for role, areas in roles_of(store, token.username).items() if role in SCOPES[scope]}
        if not roles:
            raise Denied(403, f"{token.username} has no role any more that allows {scope}")
        yield Seat(token.username, roles, store)
