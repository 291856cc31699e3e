"""What the database refuses, asked by plain SQL as the app's own role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from folders import clock, copy_data, open_folder

from evenhand.core.errors import UsageError
from evenhand.store import Store, open_store, postgres

APPROVAL = "INSERT INTO approval VALUES ('relief', %s, %s, %s, '\\x00', '\\x00')"


@pytest.fixture(scope="module")
def store(made: Path) -> Iterator[Store]:
    """One store for all of this file: what is refused leaves no trace, and each approval is of a cycle of its own."""
    with open_folder() as folder, open_store(copy_data(made, folder), clock) as opened:
        yield opened


@pytest.fixture
def cycle(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


def tables(store: Store) -> list[str]:
    rows = store.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [row[0] for row in rows if row[0] != "django_migrations"]


def test_app_role_owns_nothing_and_may_only_read_and_insert(store: Store) -> None:
    assert store.rows("SELECT current_user") == [("evenhand_app",)]
    assert store.rows(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = 'evenhand_app'"
    ) == [(False, False, False, False)]
    assert store.rows("SELECT count(*) FROM pg_class WHERE relowner = 'evenhand_app'::regrole") == [(0,)]
    rights = store.rows(
        "SELECT DISTINCT privilege_type FROM information_schema.role_table_grants WHERE grantee = 'evenhand_app'"
    )
    assert sorted(rights) == [("INSERT",), ("SELECT",)]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE {} SET {} = {}",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "ALTER TABLE {} ADD COLUMN sneaky int",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only ON {}",
        "DROP TABLE {}",
    ],
)
def test_every_table_refuses_change_to_the_app_role(store: Store, sql: str) -> None:
    for table in tables(store):
        column = store.rows(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
            (table,),
        )[0][0]
        with pytest.raises(UsageError, match="refuses"):
            store.execute(sql.format(f'"{table}"', f'"{column}"', f'"{column}"'))


@pytest.mark.parametrize("sql", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_every_table_refuses_change_to_its_owner_too(data: Path, sql: str) -> None:
    with (
        open_store(data, clock) as store,
        postgres.start(data) as server,
        psycopg.connect(**server.owner, autocommit=True) as owner,
    ):
        for table in tables(store):
            column = store.rows("SELECT column_name FROM information_schema.columns WHERE table_name = %s", (table,))[
                0
            ][0]
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                owner.execute(sql.format(f'"{table}"', f'"{column}"', f'"{column}"'))


@pytest.mark.parametrize(
    "sql",
    [
        "SET ROLE evenhand_owner",
        "SET SESSION AUTHORIZATION evenhand_owner",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (x int)",
        "CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "COPY programme TO '/tmp/out.csv'",
        "SELECT pg_read_file('/etc/passwd')",
        "ALTER ROLE evenhand_app SUPERUSER",
        "CREATE ROLE other",
        "CREATE EXTENSION dblink",
    ],
)
def test_app_role_cannot_climb(store: Store, sql: str) -> None:
    with pytest.raises(UsageError, match="refuses"):
        store.execute(sql)


def test_two_persons_may_approve(store: Store, cycle: str) -> None:
    store.execute(APPROVAL, (cycle, "preparer", "Amina"))
    store.execute(APPROVAL, (cycle, "approver", "Bram"))
    assert store.rows("SELECT count(*) FROM approval WHERE cycle = %s", (cycle,)) == [(2,)]


@pytest.mark.parametrize("again", ["Amina", "amina", " Amina "])
@pytest.mark.parametrize(("first", "second"), [("preparer", "approver"), ("approver", "preparer")])
def test_one_person_cannot_sign_both_approvals(store: Store, cycle: str, first: str, second: str, again: str) -> None:
    store.execute(APPROVAL, (cycle, first, "Amina"))
    with pytest.raises(UsageError, match="refuses"):
        store.execute(APPROVAL, (cycle, second, again))
    assert store.rows("SELECT count(*) FROM approval WHERE cycle = %s", (cycle,)) == [(1,)]


def test_one_person_cannot_sign_both_approvals_in_one_statement(store: Store, cycle: str) -> None:
    with pytest.raises(UsageError, match="refuses"):
        store.execute(
            "INSERT INTO approval SELECT 'relief', %s, role, 'Amina', '', '' FROM unnest(%s::text[]) AS role",
            (cycle, ["preparer", "approver"]),
        )


def test_a_third_role_is_no_approval(store: Store, cycle: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        store.execute(APPROVAL, (cycle, "witness", "Amina"))


def test_a_table_of_the_same_name_does_not_deceive_the_guards(data: Path, cycle: str) -> None:
    with open_store(data, clock) as store:
        store.execute(APPROVAL, (cycle, "preparer", "Amina"))
        store.execute("CREATE TEMP TABLE approval (LIKE public.approval)")
        with pytest.raises(UsageError, match="already signed"):
            store.execute(APPROVAL.replace("INTO approval", "INTO public.approval"), (cycle, "approver", "AMINA"))


def test_the_log_takes_an_entry_only_right_after_the_newest(data: Path) -> None:
    insert = "INSERT INTO log_entry VALUES (%s, 'policy', 'relief', NULL, 'x', '\\x00')"
    with open_store(data, clock) as store:  # init wrote entries 0 and 1
        for index in (0, 1, 3, 10, -1):
            with pytest.raises(psycopg.errors.IntegrityError):
                store.execute(insert, (index,))
        store.execute(insert, (2,))
