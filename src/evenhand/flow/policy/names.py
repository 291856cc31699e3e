"""What a name stands for: inputs, parameters and lookups as nodes, in the scope that reads them and the periods at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from evenhand.core.period import Period
from evenhand.flow.policy import numbers
from evenhand.flow.policy.arithmetic import look_up
from evenhand.flow.policy.build import Builder
from evenhand.flow.policy.forbidden import forbidden
from evenhand.flow.policy.gate import FUNCTIONS, Refused
from evenhand.flow.policy.measure import DAY, PERSON, Measure
from evenhand.flow.policy.model import Dated, Param, Policy, Row
from evenhand.flow.policy.sheet import nearest
from evenhand.flow.policy.tree import Node, Program, Quant, TypedTable


class Broken(Exception):
    """Something this rule reads is wrong itself, and was reported there."""


class Names:
    """The names of a policy. `in_force` and `row` say for which periods, and in which dated row, a name is being read."""

    def __init__(self, policy: Policy, environments: Sequence[Period]) -> None:
        self.policy = policy
        self.program = Program(policy, tuple(environments))
        self.builder = Builder(environments, self.find, policy.categories, policy.leap)
        self.in_force = frozenset(range(len(environments)))
        self.row: Row | None = None

    def read_rule(self, name: str, scope: str) -> Node:
        """The node of a table or step."""
        raise NotImplementedError

    def find(self, name: str, scope: str) -> Node:
        """The node of a name (called by the builder)."""
        periods = self.program.environments
        if name in ("period_start", "period_end"):
            days = [period.first if name == "period_start" else period.last for period in periods]
            return Node("const", "date", "const", span=(min(days), max(days)), data=tuple(days))
        if name == "days_in_period":
            return self.builder.constant([Fraction(period.days) for period in periods], DAY)
        if name == "size":
            return Node(
                "size", "number", "household", quant=Quant(PERSON, 1, Fraction(1), Fraction(numbers.MEMBERS_MAX))
            )
        if name in self.policy.inputs:
            return self._input(name, scope)
        if name in self.policy.params:
            return self._param(self.policy.params[name], scope)
        if name in self.policy.rules:
            return self.read_rule(name, scope)
        if name in self.policy.declared:
            raise Broken
        raise self._unknown(name)

    def _unknown(self, name: str) -> Refused:
        if name in FUNCTIONS:
            return Refused(name, f'"{name}" is a function and wants brackets', f"write {name}( … )")
        ground = forbidden(name)
        if ground:
            return Refused(
                name, f"no rule may use a person's {ground[1]}; the registry has no such column", "leave it out"
            )
        if name == "occupation":
            return Refused(name, 'there is no name "occupation" here', "list its words under [category] occupation")
        if name in ("today", "now", "date", "month", "year"):
            return Refused(
                name, f'there is no name "{name}"', "write period_start or period_end: a day is always named"
            )
        known = [
            *self.policy.inputs,
            *self.policy.params,
            *self.policy.rules,
            "size",
            "days_in_period",
            "period_start",
            "period_end",
        ]
        return Refused(
            name,
            f'there is no name "{name}"',
            nearest(name, known, "declare it under [input], [param], [step] or [table]"),
        )

    def belongs(self, name: str, of: str, scope: str) -> None:
        if of == "member" and scope == "household":
            raise Refused(
                name,
                f'"{name}" belongs to each member',
                "put it into sum( ), any( ), all( ), count( ), min( ) or max( )",
            )

    def _input(self, name: str, scope: str) -> Node:
        found = self.policy.inputs[name]
        self.belongs(name, found.of, scope)
        if found.type == "category":
            return Node("input", "word", found.of, category=found.category, data=name)
        if found.type == "bool":
            return Node("input", "bool", found.of, data=name)
        if found.type == "date":
            assert isinstance(found.low, date) and isinstance(found.high, date)
            return Node("input", "date", found.of, span=(found.low, found.high), data=name)
        assert isinstance(found.low, Fraction) and isinstance(found.high, Fraction) and found.measure
        return Node(
            "input", "number", found.of, quant=Quant(found.measure, found.parts, found.low, found.high), data=name
        )

    def _param(self, param: Param, scope: str) -> Node:
        unit = (
            param.measure.without("person")
            if scope == "member" and ("person", -1) in param.measure.dims
            else param.measure
        )
        if param.listed:
            raise Refused(param.name, "a list by words that no household has is for prices only", "look up by inputs")
        dated = [in_period(param, period) for period in self.program.environments]
        for index in self.in_force:
            if dated[index] is None:
                self._not_in_force(param, index)
        if not param.by:
            return self.builder.constant([value.rows[()] if value else None for value in dated], unit)
        keys = [self.find(key, scope) for key in param.by]
        quant = numbers.hull([q for value in dated if value for q in _lookup_types(value, unit)] or
                             [Quant(unit, 1, Fraction(0), Fraction(0))], unit)  # fmt: skip
        of = "member" if any(key.scope == "member" for key in keys) else "household"
        return Node("lookup", "number", of, tuple(keys), quant, data=tuple(dated))  # type: ignore[arg-type]

    def _not_in_force(self, param: Param, index: int) -> None:
        day = self.program.environments[index].first
        ends = param.values[-1].span.end if param.values else None
        after = ends is not None and day > ends
        if after and (self.row is None or self.row.span.end is None):
            self.program.dead[index] = f'"{param.name}" has no value after {ends}'
            return
        if self.row is None and self.policy.span.start is None and not after and len(self.program.environments) == 1:
            self.program.dead[index] = f'"{param.name}" has no value on {day}'
            return
        raise Refused(
            param.name,
            f'in force on {day}, and "{param.name}" has no value then',
            "give the row from and to, or the value an earlier first day, or write from = under [policy]",
        )


class KnownNames(Names):
    """Names of a program that is compiled already: rules are looked up, not compiled again."""

    def __init__(self, program: Program) -> None:
        super().__init__(program.policy, program.environments)
        self.program = program

    def read_rule(self, name: str, scope: str) -> Node:
        typed = self.program.rules[name]
        if isinstance(typed, TypedTable):
            return Node("rule", "number", typed.rule.of, quant=typed.value, data=name)
        node = typed.node
        if node.scope == "const":
            return node
        return Node(
            "rule", node.kind, typed.rule.of, quant=node.quant, span=node.span, category=node.category, data=name
        )


def in_period(param: Param, period: Period) -> Dated | None:
    """The value that counts in a period: the one of its first day, or, prorated, each for its days; None without one."""
    held = parts_of(param, period)
    if len(held) < 2:
        return held[0][0] if held else None
    return blended([(value, Fraction(days, period.days)) for value, days in held])


def parts_of(param: Param, period: Period) -> list[tuple[Dated, int]]:
    """The values that count in a period, each with its days; none where a day of it has no value."""
    if not param.prorate:
        value = param.at(period.first)
        return [(value, period.days)] if value else []
    held: list[tuple[Dated, int]] = []
    for value in param.values:
        first = max(value.span.start or period.first, period.first)
        last = min(value.span.end or period.last, period.last)
        if first <= last:
            held.append((value, (last - first).days + 1))
    return held if sum(days for _, days in held) == period.days else []


def blended(held: Sequence[tuple[Dated, Fraction]]) -> Dated:
    """Values that share a period by their days, key by key; a key that one of them does not know is unknown."""
    rows: dict[tuple[str, ...], Fraction] = {}
    for key in dict.fromkeys(key for value, _ in held for key in value.rows):
        parts = [look_up(value, [Fraction(word) if word.isdigit() else word for word in key]) for value, _ in held]
        if None not in parts:
            rows[key] = sum(((part or 0) * share for part, (_, share) in zip(parts, held, strict=True)), Fraction(0))
    mores = {
        key: sum((value.mores.get(key, Fraction(0)) * share for value, share in held), Fraction(0))
        for key in dict.fromkeys(key for value, _ in held for key in value.mores)
    }
    others = {
        key: sum((value.others[key] * share for value, share in held), Fraction(0))
        for key in held[-1][0].others
        if all(key in value.others for value, _ in held)
    }
    source = "; ".join(dict.fromkeys(value.source for value, _ in held))
    return replace(held[-1][0], rows=rows, mores=mores, others=others, source=source)


def _lookup_types(value: Dated, unit: Measure) -> list[Quant]:
    numbers_found = [*value.rows.values(), *value.others.values()]
    for before, more in value.mores.items():
        last = value.rows[(*before, str(value.last(before)))]
        numbers_found += [last + more * numbers.MEMBERS_MAX, more]
    return [numbers.constant(numbers_found, unit)]
