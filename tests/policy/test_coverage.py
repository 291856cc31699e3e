"""What tests do not touch, and drafts of the tests that would."""

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
    assert {"draft: due.phh, where size = 7", "draft: due.few, where size = 6"} <= set(names)
    whole = BOUNDED + written(policy, found)
    again = load(whole, "grain.toml")
    results = run_tests(again)
    assert [one.failures for one in results] == [()] * len(results)
    assert untouched_rows(again, results) == []


def test_a_policy_whose_rows_are_all_reached_needs_no_draft() -> None:
    policy = load(BOUNDED, "grain.toml")
    whole = load(BOUNDED + written(policy, drafts(policy, run_tests(policy))), "grain.toml")
    assert drafts(whole, run_tests(whole)) == []
