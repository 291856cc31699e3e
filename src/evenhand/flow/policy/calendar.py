"""Dates of policies: the period that holds a day, ages, years added. All arithmetic on yyyymmdd, as the law counts."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from evenhand.core.errors import UsageError
from evenhand.core.period import Period, month_of

LEAPS = ("1 Mar", "28 Feb")
"""Where a birthday of 29 February falls in a common year."""

_YEAR_FROM = re.compile(r"year from ([0-9]{2})-([0-9]{2})\Z")
_WEEKS = re.compile(r"([1-9][0-9]?) weeks?(?: from ([0-9]{4}-[0-9]{2}-[0-9]{2}))?\Z")
_MONDAY = date(1900, 1, 1)
"""Weeks counted from no day of their own are counted from this Monday."""


def check_kind(kind: str) -> None:
    """UsageError unless `kind` is a kind of period that is known."""
    period_of(kind, date(2001, 6, 15))


def period_of(kind: str, day: date) -> Period:
    """The period of that kind which holds `day`: `month`, `week` (from Monday), `4 weeks from 1943-01-10`, `year`,
    `year from 06-01`."""
    if kind == "month":
        return month_of(day)
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return Period(
            first, first + timedelta(days=6), f"{first.isocalendar().year:04d}-W{first.isocalendar().week:02d}"
        )
    weeks = _WEEKS.match(kind)
    if weeks:
        return _weeks(kind, int(weeks[1]) * 7, weeks[2], day)
    found = _YEAR_FROM.match("year from 01-01" if kind == "year" else kind)
    if found:
        start = (int(found[1]), int(found[2]))
        if start != (2, 29) and 1 <= start[0] <= 12 and 1 <= start[1] <= calendar.monthrange(2001, start[0])[1]:
            year = day.year if (day.month, day.day) >= start else day.year - 1
            first = date(year, *start)
            return Period(first, date(year + 1, *start) - timedelta(days=1), f"{year:04d}")
    raise _no_period(kind)


def _no_period(kind: str) -> UsageError:
    example = 'write "month", "week", "4 weeks from 1943-01-10", "year" or "year from 06-01"'
    return UsageError(f'"{kind}" is not a period', example)


def _weeks(kind: str, length: int, start: str | None, day: date) -> Period:
    """The span of `length` days that holds `day`, counted from `start`; its id is its first day."""
    try:
        anchor = date.fromisoformat(start) if start else _MONDAY
        first = day - timedelta(days=(day - anchor).days % length)
        return Period(first, first + timedelta(days=length - 1), first.isoformat())
    except (ValueError, OverflowError):
        raise _no_period(kind) from None


def add_years(day: date, years: int, leap: str) -> date:
    """`day` so many years later; 29 February falls on `leap` in a common year."""
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1) if leap == "1 Mar" else date(year, 2, 28)
    return date(year, day.month, day.day)


def age(birth: date, on: date, leap: str) -> int:
    """Whole years from `birth` to `on`; 0 for one born after that day."""
    day = birth.month * 100 + birth.day
    if day == 229 and leap == "28 Feb" and not calendar.isleap(on.year):
        day = 228
    years = on.year - birth.year - (1 if on.month * 100 + on.day < day else 0)
    return max(0, years)


def days(first: date, last: date) -> int:
    """The days from `first` to `last`, both counted; 0 if `last` is earlier."""
    return max(0, (last - first).days + 1)
