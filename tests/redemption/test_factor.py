"""A second factor: what counts of what is said, what a phone tests it with, and what a visit then proves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evenhand.flow.redemption.factor import is_asked, presented
from evenhand.formats.factor import WITHOUT_COUPONS, check, factor_key, plain, stretched

CASES: dict[str, Any] = json.loads((Path(__file__).parents[2] / "spec/cases/factors.json").read_text("utf-8"))
R = bytes.fromhex(CASES["r"])


@pytest.mark.parametrize("case", CASES["said"], ids=lambda case: case["plain"])
def test_what_is_said_is_stretched_and_checked_as_the_case_says(case: dict[str, str]) -> None:
    made = stretched(case["said"], CASES["origin"], CASES["programme"], case["card"])
    assert plain(case["said"]) == case["plain"]
    assert made.hex() == case["stretched"]
    assert factor_key(R).hex() == CASES["key"]
    assert check(factor_key(R), made).hex() == case["check"]
    assert check(WITHOUT_COUPONS, made).hex() == case["check_without_coupons"]


@pytest.mark.parametrize("case", CASES["presented"], ids=lambda case: f"{case['factor']}-{case['result']}")
def test_a_visit_proves_what_the_case_says_and_is_served_in_every_case(case: dict[str, Any]) -> None:
    asked = is_asked(case["factor"], case["enrolled"], case["proxy"])
    assert asked == case["asked"]
    shown = presented(R, asked, case["result"])
    assert (shown.r == R) == (case["proof"] == "coupon")
    assert shown.exception == ("" if case["proof"] == "coupon" else case["proof"])
