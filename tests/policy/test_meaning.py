"""What policies mean: dates, units, unknown, rows, tests."""

from datetime import date
from fractions import Fraction

import pytest
from policy.samples import GRAIN

from evenhand.core.errors import InputError, UsageError
from evenhand.flow.entitlement import program_for
from evenhand.flow.policy import Policy, load, period_for, run_tests, untouched_rows
from evenhand.flow.policy.calendar import add_years, age, days, period_of
from evenhand.flow.policy.evaluate import Due, Household
from evenhand.flow.policy.model import Chosen


def due(text: str, on: date, given: dict[str, object], members: list[dict[str, object]] | None = None) -> Due:
    policy = load(text, "grain.toml")
    return Household(program_for(policy, period_for(policy, on)), given, members).due()["grain"]


def test_the_value_of_the_periods_first_day_counts() -> None:
    family = {"card": "PHH", "size": Fraction(4)}
    assert due(GRAIN, date(2020, 12, 31), family).amount == 20_000
    assert due(GRAIN, date(2021, 1, 1), family).amount == 24_000


def test_a_day_outside_the_dates_is_refused() -> None:
    policy = load(GRAIN, "grain.toml")
    for day in (date(2013, 7, 31), date(2000, 1, 1)):
        with pytest.raises(UsageError, match="not in force"):
            program_for(policy, period_for(policy, day))


def test_a_bare_number_takes_the_unit_of_its_cell() -> None:
    family = {"card": "AAY", "size": Fraction(2)}
    assert due(GRAIN, date(2024, 1, 1), family).amount == 35_000
    assert due(GRAIN.replace('then = "35"', 'then = "35 + phh * size"'), date(2024, 1, 1), family).amount == 47_000
    assert (
        due(GRAIN.replace('then = "35"', 'then = "greatest(20, phh * size)"'), date(2024, 1, 1), family).amount
        == 20_000
    )


def test_unknown_is_not_zero() -> None:
    assert due(GRAIN, date(2024, 1, 1), {"size": Fraction(4)}) == Due(None, None, None, (), "card")
    assert due(GRAIN, date(2024, 1, 1), {"card": "PHH"}) == Due(None, None, None, (), "size")
    assert due(GRAIN, date(2024, 1, 1), {"card": "unlisted", "size": Fraction(4)}).missing == "card"
    assert due(GRAIN, date(2024, 1, 1), {"card": "AAY"}).amount == 35_000


def test_and_and_or_decide_only_where_the_known_side_settles_it() -> None:
    either = GRAIN.replace("card = 'PHH'", "card = 'PHH' and (size > 3 or rent < 100)")
    assert due(either, date(2024, 1, 1), {"card": "PHH", "size": Fraction(4)}).amount == 24_000
    assert due(either, date(2024, 1, 1), {"card": "PHH", "size": Fraction(2)}).missing == "rent"
    assert due(either, date(2024, 1, 1), {"card": "none", "size": Fraction(2)}).amount == 0


def test_a_stated_size_that_differs_from_the_members_is_undecided() -> None:
    two: list[dict[str, object]] = [{}, {}]
    assert due(GRAIN, date(2024, 1, 1), {"card": "PHH", "size": Fraction(3)}, two).missing == "size"
    assert due(GRAIN, date(2024, 1, 1), {"card": "PHH"}, two).amount == 12_000
    assert due(GRAIN, date(2024, 1, 1), {"card": "PHH", "size": Fraction(3)}, []).missing == "member"


def test_a_member_without_the_answer_leaves_a_sum_undecided() -> None:
    summed = GRAIN.replace("card = 'PHH'", "card = 'PHH' and sum(income) < 100")
    people: list[dict[str, object]] = [{"income": Fraction(10)}, {}]
    assert due(summed, date(2024, 1, 1), {"card": "PHH"}, people).missing == "income"
    assert due(summed, date(2024, 1, 1), {"card": "none"}, people).amount == 0


