"""The ladders of every rule of division, made by the program and made again by the checker."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from evenhand_verify import rules as checker
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.flow.allocation import check_input
from evenhand.flow.allocation.explain import quantities
from evenhand.flow.allocation.measures import ladders_of
from evenhand.flow.allocation.rules import RULES, divide_by

SEED = bytes(range(32))
NEEDS = st.lists(
    st.tuples(st.integers(1, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 12)), min_size=1, max_size=5
)
"""By point: its rungs, and the capacity of its lane."""


def case(needs: list[tuple[int, int, int, int]], stock: int) -> dict[str, pa.Table]:
    points = [f"p{number}" for number in range(len(needs))]
    return {
        "nodes": pa.table({"node": ["mill", *points], "kind": ["entry", *["point"] * len(points)]}),
        "supply": pa.table({"node": ["mill"], "commodity": ["grain"], "quantity": [stock]}),
        "lanes": pa.table(
            {
                "lane": points, "from": ["mill"] * len(points), "to": points, "commodity": ["grain"] * len(points),
                "capacity": [need[3] for need in needs], "cost": [1] * len(points),
            }
        ),
        "demand": pa.table(
            {
                "point": [p for p in points for _ in range(3)], "commodity": ["grain"] * 3 * len(points),
                "rung": [1, 2, 3] * len(points), "quantity": [q for need in needs for q in need[:3]],
            }
        ),
    }  # fmt: skip


@pytest.mark.parametrize("rule", sorted(checker.RULES))
@settings(max_examples=60, deadline=None)
@given(needs=NEEDS, stock=st.integers(0, 60))
def test_the_checker_makes_the_same_ladders(rule: str, needs: list[tuple[int, int, int, int]], stock: int) -> None:
    problem = check_input(case(needs, stock))
    ladders = ladders_of(problem)
    made = RULES[rule].ladders(problem, ladders, SEED.hex())
    got = {pair: quantity for pair, (_, quantity) in quantities(divide_by(problem, rule, SEED.hex())).items()}
    levels = {pair: (None, q.numerator, q.denominator) for pair, q in got.items()}
    disclosure: Any = SimpleNamespace(seed=SEED, case=SimpleNamespace(answer=SimpleNamespace(levels=levels)))
    need = {point: list(ladder.rungs) for (point, _), ladder in ladders.items()}
    again = checker.RULES[rule](disclosure, "grain", need)
    assert {point: tuple(rungs) for point, rungs in again.items()} == {
        pair[0]: found.rungs for pair, found in made.items()
    }
    assert all(quantity <= Fraction(ladders[pair].due) for pair, quantity in got.items())


def test_the_checker_knows_every_rule_but_postponing_which_nobody_could_prove() -> None:
    assert set(checker.RULES) == set(RULES) - {"leximin", "postpone"}
