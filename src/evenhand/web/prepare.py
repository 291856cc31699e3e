"""`python -m evenhand.web.prepare`: make the tables of accounts and sessions, as the database's owner. Safe to repeat.

A program of its own, since Django is configured once a process and the commands configure it for the flow's tables. Reads
EVENHAND_DATA. Does nothing but forget sessions that have ended where the tables carry this program's mark.
"""

from __future__ import annotations

import os
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import psycopg

from evenhand.store import address, running
from evenhand.store.cluster import WEB

GUARDS = f"""
GRANT USAGE ON SCHEMA web TO {WEB};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA web TO {WEB};
REVOKE ALL ON TABLE web.django_migrations FROM {WEB};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA web TO {WEB};
"""
PACKAGES = ("django", "django-allauth")
_LOCK = 0x65766E77  # "evnw"


def mark() -> str:
    """What names these tables: the versions of the packages that make them."""
    said = " ".join(f"{name} {version(name)}" for name in PACKAGES) + GUARDS
    return "evenhand web " + sha256(said.encode()).hexdigest()


def is_prepared(data: Path) -> bool:
    """Whether the tables are there, in these packages' form. The database must be running."""
    with psycopg.connect(**address(data).app, autocommit=True) as connection:
        found = connection.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'web'"
        ).fetchone()
    return found is not None and found[0] == mark()


def prepare(data: Path) -> None:
    """Make or renew the tables. The database must be running."""
    with psycopg.connect(**address(data).owner, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        if is_prepared(data):
            return
        connection.execute("CREATE SCHEMA IF NOT EXISTS web")
        os.environ |= {"DJANGO_SETTINGS_MODULE": "evenhand.web.settings", "EVENHAND_AS_OWNER": "1"}
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        connection.execute(GUARDS.encode())
        connection.execute(f"COMMENT ON SCHEMA web IS '{mark()}'".encode())


def forget_ended(data: Path) -> None:
    """Remove sessions whose time is over."""
    with psycopg.connect(**address(data).web, autocommit=True) as connection:
        connection.execute("DELETE FROM web.django_session WHERE expire_date < now()")


if __name__ == "__main__":
    folder = Path(os.environ["EVENHAND_DATA"])
    with running(folder):
        if not is_prepared(folder):
            prepare(folder)
        forget_ended(folder)
