"""What the tests of a policy do not touch, and drafts of the tests that would: one household a row and a boundary.

Everything by exact arithmetic on the typed tree. A draft says what the policy does, not what the law says: whoever keeps
it has read it against the law first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from evenhand.core.benefit import Benefit
from evenhand.core.period import Period
from evenhand.core.unit import UNITS
from evenhand.flow.policy import scenes, syntax
from evenhand.flow.policy.arithmetic import key_text
from evenhand.flow.policy.calendar import period_of
from evenhand.flow.policy.compile import compile_policy
from evenhand.flow.policy.evaluate import Household, known
from evenhand.flow.policy.model import Case, Expr, Policy, Step, TableRule
from evenhand.flow.policy.sheet import Faults
from evenhand.flow.policy.testing import TestResult, untouched_rows
from evenhand.flow.policy.tree import Program, TypedTable

MOST_DRAFTS = 200
MOST_TRIED = 4_000
"""Households tried for the drafts of one table."""


def untouched_values(policy: Policy, results: Sequence[TestResult]) -> list[str]:
    """Dated values no test reads: `phh from 2013-07-05`; of a lookup also its rows, `price.AAY from 2013-07-05`."""
    touched: set[str] = set()
    for case, result in zip(policy.cases, results, strict=True):
        touched |= _read(policy, case, set(result.reasons))
    return [name for name in _all_values(policy) if name not in touched]


def _all_values(policy: Policy) -> Iterator[str]:
    for param in policy.params.values():
        for value in () if param.listed else param.values:
            for key in value.rows:
                yield f"{'.'.join((param.name, *key))} from {value.span.start}"


def _read(policy: Policy, case: Case, fired: set[str]) -> set[str]:
    """The values that a test's household reads: those its rows name, for its keys."""
    period = period_of(policy.period_kind, case.on)
    names: set[str] = set()
    for rule in policy.entitlements:
        for expr in (rule.amount, rule.tier, rule.price, rule.away):
            _names(policy, expr, fired, names)
    found: set[str] = set()
    for name in names & set(policy.params):
        param = policy.params[name]
        values = [one for one in param.values if one.span.holds(period.first) or (
            param.prorate and one.span.start is not None and period.first <= one.span.start <= period.last)]  # fmt: skip
        for value in values:
            for key in value.rows:
                if all(_has(policy, case, one, text) for one, text in zip(param.by, key, strict=True)):
                    found.add(f"{'.'.join((name, *key))} from {value.span.start}")
    return found


def _has(policy: Policy, case: Case, name: str, text: str) -> bool:
    """Whether the test's household, or a member of it, has this value of an input."""
    if name == "size":
        size = case.given.get("size", Fraction(len(case.members or ())))
        return key_text(size) == text  # type: ignore[arg-type]
    found = policy.inputs[name]
    holders = [case.given] if found.of == "household" else list(case.members or ())
    return any(key_text(known(found, one.get(name), policy.categories)) == text for one in holders)


def _names(policy: Policy, expr: Expr | None, fired: set[str], found: set[str]) -> None:
    if expr is None:
        return
    for name in _named(expr.ast):
        if name in found:
            continue
        found.add(name)
        rule = policy.rules.get(name)
        if isinstance(rule, Step):
            _names(policy, rule.expr, fired, found)
        elif isinstance(rule, TableRule):
            for row in (*rule.rows, *([rule.otherwise] if rule.otherwise else [])):
                _names(policy, row.when, fired, found)
                if f"{name}.{row.id}" in fired:
                    _names(policy, row.then, fired, found)


def _named(ast: object) -> Iterator[str]:
    """The names in an expression."""
    if isinstance(ast, syntax.Name):
        yield ast.text
    elif isinstance(ast, (tuple, list)):
        for part in ast:
            yield from _named(part)
    elif hasattr(ast, "__dataclass_fields__"):
        for field in ast.__dataclass_fields__:
            yield from _named(getattr(ast, field))


@dataclass(frozen=True)
class Draft:
    """A test that is missing: its name, household, and what the policy gives it."""

    name: str
    on: date
    given: dict[str, object]
    members: tuple[dict[str, object], ...] | None
    expect: dict[str, str]
    because: tuple[str, ...]


