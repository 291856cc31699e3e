"""The checker's own arithmetic of a policy: what it works out, and what it leaves declared."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from evenhand_verify import formula
from evenhand_verify.arithmetic import Arithmetic, Grant
from evenhand_verify.policy import Policy, read_policy
from evenhand_verify.result import Malformed

HEAD = """
[policy]
id = "small"
[benefit.rice]
kind = "good"
unit = "kg"
step = "500 g"
[benefit.shoes]
kind = "good"
unit = "pair"
parts = 12
[param.daily]
unit = "g/person/day"
values = [{from = 2000-01-01, to = 2007-12-31, value = 500}, {from = 2008-01-01, value = "450.5"}]
[param.old]
unit = "kg"
values = [{from = 2000-01-01, to = 2007-12-31, value = 1}]
[param.half]
unit = "number"
values = [{from = 2000-01-01, value = "1/2"}]
[step.month]
of = "household"
is = "days_in_period * half"
"""


def arithmetic(
    of: str, unit: str, then: str, amount: str, more: str = "", table: str = "", benefit: str = "rice"
) -> Arithmetic:
    text = f"""{HEAD}
[table.due]
of = "{of}"
unit = "{unit}"
{table}
rows = [{{id = "all", when = "true", then = "{then}", because = "so"}},
        {{id = "gone", to = 2007-12-31, when = "true", then = "1", because = "once"}}]
otherwise = {{then = "0", because = "none"}}
[[entitlement]]
benefit = "{benefit}"
amount = "{amount}"
{more}
"""
    meta: Any = SimpleNamespace(first=date(2008, 3, 1), days=31)
    return Arithmetic(read_policy(text.encode(), "policy"), meta)


@pytest.mark.parametrize(
    ("of", "unit", "then", "amount", "household", "member"),
    [
        ("member", "g/day", "daily", "sum(due) * days_in_period", 0, Fraction("13965.5")),
        ("member", "g/day", "daily * 2 / 3", "days_in_period * sum(due)", 0, Fraction("27931/3")),
        ("household", "kg", "35", "due", 35_000, 0),
        ("household", "kg", "size * 2 + 1", "due", 1_000, 2_000),
        ("household", "g", "(5 - 2) * size", "due * half", 0, Fraction(3, 2)),
        ("household", "g", "100 * half + 7", "2 * (due + due)", 228, 0),
        ("household", "g", "-size + 10", "due", 10, -1),
        ("household", "g", "10", "due * month", 155, 0),
        ("household", "kg", "daily * size - 2 / 4", "due", -500, Fraction("450.5")),
        ("member", "g", "1", "sum(due * 3)", 0, 3),
    ],
)
def test_rows_are_worked_out(of: str, unit: str, then: str, amount: str, household: int, member: int) -> None:
    assert arithmetic(of, unit, then, amount).grant("rice", "due.all") == Grant(Fraction(household), Fraction(member))


def test_parts_of_a_unit_are_counted() -> None:
    found = arithmetic("household", "pair", "size / 6", "due", benefit="shoes")
    assert found.grant("shoes", "due.all") == Grant(Fraction(0), Fraction(2))
    assert found.policy.benefit("shoes").step == 1


@pytest.mark.parametrize(
    ("then", "amount", "more", "table"),
    [
        ("greatest(1, size)", "due", "", ""),
        ("old * 1", "due", "", ""),
        ("size * size", "due", "", ""),
        ("1", "due * size", "", ""),
        ("1", "due + 5", "", ""),
        ("1", "due", 'round = {to = "1 kg", mode = "floor"}', ""),
        ("1", "due", "", 'round = {to = "1 kg", mode = "floor"}'),
        ("income / 2", "due", "", ""),
        ("1 / 0", "due", "", ""),
        ("daily + size", "due", "", ""),
    ],
)
def test_what_facts_do_not_reach_is_left_declared(then: str, amount: str, more: str, table: str) -> None:
    assert arithmetic("household", "g", then, amount, more, table).grant("rice", "due.all") is None


def test_rows_that_cannot_be_are_refused() -> None:
    found = arithmetic("household", "g", "1", "due")
    for benefit, row in (("rice", "due.friends"), ("rice", "other.all"), ("rice", "due.gone"), ("rice", "due")):
        with pytest.raises(Malformed):
            found.grant(benefit, row)
    assert found.grant("rice", "due.otherwise") == Grant(Fraction(0), Fraction(0))


def test_only_plain_sums_of_tables_must_be_told_row_by_row() -> None:
    assert arithmetic("household", "g", "1", "due * half").plain("rice")
    assert arithmetic("member", "g", "1", "sum(due) * days_in_period").plain("rice")
    assert not arithmetic("household", "g", "1", "due / 2").plain("rice")
    assert not arithmetic("household", "g", "1", "due", table='hit = "sum"').plain("rice")


BEYOND = ["", "1 +", "(1", "1)", "a b", "2 'x'", "a > 1", "f(1)", "1; 2"]
LONG = ["(" * 90 + "1" + ")" * 90, "-" * 90 + "1", "1" * 3000]


@pytest.mark.parametrize("text", [*BEYOND, *LONG])
def test_other_formulas_are_not_read(text: str) -> None:
    assert formula.read(text) is None


def test_quantities_are_shown_in_the_benefits_unit() -> None:
    policy: Policy = arithmetic("household", "g", "1", "due").policy
    rice, shoes = policy.benefit("rice"), policy.benefit("shoes")
    assert [rice.shown(n) for n in (0, 500, 67_000, 1_234_567)] == ["0 kg", "0.5 kg", "67 kg", "1,234.567 kg"]
    assert [shoes.shown(n) for n in (12, 5, 17)] == ["1 pair", "5/12 pair", "1 5/12 pair"]


def test_a_reason_in_several_languages_is_told_in_english() -> None:
    text = f"""{HEAD}
[table.due]
rows = [{{id = "all", when = "true", then = "1", because = {{hi = "x", en = "five for each"}}}}]
otherwise = {{then = "0", because = {{ar = "none of it"}}}}
[[entitlement]]
benefit = "rice"
amount = "due"
"""
    policy = read_policy(text.encode(), "policy")
    assert (policy.because("due.all"), policy.because("due.otherwise")) == ("five for each", "none of it")
    assert policy.because("due.gone") == ""
