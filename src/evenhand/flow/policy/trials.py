"""Households at the values where conditions change: to be tried, or drawn from.

Conditions compare inputs with words and constants, so what a row does can change only there: at every word, and at every
constant, one below and one above it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import gcd, prod

from evenhand.core.period import Period
from evenhand.flow.policy.calendar import add_years
from evenhand.flow.policy.evaluate import parts
from evenhand.flow.policy.model import Input
from evenhand.flow.policy.numbers import MEMBERS_MAX
from evenhand.flow.policy.tree import AGGREGATES, Node, Program, TypedTable

MOST_COMBINATIONS = 3_000

Scene = tuple[dict[str, object], "list[dict[str, object]] | None"]


@dataclass
class Seen:
    """What the conditions of a table speak of."""

    household: dict[str, None] = field(default_factory=dict)
    member: dict[str, None] = field(default_factory=dict)
    size: bool = False
    gathers: bool = False
    words: dict[str, set[str]] = field(default_factory=dict)
    constants: list[Node] = field(default_factory=list)
    rules: set[str] = field(default_factory=set)
    nodes: int = 0


# -- what the conditions speak of


def look(program: Program, node: Node, seen: Seen) -> None:
    """Add to `seen` what a formula speaks of, through all rules."""
    seen.nodes += 1
    if node.op == "input":
        found = program.policy.inputs[str(node.data)]
        (seen.household if found.of == "household" else seen.member)[found.name] = None
    elif node.op == "size":
        seen.size = True
    elif node.op == "rule":
        if str(node.data) in seen.rules:
            return
        seen.rules.add(str(node.data))
        for part in parts(program.rules[str(node.data)]):
            look(program, part, seen)
    elif node.op in AGGREGATES:
        seen.gathers = True
    elif node.op == "word-in":
        seen.words.setdefault(str(node.args[0].data), set()).update(node.data)
    elif node.op == "compare":
        seen.constants += [arg for arg in node.args if arg.op == "const"]
    for arg in node.args:
        look(program, arg, seen)


# -- households to try


def scenes_for(program: Program, typed: TypedTable, seen: Seen, index: int, most: int) -> list[Scene]:
    """Households to try on a table, at most `most` of them, spread evenly over all there are."""
    household: dict[str, list[object]] = {
        name: values_of(program, program.policy.inputs[name], seen, index) for name in seen.household
    }
    if seen.size:
        sizes = {Fraction(1), *(value + d for value in _numbers(seen, index) for d in (-1, 0, 1))}
        household["size"] = [size for size in sorted(sizes) if size.denominator == 1 and 1 <= size <= MEMBERS_MAX]
    member = {name: values_of(program, program.policy.inputs[name], seen, index) for name in seen.member}
    people = _combined(member, min(most, MOST_COMBINATIONS))
    if typed.rule.of == "member":
        groups: list[list[dict[str, object]] | None] = [[person] for person in people] or [[{}]]
    elif seen.gathers:
        few = people[:40]
        groups = [*([person] for person in people), *([a, b] for a, b in itertools.combinations(few, 2))]
    else:
        groups = [None]
    homes = _combined(household, min(most, MOST_COMBINATIONS)) or [{}]
    pairs: Iterator[Scene] = itertools.product(homes, groups)
    return _every(pairs, len(homes) * len(groups), most)


def _every(pairs: Iterator[Scene], count: int, most: int) -> list[Scene]:
    step = max(1, -(-count // most))
    return list(itertools.islice(pairs, 0, None, step))


def _combined(values: dict[str, list[object]], most: int) -> list[dict[str, object]]:
    if not values:
        return []
    total = prod(len(choices) for choices in values.values())
    count = min(total, most)
    stride = 1 if count == total else next(s for s in range(total * 5 // 8 + 1, 2 * total + 2) if gcd(s, total) == 1)
    return [_combination(values, number * stride % total) for number in range(count)]


def _combination(values: dict[str, list[object]], number: int) -> dict[str, object]:
    """The `number`-th combination, counted in mixed radix."""
    found: dict[str, object] = {}
    for name, choices in values.items():
        number, place = divmod(number, len(choices))
        found[name] = choices[place]
    return found


def _numbers(seen: Seen, index: int) -> list[Fraction]:
    return [node.data[index] for node in seen.constants if node.kind == "number" and node.data[index] is not None]


def values_of(program: Program, found: Input, seen: Seen, index: int) -> list[object]:
    """The values of an input at which a condition can change, from its declared range only."""
    if found.type == "category":
        words = program.policy.categories[found.category]
        named = seen.words.get(found.name, set())
        others = [word for word in words if word not in named]
        return [word for word in words if word in named or word in others[:1]] if named else list(words[:8])
    if found.type == "bool":
        return [True, False]
    if found.type == "date":
        return list(_dates(program.environments[index], found, seen, index))
    assert isinstance(found.low, Fraction) and isinstance(found.high, Fraction)
    fine = Fraction(1, found.parts)
    values = {
        found.low,
        found.high,
        *(value + d for value in _numbers(seen, index) for d in (-fine, Fraction(0), fine)),
    }
    return [
        value for value in sorted(values) if found.low <= value <= found.high and (value * found.parts).denominator == 1
    ]


def _dates(period: Period, found: Input, seen: Seen, index: int) -> Iterable[date]:
    assert isinstance(found.low, date) and isinstance(found.high, date)
    near: set[date] = {found.low, found.high}
    anchors = [period.first, period.last]
    anchors += [node.data[index] for node in seen.constants if node.kind == "date" and node.data[index] is not None]
    for anchor in anchors:
        for years in {
            Fraction(0),
            *(value for value in _numbers(seen, index) if value.denominator == 1 and 0 < value <= 150),
        }:
            for more in (-1, 0, 1):
                try:
                    near.add(add_years(anchor, -int(years), "1 Mar") + timedelta(days=more))
                except (ValueError, OverflowError):
                    continue
    return sorted(day for day in near if found.low <= day <= found.high)
