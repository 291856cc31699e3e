"""A family moves, another is taken off the lists: what is owed follows the one, ends with the other, and the checker sees.

March has half of the grain above the floor, so 2 kg a head stay owed. A3 (three people) moves from Alder to Birch, B1 (one)
leaves the lists; so in April Alder is owed 18 kg for nine people, Birch 28 kg for fourteen.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.parquet as pq
import pytest
from actions.months import POLICY, Months, months
from actions.village import POINT
from folders import NOW
from registry.roles import grant

from evenhand.actions.correct import correct
from evenhand.actions.removal import announce, confirm, gone
from evenhand.engines.duckdb import DuckDB

CARRYING = POLICY.replace(
    'undersupplied = "lapse"\nuncollected = "lapse"',
    'undersupplied = "carry 2 cycles"\nuncollected = "lapse after 8 weeks"',
    1,
)
DAY = 86_400


@pytest.fixture(scope="module")
def spring() -> Iterator[Months]:
    with months(CARRYING) as found, pytest.MonkeyPatch.context() as patched:
        store = found.store
        grant(store, "rita", "registrar")
        grant(store, "otto", "registrar")
        found.month("grain 216 kg; oil 10 l", absent=["A3"])
        correct(store, DuckDB(), "A3", "point", "Birch", "moved in with her mother", "rita")
        announce(store, "B1", "died; nobody else in the house", "letter to his brother", "rita")
        store.clock = lambda: NOW + 29 * DAY  # type: ignore[method-assign]
        confirm(store, "B1", "otto")
        store.clock = lambda: NOW  # type: ignore[method-assign]
        patched.setitem(POINT, "A3", "Birch")
        found.month("grain 273 kg; oil 10 l", absent=["B1"])
        yield found


def test_what_is_owed_goes_with_who_moved_and_is_written_off_with_who_left(spring: Months) -> None:
    rows = {
        (r["point"], r["benefit"], r["kind"]): (r["came"], r["went"], r["written_off"])
        for r in spring.table("2008-04", "moved")
    }
    assert rows["Alder", "grain", "undersupplied"] == (0, 6_000, 0)
    assert rows["Birch", "grain", "undersupplied"] == (6_000, 0, 2_000)
    assert rows["Alder", "grain", "uncollected"] == (0, 48 * 500, 0), "48 steps of March that A3 did not fetch"
    assert rows["Birch", "grain", "uncollected"] == (48 * 500, 0, 0)
    owed = {(point, kind): amount for point, benefit, kind, _, amount in spring.owed("2008-04") if benefit == "grain"}
    assert owed == {
        ("Alder", "undersupplied"): 18_000, ("Birch", "undersupplied"): 28_000, ("Birch", "uncollected"): 24_000,
    }  # fmt: skip


def test_rounding_arrears_move_too(spring: Months) -> None:
    moved = [r for r in spring.table("2008-04", "moved") if r["kind"] == "rounding" and r["benefit"] == "oil"]
    assert sum(r["came"] - r["went"] for r in moved) == 0
    before = pq.read_table(spring.folder / "out" / "2008-03" / "tables" / "totals.parquet").to_pylist()
    assert all(row["carry_micro"] == 0 for row in before)


def test_the_moved_family_is_on_the_roll_of_its_new_point_and_the_other_on_none(spring: Months) -> None:
    rows = dict(spring.store.rows("select household, point from roll_row where cycle = '2008-04/1'"))
    assert rows["A3"] == "Birch" and "B1" not in rows and len(rows) == 7
    assert gone(spring.store) == ["B1"]


@pytest.mark.parametrize("period", ["2008-03", "2008-04"])
def test_both_months_verify_with_the_month_before(spring: Months, period: str) -> None:
    done = spring.verify(period)
    assert done.returncode == 0, done.stdout
    if period == "2008-04":
        assert "written off with households off the lists, declared" in done.stdout
