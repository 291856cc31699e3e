"""What one month owes the next, and the rule of division: what an operator could write there, and the check it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from checker_kit.build import Build
from evenhand_verify.debts import Rule
from evenhand_verify.main import main
from evenhand_verify.result import Malformed

Change = Callable[[Build], None]
SHORT = {"point": "Birch", "benefit": "grain", "kind": "undersupplied"}
DEBT = {
    "point": "Birch", "benefit": "grain", "kind": "undersupplied", "since": "2008-03", "households": 20, "amount": 9_000,
    "lapsed": 0, "rung": 3, "waiting": 0, "offered": 0,
}  # fmt: skip


def failed(folder: Path, capsys: pytest.CaptureFixture[str], build: Build, before: Build | None = None) -> set[str]:
    """Names of the checks that fail."""
    options = ["--previous", str(before.save(folder / "before"))] if before else []
    code = main([str(build.save(folder / "now")), *options, "--json"])
    names = {check["name"] for check in json.loads(capsys.readouterr().out)["checks"] if not check["pass"]}
    assert code == int(bool(names))
    return names


def shortage_told_smaller(b: Build) -> None:
    b.row("left", **SHORT)["amount"] -= 1


def shortage_not_told(b: Build) -> None:
    b.tables["left"].remove(b.row("left", **SHORT))


def lapse_not_told(b: Build) -> None:
    b.row("left", **SHORT)["lapsed"] = 0


def uncollected_told_smaller(b: Build) -> None:
    b.row("left", point="Alder", benefit="grain", kind="uncollected")["amount"] -= 500


def uncollected_of_another_month(b: Build) -> None:
    b.row("left", point="Alder", benefit="grain", kind="uncollected")["since"] = "2008-01"


def debt_from_nowhere(b: Build) -> None:
    b.tables["owed"] = [DEBT | {"since": "2007-12"}]


def figures_of_no_other_rule(b: Build) -> None:
    row = {"benefit": "grain", "rule": "lottery", "points": 2, "in_full": 2, "under_floor": 0, "members_under": 0}
    b.tables["division"] = [row | {"worst_tenth_num": "1", "worst_tenth_den": "1"}]


def policy_line(line: str) -> Change:
    def change(b: Build) -> None:
        b.policy = b.policy.replace(b'step = "500 g"', b'step = "500 g"\n' + line.encode())

    return change


CHANGES: list[tuple[str, Change, set[str]]] = [
    ("close", shortage_told_smaller, {"left"}),
    ("close", shortage_not_told, {"left"}),
    ("close", lapse_not_told, {"left"}),
    ("close", uncollected_told_smaller, {"left"}),
    ("close", uncollected_of_another_month, {"left"}),
    ("compute", debt_from_nowhere, {"owed", "demand"}),
    ("compute", figures_of_no_other_rule, {"division-rule"}),
    ("people", policy_line('division = "lottery"'), {"division-rule"}),
    ("people", policy_line('division = "postpone"'), {"division-rule"}),
    ("people", policy_line("division = 5"), {"division-rule"}),
    ("people", policy_line('division = [{rule = "lottery"}]'), {"division-rule"}),
    ("people", policy_line('division = [{rule = "equal", from = 2009-01-01, source = "x"}]'), {"division-rule"}),
    ("people", policy_line('undersupplied = "carry 2 cycles"'), {"left"}),
    ("people", policy_line('undersupplied = "carry on"'), {"left"}),
    ("people", policy_line('uncollected = "lapse after 3 weeks"'), {"left"}),
]


@pytest.mark.parametrize(("stage", "change", "names"), CHANGES)
def test_what_an_operator_writes_of_debts_and_rules_fails_its_check(
    stage: str, change: Change, names: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert names <= failed(tmp_path, capsys, Build(hooks={stage: change}))


def owe(b: Build) -> None:
    b.tables["owed"] = [dict(DEBT)]


def test_a_debt_that_the_policy_lets_lapse_is_not_asked_for_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    march = Build(3)
    april = Build(4, before=march, hooks={"compute": owe})
    assert {"owed", "demand", "previous-owed"} <= failed(tmp_path, capsys, april, march)


def forget_arrears(b: Build) -> None:
    for family in b.families:
        family.carry = dict.fromkeys(family.carry, 0)


def test_rounding_arrears_that_are_dropped_between_two_months_are_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    march = Build(3)
    april = Build(4, before=march, hooks={"people": forget_arrears})
    assert failed(tmp_path, capsys, april, march) == {"previous-owed"}


@pytest.mark.parametrize(
    ("text", "age", "begins", "kept"),
    [
        ("lapse", 1, date(2008, 4, 1), False),
        ("lapse at period end", 1, date(2008, 4, 1), False),
        ("carry", 900, date(2090, 1, 1), True),
        ("carry 2 cycles", 2, date(2009, 1, 1), True),
        ("carry 2 cycles", 3, date(2008, 6, 1), False),
        ("carry 1 cycle", 1, date(2008, 4, 1), True),
        ("lapse after 2 cycles", 3, date(2008, 6, 1), False),
        ("lapse after 8 weeks", 9, date(2008, 5, 26), True),
        ("lapse after 8 weeks", 1, date(2008, 5, 27), False),
        ("lapse after 30 days", 1, date(2008, 4, 30), True),
        ("lapse after 1 month", 1, date(2008, 4, 30), True),
        ("lapse after 1 month", 1, date(2008, 5, 1), False),
        ("lapse after 1 year", 12, date(2009, 3, 31), True),
        ("lapse after 1 year", 12, date(2009, 4, 1), False),
    ],
)
def test_how_long_what_march_left_is_owed(text: str, age: int, begins: date, kept: bool) -> None:
    assert Rule(text, "policy").keeps("2008-03", age, begins) is kept


@pytest.mark.parametrize(
    "text", ["", "carry two cycles", "lapse after 2", "lapse after 2 moons", "Carry", "carry 2 cycles "]
)
def test_a_rule_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Rule(text, "policy")
