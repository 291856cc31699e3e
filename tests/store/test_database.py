"""Transactions, locks, and COPY."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from folders import clock, copy_data, open_folder

from evenhand.core.errors import TryAgain, UsageError
from evenhand.store import Store, database, open_store

AREA = "INSERT INTO area (pcode, name, level) VALUES (%s, 'x', 0)"


@pytest.fixture(scope="module")
def store_once(made: Path) -> Iterator[Store]:
    with open_folder() as folder, open_store(copy_data(made, folder), clock) as opened:
        yield opened


@pytest.fixture
def store(store_once: Store) -> Iterator[Store]:
    """One store for all of this file; what a test adds is rolled back."""
    with store_once.connection.transaction(force_rollback=True):
        yield store_once


def areas(store: Store) -> list[str]:
    return [row[0] for row in store.rows("SELECT pcode FROM area ORDER BY 1")]


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.execute(AREA, ("A",))
        raise ZeroDivisionError
    assert areas(store) == []


def test_an_inner_transaction_joins_the_outer(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction("outer"):
        with store.transaction("inner"):
            store.execute(AREA, ("A",))
        raise ZeroDivisionError
    assert areas(store) == []
    with store.transaction():
        store.execute(AREA, ("B",))
    assert areas(store) == ["B"]


def test_one_at_a_time_may_hold_a_lock(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.1)
    with open_store(data, clock) as first, open_store(data, clock) as second:
        with first.transaction("cycle"):
            with pytest.raises(TryAgain, match="working on cycle"), second.transaction("cycle"):
                pass
            with second.transaction("another"):
                pass
        with second.transaction("cycle"):
            pass


def test_a_row_that_is_there_already_is_the_users_error(store: Store) -> None:
    store.execute(AREA, ("A",))
    with pytest.raises(UsageError, match="duplicate key"), store.transaction():
        store.execute(AREA, ("A",))


def test_copied_rows_come_back_as_they_were(store: Store) -> None:
    texts = ["plain", 'quo"te', "com,ma", "line\nend", "", "back\\slash", "\\.", "ünïcode", " blank "]
    rows = pa.table(
        {
            "programme": texts,
            "cycle": ["c"] * len(texts),
            "tag": pa.array([bytes([n]) * 16 for n in range(len(texts))], pa.binary()),
            "point": texts,
            "household": texts,
            "rations": pa.array([[n, -n, 2**62] if n else [] for n in range(len(texts))], pa.list_(pa.int64())),
        }
    )
    assert store.copy_in("roll_row", rows) == len(texts)
    back = store.copy_out("SELECT programme, cycle, tag, point, household, rations FROM roll_row ORDER BY tag")
    assert back.equals(rows)


def test_sliced_rows_are_copied_as_sliced(store: Store) -> None:
    rows = pa.table(
        {
            "programme": ["p"] * 5,
            "cycle": ["c"] * 5,
            "tag": pa.array([bytes([n]) * 16 for n in range(5)], pa.binary(16)),
            "rations": pa.array([[n] for n in range(5)], pa.list_(pa.int64())),
        }
    )
    store.copy_in("recut_row", rows.slice(3))
    assert store.copy_out("SELECT tag, rations FROM recut_row ORDER BY tag").to_pylist() == [
        {"tag": bytes([3]) * 16, "rations": [3]},
        {"tag": bytes([4]) * 16, "rations": [4]},
    ]


def test_nothing_copied_is_nothing_added(store: Store) -> None:
    assert store.copy_in("card", pa.table({"number": pa.array([], pa.string())})) == 0
    empty = store.copy_out("SELECT tag, point, 1::bigint AS n FROM roll_row")
    assert empty.num_rows == 0
    assert empty.schema == pa.schema([("tag", pa.binary()), ("point", pa.string()), ("n", pa.int64())])


def test_values_come_out_typed(store: Store) -> None:
    row = store.copy_out(
        "SELECT ARRAY['a', 'b,\"c'] AS texts, NULL::text[] AS none, '' AS empty, NULL::text AS nothing, true AS yes,"
        " sum(3::bigint) AS total, date '2008-02-29' AS day, '\\x00ff'::bytea AS raw, '{}'::bigint[] AS list,"
        " %s AS percent, '{\"a\": 1}'::jsonb AS json",
        ("100 %",),
    ).to_pylist()
    assert row == [
        {
            "texts": ["a", 'b,"c'], "none": None, "empty": "", "nothing": None, "yes": True, "total": 3,
            "day": date(2008, 2, 29), "raw": b"\x00\xff", "list": [], "percent": "100 %", "json": '{"a": 1}',
        }
    ]  # fmt: skip


def test_bytes_of_unequal_length_and_nulls_come_back(store: Store) -> None:
    query = "SELECT v FROM (VALUES (1, '\\x'::bytea), (2, '\\x00'), (3, NULL), (4, '\\xffff')) AS t (n, v) ORDER BY n"
    assert store.copy_out(query).column("v").to_pylist() == [b"", b"\x00", None, b"\xff\xff"]


def test_a_mapping_of_parameters_works(store: Store) -> None:
    assert store.copy_out("SELECT %(a)s::bigint AS x WHERE 'ab' LIKE 'a%%'", {"a": 7}).to_pylist() == [{"x": 7}]
    assert store.rows("SELECT %(a)s::bigint", {"a": 8}) == [(8,)]
