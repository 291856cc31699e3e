"""Rations in whole units: by the rule of spec/formats.md written plainly with fractions, and by what must always hold."""

from __future__ import annotations

import random
from fractions import Fraction
from hashlib import sha256
from importlib import import_module

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.core.errors import UsageError
from evenhand.flow.allocation import Groups, Rows, divide

division = import_module("evenhand.flow.allocation.divide")  # its function has the same name
SEED = b"seed"
TAGS = [sha256(bytes([n])).digest()[:16] for n in range(40)]


@st.composite
def cases(draw: st.DrawFn, all_owed: bool = False) -> tuple[Groups, Rows]:
    count = draw(st.integers(1, 3))
    most = draw(st.sampled_from([1, 2, 7, 1000, 2**31, 2**53 + 1, 2**61 - 1, 2**61, 2**80]))
    den = [draw(st.integers(1, most)) for _ in range(count)]
    groups = Groups(
        benefit=[draw(st.sampled_from(["grain", "oil"])) for _ in range(count)],
        step_base=np.array([draw(st.sampled_from([1, 12, 100, 500])) for _ in range(count)]),
        num=[draw(st.integers(0, d - 1)) for d in den],
        den=den,
        units=np.array([2**60 if all_owed else draw(st.integers(0, 60)) for _ in range(count)]),
    )
    size = draw(st.integers(0, 25))
    amount = draw(st.sampled_from([1, 40, 700, 375_299_968, 2**36]))  # three times the fourth: just below 2^50 / 10^6

    def column(values: st.SearchStrategy[int]) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=size, max_size=size)), np.int64)

    carry = st.integers(0, 999_999) if all_owed else st.integers(-999_999, 3_000_000)
    return groups, Rows(
        group=column(st.integers(0, count - 1)),
        full_base=column(st.integers(0, 3).map(lambda n: n * amount)),
        next_base=column(st.integers(0, 3).map(lambda n: n * amount)),
        carry_micro=column(st.just(0) | carry),
        tag=TAGS[:size],
    )


def owed(groups: Groups, rows: Rows) -> list[Fraction]:
    """b of every row."""
    return [
        Fraction(c, 10**6)
        + (Fraction(f) + Fraction(n) * Fraction(groups.num[g], groups.den[g])) / int(groups.step_base[g])
        for g, f, n, c in zip(
            rows.group.tolist(),
            rows.full_base.tolist(),
            rows.next_base.tolist(),
            rows.carry_micro.tolist(),
            strict=True,
        )
    ]


