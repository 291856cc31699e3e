"""The cases both engines must agree on: every rounding mode, signs, blanks, large amounts, and each trap of DESIGN §6.

One policy, one list of households with members. `write` makes the files; what is due is also known without an engine
(`flow.policy.evaluate`), so that two engines that err alike are found too.
"""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path

MODES = ("floor", "ceiling", "half-up", "half-down", "half-even", "toward-zero", "away-from-zero")

HEAD = """
[policy]
id = "engines"
period = "month"
leap = "28 Feb"

[category]
card = ["AAY", "PHH", "none"]

[input]
card = {of = "household", type = "category", purpose = "class"}
money = {of = "household", type = "number", unit = "USD", range = [-10000000000000, 10000000000000], purpose = "need"}
rooms = {of = "household", type = "number", range = [1, 97], purpose = "rooms"}
stove = {of = "household", type = "bool", purpose = "fuel"}
wage = {of = "member", type = "number", unit = "USD", range = [-50, 5000], purpose = "need"}
since = {of = "member", type = "date", range = [2000-01-01, 2030-12-31], purpose = "arrival"}

[benefit.cash]
kind = "allowance"
unit = "USD"
[benefit.grain]
kind = "good"
unit = "g"
[benefit.points]
kind = "points"
unit = "point"

[param.offset]
unit = "USD"
source = "law 1"
values = [{from = 2020-01-01, value = 20000000000000}]
[param.gram]
unit = "g"
source = "law 1"
values = [{from = 2020-01-01, value = 1}]

[param.month]
unit = "day"
source = "law 1"
values = [{from = 2020-01-01, value = 31}]

[lookup.by_size]
by = ["size"]
unit = "g"
values = [{from = 2020-01-01, source = "law 2", rows = {1 = 1000, 2 = 1750, each_more = "0.5"}}]

[table.card_due]
unit = "g"
rows = [
  {id = "aay", when = "card = 'AAY' or stove", then = "35000", because = "b"},
  {id = "plain", over = "aay", when = "any(wage < 0) and size > 1", then = "by_size / 7", because = "b"},
]
otherwise = {then = "2.5", because = "b"}
round = {to = "1 g", mode = "half-even"}

[table.each_due]
of = "member"
unit = "g"
hit = "sum"
rows = [
  {id = "grown", when = "age(birth_date, period_start) >= 16", then = "400", because = "b"},
  {id = "old", when = "age(birth_date, since) >= 60", then = "30", because = "b"},
  {id = "new", when = "add_years(since, 1) > period_start", then = "gram * days(since, period_end) / month", because = "b"},
]
round = {to = "1 g", mode = "away-from-zero"}

[[entitlement]]
benefit = "grain"
amount = "card_due"
floor = {share = "3/7", round = "half-up"}

[[entitlement]]
name = "more"
benefit = "grain"
amount = "sum(each_due) + card_due"

[[entitlement]]
benefit = "points"
amount = "count(wage > 0.3 and since <= period_start + 30) * point_each"

[param.point_each]
unit = "point/person"
source = "law 3"
values = [{from = 2020-01-01, value = 3}]
"""

FOR_A_MODE = """
[step.third_NAME]
is = "money / 2"
round = {to = "0.01 USD", mode = "MODE"}
[step.share_NAME]
is = "(money - sum(wage)) / (rooms * 4)"
round = {to = "0.05 USD", mode = "MODE"}
[[entitlement]]
name = "cash_NAME"
benefit = "cash"
amount = "offset + third_NAME + share_NAME"
"""

Given = dict[str, object]

HOUSEHOLD = ("card", "money", "rooms", "stove")
MEMBER = ("birth_date", "wage", "since")

