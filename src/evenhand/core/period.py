"""A period: the span one cycle distributes for. Dates are local to the programme's zone; no times here."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from evenhand.core.errors import UsageError


@dataclass(frozen=True, order=True)
class Period:
    """First and last day, both inclusive. `id` is `2008-03` for a month."""

    first: date
    last: date
    id: str

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.last - self.first).days + 1


def month(period_id: str) -> Period:
    """The month written `YYYY-MM`."""
    found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", period_id)
    if not found:
        raise UsageError(f'"{period_id}" is not a month', "write it as 2008-03")
    year, number = int(found[1]), int(found[2])
    if year < 1:
        raise UsageError(f'"{period_id}" is not a month', "write it as 2008-03")
    first = date(year, number, 1)
    return Period(first, date(year, number, calendar.monthrange(year, number)[1]), period_id)


def month_of(day: date) -> Period:
    """The month that holds `day`."""
    return month(f"{day.year:04d}-{day.month:02d}")


def month_after(period: Period) -> Period:
    """The month that follows."""
    return month_of(period.last + timedelta(days=1))


def cycle_id(period: Period, attempt: int) -> str:
    """`2008-03/1`: period and attempt (DESIGN §13)."""
    return f"{period.id}/{attempt}"
