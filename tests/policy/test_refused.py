"""Broken policies: each is refused with the line it is wrong on, what is wrong, and what to do."""

import pytest
from policy.samples import GRAIN, line_of

from evenhand.core.errors import InputError
from evenhand.flow.policy import load

CASES = [
    # what is replaced, by what, a text on the line to be named (None: there), words of the message, words of the remedy
    ("phh * size", "phh * sise", None, 'no name "sise"', "size"),
    ("phh * size", "35 kg", None, '"kg" follows a value', "without their unit"),
    ("phh * size", "phh *", None, "not a formula", ""),
    ("phh * size", "1; drop table x", None, "one formula", ""),
    ("phh * size", "size", None, "result is in person, and kg", "unit"),
    ("phh * size", "phh + size", None, "does not go with", "one unit"),
    ("phh * size", "phh * size / rent", None, "divisor may be 0", "range"),
    ("phh * size", "phh * size / 0", None, "division by zero", ""),
    ("phh * size", "phh * size / greatest(1, rent) * rent", None, "inside a rounding", "round"),
    ("phh * size", "phh * 007", None, "may not begin with 0", "7"),
    ("phh * size", "phh * 1e3", None, "runs into other text", ""),
    ("phh * size", "read_csv('/etc/passwd')", None, 'no function "read_csv"', "greatest"),
    ("phh * size", "sum", None, "wants brackets", "sum("),
    ("phh * size", "nth(income, 0)", None, "a whole number from 1", "second largest"),
    ("phh * size", "nth(income)", None, "two things are wanted", "nth(income, 2)"),
    ("phh * size", "income", None, "belongs to each member", "sum( )"),
    ("phh * size", "count(1)", None, "wants a condition", "count"),
    ("phh * size", "min(income, 3)", None, "one thing is wanted", ""),
    ("phh * size", "sum(sum(income))", None, "rules of households", ""),
    ("phh * size", "days(1, 2)", None, "a date is wanted", "period_start"),
    ("phh * size", "add_years(period_start, 3) - 1", None, "29 February", "leap"),
    ("phh * size", "phh * size * (size > 3)", None, "condition stands in arithmetic", ""),
    ("phh * size", "due", None, "round in a circle: due -> due", ""),
    ("phh * size", "phh * size - 1000", 'amount = "due"', "fall below 0", "greatest"),
    ("phh * size", "phh * size / 7", 'amount = "due"', "a fraction reaches an entitlement", "round"),
    ("phh * size", "phh * size * 999999999999999", None, "2^62", "range"),
    ("card = 'PHH'", "card = 'PHX'", None, '"PHX" is not a word of card', "PHH"),
    ("card = 'PHH'", "card < 'PHH'", None, "words have no order", ""),
    ("card = 'PHH'", "card = 3", None, "compared with", ""),
    ("card = 'PHH'", "card", None, "a word stands where a condition is wanted", "compare"),
    ("card = 'PHH'", "'PHH'", None, "a word stands alone", ""),
    ("card = 'PHH'", "card = 'PHH' or size > 3 and size < 5", None, "needs brackets", ""),
    ("card = 'PHH'", "religion = 'x'", None, "religion", "leave it out"),
    ("card = 'PHH'", "size > 'x'", None, "", ""),
    ("card = 'PHH'", 'card = \\"PHH\\"', None, "double quotes", "single"),
    ("card = 'PHH'", "card in ('PHH', 'AAY')", None, "both fit a household with card = AAY", 'over = "aay"'),
    ("card = 'PHH'", "card = 'PHH' and size > 5 and size < 3", None, "can never fit", ""),
    ("card = 'PHH'", "rent > 9 and rent > income", None, "belongs to each member", ""),
    ("to = 2020-12-31", "to = 2021-03-31", "from = 2021-01-01", "two values", "day before"),
    ("to = 2020-12-31", "to = 2020-11-30", "from = 2021-01-01", "no value from 2020-12-01 to 2020-12-31", "gap"),
    ("to = 2020-12-31", "to = 2012-12-31", None, "before the first", ""),
    ("{from = 2021-01-01, value = 6}", "{value = 6}", None, '"from" is missing', "2013"),
    ("{from = 2021-01-01, value = 6}", '{from = "2021-01-01", value = 6}', None, "a date is wanted", "without quotes"),
    ("{from = 2021-01-01, value = 6}", "{from = 2021-01-01, value = true}", None, "exact number", ""),
    ("{from = 2021-01-01, value = 6}", "{from = 2021-01-01, valeu = 6}", None, '"valeu" means nothing', "value"),
    ("{from = 2021-01-01, value = 6}", "{from = 2021-01-01, value = nan}", None, "exact number", ""),
    ('source = "NFSA 2013 s.3"', "", "{from = 2013-07-05, to", "without a source", "source"),
    ('unit = "kg/person"', 'unit = "kg/household"', None, "never written", 'write "kg"'),
    ('unit = "kg/person"', 'unit = "stone"', None, "not a unit", "kg"),
    ('unit = "kg/person"', "", "[param.phh]", '"unit" is missing', ""),
    ("rows = {AAY = 3, PHH = 3, none = 0}", "rows = {AAY = 3, PHH = 3}", None, "no value for none", "every key"),
    ("rows = {AAY = 3, PHH = 3, none = 0}", "rows = {AAY = 3, PHH = 3, nine = 0}", None, '"nine" is not one', "none"),
    ('by = ["card"]', 'by = ["kard"]', None, 'no input "kard"', "card"),
    ('id = "phh"', 'id = "aay"', None, 'two rows are called "aay"', "own id"),
    ('id = "phh", ', "", "phh * size", '"id" is missing', "id ="),
    (', because = "for each member"', "", "phh * size", '"because" is missing', "because"),
    ('id = "phh"', 'id = "phh", over = "zzz"', None, 'no other row "zzz"', ""),
    ('id = "phh"', 'id = "phh", from = 2024-01-02, to = 2024-01-30', None, "no first day of a period", ""),
    ('id = "aay", when', 'id = "aay", over = "aay", when', None, 'no other row "aay"', "name a row"),
    ('hit = "unique"', 'hit = "uniq"', None, "not one of unique, first, sum", "unique"),
    ('hit = "unique"', 'hit = "unique"\nprorate = "days"', "prorate", "only values are prorated", "[param.NAME]"),
    ("[[entitlement]]", '[[amend]]\ntarget = "x"\n[[entitlement]]', "[[amend]]", "extends no other", "extends"),
    ("[benefit.grain]", '[benefit.oil]\nkind = "good"\nunit = "l"\n[benefit.grain]', None, "no entitlement grants", "leave"),
    ('benefit = "grain"', 'benefit = "gain"', None, 'no benefit "gain"', "grain"),
    ('amount = "due"', 'amount = "dew"', None, 'no name "dew"', "due"),
    ('amount = "due"', "", "[[entitlement]]", '"amount" is missing', ""),
    ('amount = "due"', 'amount = "large"', None, "a bool stands where a number is wanted", ""),
    ('share = "3/5", round = "ceiling"', 'share = "3/5"', None, "a fraction reaches a floor", "round"),
    ('share = "3/5"', 'share = "6/5"', None, "from 0 to 1", ""),
    ('round = "ceiling"', 'round = "nearest"', None, "not one of", ""),
    ('price = "price"', 'price = "due"', None, "a price is money", "INR/kg"),
    ('step = "500 g"', 'step = "500 ml"', None, "not a quantity of kg", ""),
    ('step = "500 g"', 'step = "0 g"', None, "above 0", ""),
    ('kind = "good"', 'kind = "goods"', None, "not one of", "good"),
    ('undersupplied = "carry 2 cycles"', 'undersupplied = "carry on"', None, "not a rule", "lapse"),
    ('period = "month"', 'period = "moon"', None, "not a period", "month"),
    ('id = "grain"', 'id = "../grain"', None, "cannot be the id", ""),
    ('card = ["AAY", "PHH", "none"]', 'card = ["AAY", "AAY"]', None, "different words", ""),
    ("card = {of", "religion = {of", None, "religion", "leave it out"),
    ('purpose = "class"', 'purpose = "which party he votes for"', None, "politics", ""),
    ('purpose = "class"', 'purpose = "songbun"', None, "politics", ""),
    ("rent = {of", "tribe = {of", None, "ethnicity", ""),
    (', purpose = "class"}', "}", None, '"purpose" is missing', ""),
    ('type = "category"', 'type = "categories"', None, "not one of", "category"),
    ("range = [0, 5000]", "range = [5000, 0]", None, "lowest and the highest", ""),
    ('given = {card = "AAY", size = 9}', 'given = {kard = "AAY", size = 9}', None, 'no input "kard"', "card"),
    ('grain = "35 kg"', 'grian = "35 kg"', None, 'no entitlement "grian"', "grain"),
    ('grain = "35 kg"', 'grain = "35 l"', None, "not a quantity of kg", ""),
    ('grain = "35 kg"', "grain = 35", None, "a quantity is wanted", "35 kg"),
    ('because = ["due.aay"]', 'because = ["due.ay"]', None, 'no row "due.ay"', "due.aay"),
    ("[step.large]", "[step.phh]", None, 'the name "phh" is taken', ""),
    ("[step.large]", "[step.Large]", None, "not a name", ""),
    ("[table.due]", "[tabel.due]", None, '"tabel" means nothing', "table"),
    ("on = 2024-01-01", "on = 2024-02-30", None, "not TOML", ""),
    ("[policy]", "[policy", None, "not TOML", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "at", "message", "remedy"), CASES, ids=[f"{i}-{c[1][:30]}" for i, c in enumerate(CASES)]
)
def test_a_broken_policy_is_refused_with_its_line(
    old: str, new: str, at: str | None, message: str, remedy: str
) -> None:
    assert old in GRAIN
    text = GRAIN.replace(old, new, 1)
    line = line_of(text, at) if at else GRAIN[: GRAIN.index(old)].count("\n") + 1
    with pytest.raises(InputError) as caught:
        load(text, "grain.toml")
    found = caught.value.problems
    fitting = [
        problem for problem in found if problem.row == line and message in problem.message and remedy in problem.remedy
    ]
    assert fitting, "\n".join(problem.line() for problem in found)
    assert all(problem.file == "grain.toml" and problem.remedy for problem in found)


