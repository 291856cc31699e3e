"""Other rules: each does what its sentence says, within the same network; and the figures they are compared by."""

from __future__ import annotations

from fractions import Fraction

import pytest
from allocation.networks import networks, valley
from allocation.reference import Tiny, _rank, leximin
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.core.errors import UsageError
from evenhand.flow.allocation import check_input, rules, solve_input
from evenhand.flow.allocation.measures import Ladder, ladders_of, measure
from evenhand.flow.allocation.rules import RULES, divide_by, got_by

Got = dict[tuple[str, str], Fraction]
SMALL = networks(unit=st.just(1))
ANY = networks(unit=st.sampled_from([1, 2**58 + 1, 2**60 - 3]))


def by(tiny: Tiny, rule: str, seed: str = "") -> Got:
    return got_by(divide_by(check_input(tiny.tables()), rule, seed))


def due(tiny: Tiny, pair: tuple[str, str]) -> int:
    return sum(tiny.ladder(*pair).values())


@settings(max_examples=60, deadline=None)
@given(ANY, st.sampled_from(sorted(RULES)))
def test_every_rule_keeps_to_the_network_and_to_what_is_due(tiny: Tiny, rule: str) -> None:
    got = by(tiny, rule)
    assert set(got) == {(p, c) for p, c, _ in tiny.demand}
    assert all(0 <= quantity <= due(tiny, pair) for pair, quantity in got.items())
    measure(ladders_of(check_input(tiny.tables())), got)
    for commodity in tiny.commodities():
        points = [p for p, c in got if c == commodity]
        for some, most in _rank(tiny, commodity, points).items():
            assert most is None or sum(got[p, commodity] for p in some) <= most


@settings(max_examples=60, deadline=None)
@given(SMALL)
def test_first_come_gives_each_in_turn_all_that_can_still_reach_it(tiny: Tiny) -> None:
    got = by(tiny, "first-come")
    for commodity in tiny.commodities():
        points = sorted(p for p, c in got if c == commodity)
        rank, taken = _rank(tiny, commodity, points), {}
        for point in points:
            rooms = [
                most - sum(taken.get(p, 0) for p in some)
                for some, most in rank.items()
                if point in some and most is not None and all(p == point or p in taken for p in some)
            ]
            taken[point] = min([due(tiny, (point, commodity)), *rooms])
            assert got[point, commodity] == taken[point]


@settings(max_examples=40, deadline=None)
@given(SMALL)
def test_proportional_is_leximin_of_the_share_of_all_that_is_due(tiny: Tiny) -> None:
    merged = Tiny(tiny.nodes, tiny.supply, tiny.lanes, {(p, c, 1): due(tiny, (p, c)) for p, c, _ in tiny.demand})
    assert by(tiny, "proportional") == leximin(merged)


@settings(max_examples=60, deadline=None)
@given(SMALL)
def test_postpone_gives_whole_rungs_to_all_and_tier_strict_at_most_one_more(tiny: Tiny) -> None:
    fair, strict, whole = leximin(tiny), by(tiny, "tier-strict"), by(tiny, "postpone")
    ladders = {pair: Ladder(tuple(sorted((r, q) for r, q in tiny.ladder(*pair).items() if q))) for pair in fair}
    for pair, ladder in ladders.items():
        short = [p for p in fair if p[1] == pair[1] and fair[p] < ladders[p].due]
        last = min((int(ladders[p].level(fair[p])) for p in short), default=99)
        assert whole[pair] == sum(q for r, q in ladder.rungs if r <= last)
        assert strict[pair] == min(fair[pair], sum(q for r, q in ladder.rungs if r <= last + 1))


