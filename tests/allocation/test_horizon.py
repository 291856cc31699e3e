"""The taut string: what can be carried, the most equal of it, and the month in which full rations break."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, product

from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.flow.allocation.horizon import Late, Month, Pipeline, delayed, outlook, taut_string

F = Fraction
NAMES = [f"2026-{m:02}" for m in range(1, 13)]


def pipeline(opening: int, *rows: tuple[int, int], minimum: int = 0) -> Pipeline:
    months = tuple(
        Month(name, F(demand), F(receipts), minimum=F(minimum))
        for name, (demand, receipts) in zip(NAMES, rows, strict=False)
    )
    return Pipeline("rice", "", F(opening), months)


def test_full_rations_break_in_march_and_an_even_ration_does_not() -> None:
    # 200 in store, nothing more until April: 200 / 300 = 2/3 for three months, then April's own 100.
    found = outlook(pipeline(200, (100, 0), (100, 0), (100, 0), (100, 100)))
    assert found.breaks == 2
    assert found.gap == 100
    assert found.even == F(2, 3)
    assert found.rations == (F(2, 3), F(2, 3), F(2, 3), F(1))
    assert [month.left for month in found.path] == [F(400, 3), F(200, 3), 0, 0]
    assert found.naive_worst == 0


def test_stock_that_comes_later_cannot_be_eaten_before() -> None:
    found = outlook(pipeline(30, (100, 0), (100, 300)))
    assert found.rations == (F(3, 10), F(1))


def test_losses_count_against_what_waits() -> None:
    # Half is gone by February: r + 2r = 90/100 of a month.
    found = outlook(pipeline(90, (100, 0), (100, 0)))
    assert found.rations == (F(9, 20), F(9, 20))
    months = (Month("2026-01", F(100), F(0)), Month("2026-02", F(100), F(0), F(1, 2)))
    found = outlook(Pipeline("rice", "", F(90), months))
    assert found.rations == (F(3, 10), F(3, 10))
    assert found.path[0].left == 60
    assert found.path[1].lost == 30
    assert found.path[1].left == 0


def test_a_minimum_is_kept() -> None:
    found = outlook(pipeline(200, (100, 0), (100, 0), minimum=60))
    assert found.even == F(7, 10)
    assert found.path[-1].left == 60
    assert found.breaks == 1
    assert found.gap == 60


def test_a_minimum_that_cannot_be_kept_is_told_and_nothing_is_given_before_it() -> None:
    found = outlook(pipeline(20, (100, 0), (100, 0), minimum=60))
    assert found.bare == 0
    assert found.bare_by == 40
    assert found.rations == (0, 0)
    assert found.even == 0


def test_a_month_without_demand_neither_takes_nor_breaks() -> None:
    found = outlook(pipeline(100, (0, 0), (100, 0), (0, 0)))
    assert found.breaks is None
    assert found.rations == (1, 1, 1)
    assert outlook(pipeline(0, (0, 0))).even == 1


def test_late_receipts_move_and_the_last_fitting_rule_counts() -> None:
    plan = pipeline(0, (10, 7), (10, 8), (10, 9))
    assert [m.receipts for m in delayed(plan, [Late(1)]).months] == [0, 7, 8]
    assert [m.receipts for m in delayed(plan, [Late(1), Late(0, F(1, 2), "2026-02")]).months] == [0, 11, 0]
    assert delayed(plan, [Late(1, commodity="oil"), Late(1, area="North")]) == plan


def carried(weight: list[F], supply: list[F], rations: tuple[F, ...]) -> bool:
    used = accumulate(w * r for w, r in zip(weight, rations, strict=True))
    return all(u <= max(F(0), s) for u, s in zip(used, supply, strict=True))


whole = st.integers(0, 6).map(F)
short = st.lists(st.tuples(whole, st.integers(-2, 14).map(F)), min_size=1, max_size=4)


@given(short)
@settings(max_examples=120, deadline=None)
def test_no_path_on_a_grid_is_more_equal(rows: list[tuple[F, F]]) -> None:
    """Leximin against every path whose rations are multiples of an eighth, and feasible."""
    weight, supply = [w for w, _ in rows], [s for _, s in rows]
    bound = [max(F(0), s) for s in accumulate(reversed(supply), min)][::-1]
    found = taut_string(weight, supply)
    assert all(0 <= r <= 1 for r in found)
    assert carried(weight, bound, found)
    due = [t for t, w in enumerate(weight) if w]
    best = sorted(found[t] for t in due)
    steps = [F(n, 8) for n in range(9)] if len(due) < 4 else [F(n, 4) for n in range(5)]
    for chosen in product(steps, repeat=len(due)):
        rations = [F(1)] * len(weight)
        for t, r in zip(due, chosen, strict=True):
            rations[t] = r
        if carried(weight, bound, tuple(rations)):
            assert sorted(chosen) <= best


@given(short)
@settings(max_examples=150, deadline=None)
def test_leximin_is_proved_by_its_tight_months(rows: list[tuple[F, F]]) -> None:
    """A ration below 1 stands before a month where all is used up, and no month up to there has more."""
    weight, supply = [w for w, _ in rows], [s for _, s in rows]
    bound = [max(F(0), s) for s in accumulate(reversed(supply), min)][::-1]
    found = taut_string(weight, supply)
    used = list(accumulate(w * r for w, r in zip(weight, found, strict=True)))
    for t, ration in enumerate(found):
        if weight[t] and ration < 1:
            assert any(
                used[u] == bound[u] and all(found[s] <= ration for s in range(u + 1) if weight[s])
                for u in range(t, len(weight))
            )


@given(short, st.integers(1, 10**15))
@settings(max_examples=60, deadline=None)
def test_scaling_everything_changes_no_ration(rows: list[tuple[F, F]], by: int) -> None:
    weight, supply = [w for w, _ in rows], [s for _, s in rows]
    assert taut_string(weight, supply) == taut_string([w * by for w in weight], [s * by for s in supply])


months = st.lists(
    st.builds(Month, st.just("m"), whole, whole, st.sampled_from([F(0), F(1, 50), F(1, 2)]), st.integers(0, 3).map(F)),
    min_size=1,
    max_size=8,
)


@given(st.integers(0, 12).map(F), months)
@settings(max_examples=200, deadline=None)
def test_the_path_in_real_stock_keeps_every_minimum(opening: F, rows: list[Month]) -> None:
    found = outlook(Pipeline("rice", "", opening, tuple(rows)))
    if found.bare is None:
        assert all(g.left >= m.minimum and 0 <= g.given <= m.demand for g, m in zip(found.path, rows, strict=True))
        assert min((r for r, m in zip(found.rations, rows, strict=True) if m.demand), default=F(1)) == found.even
        if all(g.left >= m.minimum for g, m in zip(found.naive, rows, strict=True)):
            assert found.even >= found.naive_worst
    assert (found.breaks is None) == all(
        g.given == m.demand and g.left >= m.minimum for g, m in zip(found.naive, rows, strict=True)
    )


@given(st.integers(0, 12).map(F), months, st.integers(0, 7))
@settings(max_examples=100, deadline=None)
def test_more_receipts_never_lower_the_sorted_rations(opening: F, rows: list[Month], at: int) -> None:
    before = outlook(Pipeline("rice", "", opening, tuple(rows)))
    at %= len(rows)
    rows[at] = replace(rows[at], receipts=rows[at].receipts + 3)
    after = outlook(Pipeline("rice", "", opening, tuple(rows)))
    assert sorted(after.rations) >= sorted(before.rations)