def test_exceptions_in_a_circle_are_told_once_for_each_row() -> None:
    rows = "".join(
        f'  {{id = "{one}", over = "{other}", when = "size > 3", then = "1", because = "x"}},\n'
        for one, other in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    text = GRAIN.replace("]\notherwise", rows + "]\notherwise")
    with pytest.raises(InputError) as caught:
        load(text, "grain.toml")
    circles = [one for one in caught.value.problems if "exception of its own exception" in one.message]
    assert [one.row for one in circles] == [line_of(text, f'id = "{one}"') for one in "abc"]


def test_the_policy_they_are_made_of_loads() -> None:
    load(GRAIN, "grain.toml")


def test_all_faults_are_told_at_once() -> None:
    text = (
        GRAIN.replace("phh * size", "phh * sise")
        .replace("'AAY'\"", "'AAX'\"")
        .replace('step = "500 g"', 'step = "0 g"')
    )
    with pytest.raises(InputError) as caught:
        load(text, "grain.toml")
    assert [problem.row for problem in caught.value.problems] == sorted(
        [line_of(text, "sise"), line_of(text, "'AAX'"), line_of(text, "0 g")]
    )


def test_what_reads_a_wrong_rule_is_not_called_wrong_itself() -> None:
    with pytest.raises(InputError) as caught:
        load(
            GRAIN.replace('is = "size >= 7"', 'is = "size >="').replace("card = 'PHH'", "card = 'PHH' and large"),
            "grain.toml",
        )
    assert len(caught.value.problems) == 1
