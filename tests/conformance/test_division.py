"""Division and re-cut, bound by the cases that the counter app and the checker read too."""

from __future__ import annotations

import numpy as np
import pytest
import spec_cases

from evenhand.flow.allocation import Groups, Rows, divide, new_level

DIVISION = spec_cases.load("division")["cases"]
RECUT = spec_cases.load("recut")["cases"]


def numbers(case: dict, name: str) -> np.ndarray:
    return np.array([row[name] for row in case["rows"]], dtype=np.int64)


@pytest.mark.parametrize("case", DIVISION, ids=spec_cases.name)
def test_rations_are_those_of_the_case(case: dict) -> None:
    groups = Groups(
        [case["benefit"]],
        np.array([case["step_base"]], dtype=np.int64),
        [int(case["num"])],
        [int(case["den"])],
        np.array([case["units"]], dtype=np.int64),
    )
    rows = Rows(
        np.zeros(len(case["rows"]), dtype=np.int64),
        numbers(case, "full_base"),
        numbers(case, "next_base"),
        numbers(case, "carry_micro"),
        [bytes.fromhex(row["tag"]) for row in case["rows"]],
    )
    found = divide(groups, rows, bytes.fromhex(case["seed"]))
    expected = case["expect"]
    assert found.ration.tolist() == [row["ration"] for row in expected]
    assert found.carry_after.tolist() == [row["carry_after_micro"] for row in expected]
    assert found.given.tolist() == [case["rations"]]


@pytest.mark.parametrize("case", DIVISION, ids=spec_cases.name)
def test_a_case_gives_no_more_than_is_there(case: dict) -> None:
    rations = [row["ration"] for row in case["expect"]]
    assert sum(rations) == case["rations"] <= case["units"]
    assert min(rations, default=0) >= 0


@pytest.mark.parametrize("case", RECUT, ids=spec_cases.name)
def test_a_re_cut_is_that_of_the_case(case: dict) -> None:
    planned = case["planned"]
    found = new_level(
        case["counted"],
        case["units"],
        case["reserve"],
        (planned["rungs"], int(planned["num"]), int(planned["den"])),
        [tuple(rung) for rung in case["ladder"]],
        case["carry_micro"],
        case["step_base"],
    )
    expected = case["expect"]
    assert (found.reserve, found.rungs, str(found.num), str(found.den), found.units) == (
        expected["reserve"],
        expected["rungs"],
        expected["num"],
        expected["den"],
        expected["units"],
    )
