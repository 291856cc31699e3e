"""Tokens of the API: a program's way in, on behalf of an account that may take it back at any time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from evenhand.actions.accounts import ROLES, roles_of
from evenhand.core.errors import UsageError
from evenhand.formats.code import ALPHABET
from evenhand.store import Store

Draw = Callable[[int], bytes]
"""Gives so many random bytes."""

PREFIX = "evenhand_"
DAY_SECONDS = 24 * 3600
DAYS_MAX = 366
TITLE_MAX = 60
HELD_MAX = 20

SCOPES: dict[str, tuple[str, ...]] = {
    "registry:read": ("registrar", "auditor"),
    "cycles:read": ROLES,
    "entitlements:read": ("registrar", "policy", "approver", "auditor"),
    "receipts:read": ("store", "auditor"),
    "receipts:write": ("store",),
    "grievances:read": ("reviewer", "ombudsman"),
    "grievances:write": ("registrar", "reviewer"),
}
"""What a token may do, and the roles of its account that allow it: both are asked at every call."""


@dataclass(frozen=True)
class Token:
    """A token as its account sees it, without the secret. `ends` and `at` in UTC seconds."""

    sha256: bytes
    username: str
    title: str
    scopes: tuple[str, ...]
    ends: int
    at: int
    revoked: bool


def issue_token(store: Store, username: str, title: str, scopes: list[str], days: int, draw: Draw) -> str:
    """Make a token for programs that act for `username`; the token, which is kept nowhere. UsageError for a scope that is
    unknown or that no role of the account allows, a title that says nothing, or a time that is not 1 to 366 days."""
    roles = roles_of(store, username)
    for scope in scopes:
        if scope not in SCOPES:
            raise UsageError(f'there is no scope "{scope}"', f"choose of {', '.join(SCOPES)}")
        if not set(SCOPES[scope]) & set(roles):
            raise UsageError(f"{username} has no role that allows {scope}", f"one of {', '.join(SCOPES[scope])} does")
    if not scopes:
        raise UsageError("the token would be good for nothing", f"choose of {', '.join(SCOPES)}")
    if not title.strip() or len(title) > TITLE_MAX or not title.isprintable():
        raise UsageError(f"the title is empty, unprintable or longer than {TITLE_MAX} letters", "say what will use it")
    if not 1 <= days <= DAYS_MAX:
        raise UsageError(f"{days} days", f"choose 1 to {DAYS_MAX}")
    with store.transaction(f"tokens/{username}"):
        if sum(token.ends > store.clock() and not token.revoked for token in tokens_of(store, username)) >= HELD_MAX:
            raise UsageError(f"{username} has {HELD_MAX} tokens in force", "revoke one first")
        number = int.from_bytes(draw(32), "big")
        secret = PREFIX + "".join(ALPHABET[number >> shift & 31] for shift in range(0, 255, 5))
        store.execute(
            "insert into api_token (token_sha256, programme, username, title, scopes, ends, at)"
            " values (%s, %s, %s, %s, %s, %s, %s)",
            (
                sha256(secret.encode()).digest(), store.programme.id, username, title.strip(), sorted(set(scopes)),
                store.clock() + days * DAY_SECONDS, store.clock(),
            ),
        )  # fmt: skip
    return secret


def tokens_of(store: Store, username: str) -> list[Token]:
    """The account's tokens, the newest first."""
    return _tokens(store, "t.username = %s", username)


def token_of(store: Store, secret: str) -> Token | None:
    """The token in force with this secret; None for any other text. Whether its account is switched on the caller asks."""
    if not secret.isascii() or len(secret) > 100:
        return None
    for token in _tokens(store, "t.token_sha256 = %s", sha256(secret.encode()).digest()):
        if not token.revoked and token.ends > store.clock():
            return token
    return None


def revoke_token(store: Store, username: str, token_sha256: bytes, person: str) -> None:
    """Take a token of `username` back, at once; again is no error. UsageError where the account has no such token."""
    if not any(token.sha256 == token_sha256 for token in tokens_of(store, username)):
        raise UsageError(f"{username} has no such token", "look at the list again")
    store.execute(
        "insert into api_token_revoked (token_sha256, person, at) values (%s, %s, %s) on conflict do nothing",
        (token_sha256, person, store.clock()),
    )


def _tokens(store: Store, where: str, value: object) -> list[Token]:
    rows = store.rows(
        "select t.token_sha256, t.username, t.title, t.scopes, t.ends, t.at, r.token_sha256 is not null from api_token t"
        f" left join api_token_revoked r using (token_sha256) where t.programme = %s and {where} order by t.at desc, 1",
        (store.programme.id, value),
    )
    return [Token(bytes(row[0]), row[1], row[2], tuple(row[3]), *row[4:]) for row in rows]
