"""What a policy would change for everybody who is registered: the villages, 10 kg a head against 12."""

import pytest
from actions.village import ANA, BORIS, POLICY, at
from folders import clock, copy_data, open_folder

from evenhand.actions.adopt import adopt, propose, versions
from evenhand.actions.policy_impact import Question, found_impact, impact, impact_file, impacts_of
from evenhand.core.errors import UsageError
from evenhand.core.period import month
from evenhand.engines.duckdb import DuckDB
from evenhand.store import open_store


def test_gains_by_area_on_the_whole_registry_and_no_household_in_what_is_kept() -> None:
    more = POLICY.replace("value = 10}", "value = 12}").replace('grain = "20 kg"', 'grain = "24 kg"')
    with open_folder() as folder, open_store(copy_data(at("ready"), folder), clock) as store:
        new, day = propose(store, more, "ana", ANA), month("2008-03").first
        asked = Question(versions(store)[0].sha256.hex(), new.hex(), day)
        assert found_impact(store, asked) is None
        told: list[str] = []
        kept = impact(store, DuckDB(), asked, lambda label, done, total: told.append(label))
        found = found_impact(store, asked)
        assert found is not None and (found["households"], found["gain"], found["lose"]) == (8, 8, 0)
        grain = next(one for one in found["benefits"] if one["benefit"] == "grain")
        assert grain["new"] - grain["old"] == 24 * 2_000
        assert [(area["area"], area["households"]) for area in grain["areas"]] == [("Upper Valley", 8)]
        assert sorted(path.name for path in kept.iterdir()) == [
            "areas.csv", "benefits.csv", "bins.csv", "classes.csv", "compare.json",
        ]  # fmt: skip
        assert impact_file(store, asked, "changes.csv") is None and set(told) >= {"comparing policies"}
        assert impacts_of(store, new.hex()) == [day]
        adopt(store, new, "boris", BORIS)
        with pytest.raises(UsageError):
            impact(store, DuckDB(), Question(asked.old, asked.new, month("1999-01").first))
