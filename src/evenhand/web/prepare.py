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
from procrastinate.schema import SchemaManager

from evenhand.store import address, running
from evenhand.store.cluster import WEB

GUARDS = f"""
CREATE UNLOGGED TABLE IF NOT EXISTS web.attempt (key text, since bigint, count int NOT NULL, PRIMARY KEY (key, since));
GRANT USAGE ON SCHEMA web TO {WEB};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA web TO {WEB};
REVOKE ALL ON TABLE web.django_migrations FROM {WEB};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA web TO {WEB};
"""
JOBS = f"""
GRANT USAGE ON SCHEMA jobs TO {WEB};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO {WEB};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA jobs TO {WEB};
"""
PACKAGES = ("django", "django-allauth")
APPS = "account mfa usersessions socialaccount"
WORK = Path(__file__).with_name("jobs.sql")
JOBS_KEPT_DAYS = 90
_LOCK = 0x65766E77  # "evnw"


def mark() -> str:
    """What names these tables: the versions of the packages that make them."""
    said = " ".join(f"{name} {version(name)}" for name in PACKAGES) + APPS + GUARDS + jobs_mark()
    return "evenhand web " + sha256(said.encode()).hexdigest()


def jobs_mark() -> str:
    """What names the tables of long work."""
    said = f"procrastinate {version('procrastinate')}{WORK.read_text()}{JOBS}"
    return "evenhand jobs " + sha256(said.encode()).hexdigest()


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
        _prepare_jobs(connection)
        connection.execute(f"COMMENT ON SCHEMA web IS '{mark()}'".encode())


def _prepare_jobs(connection: psycopg.Connection[tuple[str]]) -> None:
    """The queue and the rows of long work. Where they have another form they are made anew: what went on is begun again by
    whoever asked for it, and nothing else is lost."""
    found = connection.execute("SELECT obj_description(to_regnamespace('jobs'), 'pg_namespace')").fetchone()
    if found is not None and found[0] == jobs_mark():
        return
    with connection.transaction():
        connection.execute("DROP SCHEMA IF EXISTS jobs CASCADE")
        connection.execute("CREATE SCHEMA jobs")
        connection.execute("SET LOCAL search_path TO jobs")
        connection.execute(SchemaManager.get_schema())
        connection.execute((WORK.read_text() + JOBS).encode())
        connection.execute(f"COMMENT ON SCHEMA jobs IS '{jobs_mark()}'".encode())


def forget_ended(data: Path) -> None:
    """Remove sessions whose time is over, and jobs that ended long ago."""
    with psycopg.connect(**address(data).web, autocommit=True) as connection:
        connection.execute("DELETE FROM web.django_session WHERE expire_date < now()")
        connection.execute("DELETE FROM web.attempt WHERE since < extract(epoch FROM now()) - 2 * 86400")
        connection.execute(
            "DELETE FROM jobs.work WHERE ended_at < extract(epoch FROM now()) - %s", (JOBS_KEPT_DAYS * 86400,)
        )


if __name__ == "__main__":
    folder = Path(os.environ["EVENHAND_DATA"])
    with running(folder):
        if not is_prepared(folder):
            prepare(folder)
        forget_ended(folder)
