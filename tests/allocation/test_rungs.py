"""Ladders of points: floors first, then tiers; small groups folded; demand in whole steps with the reserve on top."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.engines.duckdb import DuckDB
from evenhand.flow.allocation import cells_plan, demand, fold, ladder_plan, rows_plan

ENTITLEMENT = pa.schema(
    [
        ("household", pa.string()),
        ("point", pa.string()),
        ("benefit", pa.string()),
        ("amount", pa.int64()),
        ("floor", pa.int64()),
        ("tier", pa.int64()),
    ]
)
# Four households of Alder: Ash and Elm in tier 1, Fir and Oak in tier 2; eggs have no floor and only tier 2.
FOUR = [
    ("Ash", "Alder", "grain", 1000, 600, 1),
    ("Elm", "Alder", "grain", 2000, 1200, 1),
    ("Fir", "Alder", "grain", 500, 500, 2),
    ("Oak", "Alder", "grain", 1500, 900, 2),
    ("Fir", "Alder", "eggs", 3, 0, 2),
    ("Oak", "Alder", "eggs", 4, 0, 2),
    ("Oak", "Alder", "clothes", 9, 0, 1),
]


def table(rows: list[tuple], schema: pa.Schema = ENTITLEMENT) -> pa.Table:
    return pa.table([pa.array([r[i] for r in rows], f.type) for i, f in enumerate(schema)], schema=schema)


def rows(table: pa.Table) -> list[tuple]:
    return [tuple(r.values()) for r in table.to_pylist()]


def run(tmp_path: Path, plan, **tables: pa.Table) -> pa.Table:
    paths = {}
    for name, content in tables.items():
        paths[name] = tmp_path / f"{name}.parquet"
        pq.write_table(content, paths[name])
    return DuckDB(threads=1).rows(plan, paths)[plan.outputs[0]]


def folded(tmp_path: Path, entitlement: pa.Table, k: int):
    return fold(run(tmp_path, cells_plan(["grain", "eggs"]), entitlement=entitlement), k)


def test_floors_of_all_stand_on_the_first_rung_and_rests_by_tier_above(tmp_path: Path) -> None:
    found = folded(tmp_path, table(FOUR), k=1)
    assert rows(found.ladders) == [
        ("Alder", "eggs", 3, 2, 7),
        ("Alder", "grain", 1, 4, 3200),
        ("Alder", "grain", 2, 2, 1200),
        ("Alder", "grain", 3, 1, 600),
    ]
    assert found.small.num_rows == 0


def test_a_rung_of_too_few_is_folded_into_the_rung_before_it(tmp_path: Path) -> None:
    found = folded(tmp_path, table(FOUR), k=2)
    assert rows(found.ladders)[1:] == [("Alder", "grain", 1, 4, 3200), ("Alder", "grain", 2, 3, 1800)]
    assert ("Alder", "grain", 2, 1, 2) in rows(found.places)


def test_folding_goes_on_until_nobody_stands_out(tmp_path: Path) -> None:
    found = folded(tmp_path, table(FOUR), k=4)
    assert rows(found.ladders)[1:] == [("Alder", "grain", 1, 4, 5000)]
    assert rows(found.small) == [("Alder", "eggs", 2)]


def test_the_first_rung_of_too_few_is_folded_into_the_second(tmp_path: Path) -> None:
    due = [("Ash", "Alder", "grain", 100, 100, 1)] + [(f"H{n}", "Alder", "grain", 100, 0, 1) for n in range(3)]
    found = folded(tmp_path, table(due), k=3)
    assert rows(found.ladders) == [("Alder", "grain", 2, 4, 400)]
    assert rows(found.places) == [("Alder", "grain", 1, 2, 2)]


def test_a_household_on_two_rungs_counts_once_where_they_are_folded(tmp_path: Path) -> None:
    due = [(f"H{n}", "Alder", "grain", 100, 60, 1) for n in range(5)]
    found = folded(tmp_path, table(due), k=6)
    assert rows(found.ladders) == [("Alder", "grain", 1, 5, 500)]


def counted(due: list[tuple]) -> pa.Table:
    """What `cells_plan` yields, in plain words."""
    cells = {}
    for _, point, benefit, amount, floor, tier in due:
        cell = cells.setdefault((point, benefit, tier), [0] * 5)
        for place, more in enumerate((floor > 0, amount > floor, True, floor, amount - floor)):
            cell[place] += int(more)
    names = ("floor_households", "rest_households", "households", "floor_amount", "rest_amount")
    schema = pa.schema(
        [("point", pa.string()), ("benefit", pa.string()), ("tier", pa.int64()), *[(n, pa.int64()) for n in names]]
    )
    return table([(*key, *cell) for key, cell in sorted(cells.items())], schema)


def test_cells_count_households_and_amounts(tmp_path: Path) -> None:
    due = [row for row in FOUR if row[2] != "clothes"]
    assert rows(run(tmp_path, cells_plan(["grain", "eggs"]), entitlement=table(FOUR))) == rows(counted(due))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(1, 4)), min_size=1, max_size=30),
    st.integers(1, 8),
)
def test_folding_loses_nothing_and_hides_every_small_rung(households: list[tuple[int, int, int]], k: int) -> None:
    due = [(f"H{i:02}", "Alder", "grain", f + r, f, t) for i, (f, r, t) in enumerate(households) if f + r]
    found = fold(counted(due), k)
    place = {tier: (floor, rest) for _, _, tier, floor, rest in rows(found.places)}
    held: dict[int, dict[str, int]] = {}
    for household, _, _, amount, floor, tier in due:
        for rung, part in zip(place[tier], (floor, amount - floor), strict=True):
            if part:
                own = held.setdefault(rung, {})
                own[household] = own.get(household, 0) + part
    assert [(r, c, a) for _, _, r, c, a in rows(found.ladders)] == [
        (rung, len(own), sum(own.values())) for rung, own in sorted(held.items())
    ]
    assert all(len(own) >= k for own in held.values()) or (found.small.num_rows == 1 and len(held) == 1)


OWED = pa.schema(
    [*[(n, pa.string()) for n in ("point", "household", "benefit")], ("rung", pa.int64()), ("amount", pa.int64())]
)


def test_a_households_ladder_folds_with_its_rung_and_what_it_is_owed_stands_above(tmp_path: Path) -> None:
    places = folded(tmp_path, table(FOUR), k=2).places
    owed = table([("Alder", "Fir", "grain", 3, 70)], OWED)
    ladder = run(tmp_path, ladder_plan(["grain"]), entitlement=table(FOUR), places=places, owed=owed)
    assert [r for r in rows(ladder) if r[1] in ("Fir", "Oak")] == [
        ("Alder", "Fir", "grain", 1, 500),
        ("Alder", "Fir", "grain", 3, 70),
        ("Alder", "Oak", "grain", 1, 900),
        ("Alder", "Oak", "grain", 2, 600),
    ]


def test_shares_split_at_the_points_level_and_arrears_come_along(tmp_path: Path) -> None:
    ladder = table(
        [("Alder", "Ash", "grain", 1, 600), ("Alder", "Ash", "grain", 2, 400), ("Alder", "Oak", "grain", 3, 50)],
        OWED,
    )
    levels = pa.table({"point": ["Alder"], "commodity": ["grain"], "rungs": [1]})
    carry = pa.table(
        {
            "point": ["Alder", "Alder"],
            "household": ["Ash", "Yew"],
            "benefit": ["grain", "grain"],
            "carry_micro": pa.array([-5, 700], pa.int64()),
            "offered_steps": pa.array([0, 4], pa.int64()),
        }
    )
    found = run(tmp_path, rows_plan(), ladder=ladder, levels=levels, carry=carry)
    names = ["point", "benefit", "household", "full_base", "next_base", "carry_micro", "offered_steps"]
    assert found.column_names == names
    assert rows(found) == [
        ("Alder", "grain", "Ash", 600, 400, -5, 0),
        ("Alder", "grain", "Oak", 0, 0, 0, 0),
        ("Alder", "grain", "Yew", 0, 0, 700, 4),
    ]


LADDERS = pa.schema(
    [("point", pa.string()), ("benefit", pa.string()), *[(n, pa.int64()) for n in ("rung", "households", "amount")]]
)


@pytest.mark.parametrize("amount", [1, 500, 501, 999_999, 2**62])
@pytest.mark.parametrize("reserve", [Fraction(0), Fraction(1, 100), Fraction(1, 3)])
def test_demand_is_the_rungs_total_with_the_reserve_rounded_up_to_steps(amount: int, reserve: Fraction) -> None:
    found = demand(
        table([("Birch", "grain", 1, 9, amount), ("Alder", "grain", 2, 9, 500)], LADDERS), {"grain": 500}, reserve
    )
    assert found.column_names == ["point", "commodity", "rung", "quantity"]
    assert found.column("point").to_pylist() == ["Alder", "Birch"]
    exact = amount * (1 + reserve) / 500
    assert found.column("quantity").to_pylist()[1] == -(-exact.numerator // exact.denominator)


def test_a_benefit_id_with_a_quote_is_only_text(tmp_path: Path) -> None:
    assert run(tmp_path, cells_plan(["x' OR '1'='1"]), entitlement=table(FOUR)).num_rows == 0