MONEY: tuple[Fraction | None, ...] = (
    Fraction(0), Fraction(1, 100), Fraction(-1, 100), Fraction(3, 100), Fraction(-3, 100), Fraction(5, 100),
    Fraction(-5, 100), Fraction(205, 100), Fraction(-205, 100), Fraction(5, 2), Fraction(-5, 2), Fraction(1, 2),
    Fraction(999_999_999_999_999, 100), Fraction(-999_999_999_999_999, 100), Fraction(10**13), Fraction(-(10**13)),
    Fraction(10**15 // 3, 100), Fraction(-(10**15) // 7, 100), None,
)  # fmt: skip
ROOMS = (Fraction(1), Fraction(2), Fraction(5), Fraction(7), Fraction(97), None)
KEYS = ("b", "a", "Z", "10", "9", "é", "É", "it's", 'b"q', "back\\slash", "a,b", "a b", "中", "𝔘", "${x}", "\\u0041")
BORN = (
    date(1964, 2, 29),
    date(2008, 2, 29),
    date(2008, 3, 1),
    date(2008, 2, 28),
    date(2030, 1, 1),
    date(1, 1, 1),
    None,
)
SINCE = (date(2024, 2, 29), date(2023, 2, 28), date(2023, 3, 1), date(2024, 3, 15), date(2000, 1, 1), None)
WAGES = (Fraction(0), Fraction(31, 100), Fraction(-50), Fraction(5000), Fraction(1234567, 1000), None)


def policy_text() -> str:
    """The policy: every mode at once, so that one run holds them all."""
    return HEAD + "".join(FOR_A_MODE.replace("NAME", mode.replace("-", "_")).replace("MODE", mode) for mode in MODES)


def households() -> list[tuple[str, Given, list[Given]]]:
    """(key, household, members); money in dollars. The order is no order of any column."""
    found: list[tuple[str, Given, list[Given]]] = []
    for number in range(len(MONEY) * len(ROOMS)):
        key = KEYS[number] if number < len(KEYS) else f"h{(number * 37) % 1009}"
        given: Given = {
            "card": ("AAY", "PHH", "none", None, "unlisted", "aay")[number % 6],
            "money": MONEY[number % len(MONEY)],
            "rooms": ROOMS[number // len(MONEY)],
            "stove": (True, False, None, False)[number % 4],
        }
        members: list[Given] = [
            {
                "birth_date": BORN[(number + 2 * place) % len(BORN)],
                "wage": WAGES[(number * 5 + place) % len(WAGES)],
                "since": SINCE[(number + place) % len(SINCE)],
            }
            for place in range((0, 1, 2, 3, 1, 2, 6)[number % 7])
        ]
        if number % 3 == 0:  # members without a blank, so that something can be decided
            for member in members:
                wage = member["wage"]
                fine = isinstance(wage, Fraction) and wage.denominator <= 100
                member["birth_date"] = member["birth_date"] or BORN[0]
                member["since"], member["wage"] = member["since"] or SINCE[0], wage if fine else Fraction(0)
        found.append((key, given, members))
    return found


def cell(value: object) -> str:
    """A value as it stands in a file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        whole, rest = divmod(abs(value), 1)
        sign = "-" if value < 0 else ""
        return f"{sign}{whole}" + (f".{int(rest * 1000):03d}".rstrip("0") if rest else "")
    return "" if value is None else str(value)


def write(folder: Path) -> dict[str, Path]:
    """The cases as files: household, member, point."""
    paths = {name: folder / f"{name}.csv" for name in ("household", "member", "point")}
    with paths["household"].open("w", newline="", encoding="utf-8") as of, \
         paths["member"].open("w", newline="", encoding="utf-8") as m:  # fmt: skip
        first, second = csv.writer(of), csv.writer(m)
        first.writerow(["household", "point", *HOUSEHOLD])
        second.writerow(["household", "member", *MEMBER])
        for number, (key, given, members) in enumerate(households()):
            first.writerow([key, ("Birch", "Älder", "Alder")[number % 3], *(cell(given[name]) for name in HOUSEHOLD)])
            for place, member in enumerate(members):
                second.writerow([key, place, *(cell(member[name]) for name in MEMBER)])
        # A text that ends in a line end, or looks like a number to one engine only, is no number on any.
        for number, text in enumerate(("5\n", "1e3", "+5", "0x10", "٣", "5.", ".5", "1_000", "NaN", " 5", "-0")):
            first.writerow([f"odd{number}", "Birch", "none", text, "1", "TRUE"])
            second.writerow([f"odd{number}", 0, "2000-01-01", "1", "2000-1-1"])
    paths["point"].write_text("point,area\nBirch,North\nÄlder,South\nAlder,North\n", encoding="utf-8")
    return paths
