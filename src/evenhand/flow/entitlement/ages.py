"""Ages against a fixed number on a fixed day as one comparison of dates: what a rule asks most often, of everyone."""

from __future__ import annotations

import calendar
from datetime import date
from math import ceil, floor

from evenhand.flow.policy.tree import Node

_TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def born_by(on: date, years: int, leap: str) -> date | None:
    """The last birthday of those who are at least `years` old on the day `on`; None if no such day can be told.

    `years` must be at least 1: one born after `on` counts as 0.
    """
    year = on.year - years
    if years < 1 or year < 1:
        return None
    if (on.month, on.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28)
    if leap == "28 Feb" and (on.month, on.day) == (2, 28) and not calendar.isleap(on.year) and calendar.isleap(year):
        return date(year, 2, 29)
    return date(year, on.month, on.day)


def as_dates(node: Node) -> tuple[Node, str] | None:
    """(the birth date, a condition with {} in its place) for `age(birth, fixed day) < number` and its like, else None."""
    left, right = node.args
    sign = str(node.data)
    if left.op == "const":
        left, right, sign = right, left, _TURNED[sign]
    if left.op != "age" or right.op != "const" or left.args[1].op != "const" or left.args[0].op == "const":
        return None
    on, number = left.args[1].data[0], right.data[0]
    if on is None or number is None:
        return None
    least, more = ceil(number), floor(number) + 1
    wanted = {">=": (least,), "<": (least,), ">": (more,), "<=": (more,), "=": (least, more), "<>": (least, more)}[sign]
    days = [born_by(on, years, str(left.data)) for years in wanted]
    if None in days or (sign in ("=", "<>") and least == more):
        return None
    told = [f"DATE '{day.isoformat()}'" for day in days if day is not None]
    text = {
        ">=": "({{}} <= {0})",
        ">": "({{}} <= {0})",
        "<": "({{}} > {0})",
        "<=": "({{}} > {0})",
        "=": "({{}} <= {0} AND {{}} > {1})",
        "<>": "({{}} > {0} OR {{}} <= {1})",
    }[sign].format(*told)
    return left.args[0], text
