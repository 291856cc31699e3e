"""Pages written for a policy: whole, or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from evenhand.actions.policy import read_policy
from evenhand.core.errors import UsageError
from evenhand.flow.entitlement import program_for
from evenhand.flow.policy import Policy, period_for, run_tests
from evenhand.flow.policy.model import TableRule
from evenhand.render.policy_document import page


def document_policy(path: Path, on: date | None, language: str) -> str:
    """The page of a policy, as of the period that holds `on`: UsageError if it is not in force then.

    Without `on`: as of the newest day on which something of it changes and it is in force.
    """
    policy = read_policy(path)
    return page(policy, first_day(policy, on), run_tests(policy), language)


def first_day(policy: Policy, on: date | None = None) -> date:
    """The first day of the period that holds `on`: UsageError if the policy is not in force then. Without `on`: of the
    newest day on which something of it changes and it is in force."""
    days = [on] if on is not None else _newest(policy)
    for position, day in enumerate(days):
        period = period_for(policy, day)
        try:
            program_for(policy, period)
        except UsageError:
            if position + 1 == len(days):
                raise
            continue
        return period.first
    raise AssertionError("a policy is in force on some day")


def _newest(policy: Policy) -> list[date]:
    """Days on which it may be in force, the newest first."""
    spans = [value.span for param in policy.params.values() for value in param.values]
    spans += [row.span for rule in policy.rules.values() if isinstance(rule, TableRule) for row in rule.rows]
    spans.append(policy.span)
    found = {day for span in spans for day in (span.start, span.end) if day is not None} | {
        case.on for case in policy.cases
    }
    return sorted(found or {date(2020, 1, 1)}, reverse=True)


def write_page(text: str, out: Path) -> None:
    """Write a page under another name first, then whole. UsageError where it cannot be written."""
    if not out.parent.is_dir():
        raise UsageError(f'there is no folder "{out.parent}"', "make it first")
    if out.is_dir():
        raise UsageError(f'"{out}" is a folder', "name a file")
    part = out.with_name(out.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(out)
    except OSError as error:
        raise UsageError(f'"{out}" cannot be written: {error.strerror}', "choose another place") from None
