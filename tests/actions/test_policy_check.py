"""A text looked at without keeping it, and several texts that extend each other put together as they were sent."""

import pytest
from actions.village import POLICY

from evenhand.actions.policy_check import check_text, joined
from evenhand.core.errors import EvenhandError

AMEND = 'extends = "village.toml"\n\n[policy]\nid = "village-2"\n\n[[amend]]\ntarget = "benefit.oil.uncollected"\n' \
    'action = "replace"\nwith = "carry 2 cycles"\nsource = "council"\n'  # fmt: skip


def test_what_is_right_may_be_proposed_and_says_what_its_tests_leave_out() -> None:
    found = check_text(POLICY)
    assert found.may_be_proposed and found.failed == 0 and len(found.results) == 1
    assert set(found.untouched) == {"grain_due.otherwise", "oil_due.otherwise"}


def test_a_failing_test_and_a_fault_may_not() -> None:
    failing = check_text(POLICY.replace('grain = "20 kg"', 'grain = "21 kg"'))
    assert failing.policy is not None and failing.failed == 1 and not failing.may_be_proposed
    broken = check_text(POLICY.replace("kg/person", "kg/persons"))
    assert broken.policy is None and broken.problems[0].row > 0 and broken.problems[0].remedy


def test_texts_that_extend_each_other_become_one_whichever_was_named_first() -> None:
    one, other = {"a.toml": AMEND, "village.toml": POLICY}, {"village.toml": POLICY, "a.toml": AMEND}
    assert joined(one) == joined(other)
    found = check_text(joined(one))
    assert found.policy is not None and found.policy.benefits["oil"].uncollected.cycles == 2
    assert joined({"village.toml": POLICY}) == POLICY


@pytest.mark.parametrize(
    "texts",
    [
        {"a.toml": AMEND},
        {"a.toml": POLICY, "b.toml": POLICY},
        {"a.toml": 'extends = "b.toml"\n', "b.toml": 'extends = "a.toml"\n'},
        {"a.toml": 'extends = "../../etc/passwd"\n'},
        {"a.toml": 'extends = "a.toml"\n'},
    ],
)
def test_what_does_not_make_one_policy_is_refused(texts: dict[str, str]) -> None:
    with pytest.raises(EvenhandError):
        joined(texts)
