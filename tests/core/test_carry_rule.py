"""How long what a household did not get is owed, by the words of its policy."""

from __future__ import annotations

from datetime import date

import pytest

from evenhand.core.benefit import CarryRule
from evenhand.core.errors import InputError
from evenhand.flow.policy import load

POLICY = """
[policy]
id = "village"
title = "Village"
period = "month"
[benefit.grain]
kind = "good"
unit = "kg"
uncollected = "{}"
[[entitlement]]
benefit = "grain"
amount = "5"
"""
MARCH = date(2008, 3, 31)


def rule(text: str) -> CarryRule:
    return load(POLICY.format(text), "village.toml").benefits["grain"].uncollected


@pytest.mark.parametrize(
    ("text", "age", "begins", "kept"),
    [
        ("lapse", 1, date(2008, 4, 1), False),
        ("lapse at period end", 1, date(2008, 4, 1), False),
        ("carry", 900, date(2090, 1, 1), True),
        ("carry 2 cycles", 2, date(2009, 1, 1), True),
        ("carry 2 cycles", 3, date(2008, 6, 1), False),
        ("lapse after 2 cycles", 3, date(2008, 6, 1), False),
        ("lapse after 8 weeks", 9, date(2008, 5, 26), True),
        ("lapse after 8 weeks", 1, date(2008, 5, 27), False),
        ("lapse after 30 days", 1, date(2008, 4, 30), True),
        ("lapse after 1 month", 1, date(2008, 4, 30), True),
        ("lapse after 1 month", 1, date(2008, 5, 1), False),
        ("lapse after 1 year", 12, date(2009, 3, 31), True),
        ("lapse after 1 year", 12, date(2009, 4, 1), False),
    ],
)
def test_how_long_what_march_left_is_owed(text: str, age: int, begins: date, kept: bool) -> None:
    assert rule(text).keeps(age, MARCH, begins) is kept


@pytest.mark.parametrize("text", ["carry 0 cycles", "lapse after 0 weeks", "carry two cycles", "lapse after 2 moons"])
def test_what_keeps_nothing_or_is_no_rule_is_a_fault_of_the_policy(text: str) -> None:
    with pytest.raises(InputError):
        rule(text)
