"""Handling capacity over all commodities: exact against enumeration, accepted by the checker, refused where inexact."""

from __future__ import annotations

import copy
from fractions import Fraction

import pyarrow as pa
import pytest
from allocation.joint import Joint, forged, joint_networks, leximin, port, refused
from allocation.networks import levels, quantities, run, shuffled
from evenhand_verify.result import Malformed
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.core.errors import InputError
from evenhand.flow.allocation import solve


@settings(max_examples=150, deadline=None)
@given(joint_networks())
def test_every_point_gets_what_enumeration_gives_it_and_the_checker_agrees(joint: Joint) -> None:
    found = run(joint)
    assert quantities(found) == leximin(joint)
    assert refused(joint.tables(), found) == []


@settings(max_examples=40, deadline=None)
@given(joint_networks(), st.integers())
def test_the_order_of_rows_changes_nothing(joint: Joint, seed: int) -> None:
    first, second = run(joint), solve(**shuffled(joint.tables(), seed))
    for name in ("levels", "flows", "blocks", "certificate"):
        assert getattr(first, name).equals(getattr(second, name)), name


@settings(max_examples=150, deadline=None)
@given(joint_networks(), st.data())
def test_whatever_the_checker_accepts_is_the_one_fair_answer(joint: Joint, data: st.DataObject) -> None:
    found = forged(run(joint), data)
    try:
        accepted = not refused(joint.tables(), found)
        got = quantities(found)
    except (Malformed, ValueError, ZeroDivisionError):
        return
    if accepted:
        assert got == leximin(joint)


def test_grain_for_one_village_and_oil_for_the_other_share_the_port_evenly() -> None:
    found = run(port(10))
    assert levels(found) == {("Alder", "grain"): Fraction(1, 2), ("Birch", "oil"): Fraction(1, 2)}
    row = {(r["node"], r["commodity"]): r["block"] for r in found.certificate.to_pylist()}
    assert row["Port", ""] == row["Alder", "grain"] == row["Birch", "oil"]


def test_little_stock_of_one_leaves_the_handling_to_the_other() -> None:
    joint = port(10)
    joint.supply["Port", "oil"] = 1
    assert quantities(run(joint)) == {("Alder", "grain"): 9, ("Birch", "oil"): 1}


def test_a_capacity_that_cannot_bind_changes_nothing_and_has_no_row() -> None:
    wide = port(20)
    plain = solve(**{name: table for name, table in wide.tables().items() if name != "handling"})
    assert run(wide) == plain


def test_no_handling_at_all_moves_nothing() -> None:
    assert set(quantities(run(port(0))).values()) == {Fraction(0)}


def test_one_commodity_may_be_handled_on_its_way() -> None:
    joint = Joint(
        {"Port": "entry", "Depot": "depot", "Alder": "point", "Birch": "point"},
        {("Port", "grain"): 50},
        [("p", "Port", "Depot", "", None), ("a", "Depot", "Alder", "", None), ("b", "Depot", "Birch", "", None)],
        {("Alder", "grain", 1): 10, ("Birch", "grain", 1): 30},
        {"Depot": 10, "Alder": 1},
    )
    found = run(joint)
    assert quantities(found) == {("Alder", "grain"): 1, ("Birch", "grain"): 9}
    assert refused(joint.tables(), found) == []


def test_commodities_that_mix_before_the_capacity_are_refused_by_name() -> None:
    joint = port(10)
    joint.nodes["Depot"] = "depot"
    joint.lanes.append(("d", "Port", "Depot", "", None))
    joint.handling = {"Port": 100, "Depot": 5}
    with pytest.raises(InputError) as caught:
        run(joint)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.field, problem.value) == ("handling.csv", 2, "node", "Depot")
    assert "grain, oil" in problem.message


@pytest.mark.parametrize(
    ("node", "capacity", "message"),
    [("Atlantis", "5", "no such node"), ("Port", "-5", "negative"), ("Port", "", "empty"), ("Port", "5.0", "integer")],
)
def test_wrong_rows_are_named(node: str, capacity: str, message: str) -> None:
    tables = port(10).tables() | {"handling": pa.table({"node": [node], "capacity": [capacity]})}
    with pytest.raises(InputError, match="1 problem") as caught:
        solve(**tables)
    assert caught.value.problems[0].file == "handling.csv"
    assert message in caught.value.problems[0].message


def test_forged_answers_are_refused() -> None:
    """Grain first, oil with what handling is left: feasible, unfair, and found out whatever blocks are claimed."""
    tables, found = port(10).tables(), run(port(10))
    assert refused(tables, found) == []
    text = pa.string()
    unfair = copy.copy(found)
    object.__setattr__(
        unfair,
        "levels",
        pa.table(
            {
                "point": ["Alder", "Birch"],
                "commodity": ["grain", "oil"],
                "rungs": pa.array([0, 0], pa.int64()),
                "num": pa.array(["3", "2"], text),
                "den": pa.array(["5", "5"], text),
                "quantity_num": pa.array(["6", "4"], text),
                "quantity_den": pa.array(["1", "1"], text),
            }
        ),
    )
    object.__setattr__(
        unfair,
        "flows",
        pa.table(
            {"lane": ["a", "b"], "commodity": ["grain", "oil"], "quantity_num": ["6", "4"], "quantity_den": ["1", "1"]}
        ),
    )
    object.__setattr__(
        unfair,
        "blocks",
        pa.table({"block": [1, 2, 3], "rungs": [0, 0, 1], "num": ["2", "3", "0"], "den": ["5", "5", "1"]}),
    )
    keys = [(r["node"], r["commodity"]) for r in found.certificate.to_pylist()]
    fixed = {("Alder", "grain"): 2, ("Birch", "oil"): 1}
    free = [key for key in keys if key not in fixed]
    for number in range(3 ** len(free)):
        claimed = {key: number // 3**place % 3 + 1 for place, key in enumerate(free)} | fixed
        table = pa.table(
            {
                "node": [key[0] for key in keys],
                "commodity": [key[1] for key in keys],
                "block": pa.array([claimed[key] for key in keys], pa.int64()),
            }
        )
        object.__setattr__(unfair, "certificate", table)
        assert refused(tables, unfair), claimed
