"""Households to try a policy on: whole ones, with every input it reads, at the values where its conditions change."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from evenhand.flow.policy.evaluate import parts
from evenhand.flow.policy.model import Input, Policy
from evenhand.flow.policy.tree import Program, TypedTable
from evenhand.flow.policy.trials import Seen, look, values_of

Given = dict[str, object]
MOST_VALUES = 12


def everything(program: Program) -> Seen:
    """What the whole policy speaks of."""
    seen = Seen()
    for typed in program.rules.values():
        for part in parts(typed):
            look(program, part, seen)
    for entitlement in program.entitlements:
        for node in (entitlement.amount, entitlement.tier):
            if node is not None:
                look(program, node, seen)
    return seen


def reads_members(program: Program, seen: Seen) -> bool:
    """Whether a household must come with its members."""
    return bool(seen.member) or seen.gathers or any(typed.rule.of == "member" for typed in program.rules.values())


def plain_value(program: Program, found: Input) -> object:
    """An ordinary value of an input: what is assumed, the first word, false, 30 years ago, the lowest number."""
    if found.assume is not None:
        return found.assume
    if found.type == "category":
        return program.policy.categories[found.category][0]
    if found.type == "bool":
        return False
    if found.type == "date":
        assert isinstance(found.low, date) and isinstance(found.high, date)
        first = program.environments[0].first
        wanted = date(max(first.year - 30, 1), 1, 15) if found.name == "birth_date" else first
        return min(max(wanted, found.low), found.high)
    assert isinstance(found.low, Fraction) and isinstance(found.high, Fraction)
    return max(found.low, min(Fraction(0), found.high))


def households(program: Program, typed: TypedTable, most: int) -> Iterator[tuple[Given, list[Given] | None]]:
    """Whole households at every combination of values at which the table's conditions change, as many as `most`."""
    policy = program.policy
    whole, seen = everything(program), Seen()
    for row in typed.rows:
        look(program, row.when, seen)
    base = {name: plain_value(program, policy.inputs[name]) for name in whole.household}
    person = {name: plain_value(program, policy.inputs[name]) for name in whole.member}
    home = {name: _some(values_of(program, policy.inputs[name], seen, 0)) for name in seen.household}
    people = {name: _some(values_of(program, policy.inputs[name], seen, 0)) for name in seen.member}
    with_members = reads_members(program, whole)
    sizes: list[object] = [Fraction(size) for size in (1, 2, 4)]
    if seen.size:
        sizes = [*sizes, *_sizes(seen)]
    tried = itertools.product(_combined(home), _combined(people), sizes)
    for given, member, size in itertools.islice(tried, most):
        assert isinstance(size, Fraction)
        if with_members:
            yield {**base, **given}, [{**person, **member}, *({**person} for _ in range(int(size) - 1))]
        else:
            yield {**base, **given, "size": size}, None


def _some(values: list[object]) -> list[object]:
    return (
        values if len(values) <= MOST_VALUES else [values[i * len(values) // MOST_VALUES] for i in range(MOST_VALUES)]
    )


def _sizes(seen: Seen) -> list[Fraction]:
    numbers = [node.data[0] for node in seen.constants if node.kind == "number" and isinstance(node.data[0], Fraction)]
    return sorted({n + d for n in numbers for d in (-1, 0, 1) if n.denominator == 1 and 1 <= n + d <= 30})


def _combined(values: dict[str, list[object]]) -> Iterator[Given]:
    return (dict(zip(values, row, strict=True)) for row in itertools.product(*values.values()))


def decimal(value: Fraction) -> str:
    """An exact number as text: a decimal where it is one, else a fraction."""
    scaled = value * 10**9
    if scaled.denominator != 1:
        return str(value)
    sign, whole, rest = "-" if value < 0 else "", *divmod(abs(int(scaled)), 10**9)
    return f"{sign}{whole}" + (f".{rest:09d}".rstrip("0") if rest else "")


def inline(policy: Policy, values: Given) -> str:
    """A household or member as TOML, in the units of its inputs."""
    return "{" + ", ".join(f"{name} = {_written(policy, name, value)}" for name, value in values.items()) + "}"


def _written(policy: Policy, name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Fraction):
        found = policy.inputs.get(name)
        text = decimal(value / found.measure.scale if found and found.measure else value)
        return f'"{text}"' if "/" in text else text
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
