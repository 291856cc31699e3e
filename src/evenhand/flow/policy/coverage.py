"""What the tests of a policy do not touch: rows that decided for none of them, dated values that none of them read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evenhand.flow.policy import syntax
from evenhand.flow.policy.arithmetic import key_text
from evenhand.flow.policy.calendar import period_of
from evenhand.flow.policy.evaluate import known
from evenhand.flow.policy.model import Case, Dated, Expr, Param, Policy, Step, TableRule
from evenhand.flow.policy.names import parts_of
from evenhand.flow.policy.testing import TestResult
from evenhand.flow.policy.tree import Value

Given = Mapping[str, object]


@dataclass(frozen=True)
class DatedValue:
    """A value of a parameter, or one of a lookup; `key` ends in `each_more` or `other` where it is one of these."""

    param: Param
    dated: Dated
    key: tuple[str, ...]

    @property
    def name(self) -> str:
        """`phh from 2013-07-05`, `price.AAY from 2013-07-05`."""
        return f"{'.'.join((self.param.name, *self.key))} from {self.dated.span.start}"


def untouched_values(policy: Policy, results: Sequence[TestResult]) -> list[str]:
    """Names of the dated values that no test reads."""
    return [value.name for value in missing_values(policy, results)]


def missing_values(policy: Policy, results: Sequence[TestResult]) -> list[DatedValue]:
    """Dated values that no test reads."""
    touched: set[str] = set()
    for case, result in zip(policy.cases, results, strict=True):
        touched |= values_read(policy, case, result.reasons)
    return [value for value in _all_values(policy) if value.name not in touched]


def _all_values(policy: Policy) -> Iterator[DatedValue]:
    for param in policy.params.values():
        for dated in () if param.listed or param.name in policy.prices.values() else param.values:
            yield from (DatedValue(param, dated, key) for key in keys_of(dated))


def keys_of(dated: Dated) -> list[tuple[str, ...]]:
    """The keys of all values of a lookup that begin on one day (of a parameter: the one without a key)."""
    more = [(*before, "each_more") for before in dated.mores]
    return [*dated.rows, *more, *((*before, "other") for before in dated.others)]


def values_read(policy: Policy, case: Case, reasons: Sequence[str]) -> set[str]:
    """Names of the values that a household reads: those its rows (`reasons`, the rows that decided) name, for its keys."""
    period = period_of(policy.period_kind, case.on)
    fired, names = set(reasons), set[str]()
    for rule in policy.entitlements:
        for expr in (rule.amount, rule.tier, rule.price, rule.away):
            _names(policy, expr, fired, names)
    found: set[str] = set()
    for name in names & set(policy.params):
        param = policy.params[name]
        for dated, _ in parts_of(param, period):
            found |= {DatedValue(param, dated, key).name for key in _keys(policy, case, param, dated)}
    return found


def _keys(policy: Policy, case: Case, param: Param, dated: Dated) -> Iterator[tuple[str, ...]]:
    """The keys by which the household, or a member of it, looks up."""
    holders = [{**case.given, **one} for one in case.members or ({},)]
    for holder in holders:
        values = [_value(policy, case, name, holder) for name in param.by]
        if None in values:
            continue
        key = tuple(key_text(value) for value in values)
        before, last = key[:-1], values[-1] if values else None
        if key in dated.rows:
            yield key
        elif before in dated.mores and isinstance(last, Fraction) and last > dated.last(before):
            yield (*before, "each_more")
        else:
            yield from ((*key[:n], "other") for n in range(len(before), -1, -1) if key[:n] in dated.others)


def _value(policy: Policy, case: Case, name: str, holder: Given) -> Value:
    if name == "size":
        size = case.given.get("size", Fraction(len(case.members or ())))
        return size if isinstance(size, Fraction) else None
    return known(policy.inputs[name], holder.get(name), policy.categories)


def _names(policy: Policy, expr: Expr | None, fired: set[str], found: set[str]) -> None:
    for name in dict.fromkeys(named(expr.ast)) if expr is not None else ():
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


def named(ast: object) -> Iterator[str]:
    """The names in an expression."""
    if isinstance(ast, syntax.Name):
        yield ast.text
    elif isinstance(ast, (tuple, list)):
        for part in ast:
            yield from named(part)
    elif hasattr(ast, "__dataclass_fields__"):
        for field in ast.__dataclass_fields__:
            yield from named(getattr(ast, field))
