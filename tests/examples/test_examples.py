"""Every example: it loads, its tests hold and reach every row, its values have sources, and a README says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from evenhand.actions.policy import read_policy, run_policy_tests
from evenhand.flow.policy import Policy

EXAMPLES = Path(__file__).parents[2] / "examples"
SCHEMES = (
    "cuba-libreta", "dprk-cuts", "egypt-tamween", "india-nfsa", "sphere-minimum", "uk-1943", "us-snap-2026",
    "wfp-general-food-basket",
)  # fmt: skip
POLICIES = sorted(path for path in EXAMPLES.glob("*/*.toml"))
NAMES = [f"{path.parent.name}/{path.name}" for path in POLICIES]
PROMISED = ("not verified", "left out")


@pytest.mark.parametrize("name", SCHEMES)
def test_a_folder_has_a_policy_and_says_what_it_is(name: str) -> None:
    folder = EXAMPLES / name
    assert (folder / "policy.toml").is_file()
    text = " ".join((folder / "README.md").read_text(encoding="utf-8").split()).lower()
    assert "source" in text
    assert all(word in text for word in PROMISED)
    assert f"evenhand policy test examples/{name}/policy.toml" in text


@pytest.mark.parametrize("path", POLICIES, ids=NAMES)
def test_its_tests_hold_and_reach_every_row(path: Path) -> None:
    policy, results, untouched = run_policy_tests(path)
    assert results
    assert {result.name: result.failures for result in results if not result.passed} == {}
    assert untouched == [] or path.parent.name in ("dprk-2008", "village")
    assert len({result.name for result in results}) == len(results)
    assert policy.title != policy.id


@pytest.mark.parametrize("path", POLICIES, ids=NAMES)
def test_every_value_names_its_source(path: Path) -> None:
    policy: Policy = read_policy(path)
    sources = {
        f"{name} {value.span.start}": value.source for name, param in policy.params.items() for value in param.values
    }
    assert [name for name, source in sources.items() if len(source) < 4] == []
