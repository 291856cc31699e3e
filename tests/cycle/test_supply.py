"""What may be divided is what lies there less what rounding owes: at the point first, then on the way to it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from actions.village import POLICY

from evenhand.core.period import month
from evenhand.flow.cycle import owing, supply
from evenhand.flow.cycle.stage import Terms
from evenhand.flow.policy import load

TERMS = Terms("relief", "2008-04/1", month("2008-04"), load(POLICY, "village.toml"), bytes(32))
HALF = 500_000
"""Half a step in millionths."""
NONE = pa.array([], pa.int64())


def rows(table: pa.Table) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in table.to_pylist()]


def stock(*lines: tuple[str, str, str, int]) -> pa.Table:
    return pa.table(list(zip(*lines, strict=True)), ["account", "benefit", "lot", "quantity"])


def tables(carry: dict[str, int], on_hand: list[tuple[str, str, int]], capacity: int | None = None) -> dict[str, Any]:
    """Mill -> Barn -> Alder and Birch; A1 and A2 at Alder, B1 at Birch; arrears of grain by household."""
    lanes = pa.table(
        {
            "lane": ["A", "B", "M"], "source": ["Barn", "Barn", "Mill"], "target": ["Alder", "Birch", "Barn"],
            "commodity": pa.array(["grain", None, None], pa.string()),
            "capacity_base": pa.array([None if capacity is None else capacity * 500, None, None], pa.int64()),
            "cost": [2, 3, 1],
        }
    )  # fmt: skip
    places = pa.table(
        {"node": ["Alder", "Barn", "Birch", "Mill"], "kind": ["point", "depot", "point", "entry"], "name": ["x"] * 4}
    )
    found: dict[str, Any] = supply.network(TERMS, {"places_frozen": places, "lanes_frozen": lanes})
    found["on_hand"] = supply.table(("node", "commodity", "quantity"), on_hand)
    found["household"] = pa.table({"household": ["A1", "A2", "B1"], "point": ["Alder", "Alder", "Birch"]})
    found["carry"] = pa.table(
        {
            "household": pa.array(list(carry), pa.string()), "benefit": pa.array(["grain"] * len(carry), pa.string()),
            "carry_micro": pa.array(list(carry.values()), pa.int64()),
        }
    )  # fmt: skip
    found["debts"] = pa.table({"point": pa.array([], pa.string()), "benefit": pa.array([], pa.string()), "steps": NONE})
    found.update(supply.rounding(TERMS, found))
    found.update(supply.aside(owing.needs(TERMS, found), found))
    found.update(supply.offer(TERMS, found))
    return found


def test_stock_is_counted_in_whole_steps_and_goods_on_the_way_are_not_on_hand() -> None:
    found = supply.on_hand(
        TERMS,
        {
            "stock": stock(
                ("node:Mill", "grain", "G1", 1250), ("node:Mill", "grain", "G2", 1250), ("node:Barn", "grain", "G1", 499),
                ("transit:Barn", "grain", "G1", 5000), ("node:Mill", "soap", "S", 9), ("node:Mill", "oil", "O", 350),
            )
        },
    )  # fmt: skip
    assert rows(found["on_hand"]) == [("Mill", "grain", 5), ("Mill", "oil", 3)]


def test_a_lane_with_a_capacity_and_no_commodity_has_it_for_each_benefit() -> None:
    lanes = pa.table(
        {"lane": ["L", "S"], "source": ["M", "M"], "target": ["P", "P"], "commodity": pa.array([None, "soap"], pa.string()),
         "capacity_base": pa.array([1999, 5], pa.int64()), "cost": [1, 1]}
    )  # fmt: skip
    places = pa.table({"node": ["M", "P"], "kind": ["entry", "point"]})
    found = supply.network(TERMS, {"places_frozen": places, "lanes_frozen": lanes})
    assert rows(found["capacities"]) == [("L/grain", "M", "P", "grain", 3, 1), ("L/oil", "M", "P", "oil", 19, 1)]


def test_without_arrears_everything_may_be_divided() -> None:
    found = tables({}, [("Mill", "grain", 10), ("Alder", "grain", 2)])
    assert rows(found["supply"]) == [("Alder", "grain", 2), ("Mill", "grain", 10)]
    assert rows(found["aside"]) == rows(found["carried"]) == rows(found["rounding"]) == []


def test_arrears_are_set_aside_at_the_point_rounded_up_to_whole_steps() -> None:
    found = tables({"A1": HALF, "A2": HALF + 1}, [("Mill", "grain", 10), ("Alder", "grain", 5)])
    assert rows(found["aside"]) == [("Alder", "grain", 2)]
    assert rows(found["carried"]) == []
    assert rows(found["supply"]) == [("Alder", "grain", 3), ("Mill", "grain", 10)]


def test_what_does_not_lie_at_the_point_is_taken_on_its_way_from_the_mill() -> None:
    found = tables({"A1": HALF, "A2": HALF, "B1": HALF}, [("Mill", "grain", 10)])
    assert rows(found["aside"]) == []
    assert sorted(rows(found["carried"])) == [("A", "grain", 1), ("B", "grain", 1), ("M", "grain", 2)]
    assert rows(found["supply"]) == [("Mill", "grain", 8)]


def test_the_lane_it_goes_by_has_so_much_less_room() -> None:
    found = tables({"A1": HALF, "A2": HALF}, [("Mill", "grain", 10)], capacity=4)
    capacity = {row["lane"]: row["capacity"] for row in found["lanes"].to_pylist()}
    assert (capacity["A"], capacity["B"]) == (3, None)


def test_who_got_too_much_before_lessens_what_the_point_is_owed() -> None:
    found = tables({"A1": HALF, "A2": -HALF, "B1": -HALF}, [("Mill", "grain", 10)])
    assert rows(found["carried"]) == []
    assert rows(found["supply"]) == [("Mill", "grain", 10)]
    assert len(found["rounding"]) == 3, "each household's own arrears are kept all the same"


def test_arrears_of_who_has_left_the_list_are_not_owed() -> None:
    found = tables({"Z9": 10 * HALF}, [("Mill", "grain", 10)])
    assert rows(found["rounding"]) == []
    assert rows(found["supply"]) == [("Mill", "grain", 10)]


def test_with_nothing_on_hand_nothing_is_set_aside_and_the_arrears_stay() -> None:
    found = tables({"A1": HALF}, [])
    assert rows(found["aside"]) == rows(found["carried"]) == rows(found["supply"]) == []
    assert rows(found["rounding"]) == [("Alder", "A1", "grain", HALF)]