def drafts(policy: Policy, results: Sequence[TestResult],
           progress: Callable[[int, int], None] = lambda done, total: None) -> list[Draft]:  # fmt: skip
    """A draft for every row no test reaches that a household was found for, and one on each side of its boundaries."""
    missing = untouched_rows(policy, list(results))
    found: list[Draft] = []
    tables = list(dict.fromkeys(row.partition(".")[0] for row in missing))
    for number, table in enumerate(tables):
        progress(number, len(tables))
        wanted = {row for row in missing if row.partition(".")[0] == table}
        for period in _periods(policy):
            program = compile_policy(policy, [period], Faults(policy.file, policy.lines))
            typed = program.rules.get(table)
            if not isinstance(typed, TypedTable) or program.dead:
                continue
            for draft in _for_table(policy, program, typed, period, wanted):
                found.append(draft)
                if len(found) >= MOST_DRAFTS:
                    return found
            if not wanted:
                break
    progress(len(tables), len(tables))
    return found


def _periods(policy: Policy) -> list[Period]:
    """The newest period in force first, then one for each time rows or values were others."""
    spans = [value.span for param in policy.params.values() for value in param.values]
    spans += [row.span for rule in policy.rules.values() if isinstance(rule, TableRule) for row in rule.rows]
    days = {span.start for span in spans if span.start} | ({policy.span.start} if policy.span.start else set())
    periods = []
    for day in sorted(days or {date(2020, 1, 1)}, reverse=True)[:20]:
        period = period_of(policy.period_kind, day)
        if period.first < day:
            period = period_of(policy.period_kind, date.fromordinal(period.last.toordinal() + 1))
        if policy.span.holds(period.first):
            periods.append(period)
    return periods


def _for_table(
    policy: Policy, program: Program, typed: TypedTable, period: Period, wanted: set[str]
) -> Iterator[Draft]:
    """Drafts for the rows of `wanted` that a household fits; what is found is taken out of `wanted`."""
    ids = [row.id for row in typed.rule.rows] + ["otherwise"]
    shown: set[tuple[str, str]] = set()
    edges = scenes.edges(program, typed)
    for given, members in scenes.households(program, typed, MOST_TRIED):
        household = Household(program, given, members)
        who = 0 if typed.rule.of == "member" else None
        bits = household.rule(typed.rule.name, who)[1]
        rows = [f"{typed.rule.name}.{row}" for place, row in enumerate(ids) if bits >> place & 1]
        for row in rows:
            near = next(((row, edge) for edge in edges if edge in scenes.described(given, members)), (row, ""))
            if row not in wanted and (row, "") not in shown:
                continue
            if near in shown or (near[1] == "" and row not in wanted):
                continue
            draft = _draft(policy, household, period, given, members, row + (f", where {near[1]}" if near[1] else ""))
            if draft is not None:
                shown |= {near, (row, "")}
                wanted.discard(row)
                yield draft


def _draft(policy: Policy, household: Household, period: Period, given: dict[str, object],
           members: list[dict[str, object]] | None, name: str) -> Draft | None:  # fmt: skip
    due = household.due()
    decided = {key: one for key, one in due.items() if one.amount is not None}
    if not decided:
        return None
    expect = {key: quantity(one.amount or 0, policy.benefits[_benefit(policy, key)]) for key, one in decided.items()}
    row = name.partition(",")[0]
    return Draft(f"draft: {name}", period.first, given, None if members is None else tuple(members), expect, (row,))


def _benefit(policy: Policy, name: str) -> str:
    return next(one.benefit for one in policy.entitlements if one.name == name)


def quantity(amount: int, benefit: Benefit) -> str:
    """Base units (of 1/parts) in the benefit's unit, exactly: `35 kg`."""
    value = Fraction(amount, benefit.parts) / UNITS[benefit.unit].base_per_unit
    text = scenes.decimal(value)
    return f"{text} {benefit.unit}"


def written(policy: Policy, found: Iterable[Draft]) -> str:
    """Drafts as TOML, to be read against the law and then put into the policy's file."""
    lines = ["# Drafts: what the policy does now. Read each against the law before you keep it.", ""]
    for draft in found:
        lines += ["[[test]]", f'name = "{draft.name}"', f"on = {draft.on.isoformat()}"]
        if draft.given:
            lines.append(f"given = {scenes.inline(policy, draft.given)}")
        if draft.members is not None:
            lines.append(f"members = [{', '.join(scenes.inline(policy, member) for member in draft.members)}]")
        rows = ", ".join(f'"{row}"' for row in draft.because)
        amounts = ", ".join(f'{name} = "{value}"' for name, value in draft.expect.items())
        lines += [f"expect = {{{amounts}}}", f"because = [{rows}]", ""]
    return "\n".join(lines)
