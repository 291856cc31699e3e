"""Django, configured by hand, for what it is used for here: making and migrating the tables.

It is loaded only when the schema's mark in the database differs from this program's; no other command pays for it.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from evenhand.core.errors import TryAgain, UsageError
from evenhand.store.cluster import APP, DESK, OWNER, WEB
from evenhand.store.postgres import DATABASE, Server

HERE = Path(__file__).parent
VERSION_MIN = 150000
_LOCK = 0x65766E68  # "evnh"


def mark() -> str:
    """What names this program's schema: the hash of its migrations and guards."""
    files = [HERE / "guards.sql", *sorted((HERE / "migrations").glob("[0-9]*.py"))]
    return "evenhand " + sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def is_current(connection: psycopg.Connection[Any]) -> bool:
    """Whether the database carries this program's mark."""
    found = connection.execute("SELECT obj_description('public'::regnamespace, 'pg_namespace')").fetchone()
    return found is not None and found[0] == mark()


def migrate(server: Server) -> None:
    """Bring roles, tables and guards of the database up to this program, as the owner. Safe to run again."""
    with _connect_owner(server) as connection:
        # Two commands may arrive at a new database together: one migrates, the other then finds it done.
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        if connection.info.server_version < VERSION_MIN:
            raise UsageError("the database server is older than PostgreSQL 15", "use PostgreSQL 15 or newer")
        _make_roles(connection, server)
        if is_current(connection):
            return
        _run_django(server)
        with connection.transaction():
            connection.execute((HERE / "guards.sql").read_bytes())
            connection.execute(sql.SQL("COMMENT ON SCHEMA public IS {}").format(sql.Literal(mark())))


def _connect_owner(server: Server) -> psycopg.Connection[Any]:
    try:
        if server.embedded and not _has_database(server):
            with psycopg.connect(**{**server.owner, "dbname": "template1"}, autocommit=True) as connection:
                connection.execute(sql.SQL("ALTER DATABASE postgres RENAME TO {}").format(sql.Identifier(DATABASE)))
        return psycopg.connect(**server.owner, autocommit=True)
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise UsageError(
                "the database does not know the owner's password",
                "put back keys/database.json as it was when the data folder was made, or correct EVENHAND_DATABASE_URL",
            ) from error
        raise TryAgain(f"the database does not answer: {error}", "run the command again") from error


def _has_database(server: Server) -> bool:
    with psycopg.connect(**{**server.owner, "dbname": "template1"}) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
    return found is not None


def _make_roles(connection: psycopg.Connection[Any], server: Server) -> None:
    """The app's and the web's role: they may log in, the web's may do what the app's does, and nothing else. Their
    passwords are those this data folder keeps. The app may become the desk's role, which nobody can log in as."""
    limits = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
    with connection.transaction():
        database = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        for name, password, more in (
            (APP, server.app["password"], "NOINHERIT"),
            (WEB, server.web["password"], "INHERIT"),
        ):
            exists = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (name,)).fetchone() is not None
            verb, role = sql.SQL("ALTER ROLE" if exists else "CREATE ROLE"), sql.Identifier(name)
            connection.execute(
                sql.SQL("{} {} {} {} PASSWORD {}").format(verb, role, limits, sql.SQL(more), sql.Literal(password))
            )
            connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, role))
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), sql.Identifier(WEB)))
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (DESK,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(DESK)))
        connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN NOINHERIT").format(sql.Identifier(DESK)))
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(DESK), sql.Identifier(APP)))
        if server.embedded:
            connection.execute("REVOKE ALL ON DATABASE template1 FROM PUBLIC")


def configure(owner: dict[str, str]) -> None:
    """Configure Django for the database of `owner` (connection parameters), replacing an earlier configuration."""
    import django
    from django.apps import apps
    from django.conf import settings

    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    database = {
        "ENGINE": "django.db.backends.postgresql",
        **{ours: owner.get(theirs, "") for ours, theirs in named.items()},
        "OPTIONS": {key: value for key, value in owner.items() if key not in named.values()},
    }
    if settings.configured:
        from django.db import connections

        connections.close_all()
        settings.DATABASES["default"].update(database)
        connections["default"].settings_dict.update(database)
        return
    settings.configure(
        INSTALLED_APPS=["evenhand.store.apps.StoreConfig"],
        DATABASES={"default": database},
        USE_TZ=True,
        TIME_ZONE="UTC",
        LOGGING_CONFIG=None,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    if not apps.ready:
        django.setup()


def _run_django(server: Server) -> None:
    configure(server.owner)
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()


__all__ = ["APP", "OWNER", "configure", "is_current", "mark", "migrate"]
