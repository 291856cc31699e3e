"""Roles of people who need no account to sign in with."""

from __future__ import annotations

from evenhand.store import Store


def grant(store: Store, username: str, role: str, area: str | None = None) -> None:
    """Said on the machine."""
    store.execute(
        "insert into role_grant (programme, step, username, role, area, at) values (%s, 'machine', %s, %s, %s, 0)",
        (store.programme.id, username, role, area),
    )
