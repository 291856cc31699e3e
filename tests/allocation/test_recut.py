"""Re-cut: what arrived decides the level; nobody above the plan, never more units than are there."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.core.errors import UsageError
from evenhand.flow.allocation import Recut, new_level, split_at

LADDER = [(1, 6000), (2, 4000)]  # base units; steps of 500 make 12 and 8


def held(ladder: list[tuple[int, int]], level: Fraction) -> Fraction:
    return sum((a * min(Fraction(1), max(Fraction(0), level - r + 1)) for r, a in ladder), Fraction(0))


def test_half_of_the_second_rung_is_lost_with_four_steps() -> None:
    assert new_level(16, 20, 0, (2, 0, 1), LADDER, 0, 500) == Recut(0, 1, 1, 2, 16)


def test_the_reserve_shrinks_with_what_arrived_and_is_kept_back() -> None:
    assert new_level(11, 22, 2, (2, 0, 1), LADDER, 0, 500) == Recut(1, 0, 5, 6, 10)


def test_a_full_lorry_leaves_the_plan_as_it_was() -> None:
    assert new_level(20, 20, 0, (1, 1, 3), LADDER, 0, 500) == Recut(0, 1, 1, 3, 14)


def test_arrears_come_before_the_new_ladder() -> None:
    assert new_level(10, 20, 0, (2, 0, 1), LADDER, 4_000_000, 500) == Recut(0, 0, 1, 2, 10)


def test_where_even_arrears_are_too_much_the_level_is_nothing_and_all_units_go_out() -> None:
    assert new_level(3, 20, 0, (2, 0, 1), LADDER, 4_500_000, 500) == Recut(0, 0, 0, 1, 3)


def test_nothing_arrived_is_nothing_given() -> None:
    assert new_level(0, 20, 1, (2, 0, 1), LADDER, 0, 500) == Recut(0, 0, 0, 1, 0)
    assert new_level(0, 0, 0, (2, 0, 1), LADDER, 0, 500).units == 0


def test_an_empty_rung_is_passed_at_once() -> None:
    assert new_level(2, 20, 0, (3, 0, 1), [(3, 2000)], 0, 500) == Recut(0, 2, 1, 2, 2)


def test_a_count_below_zero_is_refused() -> None:
    with pytest.raises(UsageError):
        new_level(-1, 20, 0, (2, 0, 1), LADDER, 0, 500)


ladders = st.dictionaries(st.integers(1, 4), st.integers(0, 9000), max_size=4).map(lambda d: sorted(d.items()))


@given(
    st.integers(0, 40), st.integers(0, 40), st.integers(0, 9), st.tuples(st.integers(0, 4), st.integers(0, 6)), ladders,
    st.integers(-3_000_000, 3_000_000), st.sampled_from([1, 12, 500]),
)  # fmt: skip
def test_the_new_level_is_the_greatest_that_the_count_pays_for(
    counted: int,
    units: int,
    reserve: int,
    planned: tuple[int, int],
    ladder: list[tuple[int, int]],
    carry: int,
    step: int,
) -> None:
    ceiling = planned[0] + Fraction(planned[1], 7)
    found = new_level(counted, units, reserve, (*planned, 7), ladder, carry, step)
    level = found.rungs + Fraction(found.num, found.den)
    at_hand = counted - found.reserve

    def cost(at: Fraction) -> Fraction:
        return Fraction(carry, 10**6) + held(ladder, at) / step

    assert 0 <= found.num < found.den
    assert 0 <= level <= ceiling
    assert 0 <= found.units <= max(0, at_hand)
    assert found.units == max(0, min(cost(level).__floor__(), at_hand))
    if cost(Fraction(0)) <= at_hand:
        assert cost(level) <= at_hand
        assert level == ceiling or cost(level + Fraction(1, 10**9)) > at_hand
    else:
        assert level == 0


def test_households_split_at_the_level_of_all() -> None:
    row, rung, amount = np.array([0, 0, 0, 2]), np.array([1, 2, 3, 2]), np.array([60, 40, 9, 7])
    full, following = split_at(row, rung, amount, 1, 3)
    assert full.tolist() == [60, 0, 0]
    assert following.tolist() == [40, 0, 7]