def test_an_exception_stands_over_its_row() -> None:
    row = '{id = "big", over = "phh", when = "card = \'PHH\' and size >= 7", then = "50", because = "large"},\n]'
    text = GRAIN.replace("]\notherwise", row + "\notherwise")
    assert due(text, date(2024, 1, 1), {"card": "PHH", "size": Fraction(7)}).reasons == ("due.big",)
    assert due(text, date(2024, 1, 1), {"card": "PHH", "size": Fraction(6)}).reasons == ("due.phh",)


def test_a_floor_is_rounded_to_a_base_unit() -> None:
    text = GRAIN.replace("35", "35.001").replace('grain_floor = "21 kg"', 'grain_floor = "21.001 kg"')
    found = due(text, date(2024, 1, 1), {"card": "AAY"})
    assert (found.amount, found.floor) == (35_001, 21_001)


def test_tests_say_what_came_out() -> None:
    policy = load(
        GRAIN.replace('grain = "35 kg"', 'grain = "36 kg"').replace('["due.aay"]', '["due.phh"]'), "grain.toml"
    )
    (result,) = run_tests(policy)
    assert not result.passed
    assert result.failures == ("grain: 36 kg was expected, and 35 kg came out", "row due.phh did not decide")
    assert result.line == GRAIN[: GRAIN.index("[[test]]")].count("\n") + 1


def test_rows_no_test_reaches_are_named() -> None:
    policy = load(GRAIN, "grain.toml")
    assert untouched_rows(policy, run_tests(policy)) == ["due.phh", "due.otherwise"]


def test_a_gap_between_a_row_and_the_value_it_reads_is_refused() -> None:
    late = GRAIN.replace(
        "[step.large]",
        '[param.more]\nunit = "kg"\nsource = "x"\nvalues = [{from = 2022-01-01, value = 1}]\n[step.large]',
    )
    with pytest.raises(InputError, match="1 problem") as caught:
        load(late.replace("phh * size", "phh * size + more"), "grain.toml")
    assert '"more" has no value then' in caught.value.problems[0].message
    load(
        late.replace('id = "phh", when', 'id = "phh", from = 2022-01-01, when').replace(
            "phh * size", "phh * size + more"
        ),
        "grain.toml",
    )


def test_lookups_go_on_with_each_more() -> None:
    rows = "{1 = 10, 2 = 15, each_more = 4}"
    values = f'values = [{{from = 2013-07-05, source = "x", rows = {rows}}}]'
    lookup = f'[lookup.grant]\nby = ["size"]\nunit = "kg"\n{values}\n[step.large]'
    text = GRAIN.replace("[step.large]", lookup).replace("phh * size", "grant")
    amounts = [due(text, date(2024, 1, 1), {"card": "PHH", "size": Fraction(n)}).amount for n in (1, 2, 3, 9)]
    assert amounts == [10_000, 15_000, 19_000, 43_000]


def test_birthdays_of_29_february_fall_where_the_law_says() -> None:
    assert age(date(2004, 2, 29), date(2022, 2, 28), "28 Feb") == 18
    assert age(date(2004, 2, 29), date(2022, 2, 28), "1 Mar") == 17
    assert age(date(2004, 2, 29), date(2022, 3, 1), "1 Mar") == 18
    assert age(date(2030, 1, 1), date(2022, 3, 1), "1 Mar") == 0
    assert add_years(date(2004, 2, 29), 1, "28 Feb") == date(2005, 2, 28)
    assert add_years(date(2004, 2, 29), 1, "1 Mar") == date(2005, 3, 1)
    assert add_years(date(2004, 2, 29), 4, "28 Feb") == date(2008, 2, 29)
    assert days(date(2008, 2, 28), date(2008, 3, 1)) == 3
    assert days(date(2008, 3, 1), date(2008, 2, 28)) == 0


def test_periods_hold_their_days() -> None:
    assert period_of("month", date(2008, 2, 29)).days == 29
    assert (
        period_of("year from 06-01", date(1942, 5, 31)).first,
        period_of("year from 06-01", date(1942, 6, 1)).id,
    ) == (date(1941, 6, 1), "1942")
    assert period_of("week", date(2024, 1, 3)).first == date(2024, 1, 1)
    with pytest.raises(UsageError):
        period_of("year from 02-30", date(2024, 1, 3))


