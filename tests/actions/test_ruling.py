"""The rule of division as a choice of the policy, in a cycle of the two villages: dated, with its source, and proved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from actions.months import POLICY, Months, months

from evenhand.actions.cycles import place
from evenhand.actions.summary import summary
from evenhand.core.errors import InputError, UsageError
from evenhand.flow.policy import load

GRAIN = 'undersupplied = "lapse"\nuncollected = "lapse"'


def by(rule: str, more: str = "") -> str:
    """The policy with a rule chosen for grain; a shortage of grain is carried."""
    chosen = f'[{{rule = "{rule}", from = 2008-01-01, source = "Council 2007-12-30", because = "a trial"{more}}}]'
    return POLICY.replace(GRAIN, f'undersupplied = "carry 2 cycles"\nuncollected = "lapse"\ndivision = {chosen}', 1)


@pytest.fixture(scope="module", params=["first-come", "tier-strict"])
def spring(request: pytest.FixtureRequest) -> Iterator[Months]:
    """March with 432 of 540 steps of grain; April with more than is due, and a lorry to Birch robbed."""
    with months(by(request.param)) as found:
        found.month("grain 216 kg; oil 10 l")
        found.month("grain 260 kg; oil 10 l", lost={("Birch", "grain"): 30})
        yield found


def test_the_result_of_the_rule_is_proved_by_arithmetic_and_told_with_its_source(spring: Months) -> None:
    for period in ("2008-03", "2008-04"):
        done = spring.verify(period)
        assert done.returncode == 0, done.stdout
        assert "since 2008-01-01 (Council 2007-12-30)" in done.stdout
    assert spring.card("B4", "2008-04").returncode == 0


def test_the_rule_is_what_is_carried_out_and_its_loss_stands_beside_it(spring: Months) -> None:
    """First come: Alder in full, 270 steps, and Birch the floor of 162 that is left. The worst-off tenth has 3/5 of its
    due where leximin gives everybody 4/5. By tiers both stand at the same level, as by leximin."""
    levels = {
        r["point"]: (r["rungs"], r["num"]) for r in spring.table("2008-03", "levels") if r["commodity"] == "grain"
    }
    figures = {
        r["rule"]: (r["in_full"], r["worst_tenth_num"], r["worst_tenth_den"])
        for r in spring.table("2008-03", "division")
    }
    assert figures.pop("leximin") == (0, "4", "5")
    if "first-come" in figures:
        assert levels == {"Alder": (2, "0"), "Birch": (1, "0")}
        assert figures == {"first-come": (1, "3", "5")}
    else:
        assert levels == {"Alder": (1, "1"), "Birch": (1, "1")}
        assert figures == {"tier-strict": (0, "4", "5")}


def test_what_the_rule_did_not_give_is_owed_above_everybodys_need(spring: Months) -> None:
    owed = {(row[0], row[4], row[5]) for row in spring.owed("2008-04", "owed", "rung")}
    assert owed in ({("Birch", 48_000, 3)}, {("Alder", 24_000, 3), ("Birch", 24_000, 3)})


def test_who_approves_sees_what_is_owed_and_what_the_rule_costs(spring: Months) -> None:
    lines = summary(place(spring.store, "2008-04/1") / "public", {"grain": 500, "oil": 100}, 2)["lines"]
    assert lines[0].startswith("grain      100 % of what is due"), "what earlier months owe is not this month's due"
    assert lines[2] == "grain      from earlier months, in steps: 96 undersupplied"
    assert lines[3].endswith(": the worst-off tenth gets 100 % where leximin gives 100 %; 0 people under the floor where"
                             " leximin leaves 0")  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (by("postpone"), "stock that waits looks like stock that is withheld"),
        (by("lottery").replace('"lottery", from = 2008-01', '"lottery", from = 2008-04'), "no rule of division is in force"),
        (POLICY.replace(GRAIN, f'{GRAIN}\ndivision = "lottery"', 1), "does not say since when and by whom"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_proved_or_that_nobody_answers_for_is_refused_at_the_freeze(
    policy: str, words: str
) -> None:
    with months(policy) as found, pytest.raises(UsageError, match=words):
        found.month("grain 216 kg; oil 10 l")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (by("lottery").replace(', source = "Council 2007-12-30"', ""), "source"),
        (by("lottery").replace("from = 2008-01-01, ", ""), "a choice without its first day"),
        (by("lotery"), "is no rule of division"),
        (by("lottery", '}, {rule = "equal", from = 2008-02-01, source = "Council"'), "two rules hold"),
    ],
)  # fmt: skip
def test_a_choice_without_day_or_source_or_two_at_a_time_is_a_fault_of_the_policy(text: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        load(text, "village.toml")
    assert any(words in problem.message for problem in error.value.problems), error.value.problems
