"""Rows in the order of their keys: believed only where no key stands twice and no member is lost."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.actions import key_order
from evenhand.actions.key_order import households_in_order, members_in_order

Key = str | int | None
HOMES = ["h1", "h2", "h10"]
MEMBERS = [("h1", "1"), ("h1", "2"), ("h1", "10"), ("h2", "1"), ("h10", "7")]


def homes(folder: Path, keys: list[Key]) -> Path:
    pq.write_table(pa.table({"household": pa.array(keys)}), folder / "household.parquet")
    return folder / "household.parquet"


def people(folder: Path, rows: list[tuple[Key, Key]]) -> Path:
    columns = {"household": pa.array([row[0] for row in rows]), "member": pa.array([row[1] for row in rows])}
    pq.write_table(pa.table(columns), folder / "member.parquet")
    return folder / "member.parquet"


@pytest.mark.parametrize("keys", [HOMES, [7], [1, 2, 30], ["", "a"]])
def test_rising_keys_are_in_order(tmp_path: Path, keys: list[Key]) -> None:
    assert households_in_order(homes(tmp_path, keys))


@pytest.mark.parametrize(
    "keys", [["a", "a"], ["b", "a"], ["a", None, "b"], ["a", None], [2, 1], [1.5, 2.5], ["h10", "h2"]]
)
def test_a_key_that_stands_twice_or_back_or_is_blank_is_not_in_order(tmp_path: Path, keys: list[Key]) -> None:
    assert not households_in_order(homes(tmp_path, keys))


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_members_stand_by_household_wherever_a_batch_ends(
    tmp_path: Path, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_order, "BATCH_ROWS", batch)
    assert members_in_order(homes(tmp_path, list(HOMES)), people(tmp_path, list(MEMBERS)))
    for at in range(1, len(MEMBERS)):
        swapped = [*MEMBERS[: at - 1], MEMBERS[at], MEMBERS[at - 1], *MEMBERS[at + 1 :]]
        twice = [*MEMBERS[:at], MEMBERS[at - 1], *MEMBERS[at:]]
        for rows in (swapped, twice):
            assert not members_in_order(homes(tmp_path, list(HOMES)), people(tmp_path, list(rows)))


@pytest.mark.parametrize("keys", [["h1", "h2"], ["h1", "h2", "h9", "h10"], ["h1", "h2", "h10", "h11"], [1, 2, 3]])
def test_a_member_without_household_or_a_household_without_member_is_not_in_order(
    tmp_path: Path, keys: list[Key]
) -> None:
    assert not members_in_order(homes(tmp_path, keys), people(tmp_path, list(MEMBERS)))


def test_of_a_torn_file_nothing_is_believed(tmp_path: Path) -> None:
    whole, torn = homes(tmp_path, list(HOMES)), people(tmp_path, list(MEMBERS))
    data = bytearray(torn.read_bytes())
    data[4:60] = bytes(56)
    torn.write_bytes(data)
    assert not members_in_order(whole, torn)
    assert not households_in_order(torn)
    assert not households_in_order(tmp_path / "none.parquet")


FEW = st.sampled_from(["", "a", "b", "aa", None])


@settings(max_examples=150, deadline=None)
@given(st.lists(FEW, min_size=1, max_size=4), st.lists(st.tuples(FEW, FEW), min_size=1, max_size=6))
def test_what_is_in_order_has_nothing_to_find(keys: list[Key], rows: list[tuple[Key, Key]]) -> None:
    with TemporaryDirectory() as name:
        first, second = homes(Path(name), keys), people(Path(name), rows)
        if pq.read_schema(first).field(0).type == pa.string() and households_in_order(first):
            assert len(set(keys)) == len(keys)
            if members_in_order(first, second):
                assert len(set(rows)) == len(rows)
                assert {row[0] for row in rows} <= set(keys)
