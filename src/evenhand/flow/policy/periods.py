"""The sample periods a policy is proved for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from evenhand.core.period import Period
from evenhand.flow.policy.model import Policy, TableRule


def samples(policy: Policy, period_of: Callable[[date], Period]) -> list[Period]:
    """Periods that stand for all: between any two dates at which a value or row changes, one of every length."""
    spans = [value.span for param in policy.params.values() for value in param.values]
    starts = [span.start for span in spans if span.start]
    first = policy.span.start or min(starts, default=date(2020, 1, 1))
    spans += [row.span for rule in policy.rules.values() if isinstance(rule, TableRule) for row in rule.rows]
    changes = {first}
    for span in spans:
        if span.start and span.start > first:
            changes.add(span.start)
        if span.end and span.end >= first:
            changes.add(span.end + timedelta(days=1))
    last = policy.span.end
    prorated = [value.span.start for param in policy.params.values() if param.prorate for value in param.values]
    found: list[Period] = []
    for day in sorted({day for day in prorated if day and day > first and (last is None or day <= last)}):
        period = period_of(day)
        if first <= period.first < day:
            found.append(period)
    ordered = sorted(day for day in changes if last is None or day <= last)
    for start, after in zip(ordered, [*ordered, None][1:], strict=True):
        period = period_of(start)
        if period.first < start:
            period = period_of(period.last + timedelta(days=1))
        lengths: set[int] = set()
        for _ in range(60 if len(ordered) < 20 else 14):
            if (after and period.first >= after) or (last and period.first > last):
                break
            if period.days not in lengths:
                lengths.add(period.days)
                found.append(period)
            period = period_of(period.last + timedelta(days=1))
    return found
