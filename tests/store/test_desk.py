"""A desk reads the personal rows of its own areas, by the database itself: whatever SQL a page sends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from actions.village import at
from folders import clock, copy_data, open_folder

from evenhand.core.errors import UsageError
from evenhand.store import Store, open_store

PERSONAL = ("household", "member", "roll_row")


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """Beside Alder and Birch one family of Cedar, in area N, which lies in theirs."""
    with open_folder() as folder, open_store(copy_data(at("open"), folder), clock) as opened:
        (valley,) = opened.rows("select distinct area from node where kind = 'point'")[0]
        opened.execute("insert into area (pcode, name, parent, level) values ('N', 'North', %s, 9)", (valley,))
        opened.execute("insert into node (node, name, kind, area) values ('Cedar', 'Cedar', 'point', 'N')")
        opened.execute("insert into household (household, serial, point) values ('C1', 99, 'Cedar')")
        opened.execute("insert into member values ('C1', '1', '1970-01-01', 'f', 'home')")
        opened.execute("insert into roll_row values ('other', '2008-03/1', '\\x00', 'Cedar', 'C1', '{1}')")
        yield opened


def seen(store: Store, areas: list[str | None], table: str) -> int:
    with store.desk(areas):
        return int(store.rows(f"select count(*) from {table}")[0][0])


def test_a_desk_sees_its_area_and_those_below_it_and_no_other(store: Store) -> None:
    (valley,) = store.rows("select parent from area where pcode = 'N'")[0]
    for table in PERSONAL:
        everywhere = store.rows(f"select count(*) from {table}")[0][0]
        assert seen(store, [None], table) == seen(store, [valley], table) == everywhere > 1
        assert seen(store, ["N"], table) == 1
        assert seen(store, [], table) == seen(store, ["no such area"], table) == 0


def test_the_row_of_another_area_is_not_found_by_its_key_either(store: Store) -> None:
    with store.desk(["N"]):
        assert store.rows("select household from household where household = any(%s)", (["A1", "C1"],)) == [("C1",)]


@pytest.mark.parametrize("sql", [
    "insert into household (household, point) values ('x', 'y')", "select * from receipt", "select * from card",
    "select * from grievance", "select * from role_grant", "select * from api_token",
])  # fmt: skip
def test_a_desk_writes_nothing_and_reads_no_other_table(store: Store, sql: str) -> None:
    with pytest.raises((UsageError, Exception), match="(?i)permission denied|read-only"), store.desk([None]):
        store.execute(sql)


def test_the_programme_works_on_as_itself_after_a_desk_whether_it_ended_well_or_not(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.desk([]):
        raise ZeroDivisionError
    with store.desk([]):
        pass
    assert store.rows("select current_user, current_setting('evenhand.desk', true)") in [
        [("evenhand_app", "")],
        [("evenhand_app", None)],
    ]
    with store.transaction(), pytest.raises(RuntimeError), store.desk([]):
        pass


def test_row_level_security_is_forced_on_every_table_with_personal_rows(store: Store) -> None:
    rows = store.rows(
        "select relname from pg_class where relrowsecurity and relforcerowsecurity and relnamespace = 'public'::regnamespace"
    )
    with_names = store.rows(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')"
        " and has_table_privilege('evenhand_desk', oid, 'SELECT')"
    )
    plain = {"desk_point", "area", "node", "programme"} | {"household_now", "member_now"}  # these ask as who asks them
    assert {row[0] for row in rows} == {row[0] for row in with_names} - plain >= {*PERSONAL, "proxy"}