def plainly(groups: Groups, rows: Rows) -> list[int]:
    """The rations by the words of the specification, a household at a time."""
    b = owed(groups, rows)
    ration = [max(0, x.__floor__()) for x in b]
    for g in range(len(groups.benefit)):
        mine = [i for i, owner in enumerate(rows.group.tolist()) if owner == g]
        total = sum((b[i] for i in mine), Fraction(0)).__floor__()
        spare = max(0, min(total, int(groups.units[g]))) - sum(ration[i] for i in mine)
        rest = {i: ((b[i] - ration[i]) * 10**6).__floor__() for i in mine}
        tie = {i: sha256(SEED + rows.tag[i] + groups.benefit[g].encode()).digest() for i in mine}
        order = sorted(mine, key=lambda i: (-rest[i], tie[i]))
        for i in order[: max(0, spare)]:
            ration[i] += 1
        while spare < 0:
            holders = [i for i in reversed(order) if ration[i]]
            rounds = max(1, min(-spare // len(holders), *(ration[i] for i in holders)))
            for i in holders[: -spare if -spare < len(holders) else None]:
                ration[i] -= rounds
                spare += rounds
    return ration


@settings(max_examples=400, deadline=None)
@given(cases())
def test_rations_and_arrears_are_those_of_the_plain_rule(case: tuple[Groups, Rows]) -> None:
    found = divide(*case, SEED)
    expected = plainly(*case)
    assert found.ration.tolist() == expected
    after = [((b - r) * 10**6).__floor__() for b, r in zip(owed(*case), expected, strict=True)]
    assert found.carry_after.tolist() == after


@settings(max_examples=150, deadline=None)
@given(cases())
def test_a_points_rations_add_up_to_what_is_owed_and_never_past_its_units(case: tuple[Groups, Rows]) -> None:
    groups, rows = case
    found = divide(groups, rows, SEED)
    for g in range(len(groups.benefit)):
        total = sum(
            (b for b, owner in zip(owed(groups, rows), rows.group.tolist(), strict=True) if owner == g), Fraction(0)
        )
        assert found.given[g] == max(0, min(total.__floor__(), int(groups.units[g])))
        assert found.ration[rows.group == g].sum() == found.given[g]


@settings(max_examples=150, deadline=None)
@given(cases(all_owed=True))
def test_where_stock_covers_it_nobody_is_a_whole_unit_off(case: tuple[Groups, Rows]) -> None:
    found = divide(*case, SEED)
    assert all(abs(int(r) - b) < 1 for r, b in zip(found.ration, owed(*case), strict=True))
    assert all(-(10**6) < c < 10**6 for c in found.carry_after.tolist())


@settings(max_examples=150, deadline=None)
@given(cases())
def test_inside_a_class_nobody_is_more_than_the_last_step_behind(case: tuple[Groups, Rows]) -> None:
    """Households of one point with equal ladders and equal arrears: one step apart at most, and then owed as much."""
    found = divide(*case, SEED)
    columns = (case[1].group, case[1].full_base, case[1].next_base, case[1].carry_micro)
    classes: dict[tuple[int, ...], set[tuple[int, int]]] = {}
    for key, ration, carry in zip(zip(*columns, strict=True), found.ration, found.carry_after, strict=True):
        classes.setdefault(tuple(map(int, key)), set()).add((int(ration), int(carry)))
    for members in classes.values():
        rations = [ration for ration, _ in members]
        assert max(rations) - min(rations) <= 1
        assert len({ration * 10**6 + carry for ration, carry in members}) == 1


@settings(max_examples=100, deadline=None)
@given(cases(), st.integers())
def test_the_order_of_rows_changes_nothing(case: tuple[Groups, Rows], seed: int) -> None:
    groups, rows = case
    order = random.Random(seed).sample(range(len(rows.group)), len(rows.group))
    mixed = Rows(
        rows.group[order],
        rows.full_base[order],
        rows.next_base[order],
        rows.carry_micro[order],
        [rows.tag[i] for i in order],
    )
    assert divide(groups, mixed, SEED).ration.tolist() == divide(groups, rows, SEED).ration[order].tolist()


@settings(max_examples=100, deadline=None)
@given(cases(), st.integers(1, 9))
def test_where_the_work_is_cut_into_runs_changes_nothing(case: tuple[Groups, Rows], rows_at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(division, "ROWS_AT_ONCE", rows_at_once)
        patch.setattr(division, "GROUPS_AT_ONCE", 3)
        assert divide(*case, SEED).ration.tolist() == plainly(*case)


def test_thousands_of_small_points_are_divided_in_more_than_one_run() -> None:
    count = 5_000
    group, none = np.repeat(np.arange(count), 2), np.zeros(2 * count, np.int64)
    groups = Groups(["grain"] * count, np.full(count, 500), [0] * count, [1] * count, np.ones(count, np.int64))
    tags = [sha256(str(n).encode()).digest()[:16] for n in range(2 * count)]
    found = divide(groups, Rows(group, none + 250, none, none, tags), SEED)
    ties = [sha256(SEED + tag + b"grain").digest() for tag in tags]
    assert found.ration[::2].tolist() == [int(a < b) for a, b in zip(ties[::2], ties[1::2], strict=True)]
    assert (found.ration[::2] + found.ration[1::2] == 1).all()


def four(units: int, full: int = 250, tags: object = None) -> tuple[Groups, Rows]:
    """Four households of one village, each due half a step of 500 g."""
    none = np.zeros(4, np.int64)
    groups = Groups(["grain"], np.array([500]), [0], [1], np.array([units]))
    return groups, Rows(none, none + full, none, none, TAGS[:4] if tags is None else tags)


def test_among_equals_the_smallest_tie_goes_first() -> None:
    first = sorted(range(4), key=lambda i: sha256(SEED + TAGS[i] + b"grain").digest())
    ration = divide(*four(units=2), SEED).ration
    assert sorted(np.flatnonzero(ration).tolist()) == sorted(first[:2])
    assert divide(*four(units=2), SEED).carry_after.tolist() == [500_000 - 10**6 * int(r) for r in ration]


def test_taken_back_from_equals_the_largest_tie_loses_first() -> None:
    first = sorted(range(4), key=lambda i: sha256(SEED + TAGS[i] + b"grain").digest())
    assert np.flatnonzero(divide(*four(units=3, full=500), SEED).ration == 0).tolist() == [first[3]]


def test_what_units_do_not_cover_is_taken_back_in_rounds_and_stays_owed() -> None:
    found = divide(*four(units=5, full=1500), SEED)
    assert sorted(found.ration.tolist()) == [1, 1, 1, 2]
    assert sorted(found.carry_after.tolist()) == [1_000_000, 2_000_000, 2_000_000, 2_000_000]


def test_one_month_after_another_nobody_drifts() -> None:
    """Shoes, seven twelfths of a pair a month: never a pair off, but for the millionth that each month's floor forgets."""
    groups = Groups(["shoes"], np.array([12]), [0], [1], np.array([10**6]))
    none = np.zeros(5, np.int64)
    carry, had = none, none
    for month in range(1, 13):
        found = divide(groups, Rows(none, none + 7, none, carry, TAGS[:5]), bytes([month]))
        carry, had = found.carry_after, had + found.ration
        assert (abs(had - Fraction(7 * month, 12)) < 1 + Fraction(month, 10**6)).all()
    assert 34 <= had.sum() <= 35


@pytest.mark.parametrize("kind", ["binary", "fixed", "chunked", "bytes"])
def test_tags_may_come_as_arrow_columns(kind: str) -> None:
    array = pa.array(TAGS[:4], pa.binary(16) if kind == "fixed" else pa.binary())
    tags = {"chunked": pa.chunked_array([array[:1], array[1:]]), "bytes": TAGS[:4]}.get(kind, array)
    assert divide(*four(2, tags=tags), SEED).ration.tolist() == divide(*four(2), SEED).ration.tolist()


def test_nobody_there_is_nobody_served() -> None:
    none = np.zeros(0, np.int64)
    found = divide(Groups(["grain"], np.array([500]), [1], [3], np.array([9])), Rows(none, none, none, none, []), SEED)
    assert found.given.tolist() == [0]


def test_a_share_beyond_64_bits_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="share"):
        divide(*four(units=2, full=2**62), SEED)
