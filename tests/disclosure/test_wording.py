"""Exact numbers in words."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from disclosure.months import CLOTHING, GRAIN, OIL, SHOES, benefit

from evenhand.core.period import Period, month
from evenhand.flow.disclosure.naming import decimal, in_words, name_of, noun
from evenhand.flow.disclosure.wording import listing, percent, period_name, rounded


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (F(1), 1, "100"), (F(0), 1, "0"), (F(1, 2), 1, "50"), (F(497, 1000), 1, "49.7"), (F(4965, 10000), 1, "49.7"),
        (F(99999, 100000), 1, "99.9"), (F(99999, 100000), 0, "99"), (F(1, 100000), 1, "0.1"), (F(1, 100000), 0, "1"),
        (F(12, 10), 0, "120"), (F(20), 1, "2,000"),
    ],
)  # fmt: skip
def test_per_cent(share: F, digits: int, text: str) -> None:
    assert percent(share, digits) == text


def test_listings() -> None:
    assert listing([]) == ""
    assert listing(["a"]) == "a"
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert listing(["a", "b", "c", "d"], 2) == "a, b and 2 more"


def test_months_and_other_periods() -> None:
    assert period_name(month("2008-05")) == "May 2008"
    assert period_name(month("2008-05"), year=False) == "May"
    whole = month("2008-05")
    assert period_name(Period(whole.first, whole.last, "fortnight-9")) == "fortnight-9"


def test_amounts_are_exact_and_take_the_larger_unit() -> None:
    assert in_words(GRAIN, 27_900) == "27.9 kg"
    assert in_words(OIL, 100) == "0.1 l"
    assert in_words(SHOES, 18) == "1.5 pair"
    assert in_words(benefit("flour", "Flour", "g", 1, 500), 3_100) == "3.1 kg"
    assert decimal(F(-5, 2), 0) == "-2"
    assert rounded(F(2099999, 1000)) == "2,099"


def test_names_inside_a_sentence() -> None:
    assert noun(benefit("chicken", "Chicken, whole", "piece", 1, 1)) == "chicken"
    assert noun(benefit("csb", "CSB", "g", 1, 1)) == "CSB"
    assert noun(benefit("x", "", "g", 1, 1)) == "x"
    assert name_of(CLOTHING) == "Clothing points"
