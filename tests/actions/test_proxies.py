"""Proxies: named in advance, withdrawn by a row, shown to the phone at the point."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from actions.village import MARCH, at
from folders import clock, copy_data, open_folder

from evenhand.actions.counter_state import counter_roll
from evenhand.actions.importing import import_file
from evenhand.actions.proxies import proxies_at, proxies_of
from evenhand.actions.redeem import devices_of
from evenhand.core.errors import InputError
from evenhand.engines.duckdb import DuckDB
from evenhand.formats import cbor
from evenhand.store import Store, open_store

NAMED = "household,name,since\nA1,Kim Il,2008-03-01\nA1,Pak Sun,2008-03-01\nB2,أمينة,2008-03-15\n"


@pytest.fixture
def store() -> Iterator[Store]:
    with open_folder() as folder, open_store(copy_data(at("open"), folder), clock) as opened:
        yield opened


def bring_in(store: Store, text: str, folder: Path) -> tuple[int, int]:
    (folder / "proxies.csv").write_text(text, encoding="utf-8")
    done = import_file(store, DuckDB(), "proxies", folder / "proxies.csv", None)
    return done.added, done.known


def test_a_name_stands_from_its_day_until_a_row_withdraws_it(store: Store, tmp_path: Path) -> None:
    assert bring_in(store, NAMED, tmp_path) == (3, 0)
    assert bring_in(
        store, "household,name,since,withdrawn\nA1,Pak Sun,2008-03-20,yes\nA1,Kim Il,2008-03-01,no\n", tmp_path
    ) == (1, 1)
    for day, names in ((1, ("Kim Il", "Pak Sun")), (19, ("Kim Il", "Pak Sun")), (20, ("Kim Il",))):
        assert proxies_of(store, ["A1"], date(2008, 3, day)) == {"A1": names}
    assert proxies_of(store, ["A1"], date(2008, 2, 29)) == {}
    assert proxies_at(store, "Birch", date(2008, 3, 14)) == {}
    assert proxies_at(store, "Birch", date(2008, 3, 15)) == {"B2": ("أمينة",)}
    assert bring_in(store, "household,name,since\nA1,Pak Sun,2008-03-25\n", tmp_path) == (1, 0)  # named once more
    assert proxies_of(store, ["A1"], date(2008, 3, 25)) == {"A1": ("Kim Il", "Pak Sun")}


def test_a_withdrawal_of_a_name_nobody_gave_is_refused_with_all_else_that_is_wrong(
    store: Store, tmp_path: Path
) -> None:
    text = (
        "household,name,since,withdrawn\nA1,Kim Ill,2008-03-20,yes\nZ9,Pak,2008-03-01,\nA2,Pak,soon,\n"
        "A2,Ri,2008-03-01,\nA2,Ri,2008-03-01,\n"
    )
    with pytest.raises(InputError) as caught:
        bring_in(store, text, tmp_path)
    assert sorted((problem.row, problem.field) for problem in caught.value.problems) == [
        (1, "name"), (2, "household"), (3, "since"), (5, "since"),
    ]  # fmt: skip
    assert store.rows("select count(*) from proxy") == [(0,)]


def test_the_phone_at_the_point_is_told_who_may_collect(store: Store, tmp_path: Path) -> None:
    bring_in(store, NAMED, tmp_path)
    (device,) = (one for one in devices_of(store) if one.name == "phone-Alder")
    roll = cbor.loads(counter_roll(store, device, MARCH, "Alder"))
    cards = dict(store.rows("select number, household from card"))
    told = {cards[row[1]]: row[7] for row in roll["rows"]}  # type: ignore[index, call-overload, union-attr]
    assert told == {"A1": ["Kim Il", "Pak Sun"], "A2": [], "A3": [], "A6": []}
