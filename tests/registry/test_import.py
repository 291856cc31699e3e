"""Importing households and members."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from files import GOOD, bring_in, bring_in_all, contents, policy, refusals
from folders import clock

from evenhand.actions.import_registry import declared_inputs
from evenhand.actions.importing import import_file
from evenhand.engines.duckdb import DuckDB
from evenhand.flow.registry import household_table, member_table
from evenhand.store import Store, open_store


def test_four_households_and_their_members_come_in_as_written(store: Store, tmp_path: Path) -> None:
    bring_in_all(store, tmp_path, "households", "members")
    assert store.rows("SELECT household, serial, point, name, inputs FROM household ORDER BY serial") == [
        ("H1", 1, "Alder", "Kim", {"card": "AAY"}),
        ("H2", 2, "Alder", None, {}),
        ("H3", 3, "Birch", "Ri", {"card": "PHH"}),
        ("H4", 4, "Cedar", "Pak", {"card": "AAY"}),
    ]
    assert store.rows("SELECT household, member, birth_date, sex, occupation, inputs FROM member ORDER BY 1, 2") == [
        ("H1", "1", date(1971, 2, 28), "f", "worker", {}),
        ("H1", "2", date(2011, 3, 13), "m", "infant", {}),
        ("H2", "1", date(1880, 1, 1), "m", "heavy", {}),
    ]


def test_serials_go_on_without_a_gap_even_after_a_refused_file(store: Store, tmp_path: Path) -> None:
    bring_in_all(store, tmp_path, "households")
    refusals(store, "households", "household,point\nH5,Alder\nH6,Nowhere\n", tmp_path)
    bring_in(store, "households", "household,point\nH8,Alder\nH7,Birch\n", tmp_path)
    assert store.rows("SELECT household, serial FROM household WHERE serial > 4 ORDER BY 2") == [("H8", 5), ("H7", 6)]


def test_wrong_households_are_refused_all_at_once(store: Store, tmp_path: Path) -> None:
    bring_in_all(store, tmp_path, "households")
    text = (
        "household,point,card,income\nH5,Alder,AAY,12.50\nH6,Nowhere,,\nH7,E,,\nH8,,,\n,Alder,,\nH5,Alder,,\n"
        "H10,Alder,aay,\nH11,Alder,,1000.000000001\nH12,Alder,,-1\nH13,Alder,,1e2\nH14,Alder,,1000\n"
    )
    assert refusals(store, "households", text, tmp_path) == [
        (2, "point", "there is no such point"),
        (3, "point", "there is no such point"),
        (4, "point", "the cell is empty"),
        (5, "household", "the cell is empty"),
        (6, "household", "this already stands in row 1"),
        (7, "card", "not a word of the list"),
        (8, "income", "the number is too large"),
        (9, "income", "the number is too small"),
        (10, "income", "not in the form of this column"),
    ]


def test_wrong_members_are_refused_all_at_once(store: Store, tmp_path: Path) -> None:
    bring_in_all(store, tmp_path, "households", "members")
    text = (
        "household,member,birth_date,sex,occupation,lactating\nH3,1,1990-01-01,f,worker,yes\nH9,1,1990-01-01,f,worker,\n"
        "H3,2,2011-03-14,f,worker,\nH3,3,1879-12-31,f,worker,\nH3,4,1990-02-30,f,worker,\nH3,5,1990-01-01,x,worker,\n"
        "H3,6,1990-01-01,f,king,\nH3,7,1990-01-01,f,,\nH3,1,1990-01-01,f,worker,\nH3,8,1990-01-01,f,worker,true\n"
    )
    assert refusals(store, "members", text, tmp_path) == [
        (2, "household", "there is no such household"),
        (3, "birth_date", "the day is too late"),
        (4, "birth_date", "the day is too early"),
        (5, "birth_date", "not a date"),
        (6, "sex", "not a word of the list"),
        (7, "occupation", "not a word of the list"),
        (8, "occupation", "the cell is empty"),
        (9, "member", "this already stands in row 1"),
        (10, "lactating", "neither yes nor no"),
    ]


def test_a_column_no_policy_asks_for_is_refused(store: Store, tmp_path: Path) -> None:
    for column in ("religion", "songbun", "party", "card_", "Card"):
        found = refusals(store, "households", f"household,point,{column}\nH5,Alder,x\n", tmp_path)
        assert found == [(0, column, "there is no such column in this table")]
    found = refusals(
        store, "members", "household,member,birth_date,sex,occupation,card\nH1,1,1990-01-01,f,worker,AAY\n", tmp_path
    )
    assert found[0][1] == "card"


def test_registered_rows_again_are_known_and_with_other_values_refused(store: Store, tmp_path: Path) -> None:
    bring_in_all(store, tmp_path, "households", "members")
    again = bring_in(store, "households", GOOD["households"] + "H5,Birch,,\n", tmp_path)
    assert (again.rows, again.added, again.known) == (5, 1, 4)
    again = bring_in(store, "members", GOOD["members"] + "H4,1,1990-01-01,f,worker\n", tmp_path)
    assert (again.added, again.known) == (1, 3)
    registered = "already registered with other values"
    text = "household,point,name,card\nH1,Birch,Kim,AAY\nH2,Alder,Kim,\nH3,Birch,Ri,AAY\nH4,Cedar,Pak,AAY\nH6,Birch,,\n"
    assert refusals(store, "households", text, tmp_path) == [(row, "household", registered) for row in (1, 2, 3)]
    text = (
        "household,member,birth_date,sex,occupation\n"
        "H1,1,1971-02-28,f,heavy\nH1,2,2011-03-13,m,infant\nH2,1,1880-01-02,m,heavy\n"
    )
    assert refusals(store, "members", text, tmp_path) == [(row, "member", registered) for row in (1, 3)]


def test_odd_inputs_are_known_again(store: Store, tmp_path: Path) -> None:
    """What is compared is PostgreSQL's own spelling of the inputs: order of keys, quotes and backslashes included."""
    odd = replace(
        policy(), categories={"card": ('a "b" \\c', "Ünï 字"), "occupation": ("worker",)},
    )  # fmt: skip
    path = tmp_path / "h.csv"
    path.write_text('household,point,income,card\nH1,Alder,7,"a ""b"" \\c"\nH2,Alder,8.5,Ünï 字\n')
    assert import_file(store, DuckDB(), "households", path, odd).added == 2
    assert store.rows("SELECT inputs->>'card', inputs->>'income' FROM household ORDER BY 1") == [
        ('a "b" \\c', "7"),
        ("Ünï 字", "8.5"),
    ]
    path.write_text(path.read_text() + "H3,Alder,,\n")
    found = import_file(store, DuckDB(), "households", path, odd)
    assert (found.added, found.known) == (1, 2)