@pytest.mark.parametrize(
    ("rule", "shares"),
    [
        ("leximin", (1, Fraction(54, 11), Fraction(45, 11))),
        ("proportional", (1, 3, 6)),
        ("equal", (1, Fraction(9, 2), Fraction(9, 2))),
        ("tier-strict", (1, Fraction(54, 11), Fraction(45, 11))),
        ("vulnerable-first", (1, 4, 5)),
        ("postpone", (0, 0, 0)),
        ("first-come", (1, 6, 3)),
    ],
)
def test_the_worked_numbers_of_the_page_are_right(rule: str, shares: tuple[Fraction, ...]) -> None:
    assert tuple(by(valley(), rule).values()) == shares


def test_equal_gives_the_same_quantity_up_to_what_is_due() -> None:
    tiny = valley(stock=14)
    tiny.lanes[1] = ("d-a", "Depot", "Alder", "", None)
    assert by(tiny, "equal") == {("Alder", "grain"): 4, ("Birch", "grain"): 5, ("Cedar", "grain"): 5}


def test_vulnerable_first_serves_whole_points_rung_by_rung() -> None:
    tiny = valley(stock=13)
    assert by(tiny, "vulnerable-first") == {("Alder", "grain"): 1, ("Birch", "grain"): 6, ("Cedar", "grain"): 6}


def test_the_lottery_follows_its_seed_and_nothing_else() -> None:
    tiny = valley(stock=6)
    tiny.lanes[1] = ("d-a", "Depot", "Alder", "", None)
    drawn = {seed: by(tiny, "lottery", seed) for seed in map(str, range(12))}
    assert drawn["3"] == by(tiny, "lottery", "3")
    assert len({tuple(sorted(got.items())) for got in drawn.values()}) > 1
    assert all(sum(got.values()) == 6 for got in drawn.values())


def test_leximin_is_the_certified_one_and_an_unknown_rule_is_refused() -> None:
    given_ = check_input(valley().tables())
    assert divide_by(given_, "leximin") == solve_input(given_)
    with pytest.raises(UsageError, match="seniority"):
        divide_by(given_, "seniority")


def test_equal_is_refused_where_it_would_need_too_many_rungs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "CELLS_MOST", 5)
    with pytest.raises(UsageError, match="size"):
        by(valley(), "equal")


def test_the_figures_of_the_valley() -> None:
    given_ = check_input(valley().tables())
    (found,) = measure(ladders_of(given_), got_by(solve_input(given_)))
    # Fill 1/4 of 4, 54/66 of 6, 45/132 of 12, by ascending fill: Alder, Cedar, Birch.
    assert (found.due, found.given, found.in_full, found.under_floor) == (22, 10, 0, 3)
    assert found.floor_gap == 3 + (6 - Fraction(54, 11)) + (5 - Fraction(45, 11))
    assert (found.worst, found.worst_point) == (Fraction(1, 4), "Alder")
    assert found.worst_tenth == Fraction(1, 4)
    assert found.curve == (3, 3, 3, 2, 1, 1, 1, 1, 1, 0, 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 12)), min_size=1, max_size=6))
def test_gini_and_worst_tenth_are_those_of_everybody_counted_one_by_one(rows: list[tuple[int, int]]) -> None:
    """Each unit that is due is a head with its point's fill: the mean difference of all pairs of heads."""
    ladders = {(f"P{n}", "grain"): Ladder(((1, due),)) for n, (due, _) in enumerate(rows)}
    got = {pair: Fraction(min(q, ladder.due)) for (pair, ladder), (_, q) in zip(ladders.items(), rows, strict=True)}
    (found,) = measure(ladders, got)
    heads = sorted(got[pair] / ladder.due for pair, ladder in ladders.items() for _ in range(ladder.due))
    mean = sum(heads) / len(heads)
    differences = sum(abs(a - b) for a in heads for b in heads)
    assert found.gini == (differences / (2 * len(heads) ** 2 * mean) if mean else 0)
    tenths = [fill for fill in heads for _ in range(10)]
    assert found.worst_tenth == sum(tenths[: len(heads)]) / len(heads)
