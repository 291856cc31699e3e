"""What each operation yields, on exact values. One place: constants are folded with it and tests are evaluated with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import reduce
from typing import Any

from evenhand.core.quantity import round_to
from evenhand.flow.policy import calendar
from evenhand.flow.policy.model import Dated
from evenhand.flow.policy.tree import Value

_COMPARE = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def apply(op: str, data: Any, values: Sequence[Value]) -> Value:
    """The value of an operation on the values of its arguments; unknown (None) passes through everything but and, or."""
    if op in ("and", "or"):
        return _logic(op, values)
    if any(value is None for value in values):
        return None
    return _known(op, data, values)


def _logic(op: str, values: Sequence[Value]) -> Value:
    settles = op == "or"
    if any(value is settles for value in values):
        return settles
    return None if any(value is None for value in values) else not settles


def _known(op: str, data: Any, values: Sequence[Any]) -> Value:
    if op == "sum":
        return Fraction(sum(sign * value for sign, value in zip(data, values, strict=True)))
    if op == "product":
        return Fraction(reduce(lambda a, b: a * b, values, Fraction(1)))
    if op == "quotient":
        return None if values[1] == 0 else Fraction(values[0]) / Fraction(values[1])
    if op == "round":
        return round_to(values[0], data[0], data[1])
    if op == "compare":
        return bool(_COMPARE[data](values[0], values[1]))
    if op == "word-in":
        return values[0] in data
    if op == "word-same":
        return bool(values[0] == values[1])
    if op == "not":
        return not values[0]
    if op in ("greatest", "least"):
        return max(values) if op == "greatest" else min(values)  # type: ignore[no-any-return]
    if op == "lookup":
        return None if data is None else look_up(data, values)
    return _dates(op, data, values)


def _dates(op: str, data: Any, values: Sequence[Any]) -> Value:
    try:
        if op == "age":
            return Fraction(calendar.age(values[0], values[1], data))
        if op == "add-years":
            return calendar.add_years(values[0], int(values[1]), data)
        if op == "add-days":
            return values[0] + timedelta(days=int(values[1]))  # type: ignore[no-any-return]
    except (ValueError, OverflowError):
        return None
    assert op == "days", op
    return Fraction(calendar.days(values[0], values[1]))


def key_text(value: Value) -> str:
    """A value as the key of a lookup's row."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def look_up(dated: Dated, values: Sequence[Value]) -> Fraction | None:
    """The value of a lookup at these keys; None where it has none."""
    key = tuple(key_text(value) for value in values)
    if key in dated.rows:
        return dated.rows[key]
    before, number = key[:-1], values[-1]
    if before in dated.mores and isinstance(number, Fraction):
        last = dated.last(before)
        if number > last:
            return dated.rows[(*before, str(last))] + dated.mores[before] * (number // 1 - last)
    for length in range(len(before), -1, -1):
        if key[:length] in dated.others:
            return dated.others[key[:length]]
    return None


def aggregate(op: str, values: Sequence[Value], data: Any = None) -> Value:
    """One value over the members of a household; no members, or one unknown that matters, is unknown."""
    if not values:
        return None
    if op == "any-of":
        return _logic("or", values)
    if op == "all-of":
        return _logic("and", values)
    if any(value is None for value in values):
        return None
    if op == "count-of":
        return Fraction(sum(1 for value in values if value))
    known: list[Any] = list(values)
    if op == "sum-of":
        return sum(known, Fraction(0))
    if op == "nth-of":
        return sorted(known, reverse=True)[data - 1] if data <= len(known) else Fraction(0)
    return min(known) if op == "min-of" else max(known)  # type: ignore[no-any-return]


def between(day: date, low: date, high: date) -> bool:
    """Whether a date lies in its declared range."""
    return low <= day <= high
