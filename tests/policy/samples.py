"""A small whole policy to mend and break: the example of the language's own page, one table a line."""

GRAIN = """\
[policy]
id = "grain"
title = "Grain by card"
period = "month"
[category]
card = ["AAY", "PHH", "none"]
[input]
card = {of = "household", type = "category", purpose = "class"}
rent = {of = "household", type = "number", unit = "USD", range = [0, 5000], purpose = "need"}
income = {of = "member", type = "number", unit = "USD", range = [0, 9000], purpose = "need"}
[benefit.grain]
kind = "good"
unit = "kg"
step = "500 g"
undersupplied = "carry 2 cycles"
uncollected = "lapse after 8 weeks"
[param.phh]
unit = "kg/person"
source = "NFSA 2013 s.3"
values = [{from = 2013-07-05, to = 2020-12-31, value = 5},
          {from = 2021-01-01, value = 6}]
[lookup.price]
by = ["card"]
unit = "INR/kg"
values = [{from = 2013-07-05, source = "sch. I", rows = {AAY = 3, PHH = 3, none = 0}}]
[step.large]
is = "size >= 7"
[table.due]
unit = "kg"
hit = "unique"
rows = [
  {id = "aay", when = "card = 'AAY'", then = "35", because = "fixed 35 kg"},
  {id = "phh", when = "card = 'PHH'", then = "phh * size", because = "for each member"},
]
otherwise = {then = "0", because = "no eligible card"}
[[entitlement]]
benefit = "grain"
amount = "due"
floor = {share = "3/5", round = "ceiling"}
price = "price"
[[test]]
name = "AAY family of 9"
on = 2024-01-01
given = {card = "AAY", size = 9}
expect = {grain = "35 kg", grain_floor = "21 kg"}
because = ["due.aay"]
"""


def line_of(text: str, part: str) -> int:
    """The line on which `part` stands."""
    return text[: text.index(part)].count("\n") + 1
