"""Cliffs: found where there are some, with the row that does it, and the same for the same seed."""

from datetime import date
from pathlib import Path

import pytest
from policy.samples import GRAIN

from evenhand.actions.policy_fuzz import fuzz
from evenhand.core.errors import UsageError
from evenhand.flow.policy import load

LARGE = GRAIN.replace("card = 'PHH'", "card = 'PHH' and size < 7").replace(
    "]\notherwise", '  {id = "large", when = "card = \'PHH\' and size >= 7", then = "30", because = "x"},\n]\notherwise'
)
WORKING = GRAIN.replace("card = 'PHH'", "card = 'PHH' and sum(income) >= 125")
ON = date(2024, 3, 1)


def test_a_member_more_that_takes_away_is_found_with_its_row() -> None:
    found, tried = fuzz(load(LARGE, "grain.toml"), ON, 1, tries=400)
    assert tried == 400
    (cliff,) = [one for one in found if one.rows == ("due.large",)]
    assert (cliff.change, cliff.benefit, cliff.before, cliff.after) == ("one member more", "grain", 36_000, 30_000)
    assert cliff.members is None
    assert (cliff.given["card"], cliff.given["size"]) == ("PHH", 6)


def test_income_lost_is_narrowed_to_the_cent_that_does_it() -> None:
    found, _ = fuzz(load(WORKING, "grain.toml"), ON, 1, tries=400)
    assert {one.rows for one in found} == {("due.otherwise",)}
    (cliff,) = found
    assert cliff.change.startswith("income falls from ")
    incomes = [member["income"] for member in cliff.members or ()]
    assert sum(incomes) == 12_500
    assert cliff.after == 0 < cliff.before


def test_what_moves_between_two_entitlements_of_a_benefit_is_no_loss() -> None:
    """The centre gives 20 kg below 5 members and nothing from 5; the state gives the 24 kg that take its place."""
    half = '[[entitlement]]\nname = "grain_state"\nbenefit = "grain"\namount = "state"\n'
    state = """[table.state]
unit = "kg"
rows = [{id = "big", when = "size >= 5", then = "24", because = "five or more"}]
otherwise = {then = "0", because = "fewer"}
[[entitlement]]"""
    text = GRAIN.replace("card = 'PHH'", "card <> 'AAY' and size < 5").replace(
        "card = 'AAY'", "card = 'AAY' and size < 5"
    )
    text = text.replace('then = "35"', 'then = "20"').replace("phh * size", "20")
    text = text[: text.index("[[test]]")].replace("[[entitlement]]", state) + half
    assert fuzz(load(text, "grain.toml"), ON, 1, tries=200)[0] == []
    less = text.replace('then = "24"', 'then = "19"')
    (cliff,) = fuzz(load(less, "grain.toml"), ON, 1, tries=200)[0]
    assert (cliff.benefit, cliff.before, cliff.after, cliff.change) == ("grain", 20_000, 19_000, "one member more")
    assert cliff.rows == ("due.otherwise", "state.big")


def test_the_same_seed_finds_the_same_and_a_fair_policy_has_none() -> None:
    policy = load(LARGE, "grain.toml")
    assert fuzz(policy, ON, 5, tries=200) == fuzz(policy, ON, 5, tries=200)
    assert fuzz(load(GRAIN, "grain.toml"), ON, 1, tries=200)[0] == []
    example = Path(__file__).parents[2] / "examples" / "dprk-2008" / "policy.toml"
    assert fuzz(load(example.read_text(), "policy.toml"), date(2008, 3, 1), 1, tries=60)[0] == []


def test_an_income_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="wage"):
        fuzz(load(GRAIN, "grain.toml"), ON, 1, named=("wage",))


def test_the_search_stops_when_it_is_told() -> None:
    assert fuzz(load(LARGE, "grain.toml"), ON, 1, tries=1_000_000, seconds=0)[1] < 10
