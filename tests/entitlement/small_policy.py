"""A policy small enough to work out by hand, with words in two languages."""

GRAIN = """
[policy]
id = "alder-grain"
title = {en = "Grain in Alder", fr = "Les céréales à Alder"}
period = "month"
[category]
card = ["AAY", "PHH", "none"]
[input]
card = {of = "household", type = "category", purpose = "class"}
birth_date = {of = "member", type = "date", range = [1900-01-01, 2030-01-01], purpose = "age"}
[benefit.grain]
title = {en = "Grain", fr = "Céréales"}
kind = "good"
unit = "kg"
step = "500 g"
undersupplied = "carry 2 cycles"
uncollected = "lapse after 8 weeks"
[benefit.soap]
title = "Soap"
kind = "good"
unit = "piece"
parts = 12
[param.each]
unit = "kg/person"
source = "NFSA 2013 s.3"
values = [{from = 2013-07-05, value = 5}, {from = 2024-01-01, value = 6, source = "Order 12"}]
[param.soap_year]
unit = "piece/person"
source = "own choice"
values = [{from = 2013-07-05, value = "7/12"}]
[table.due]
unit = "kg"
rows = [
  {id = "aay", when = "card = 'AAY'", then = "35", because = {en = "fixed 35 kg", fr = "35 kg fixes"}},
  {id = "phh", when = "card = 'PHH'", then = "each * size", because = {en = "5 kg for each member", fr = "5 kg par membre"}},
]
otherwise = {then = "0", because = "no eligible card"}
[table.soap_due]
of = "member"
unit = "piece"
rows = [{id = "child", when = "age(birth_date, period_start) < 5", then = "soap_year", because = "a child"}]
otherwise = {then = "0", because = "not a child"}
[[entitlement]]
benefit = "grain"
amount = "due"
floor = {share = "3/5", round = "ceiling"}
[[entitlement]]
benefit = "soap"
amount = "sum(soap_due)"
[[test]]
name = "a family <of> four & more"
on = 2014-01-01
given = {card = "PHH"}
members = [{birth_date = 2012-01-01}, {birth_date = 1980-01-01}]
expect = {grain = "10 kg", soap = "7/12 piece"}
because = ["due.phh"]
"""

HOUSEHOLDS = "household,card,area\nA,PHH,Alder\nB,AAY,Birch\nC,none,Birch\nD,PHX,Cedar\n"
MEMBERS = (
    "household,member,birth_date\nA,1,2012-01-01\nA,2,1980-01-01\nA,3,1981-01-01\nA,4,1990-01-01\n"
    "B,1,1950-01-01\nC,1,\nC,2,1950-01-01\nD,1,1970-01-01\n"
)
