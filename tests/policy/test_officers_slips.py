"""What an officer gets wrong: each slip is told on its line, and the remedy says what to write."""

import pytest
from policy.samples import GRAIN

from evenhand.core.errors import InputError
from evenhand.flow.policy import load

# name, what is replaced, by what, the line to be named, words of the remedy
SLIPS = [
    ('share pct', 'share = "3/5"', 'share = "60%"', 39, 'write a share as a fraction, such '),
    ('share pct bare', 'share = "3/5"', 'share = 60%', 39, 'write a share as a fraction, such '),
    ('comma dec', 'value = 5}', 'value = 5,5}', 20, 'write decimals with a point, such '),
    ('comma str', 'value = 5}', 'value = "5,5"}', 20, 'write decimals with a point, such '),
    ('smart quotes', 'unit = "kg"\nstep', 'unit = “kg”\nstep', 13, 'write straight quotes, as in "kg" '),
    ('nbsp', 'kind = "good"', 'kind\xa0= "good"', 12, 'a space that does not break stands'),
    ('cyr letter name', '[param.phh]', '[param.рhh]', 17, 'write names in a-z, 0-9 and _, wit'),
    ('cyr in expr', 'phh * size', 'рhh * size', 33, 'write names in a-z, 0-9 and _'),
    ('cyr in word', '"AAY", "PHH"', '"АAY", "PHH"', 25, 'did you mean "АAY"? (letters of tw'),
    ('dup table', '[step.large]', '[table.due]\nunit="kg"\n[step.large]', 30, 'the name stands twice: keep one of'),
    ('dup key', 'unit = "kg/person"', 'unit = "kg/person"\nunit = "kg"', 19, 'the name stands twice: keep one of'),
    ('bool quotes', 'size >= 7', 'size => 7', 27, 'write >='),
    ('eqeq', "card = 'AAY'", "card == 'AAY'", 32, 'write one ='),
    ('neq', "card = 'AAY'", "card != 'AAY'", 32, 'write <>'),
    ('upper AND', "card = 'AAY'", "card = 'AAY' AND size > 2", 32, 'write and'),
    ('number large', 'value = 6', 'value = 99999999999999999999', 21, 'use another unit'),
    ('neg value', 'value = 6', 'value = -6', 38, 'write greatest(0, …), or declare a'),
    ('date slash', 'from = 2021-01-01', 'from = 01/01/2021', 21, 'write dates as year-month-day, suc'),
    ('date short', 'from = 2021-01-01', 'from = 2021-1-1', 21, 'write dates with two digits each, '),
    ('date feb30', 'from = 2021-01-01', 'from = 2021-02-30', 21, 'there is no such day: look at the '),
    ('date quoted', 'from = 2013-07-05, to', 'from = "2013-07-05", to', 20, 'write from = 2013-07-05, without q'),
    ('datetime', 'from = 2021-01-01', 'from = 2021-01-01T00:00:00', 21, 'write from = 2013-07-05, without q'),
    ('div 0', 'phh * size', 'phh * size / (size - 1)', 33, 'declare its range, or write greate'),
    ('div input', 'phh * size', 'phh / size', 33, 'mend the formula or the unit'),
    ('frac', 'then = "35"', 'then = "35.5555"', 38, 'round where the law rounds: round '),
    ('frac g', 'then = "35"', 'then = "1/3"', 38, 'round where the law rounds: round '),
    ('no otherwise', 'otherwise = {then = "0", because = "no eligible card"}\n',
     '', 28, 'write otherwise = {then = "0", bec'),
    ('otherwise no because', ', because = "no eligible card"', '', 35, 'write because = "why"'),
    ('unit wrong then', 'then = "35"', 'then = "rent"', 32, 'mend the formula or the unit'),
    ('unit L', 'unit = "kg"\nstep', 'unit = "KG"\nstep', 13, 'did you mean "kg"?'),
    ('unit kilo', 'unit = "kg/person"', 'unit = "kilo/person"', 18, 'did you mean "kg"?'),
    ('unit per month', 'unit = "kg/person"', 'unit = "kg/person/month"', 18, 'write "kg/person"'),
    ('missing id pol', 'id = "grain"\n', '', 1, 'write id = "india-nfsa"'),
    ('missing period', 'period = "month"\n', '', 1, 'write period = "month"'),
    ('period monthly', 'period = "month"', 'period = "monthly"', 4, 'write "month", "week", "4 weeks fr'),
    ('unknown section', '[lookup.price]', '[lookups.price]', 22, 'did you mean "lookup"?'),
    ('missing source lookup', 'source = "sch. I", ', '', 25, 'write source = "the law and its pa'),
    ('value without from', '{from = 2021-01-01, value = 6}', '{value = 6}', 21, 'write from = 2013-07-05'),
    ('table missing unit', '[table.due]\nunit = "kg"', '[table.due]', 28, 'write unit = "kg"'),
    ('circle', 'phh * size', 'phh * size + twice', 33, 'did you mean "price"?'),
    ('range missing', 'type = "number", unit = "USD", range = [0, 5000]',
     'type = "number", range = ["a", 3]', 9, 'write range = [0, 100000]'),
    ('type str', 'type = "category"', 'type = "string"', 8, 'use one of them'),
    ('of person', 'of = "member"', 'of = "person"', 10, 'use one of them'),
    ('test of unknown row', '["due.aay"]', '["due.zzz"]', 46, 'write TABLE.ROW'),
    ('test unit less', 'grain = "35 kg"', 'grain = "35"', 45, 'write "35 kg"'),
    ('test wordcase', 'card = "AAY", size', 'card = "aay", size', 44, 'did you mean "AAY"?'),
    ('benefit none', 'benefit = "grain"\n', '', 36, 'write benefit = "grain"'),
    ('dup entitlement', '[[entitlement]]',
     '[[entitlement]]\nbenefit="grain"\namount="due"\n[[entitlement]]', 39, 'give each its own name'),
    ('floor >1', '"3/5"', '1.5', 39, 'write share = "3/5"'),
    ('floor neg', '"3/5"', '"-1/5"', 39, 'write share = "3/5"'),
    ('round str', 'hit = "unique"', 'hit = "unique"\nround = "1 kg"', 31, 'write round = {to = "1 kg", mode ='),
    ('round mode', 'hit = "unique"', 'hit = "unique"\nround = {to = "1 kg"}', 31, 'write mode = "floor"'),
    ('round to 0', 'hit = "unique"', 'hit = "unique"\nround = {to = "0 kg", mode="floor"}', 31, 'write to = "1 kg"'),
    ('round unit', 'hit = "unique"',
     'hit = "unique"\nround = {to = "1 USD", mode="floor"}', 31, 'round to a quantity of its own uni'),
    ('between', 'size >= 7', 'size between 3', 27, 'write x between 1 and 3'),
    ('in empty', "card = 'AAY'", 'card in ()', 32, 'write at least one value'),
    ('in noparen', "card = 'AAY'", "card in 'AAY'", 32, "write x in ('one', 'two')"),
    ('unclosed quote', 'because = "fixed 35 kg"', 'because = "fixed 35 kg', 32, 'close every quote and bracket that'),
    ('unclosed bracket', 'values = [{from = 2013-07-05, source',
     'values = {from = 2013-07-05, source', 25, 'mend the line (see spec/policy-gra'),
    ('empty because', 'because = "fixed 35 kg"', 'because = ""', 32, 'write because = "why, in words a h'),
    ('number when', '"card = \'AAY\'"', 'true', 32, 'write when = "true"'),
    ('row over self', 'id = "phh"', 'id = "phh", over = "phh"', 33, 'name a row of this table'),
    ('kw thousand', 'then = "35"', 'then = "35,000"', 32, 'write 0; a large number without sp'),
    ('thousand sep', 'then = "35"', 'then = "35 000"', 32, 'write 0; a large number without sp'),
    ('kg in then', 'then = "35"', 'then = "35 kg"', 32, 'write numbers bare, without their '),
    ('future to', 'period = "month"',
     'period = "month"\nfrom = 2022-01-01\nto = 2021-01-01', 6, 'write the days in their order'),
    ('leap', 'period = "month"', 'period = "month"\nleap = "29 Feb"', 5, 'did you mean "28 Feb"?'),
    ('presence', 'period = "month"', 'period = "month"\npresence = "fingerprint"', 5, 'use one of them'),
    ('k 0', 'period = "month"', 'period = "month"\nk = 0', 5, 'write k = 20'),
    ('reserve', 'period = "month"', 'period = "month"\nreserve = "1%"', 5, 'write a share as a fraction, such '),
    ('division', 'kind = "good"', 'kind = "good"\ndivision = "lottery"', 13, 'write division = "leximin", or lea'),
    ('prices', 'kind = "good"', 'kind = "good"\nprices = "price"', 13, 'write price = … under [[entitlemen'),
    ('step unit', 'step = "500 g"', 'step = 500', 14, 'write step = "500 g"'),
    ('step neg', 'step = "500 g"', 'step = "-500 g"', 14, 'write step = "500 g"'),
    ('extends list', '[policy]', 'extends = ["a.toml"]\n[policy]', 1, 'read it from its own folder, where'),
    ('assume no because', 'purpose = "class"}',
     'purpose = "class", assume = "none"}', 8, 'write because = "why a blank cell '),
    ('assume word', 'purpose = "class"}',
     'purpose = "class", assume = "nine", because = "x"}', 8, 'mend it, or leave it out'),
    ('assume range', 'range = [0, 5000], purpose = "need"}',
     'range = [0, 5000], purpose = "need", assume = 6000, because = "x"}', 9, 'mend it, or leave it out'),
    ('served', 'price = "price"', 'price = "price"\nserved = "everywhere"', 41, 'did you mean "anywhere"?'),
    ('away', 'price = "price"', 'price = {home = "price", away = "price"}', 40, 'write served = "anywhere" or "home'),
    ('prorate tbl', 'unit = "kg/person"', 'unit = "kg/person"\nprorate = "weeks"', 19, 'use one of them'),
    ('row dup over', 'otherwise', 'rows2 = 3\notherwise', 35, 'did you mean "rows"?'),
    ('semicolon toml', 'kind = "good"', 'kind = "good";', 12, 'a line ends without ;'),
    ('colon', 'kind = "good"', 'kind: "good"', 12, 'write key = value, as in unit = "k'),
    ('single =', 'kind = "good"', 'kind "good"', 12, 'write key = value, as in unit = "k'),
    ('True', 'kind = "good"', 'kind = True', 12, 'write true or false in small lette'),
    ('unquoted', 'kind = "good"', 'kind = good', 12, 'write texts in quotes, as in kind '),
    ('each_more no', 'rows = {AAY = 3, PHH = 3, none = 0}',
     'rows = {AAY = 3, PHH = 3, none = 0, each_more = 2}', 25, 'give the numbers before it a value'),
    ('apostrophe', "'AAY'", '’AAY’', 32, 'write words in straight single quo'),
    ('row to before pol', 'id = "aay"', 'id = "aay", from = 2010-01-01, to = 2012-01-01', 32, 'mend its days'),
    ('sum of household', 'phh * size', 'sum(rent)', 33, 'mend the formula or the unit'),
    ('any number', 'size >= 7', 'any(income)', 27, "write any(sex = 'f')"),
    ('compare date num', 'size >= 7', 'period_start > 2020', 27, 'compare like with like'),
    ('age no day', 'size >= 7', 'any(age(birth_date) > 3)', 27, 'write age(birth_date, period_start'),
    ('today', 'size >= 7', 'any(age(birth_date, today) > 3)', 27, 'write period_start or period_end: '),
    ('occupation undeclared', 'size >= 7', "any(occupation = 'miner')", 27, 'list its words under [category] oc'),
    ('sex m', 'size >= 7', "any(sex = 'male')", 27, 'use one of f, m'),
    ('name upper', 'phh * size', 'PHH * size', 33, 'did you mean "phh"?'),
    ('lookup called', 'price = "price"', 'price = "price(card)"', 40, 'a lookup is written by its name al'),
    ('entitlement as table', '[[entitlement]]', '[entitlement]', 36, 'write [[entitlement]] or entitleme'),
    ('test as table', '[[test]]', '[test]', 41, 'write [[test]] or test = [{ … }, …'),
    ('values table', 'values = [{from = 2013-07-05, source = "sch. I", rows = {AAY = 3, PHH = 3, none = 0}}]',
     'values = {from = 2013-07-05, source = "sch. I", rows = {AAY = 3, PHH = 3, none = 0}}',
     25, 'write values = [{from = 2020-01-01'),
    ('row missing when', 'when = "card = \'PHH\'", ', '', 33, 'write when = "true"'),
    ('rows missing id dup', 'id = "aay"', 'id = "otherwise"', 32, 'use letters, digits, _ and -, at m'),
    ('unit mismatch add', 'phh * size', 'phh * size + 3 * rent', 33, 'bring both to one unit'),
    ('param as kg', 'unit = "kg/person"', 'unit = "kg"', 33, 'mend the formula or the unit'),
    ('sum kg + INR', 'then = "35"', 'then = "35 + price"', 32, 'mend the formula or the unit'),
    ('test size 0', 'size = 9', 'size = 0', 44, 'write a size from 1 to 1000, or ex'),
    ('test size frac', 'size = 9', 'size = 2.5', 44, 'give whole base units, or declare '),
    ('test size text', 'size = 9', 'size = "nine"', 44, 'write size = 4'),
    ('expect bool', 'grain = "35 kg"', 'grain = true', 45, 'write its unit, as in "35 kg"'),
    ('expect pct', 'grain = "35 kg"', 'grain = "35%"', 45, 'write a number, a space and a unit'),
    ('two sections same entit floor', 'floor = {share = "3/5", round = "ceiling"}',
     'floor = "3/5"', 39, 'write floor = {share = "3/5", roun'),
    ('floor number', 'floor = {share = "3/5", round = "ceiling"}',
     'floor = 0.6', 39, 'write floor = {share = "3/5", roun'),
    ('values empty', 'values = [{from = 2013-07-05, to = 2020-12-31, value = 5},\n          {from = 2021-01-01, value = 6}]',
     'values = []', 20, 'write values = [{from = 2020-01-01'),
    ('value missing', '{from = 2021-01-01, value = 6}', '{from = 2021-01-01}', 21, 'write value = 5'),
    ('value text', 'value = 6}', 'value = "six"}', 21, 'write value = 5'),
    ('value kg', 'value = 6}', 'value = "6 kg"}', 21, 'write value = 5'),
    ('same from', 'from = 2021-01-01', 'from = 2013-07-05', 21, 'end the first the day before'),
    ('to inclusive overlap', 'to = 2020-12-31', 'to = 2021-01-01', 21, 'end the first the day before'),
    ('policy from before values', 'period = "month"',
     'period = "month"\nfrom = 2000-01-01', 34, 'give the row from and to, or the v'),
    ('unknown key policy', 'period = "month"',
     'period = "month"\ncountry = "x"', 5, 'use one of id, period, leap, from,'),
    ('category str', 'card = ["AAY", "PHH", "none"]', 'card = "AAY"', 6, 'write card = ["one", "two"]'),
    ('category empty', 'card = ["AAY", "PHH", "none"]', 'card = []', 6, 'write card = ["one", "two"]'),
    ('cat num', 'card = ["AAY", "PHH", "none"]', 'card = [1, 2]', 6, 'write card = ["one", "two"]'),
    ('input not table', 'card = {of = "household", type = "category", purpose = "class"}',
     'card = "household"', 8, 'write it as { key = value, … } or '),
    ('purpose relig', 'purpose = "class"', 'purpose = "caste of the family"', 8, 'leave it out: a public ration asks'),
    ('kind cash', 'kind = "good"', 'kind = "cash"', 12, 'use one of them'),
    ('carry', '"carry 2 cycles"', '"carry two cycles"', 15, 'write "carry 2 cycles", "carry", "'),
    ('lapse', '"lapse after 8 weeks"', '"lapses after 8 weeks"', 16, 'write "carry 2 cycles", "carry", "'),
    ('energy', 'step = "500 g"', 'step = "500 g"\nenergy = {kcal = 350}', 15, 'write per = "100 g"'),
    ('parts 0', 'step = "500 g"', 'step = "500 g"\nparts = 0', 15, 'write parts = 1'),
    ('amount word', 'amount = "due"', 'amount = "grain"', 38, 'declare it under [input], [param],'),
    ('tier 0', 'price = "price"', 'tier = "0"', 40, 'use a table with unit = "number"'),
    ('tier frac', 'price = "price"', 'tier = "1.5"', 40, 'use a table with unit = "number"'),
    ('price usd per l', 'unit = "INR/kg"', 'unit = "INR/l"', 40, 'give it a unit such as "INR/kg"'),
    ('price no money', 'unit = "INR/kg"', 'unit = "kg"', 40, 'give it a unit such as "INR/kg"'),
    ('lookup by date', 'by = ["card"]', 'by = ["birth_date"]', 23, 'declare it under [input]'),
    ('lookup by 4', 'by = ["card"]', 'by = ["card","size","rent","income"]', 23, 'write by = ["card"]'),
    ('lookup nested missing', 'by = ["card"]', 'by = ["card", "size"]', 25, 'write rows = {key = value, …}'),
    ('lookup no by', 'by = ["card"]\n', '', 22, 'write by = ["card"]'),
    ('rows list', 'rows = {AAY = 3, PHH = 3, none = 0}', 'rows = [3, 3, 0]', 25, 'write it as { key = value, … } or '),
    ('not without', 'size >= 7', 'not size', 27, 'compare it with something'),
    ('chained', 'size >= 7', '1 < size < 7', 27, 'write 1 < size and size < 7, or si'),
    ('minus bool', 'size >= 7', '- large', 27, 'let one of them stand on its own'),
    ('self step', 'size >= 7', 'large', 27, 'let one of them stand on its own'),
    ('percent expr', 'phh * size', 'phh * size * 20%', 33, 'write a share as a fraction, such '),
    ('power', 'phh * size', 'phh ^ 2', 33, 'use + - * / = <> < <= > >= ( ) , a'),
    ('mod', 'phh * size', 'phh % 2', 33, 'write a share as a fraction, such '),
    ('comment', 'phh * size', 'phh * size -- x', 33, 'declare it under [input], [param],'),
    ('hash', 'phh * size', 'phh * size # x', 33, 'use + - * / = <> < <= > >= ( ) , a'),
    ('huge', 'phh * size', 'phh * size * 99999999999999999999999999999999999', 33, 'write a smaller number'),
    ('x sign', 'phh * size', 'phh × size', 33, 'write names in a-z, 0-9 and _'),
    ('sub query', 'phh * size', '(select 1)', 33, 'write numbers bare, without their '),
    ('semic', 'phh * size', 'phh; size', 33, 'write one formula only'),
    ('member w/o agg', 'size >= 7', "sex = 'f'", 27, 'put it into sum( ), any( ), all( )'),
    ('age compare no agg', 'size >= 7', 'age(birth_date, period_start) > 5', 27, 'put it into sum( ), any( ), all( )'),
    ('toml dotted redefine', '[step.large]',
     '[param]\nphh.unit = "kg"\n[step.large]', 27, 'the name stands twice: keep one of'),
    ('inline newline', 'floor = {share = "3/5", round = "ceiling"}',
     'floor = {share = "3/5",\n round = "ceiling"}', 39, 'write everything between { and } o'),
    ('trailing comma', 'floor = {share = "3/5", round = "ceiling"}',
     'floor = {share = "3/5", round = "ceiling",}', 39, 'leave the last comma before } out'),
    ('null byte', 'Grain by card', 'Grain\x00', 3, 'take the invisible character out'),
    ('ctrl', 'Grain by card', 'Grain\x07', 3, 'take the invisible character out'),
    ('esc', 'Grain by card', 'Grain \\d', 3, 'write \\\\ for one \\, or put the tex'),
    ('sing quote in dbl', '"card = \'AAY\'"', "'card = 'AAY''", 32, 'write the formula in double quotes'),
    ('dq in dq', '"card = \'AAY\'"', '"card = "AAY""', 32, 'write words inside a formula in si'),
    ('unlisted lang', 'title = "Grain by card"', 'title = {de = "x"}', 3, 'use en, fr, ar, hi, each with a te'),
    ('title num', 'title = "Grain by card"', 'title = 5', 3, 'write title = "in words"'),
    ('4 weeks bad', 'period = "month"', 'period = "4 weeks from 1943-02-30"', 4, 'write "month", "week", "4 weeks fr'),
    ('year from', 'period = "month"', 'period = "year from 13-01"', 4, 'write "month", "week", "4 weeks fr'),
    ('prices unknown', 'kind = "good"\nunit = "kg"\nstep = "500 g"',
     'kind = "points"\nunit = "point"\nprices = "prics"', 14, 'did you mean "price"?'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "remedy"), [slip[1:] for slip in SLIPS], ids=[slip[0] for slip in SLIPS]
)
def test_a_slip_is_told_on_its_line(old: str, new: str, line: int, remedy: str) -> None:
    assert old in GRAIN
    with pytest.raises(InputError) as caught:
        load(GRAIN.replace(old, new, 1), "grain.toml")
    first = caught.value.problems[0]
    assert (first.row, first.column > 0) == (line, True), first.line()
    assert remedy in first.remedy
    assert first.message


def test_the_column_is_that_of_the_offending_text() -> None:
    with pytest.raises(InputError) as caught:
        load(GRAIN.replace("phh * size", "phh * sise"), "grain.toml")
    (problem,) = caught.value.problems
    line = GRAIN.replace("phh * size", "phh * sise").splitlines()[problem.row - 1]
    assert line[problem.column - 1 :].startswith("sise")
    assert problem.line().startswith(f"grain.toml, line {problem.row}, column {problem.column}, ")


def test_files_of_other_systems_load_or_say_why() -> None:
    load(GRAIN.replace("\n", "\r\n"), "grain.toml")
    load(GRAIN.replace("unit =", "\tunit\t="), "grain.toml")
    with pytest.raises(InputError) as caught:
        load("\ufeff" + GRAIN, "grain.toml")
    assert (caught.value.problems[0].row, caught.value.problems[0].remedy) == (1, "save it as UTF-8 without BOM")


def test_a_table_that_leaves_a_household_out_shows_it() -> None:
    with pytest.raises(InputError) as caught:
        load(GRAIN.replace('otherwise = {then = "0", because = "no eligible card"}\n', ""), "grain.toml")
    assert "no row fits a household with card = none" in caught.value.problems[0].message
