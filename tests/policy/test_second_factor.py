"""[policy] second_factor and follow_up: what a policy may say of them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from actions.village import POLICY

from evenhand.core.errors import InputError
from evenhand.flow.policy.load import load


def test_a_policy_names_its_second_factor_and_the_share_that_is_visited() -> None:
    said = POLICY.replace("k = 2\n", 'k = 2\nsecond_factor = "pin"\nfollow_up = "1/5"\n')
    policy, plain = load(said, "p.toml"), load(POLICY, "p.toml")
    assert (policy.second_factor, policy.follow_up) == ("pin", Fraction(1, 5))
    assert (plain.second_factor, plain.follow_up) == ("none", Fraction(1, 10))


@pytest.mark.parametrize("line", ['second_factor = "fingerprint"', 'follow_up = "11/10"', 'follow_up = "-1/2"'])
def test_a_factor_that_is_none_or_a_share_above_one_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(InputError) as error:
        load(POLICY.replace("k = 2\n", f"k = 2\n{line}\n"), "p.toml")
    assert [problem.row for problem in error.value.problems] == [POLICY[: POLICY.index("k = 2")].count("\n") + 2]
