"""Every example in every language: each of its tests is explained with the amount it expects, and the policy as a page."""

from fractions import Fraction
from pathlib import Path

import pytest

from evenhand.actions.policy import read_policy
from evenhand.flow.entitlement.explain import Facts, explain
from evenhand.flow.policy import period_for, run_tests
from evenhand.render import policy_document, policy_explain
from evenhand.render.catalogue import LANGUAGES

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/policy.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_test_of_an_example_is_explained(path: Path) -> None:
    policy = read_policy(path)
    assert policy.cases
    for case in policy.cases:
        keys = [str(number) for number, _ in enumerate(case.members or (), 1)]
        found = explain(policy, period_for(policy, case.on), Facts("x", case.given, case.members, keys))
        by_name = {due["name"]: due for due in found["entitlements"]}
        for name, wanted in case.expect.items():
            if name in by_name and isinstance(wanted, Fraction):
                own = [by_name[name]] if name not in policy.benefits else [
                    due for due in by_name.values() if due["benefit"] == name or due["name"] == name]  # fmt: skip
                if len(own) == 1:
                    assert Fraction(own[0]["amount_base"], own[0]["parts"]) == wanted, (case.name, name)
        for language in LANGUAGES:
            sentences = [due["sentence"] for due in policy_explain.spoken(found, language)["entitlements"]]
            assert all(sentences)
            assert policy_explain.page(found, language)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_is_a_page_in_every_language(path: Path) -> None:
    policy = read_policy(path)
    results = run_tests(policy)
    day = period_for(policy, policy.cases[-1].on).first
    for language in LANGUAGES:
        made = policy_document.page(policy, day, results, language)
        assert made.count('class="example"') == len(policy.cases)
        assert made.count("<h1>") == 1
