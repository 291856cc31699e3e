"""What tests do not touch, and drafts of the tests that would."""

from datetime import date
from fractions import Fraction

from policy.samples import GRAIN

from evenhand.flow.policy import drafts, load, run_tests, untouched_rows, untouched_values, written

BOUNDED = (
    GRAIN.replace("card = 'PHH'", "card = 'PHH' and size >= 7")
    .replace(
        "]\notherwise",
        '  {id = "few", when = "card = \'PHH\' and size < 7", then = "phh", because = "x"},\n]\notherwise',
    )
    .replace('then = "phh"', 'then = "phh * 1.0 * size"')
)


def test_values_no_test_reads_are_named() -> None:
    policy = load(GRAIN, "grain.toml")
    assert untouched_values(policy, run_tests(policy)) == [
        "phh from 2013-07-05",
        "phh from 2021-01-01",
        "price.PHH from 2013-07-05",
        "price.none from 2013-07-05",
    ]
    more = (
        GRAIN + '[[test]]\nname = "p"\non = 2014-01-01\ngiven = {card = "PHH", size = 2}\nexpect = {grain = "10 kg"}\n'
    )
    policy = load(more, "grain.toml")
    assert untouched_values(policy, run_tests(policy)) == ["phh from 2021-01-01", "price.none from 2013-07-05"]


def test_drafts_reach_every_row_and_both_sides_of_a_boundary_and_hold() -> None:
    policy = load(BOUNDED, "grain.toml")
    found = drafts(policy, run_tests(policy))
    names = [draft.name for draft in found]
    assert names == [
        "draft: due.phh", "draft: due.few", "draft: due.otherwise", "draft: phh from 2013-07-05",
        "draft: large: size >= 7 is false", "draft: due.phh: size >= 7 is false",
    ]  # fmt: skip
    assert [draft.given for draft in found if "due.phh" in draft.name] == [
        {"card": "PHH", "size": Fraction(7)},
        {"card": "PHH", "size": Fraction(6)},
    ]
    whole = BOUNDED + written(policy, found)
    again = load(whole, "grain.toml")
    results = run_tests(again)
    assert [one.failures for one in results] == [()] * len(results)
    assert (untouched_rows(again, results), untouched_values(again, results)) == ([], [])
    assert drafts(again, results) == []


def test_a_draft_says_that_nobody_has_confirmed_it() -> None:
    policy = load(BOUNDED, "grain.toml")
    text = written(policy, drafts(policy, run_tests(policy)))
    assert text.count("[[test]]") == text.count('note = "computed, not confirmed') == text.count('name = "draft: ')


def test_both_sides_of_an_age_and_of_a_sum_are_one_step_apart() -> None:
    text = GRAIN.replace(
        "card = 'PHH'", "card = 'PHH' and sum(income) > 125.5 and any(age(birth_date, period_start) < 6)"
    )
    policy = load(text[: text.index("[[test]]")], "grain.toml")
    found = [draft for draft in drafts(policy, []) if draft.name.startswith("draft: due.phh: ")]
    sides: dict[str, list[tuple[object, object]]] = {}
    for draft in found:
        people = draft.members or ()
        held = people[0]["birth_date"], sum(person["income"] for person in people)  # type: ignore[misc]
        sides.setdefault(draft.name.removeprefix("draft: due.phh: ").rpartition(" is ")[0], []).append(held)
    youngest = {one[0] for one in sides["age(birth_date, period_start) < 6"]}
    assert youngest <= {date(2015, 1, 1), date(2015, 1, 2)}
    assert {one[1] for one in sides["sum(income) > 125.5"]} <= {12_550, 12_551}
    again = load(text[: text.index("[[test]]")] + written(policy, drafts(policy, [])), "grain.toml")
    assert [one.failures for one in run_tests(again) if not one.passed] == []
    assert drafts(again, run_tests(again)) == []


def test_values_of_keys_that_go_on_and_of_the_rest_are_drafted_too() -> None:
    lookup = """[lookup.grant]
by = ["size"]
unit = "kg"
values = [{from = 2013-07-05, source = "x", rows = {1 = 10, 2 = 15, each_more = 4}}]
[lookup.bonus]
by = ["card"]
unit = "kg"
values = [{from = 2013-07-05, to = 2020-12-31, source = "y", rows = {none = 0, other = 1}},
          {from = 2021-01-01, source = "y", rows = {none = 0, PHH = 2, other = 1}}]
[step.large]"""
    text = GRAIN.replace("[step.large]", lookup).replace("phh * size", "grant + bonus + 0 * phh * size")
    policy = load(text, "grain.toml")
    missing = untouched_values(policy, run_tests(policy))
    assert {"grant.each_more from 2013-07-05", "bonus.PHH from 2021-01-01", "bonus.other from 2013-07-05"} <= set(
        missing
    )
    again = load(text + written(policy, drafts(policy, run_tests(policy))), "grain.toml")
    left = untouched_values(again, run_tests(again))
    assert all(one.passed for one in run_tests(again))
    assert [one.expect["grain_price"] for one in drafts(policy, run_tests(policy)) if one.given["card"] == "PHH"][
        0
    ] == ("3 INR/kg")
    assert left == ["bonus.none from 2013-07-05", "bonus.none from 2021-01-01", "bonus.other from 2021-01-01"]


def test_words_with_quotes_stay_one_word_in_a_draft() -> None:
    text = GRAIN.replace('"none"]', '"none", "the \\"new\\""]').replace("none = 0", 'none = 0, "the \\"new\\"" = 0')
    word = "the " + chr(92) + '"new' + chr(92) + '"'
    text = text.replace("card = 'PHH'", f"card = '{word}'")
    policy = load(text, "grain.toml")
    again = load(text + written(policy, drafts(policy, run_tests(policy))), "grain.toml")
    assert untouched_rows(again, run_tests(again)) == []


def test_a_policy_whose_rows_are_all_reached_needs_no_draft() -> None:
    policy = load(BOUNDED, "grain.toml")
    whole = load(BOUNDED + written(policy, drafts(policy, run_tests(policy))), "grain.toml")
    assert drafts(whole, run_tests(whole)) == []