def test_the_policy_tells_what_others_need() -> None:
    policy: Policy = load(GRAIN, "grain.toml")
    benefit = policy.benefits["grain"]
    assert (policy.divided, policy.k, policy.reserve) == (("grain",), 20, 0)
    assert (benefit.step_base, benefit.base_per_unit, benefit.undersupplied.cycles) == (500, 1000, 2)
    assert (benefit.uncollected.cycles, benefit.uncollected.days) == (0, 56)
    assert policy.sources == ("NFSA 2013 s.3", "sch. I")
    assert policy.entitlements[0].has_floor


def test_an_input_may_be_called_like_a_function() -> None:
    text = GRAIN.replace(
        "income = {of", 'age = {of = "member", type = "integer", unit = "year", purpose = "need"}\nincome = {of'
    )
    text = text.replace("card = 'PHH'", "card = 'PHH' and max(age) >= 60 and any(age(birth_date, period_start) < 99)")
    people: list[dict[str, object]] = [{"age": Fraction(61), "birth_date": date(1963, 1, 1)}]
    assert due(text, date(2024, 1, 1), {"card": "PHH"}, people).amount == 6_000


def test_weeks_are_counted_from_the_day_that_is_named() -> None:
    first = period_of("4 weeks from 1943-01-10", date(1943, 1, 10))
    assert (first.first, first.last, first.id) == (date(1943, 1, 10), date(1943, 2, 6), "1943-01-10")
    assert period_of("4 weeks from 1943-01-10", date(1943, 2, 7)).first == date(1943, 2, 7)
    assert period_of("4 weeks from 1943-01-10", date(1943, 1, 9)).last == date(1943, 1, 9)
    assert period_of("2 weeks", date(1900, 1, 14)).id == "1900-01-01"


def test_a_prorated_value_counts_for_its_days() -> None:
    text = GRAIN.replace("[param.phh]", '[param.phh]\nprorate = "days"').replace("2020-12-31", "2020-12-15")
    text = text.replace("from = 2021-01-01", "from = 2020-12-16").replace(
        'hit = "unique"', 'hit = "unique"\nround = {to = "1 g", mode = "floor"}'
    )
    family = {"card": "PHH", "size": Fraction(1)}
    assert due(text, date(2020, 12, 1), family).amount == (15 * 5000 + 16 * 6000) // 31
    assert due(text, date(2020, 11, 1), family).amount == 5000
    assert due(text, date(2021, 1, 1), family).amount == 6000


def test_the_rule_of_division_is_said_where_there_is_one() -> None:
    for rule in ("leximin", "lottery"):
        policy = load(GRAIN.replace('kind = "good"', f'kind = "good"\ndivision = "{rule}"'), "grain.toml")
        assert policy.division("grain", date(2024, 1, 1)) == Chosen(rule)


@pytest.mark.parametrize(
    ("kind", "unit", "division"),
    [("good", "kg", "leximin"), ("points", "coupon", "none"), ("voucher", "INR", "none"), ("service", "piece", "leximin"),
     ("allowance", "kWh", "none"), ("home", "piece", "assignment")],
)  # fmt: skip
def test_every_kind_of_benefit_is_granted(kind: str, unit: str, division: str) -> None:
    text = f"""[policy]
id = "kinds"
period = "month"
[benefit.thing]
kind = "{kind}"
unit = "{unit}"
division = "{division}"
[[entitlement]]
benefit = "thing"
amount = "2"
"""
    policy = load(text, "kinds.toml")
    found = Household(program_for(policy, period_for(policy, date(2024, 1, 1))), {"size": Fraction(1)}, None).due()
    base = {"kg": 2_000, "INR": 200, "kWh": 2_000}.get(unit, 2)
    assert (found["thing"].amount, policy.division("thing", date(2024, 1, 1))) == (base, Chosen(division))


