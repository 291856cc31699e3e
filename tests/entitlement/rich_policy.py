"""One policy that uses every operation of the language, for comparing the engine with exact arithmetic."""

MODES = ("floor", "ceiling", "half-up", "half-down", "half-even", "toward-zero", "away-from-zero")

HEAD = """
[policy]
id = "rich"
period = "month"
leap = "LEAP"

[category]
card = ["AAY", "PHH", "none"]
old_card = ["x"]
occupation = ["miner", "home", "pupil"]

[input]
card = {of = "household", type = "category", purpose = "class"}
second = {of = "household", type = "category", category = "card", purpose = "class before"}
rent = {of = "household", type = "number", unit = "USD", range = [-200, 1000], purpose = "rent"}
rooms = {of = "household", type = "number", range = [0, 9], purpose = "rooms"}
plot = {of = "household", type = "number", parts = 100, range = [0, 50], purpose = "hectares"}
stove = {of = "household", type = "bool", purpose = "fuel"}
garden = {of = "household", type = "bool", purpose = "food of its own", assume = false, because = "none was reported"}
debt = {of = "household", type = "number", unit = "USD", range = [0, 900], purpose = "need", assume = 12.50, because = "w"}
income = {of = "member", type = "number", unit = "USD", range = [0, 5000], purpose = "need"}
ill = {of = "member", type = "bool", purpose = "need"}
since = {of = "member", type = "date", range = [2000-01-01, 2030-12-31], purpose = "arrival"}

[benefit.grain]
kind = "good"
unit = "g"
[benefit.cash]
kind = "allowance"
unit = "USD"
[benefit.shoes]
kind = "good"
unit = "pair"
parts = 12
[benefit.points]
kind = "points"
unit = "point"

[param.each]
unit = "kg/person"
source = "law 1"
values = [{from = 2020-01-01, value = "2.5"}, {from = 2024-03-01, to = 2024-12-31, value = 3}]

[param.share]
unit = "number"
source = "law 2"
values = [{from = 2020-01-01, value = "1/7"}]

[param.point_each]
unit = "point/person"
source = "law 2"
values = [{from = 2020-01-01, value = 1}]

[lookup.by_card]
by = ["card"]
unit = "kg"
values = [{from = 2020-01-01, source = "law 3", rows = {AAY = 35, PHH = "1/3", none = 0}}]

[lookup.by_size]
by = ["size"]
unit = "USD"
values = [{from = 2020-01-01, source = "law 4", rows = {1 = 298, 2 = 546, 3 = 785, each_more = "218.5"}}]

[lookup.by_room]
by = ["card", "rooms"]
unit = "kg"
values = [{from = 2020-01-01, source = "law 5", rows = {AAY = {0 = 1, 1 = 2}, PHH = {2 = 5}, other = 3}}]

[lookup.by_card_and_size]
by = ["card", "size"]
unit = "kg"
values = [
  {from = 2020-01-01, source = "l", rows = {AAY = {1 = 1, 2 = 3, each_more = "1.5"}, PHH = {2 = 5, other = 7}, other = 2}},
]

[param.daily]
unit = "kg"
source = "law 7"
prorate = "days"
values = [{from = 2020-01-01, value = 1}, {from = 2024-03-11, value = 2}]

[step.poor]
is = "sum(income) - rent * 2 < 300 or stove"

[step.adult]
of = "member"
is = "age(birth_date, period_start) >= 16"

[step.earner_share]
of = "household"
unit = "number"
is = "(sum(income) + 1) / (greatest(1, rent) + 0 * by_size)"
round = {to = "1/8 number", mode = "half-even"}

[step.life]
of = "member"
is = "days(greatest(birth_date, period_start), period_end) / days(period_start, period_end)"

[step.third]
is = "rent / 3"
round = {to = "0.01 USD", mode = "MODE"}

[step.ratio]
unit = "USD"
is = "(rent * 7 - sum(income) + nth(income, 2)) / (size / size_one + 1)"
round = {to = "0.05 USD", mode = "MODE"}

[step.gross]
unit = "USD"
is = "greatest(0, debt, least(rent + sum(income) / 4, by_size))"
round = {to = "1 USD", mode = "half-up"}

[table.base]
of = "member"
unit = "kg"
rows = [
  {id = "miner", when = "occupation = 'miner'", then = "each * 2", because = "b"},
  {id = "young", over = ["miner", "home"], when = "not adult", then = "each * share * life", because = "b"},
  {id = "home", when = "occupation in ('home', 'pupil')", then = "each", because = "b"},
]
round = {to = "1 g", mode = "MODE"}

[table.extra]
of = "household"
unit = "kg"
hit = "first"
rows = [
  {id = "stove", when = "stove and poor", then = "by_card", because = "b"},
  {id = "same", when = "card = second", then = "by_room", because = "b"},
  {id = "old", from = 2021-01-01, to = 2021-12-31, when = "true", then = "100", because = "b"},
  {id = "small", when = "plot <= 0.5 and rooms <= 3", then = "1.5 + plot * share * each * size_one", because = "b"},
]
otherwise = {then = "0.25", because = "b"}
round = {to = "10 g", mode = "MODE"}

[table.bonus]
of = "household"
unit = "kg"
hit = "sum"
rows = [
  {id = "ill", when = "any(ill)", then = "1", because = "b"},
  {id = "all", when = "all(adult)", then = "2", because = "b"},
  {id = "many", when = "count(since > period_start - 30) >= 1", then = "4", because = "b"},
  {id = "rich", when = "max(income) > 1000 and min(income) <> 0", then = "each * size", because = "b"},
]

[step.size_one]
unit = "person"
is = "1"

[lookup.by_price]
by = ["second"]
unit = "INR/kg"
values = [{from = 2020-01-01, source = "law 9", rows = {AAY = 1, PHH = "2.5", other = 4}}]

[table.more]
unit = "kg"
rows = [{id = "garden", when = "garden", then = "daily / 2", because = "b"}]
otherwise = {then = "daily", because = "b"}

[table.rank]
of = "household"
unit = "number"
rows = [{id = "first", when = "poor", then = "1", because = "b"}]
otherwise = {then = "2", because = "b"}

[table.footwear]
of = "member"
unit = "pair"
rows = [
  {id = "grown", when = "adult", then = "1/4", because = "b"},
  {id = "child", when = "not adult", then = "1/6", because = "b"},
]

[table.leave]
of = "member"
unit = "point"
rows = [
  {id = "new", when = "add_years(since, 1) > period_start", then = "3", because = "b"},
  {id = "kept", when = "add_years(since, 1) <= period_start and size > 2", then = "2", because = "b"},
]
otherwise = {then = "1", because = "b"}

[[entitlement]]
benefit = "grain"
amount = "sum(base) + extra + bonus + by_card_and_size + more"
round = {to = "1 g", mode = "MODE"}
served = "home state"
price = {home = "by_price", away = "by_price * 2"}
floor = {share = "3/7", round = "MODE"}
tier = "rank"

[[entitlement]]
benefit = "cash"
amount = "greatest(0, third + ratio, gross - 25) + by_size * earner_share"
round = {to = "0.01 USD", mode = "MODE"}

[[entitlement]]
benefit = "shoes"
amount = "sum(footwear)"

[[entitlement]]
benefit = "points"
amount = "sum(leave) + count(adult and ill) * point_each"
"""


def policy_text(mode: str, leap: str = "28 Feb") -> str:
    """The policy with one rounding mode everywhere."""
    return HEAD.replace("MODE", mode).replace("LEAP", leap)
