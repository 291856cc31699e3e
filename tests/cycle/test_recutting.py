"""A point that got less: the same share for everybody there, by the same seed; never more than was planned."""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256

import pyarrow as pa
import pytest

from evenhand.flow.cycle.recutting import Cut, recut_point

STEP, SEED = 500, sha256(b"dice").digest()
SIZES = {"B1": 1, "B2": 2, "B4": 4, "B5": 5}


def rows(carry: dict[str, int] | None = None, offered: dict[str, int] | None = None) -> pa.Table:
    """Birch: a floor of 6 kg a head and 4 kg above it, in grams."""
    return pa.table(
        {
            "tag": pa.array([sha256(name.encode()).digest()[:16] for name in SIZES], pa.binary()),
            "benefit": ["grain"] * 4,
            "ladder": pa.array([[6000 * n, 4000 * n] for n in SIZES.values()], pa.list_(pa.int64())),
            "carry_micro": pa.array([(carry or {}).get(name, 0) for name in SIZES], pa.int64()),
            "offered_steps": pa.array([(offered or {}).get(name, 0) for name in SIZES], pa.int64()),
        }
    )


def cut(counted: int, carry: dict[str, int] | None = None) -> Cut:
    """216 steps were sent, 24 of them reserve, at the level of the floor and half of the rest."""
    return recut_point(rows(carry), counted, 216, 24, (1, 1, 2), STEP, SEED)


def test_numbers_worked_out_by_hand() -> None:
    # 202 of 216: reserve floor(202 x 24 / 216) = 22; 180 are left; 144 + 96 x 3/8 = 180; 15 steps a head.
    found = cut(202)
    assert (found.counted, found.reserve, found.units) == (202, 22, 180)
    assert (found.rungs, found.num, found.den) == (1, 3, 8)
    assert found.rations.tolist() == [15, 30, 60, 75]
    assert found.carry_after.tolist() == [0, 0, 0, 0]


def test_a_part_of_the_floor_is_shared_alike_too() -> None:
    # 81 of 216: reserve 9; 72 are half of the floors; 6 steps a head.
    found = cut(81)
    assert (found.reserve, found.units, found.rungs, Fraction(found.num, found.den)) == (9, 72, 0, Fraction(1, 2))
    assert found.rations.tolist() == [6, 12, 24, 30]


def test_nothing_came() -> None:
    found = cut(0)
    assert (found.reserve, found.units, found.rungs, found.num) == (0, 0, 0, 0)
    assert found.rations.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("counted", range(0, 217, 9))
def test_never_more_than_counted_nor_than_planned_and_nobody_a_step_from_the_share(counted: int) -> None:
    found = cut(counted)
    given = found.rations.tolist()
    assert sum(given) <= found.units <= counted - found.reserve
    level = found.rungs + Fraction(found.num, found.den)
    assert level <= Fraction(3, 2)
    for ration, carry, size in zip(given, found.carry_after.tolist(), SIZES.values(), strict=True):
        share = min(level, 1) * 12 * size + max(level - 1, 0) * 8 * size
        assert abs(ration - share) < 1
        assert carry == ((share - ration) * 10**6).__floor__()


def test_arrears_are_paid_first_and_kept_where_they_cannot_be() -> None:
    # B1 is owed half a step: 202 still brings 180, of which half is B1's; the level is a little lower for everybody.
    found = cut(202, {"B1": 500_000})
    assert found.carry_micro == 500_000
    assert Fraction(found.num, found.den) == Fraction(180 * 2 - 1 - 288, 2 * 96)
    shares = [12 * n + 8 * n * Fraction(found.num, found.den) for n in SIZES.values()]
    shares[0] += Fraction(1, 2)
    for ration, carry, share in zip(found.rations.tolist(), found.carry_after.tolist(), shares, strict=True):
        assert carry == ((share - ration) * 10**6).__floor__()
    assert sum(found.rations.tolist()) <= 180


def test_what_nobody_collected_is_paid_before_any_share() -> None:
    # B2 has 36 steps on the roll again: 180 - 36 are left, just the floors, and B2 has its 36 beside.
    found = recut_point(rows(offered={"B2": 36}), 202, 216, 24, (1, 1, 2), STEP, SEED)
    assert (found.carry_micro, found.rungs, found.num, found.units) == (0, 1, 0, 180)
    assert found.rations.tolist() == [12, 24 + 36, 48, 60]
    assert (found.offered.tolist(), found.carry_after.tolist()) == ([0, 36, 0, 0], [0, 0, 0, 0])


def test_where_not_even_that_is_there_the_rest_stays_uncollected_and_is_no_arrears_of_rounding() -> None:
    # 9 of 216 came: 8 to give, 36 of B2 and half a step of B1 come first.
    found = recut_point(rows({"B1": 500_000}, {"B2": 36}), 9, 216, 24, (1, 1, 2), STEP, SEED)
    assert (found.rungs, found.num, found.units) == (0, 0, 8)
    assert found.rations.tolist() == [0, 8, 0, 0]
    assert found.offered.tolist() == [0, 8, 0, 0], "28 wait on"
    assert found.carry_after.tolist() == [500_000, 0, 0, 0]


def test_the_seed_decides_ties_and_nothing_else() -> None:
    # 198 of 216: 176 are left, 14 2/3 steps a head: B1 and B4 stand at 2/3, B2 and B5 at 1/3; no tie between the two.
    plans = [recut_point(rows(), 198, 216, 24, (1, 1, 2), STEP, sha256(bytes([n])).digest()) for n in range(8)]
    assert {tuple(found.rations.tolist()) for found in plans} == {(15, 29, 59, 73)}