def test_without_a_policy_only_the_fixed_columns_are_taken(store: Store, tmp_path: Path) -> None:
    assert declared_inputs(None, "household") == []
    assert household_table([]).names == ("household", "point", "name")
    assert member_table([], (), date(2011, 3, 13)).names == (
        "household",
        "member",
        "birth_date",
        "sex",
        "occupation",
        "name",
    )
    path = tmp_path / "h.csv"
    path.write_text("household,point\nH1,Alder\n")
    import_file(store, DuckDB(), "households", path, None)
    path.write_text("household,member,birth_date,sex,occupation\nH1,1,1990-01-01,f,anything\n")
    assert import_file(store, DuckDB(), "members", path, None).added == 1


def test_what_a_policy_asks_is_read_in_the_units_of_the_file() -> None:
    found = {item.name: item for item in declared_inputs(policy(), "household")}
    assert set(found) == {"card", "income"}
    assert found["card"].words == ("AAY", "PHH")
    assert (found["income"].low, found["income"].high) == (0, 1000)
    assert [item.name for item in declared_inputs(policy(), "member")] == ["lactating"]


def test_parquet_with_dates_is_read(store: Store, tmp_path: Path) -> None:
    bring_in_all(store, tmp_path, "households")
    table = pa.table(
        {
            "household": ["H1"],
            "member": pa.array([1], pa.int64()),
            "birth_date": pa.array([date(1990, 1, 1)]),
            "sex": ["f"],
            "occupation": ["worker"],
            "lactating": [True],
        }
    )
    pq.write_table(table, tmp_path / "members.parquet")
    assert import_file(store, DuckDB(), "members", tmp_path / "members.parquet", policy()).added == 1
    assert store.rows("SELECT member, birth_date, inputs FROM member") == [
        ("1", date(1990, 1, 1), {"lactating": "yes"})
    ]


def test_people_come_in_in_the_order_of_the_file_whatever_their_number(store: Store, tmp_path: Path) -> None:
    rows = 150_000  # more than a batch
    text = "household,point\n" + "".join(f"H{number:06d},Alder\n" for number in range(rows, 0, -1))
    assert bring_in(store, "households", text, tmp_path).added == rows
    assert store.rows("SELECT count(*), min(serial), max(serial) FROM household") == [(rows, 1, rows)]
    assert store.rows("SELECT household FROM household WHERE serial IN (1, 150000) ORDER BY serial") == [
        ("H150000",),
        ("H000001",),
    ]


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = {paths!r}
from files import policy
from evenhand.actions import import_work
from evenhand.actions.importing import import_file
from evenhand.engines.duckdb import DuckDB
from evenhand.store import open_store

def progress(label, done, total):
    if label == {label!r} and done >= {done}:
        os.kill(os.getpid(), signal.SIGKILL)

import_work.BATCH = 1
with open_store(Path({data!r}), lambda: 1_300_000_000) as store:
    import_file(store, DuckDB(), "households", Path({file!r}), policy(), progress)
"""


def test_killed_at_any_step_an_import_leaves_nothing_and_can_be_run_again(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "households.csv"
    file.write_text(GOOD["households"])
    paths = [path for path in sys.path if path]
    with open_store(data, clock) as store:
        before = contents(store)
    steps = [("reading households", 0), ("reading households", 2), ("importing households", 0), ("importing households", 2),
             ("importing households", 4)]  # fmt: skip
    for label, done in steps:
        code = KILLED.format(paths=paths, label=label, done=done, data=str(data), file=str(file))
        result = subprocess.run([sys.executable, "-c", code], env=os.environ, capture_output=True, text=True)
        assert result.returncode == -9, result.stderr
        with open_store(data, clock) as store:
            # The killed session's server process may take a moment to notice; what it did is never seen.
            assert contents(store) == before
    with open_store(data, clock) as store:
        until = time.monotonic() + 10
        assert import_file(store, DuckDB(), "households", file, policy()).added == 4
        assert time.monotonic() < until
        assert store.rows("SELECT household, serial FROM household ORDER BY serial") == [
            ("H1", 1), ("H2", 2), ("H3", 3), ("H4", 4),
        ]  # fmt: skip
    assert not (data / "importing").exists()
