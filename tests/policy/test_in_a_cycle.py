"""What loads and runs, and no cycle can carry out: refused there, never computed in silence."""

import pytest
from actions.village import POLICY, adopted, at
from folders import clock, copy_data, open_folder

from evenhand.actions.draft import draft
from evenhand.core.errors import UsageError
from evenhand.store import open_store


def test_no_cycle_is_drafted_with_a_policy_of_weeks() -> None:
    with open_folder() as folder, open_store(copy_data(at("ready"), folder), clock) as store:
        path = folder / "weekly.toml"
        assert 'period = "month"' in POLICY
        path.write_text(POLICY[: POLICY.find("[[test]]")].replace('period = "month"', 'period = "week"'))
        adopted(store, path)
        with pytest.raises(UsageError, match="cycles are months, and the policy adopted last goes by week"):
            draft(store, "2008-03", "ana")
