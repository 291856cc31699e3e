"""The accounts of people who sign in: rows of the schema `web`, which the server keeps (see `web.prepare`)."""

from __future__ import annotations

import secrets
from pathlib import Path

import psycopg
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from evenhand.core.errors import UsageError
from evenhand.store.opening import address

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of a password: none that is taken for another when it is read aloud."""

INSERT = """
INSERT INTO web.auth_user (username, password, is_active, is_superuser, is_staff, first_name, last_name, email, date_joined)
VALUES (%s, %s, true, false, false, '', '', '', now()) ON CONFLICT (username) DO NOTHING
"""


def add_account(data: Path, username: str) -> str:
    """Make an account; its random password, which is kept nowhere. UsageError where there is one of that name, whatever
    its capitals. The database must be running and its tables of accounts made."""
    password, encoded = new_password()
    with psycopg.connect(**address(data).web) as connection:
        taken = connection.execute(
            "SELECT FROM web.auth_user WHERE lower(username) = lower(%s)", (username,)
        ).fetchone()
        if taken is not None or connection.execute(INSERT, (username, encoded)).rowcount == 0:
            raise UsageError(f'there is an account "{username}"', "choose another name")
    return password


def account_names(data: Path) -> list[str]:
    """The names of all accounts, sorted."""
    with psycopg.connect(**address(data).web) as connection:
        return [row[0] for row in connection.execute("SELECT username FROM web.auth_user ORDER BY username")]


def switch(data: Path, username: str, active: bool) -> None:
    """Switch an account on or off; off also ends what it is signed in with. UsageError where there is none."""
    with psycopg.connect(**address(data).web) as connection:
        found = connection.execute(
            "UPDATE web.auth_user SET is_active = %s WHERE username = %s RETURNING id", (active, username)
        ).fetchone()
        if found is None:
            raise UsageError(f'there is no account "{username}"', "see the list of accounts")


def reset_password(data: Path, username: str) -> str:
    """A new random password, and no second factor any more: whoever lost both begins again. Sessions of the account end,
    since each carries a hash of the password it was opened with. UsageError where there is none."""
    password, encoded = new_password()
    with psycopg.connect(**address(data).web) as connection:
        found = connection.execute(
            "UPDATE web.auth_user SET password = %s WHERE username = %s RETURNING id", (encoded, username)
        ).fetchone()
        if found is None:
            raise UsageError(f'there is no account "{username}"', "see the list of accounts")
        connection.execute("DELETE FROM web.mfa_authenticator WHERE user_id = %s", found)
    return password


def new_password() -> tuple[str, str]:
    """A random password, and the hash that is kept of it."""
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))
    return password, PBKDF2PasswordHasher().encode(password, secrets.token_hex(11))


def switched_off(data: Path) -> frozenset[str]:
    """The accounts that are switched off."""
    with psycopg.connect(**address(data).web) as connection:
        return frozenset(row[0] for row in connection.execute("SELECT username FROM web.auth_user WHERE NOT is_active"))
