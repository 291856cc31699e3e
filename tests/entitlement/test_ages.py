"""Ages as comparisons of dates against ages counted: every day around a birthday, both leaps, every sign."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from evenhand.flow.entitlement.ages import as_dates, born_by
from evenhand.flow.policy import calendar
from evenhand.flow.policy.tree import Node

SIGNS = {
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def holds(text: str, birth: date) -> bool:
    """A condition such as `({} <= DATE '2019-03-01')` on one birth date."""
    python = text.replace("DATE ", "date.fromisoformat").replace("AND", "and").replace("OR", "or").replace("<>", "!=")
    python = python.replace("fromisoformat'", "fromisoformat('").replace("')", "'))", 0)
    parts = python.split("'")
    for place in range(2, len(parts), 2):
        parts[place] = ")" + parts[place]
    return bool(eval("'".join(parts).replace("{}", "birth"), {"date": date, "birth": birth}))  # our own text


@pytest.mark.parametrize("leap", calendar.LEAPS)
@pytest.mark.parametrize(
    "on", [date(2024, 2, 29), date(2023, 2, 28), date(2024, 2, 28), date(2023, 3, 1), date(2024, 3, 1)]
)
@pytest.mark.parametrize("number", [Fraction(1), Fraction(3), Fraction(4), Fraction(7, 2)])
def test_a_comparison_of_dates_says_what_the_age_says(leap: str, on: date, number: Fraction) -> None:
    births = [on - timedelta(days=years * 365 + shift) for years in range(-1, 9) for shift in range(-4, 8)]
    for sign, compare in SIGNS.items():
        for turned in (False, True):
            birth_node = Node("input", "date", "member", data="birth_date")
            age = Node("age", "number", "member", (birth_node, Node("const", "date", "", data=(on,))), data=leap)
            const = Node("const", "number", "", data=(number,))
            args = (const, age) if turned else (age, const)
            found = as_dates(Node("compare", "bool", "member", args, data=sign))
            if found is None:
                assert sign in ("=", "<>", "<", ">", "<=", ">=") and (number.denominator > 1 or number <= 1)
                continue
            assert found[0] is birth_node
            for birth in births:
                years = Fraction(calendar.age(birth, on, leap))
                wanted = compare(number, years) if turned else compare(years, number)
                assert holds(found[1], birth) is wanted, (sign, turned, birth, found[1])


def test_below_one_year_nothing_is_told() -> None:
    assert born_by(date(2024, 3, 1), 0, "1 Mar") is None
    assert born_by(date(24, 3, 1), 24, "1 Mar") is None
    assert born_by(date(2024, 3, 1), 1, "1 Mar") == date(2023, 3, 1)