def test_a_ration_by_the_day_is_rounded_to_a_gram_by_the_day() -> None:
    text = GRAIN.replace('unit = "kg/person"', 'unit = "g/person/day"').replace("value = 5}", 'value = "40/3"}')
    text = text.replace("value = 6}", 'value = "41/3"}').replace('then = "35"', 'then = "100"')
    text = text.replace('[table.due]\nunit = "kg"', '[table.due]\nunit = "g/day"')
    text = text.replace('hit = "unique"', 'hit = "unique"\nround = {to = "1 g", mode = "floor"}')
    text = text.replace('amount = "due"', 'amount = "due * days_in_period"').replace('"35 kg"', '"3100 g"')
    text = text.replace('"21 kg"', '"1860 g"')
    family = {"card": "PHH", "size": Fraction(1)}
    assert due(text, date(2013, 8, 1), family).amount == 13 * 31
    assert due(text, date(2024, 1, 1), family).amount == 13 * 31
    same = text.replace('to = "1 g"', 'to = "1 g/day"')
    assert due(same, date(2024, 1, 1), {**family, "size": Fraction(2)}).amount == 27 * 31


@pytest.mark.parametrize(
    ("day", "begins"), [("2013-07-04", "2013-07-01"), ("2013-07-31", "2013-07-01"), ("2031-01-09", "2031-01-01")]
)
def test_a_test_of_a_day_the_policy_is_not_in_force_on_is_refused(day: str, begins: str) -> None:
    text = GRAIN.replace("from = 2021-01-01, value", "from = 2021-01-01, to = 2030-12-31, value")
    load(text, "grain.toml")
    text = text.replace("on = 2024-01-01", f"on = {day}")
    with pytest.raises(InputError) as caught:
        load(text, "grain.toml")
    (problem,) = caught.value.problems
    assert (problem.row, problem.value) == (text[: text.index("on = 20")].count("\n") + 1, day)
    assert f"not in force for this test, and its period begins {begins}" in problem.message


def test_a_row_that_begins_within_a_period_reads_a_prorated_value() -> None:
    more = """[param.more]
unit = "kg"
source = "Order 7"
prorate = "days"
values = [{from = 2013-07-05, value = 0}, {from = 2024-01-17, value = 2}]
[step.large]"""
    text = GRAIN.replace("[step.large]", more, 1).replace("phh * size", "phh * size + more")
    text = text.replace('hit = "unique"', 'hit = "unique"\nround = {to = "1 g", mode = "floor"}')
    family = {"card": "PHH", "size": Fraction(1)}
    assert [due(text, date(2024, month, 1), family).amount for month in (1, 2)] == [6_000 + 2_000 * 15 // 31, 8_000]


def test_kcal_are_given_for_a_quantity_of_the_benefit() -> None:
    energy = 'kind = "good"\nenergy = {kcal = "350", per = "100 g", source = "a food table"}'
    text = GRAIN.replace('kind = "good"', energy)
    assert load(text, "grain.toml").benefits["grain"].energy_kcal == (7, 2)
    pieces = text.replace('[benefit.grain]', '[benefit.eggs]\nkind = "good"\nunit = "piece"\n'
                          'energy = {kcal = "70", per = "100 g", source = "x"}\n[benefit.grain]')  # fmt: skip
    with pytest.raises(InputError) as caught:
        load(pieces, "grain.toml")
    (problem,) = caught.value.problems
    assert ("not a quantity of piece" in problem.message, problem.value) == (True, "100 g")


def test_nth_is_the_nth_largest_and_0_where_there_are_fewer() -> None:
    dollar = '[param.dollar]\nunit = "kg/USD"\nsource = "x"\nvalues = [{from = 2013-07-05, value = 1}]\n[step.large]'
    text = GRAIN.replace("phh * size", "nth(income, 2) * dollar").replace("[step.large]", dollar)
    text = text.replace('hit = "unique"', 'hit = "unique"\nround = {to = "1 g", mode = "floor"}')
    people: list[dict[str, object]] = [{"income": Fraction(n)} for n in (100, 300, 200)]
    assert due(text, date(2024, 1, 1), {"card": "PHH"}, people).amount == 2_000
    assert due(text, date(2024, 1, 1), {"card": "PHH"}, people[:1]).amount == 0
    assert due(text, date(2024, 1, 1), {"card": "PHH"}, [{"income": Fraction(1)}, {}]).missing == "income"
