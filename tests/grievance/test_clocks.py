"""Clocks that a policy sets: dated, published with it, and never changed for what came in before."""

from __future__ import annotations

from datetime import UTC, date

import pytest
from actions.village import POLICY
from folders import NOW

from evenhand.core.errors import InputError
from evenhand.flow.grievance import KINDS, Intake, follow, kinds_on
from evenhand.flow.policy import load
from evenhand.flow.policy.read_complaints import APPEAL, COMPLAINTS

DAY = 86_400
CLOCKS = """
[[complaint]]
kind = "quality"
from = 2011-01-01
days = 3
because = "the store decided so"

[[complaint]]
kind = "quality"
from = 2011-06-01
days = 5
because = "too short"

[[complaint]]
kind = "appeal"
from = 2011-01-01
days = 10
because = "the month is short"
"""


def test_a_policy_may_set_every_clock_there_is_and_no_other() -> None:
    assert set(COMPLAINTS) == {*KINDS, APPEAL}


def test_what_came_in_has_the_days_of_its_own_day() -> None:
    clocks = load(POLICY + CLOCKS, "policy").complaints
    assert kinds_on(clocks, date(2010, 12, 31)) == KINDS
    assert kinds_on(clocks, date(2011, 3, 1))["quality"].days == 3
    assert kinds_on(clocks, date(2011, 7, 1))["quality"].days == 5
    assert {kind.appeal_days for kind in kinds_on(clocks, date(2011, 7, 1)).values()} == {10}
    assert kinds_on(clocks, date(2011, 7, 1))["conduct"].days == 14


def test_the_clock_runs_by_them() -> None:
    intake = Intake("a", "quality", "Alder", "V1", "page", False, NOW)
    kinds = kinds_on(load(POLICY + CLOCKS, "policy").complaints, date(2011, 3, 13))
    assert follow(intake, (), NOW + 3 * DAY, UTC, kinds).office == "district"
    assert follow(intake, (), NOW + 4 * DAY, UTC, kinds).office == "province"
    assert follow(intake, (), NOW + 4 * DAY, UTC).office == "district"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('kind = "taste"\nfrom = 2011-01-01\ndays = 3\nbecause = "x"', "taste"),
        ('kind = "quality"\nfrom = 2011-01-01\ndays = 0\nbecause = "x"', "whole number from 1 to 365"),
        ('kind = "quality"\nfrom = 2011-01-01\nbecause = "x"', '"days" is missing'),
        ('kind = "quality"\ndays = 3\nbecause = "x"', "without its first day"),
        ('kind = "quality"\nfrom = 2011-01-01\ndays = 3', '"because" is missing'),
        ('kind = "quality"\nfrom = 2011-01-01\nto = 2012-01-01\ndays = 3\nbecause = "x"', '"to" means nothing here'),
    ],
)
def test_a_clock_that_does_not_say_enough_is_a_fault_with_its_line(text: str, told: str) -> None:
    with pytest.raises(InputError) as found:
        load(f"{POLICY}\n[[complaint]]\n{text}\n", "policy")
    assert told in found.value.problems[0].message and found.value.problems[0].row > POLICY.count("\n")


def test_two_clocks_of_a_kind_cannot_begin_on_one_day() -> None:
    with pytest.raises(InputError) as found:
        load(POLICY + CLOCKS + CLOCKS, "policy")
    assert [problem.message[:10] for problem in found.value.problems] == ["two clocks"] * 3
