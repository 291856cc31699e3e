"""Rows that both fit one household, and rows that fit none: shown by a household, found before anything runs.

Conditions compare inputs with words and constants, so what a row does can change only there: at every word, and at every
constant, one below and one above it. All combinations of those are tried by exact evaluation. An overlap is always real
(the household is there); "nobody can fit" is said only where the conditions are of that plain form and no combination was
left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import gcd, prod

from evenhand.core.period import Period
from evenhand.flow.policy.calendar import add_years
from evenhand.flow.policy.evaluate import Household, parts
from evenhand.flow.policy.model import Input
from evenhand.flow.policy.numbers import MEMBERS_MAX
from evenhand.flow.policy.sheet import Faults
from evenhand.flow.policy.tree import AGGREGATES, Node, Program, TypedRow, TypedTable

MOST_COMBINATIONS = 3_000
MOST_SAMPLED = 90
"""Households tried for a table whose conditions are not plain: an overlap may still show itself."""
MOST_PERIODS = 12
MOST_WORK = 300_000
"""Operations evaluated for one table: loading must not take long, whatever stands in the file."""

Scene = tuple[dict[str, object], "list[dict[str, object]] | None"]


@dataclass
class Seen:
    """What the conditions of a table speak of."""

    household: dict[str, None] = field(default_factory=dict)
    member: dict[str, None] = field(default_factory=dict)
    size: bool = False
    gathers: bool = False
    plain: bool = True
    words: dict[str, set[str]] = field(default_factory=dict)
    constants: list[Node] = field(default_factory=list)
    rules: set[str] = field(default_factory=set)
    nodes: int = 0


def check_overlaps(program: Program, faults: Faults) -> None:
    """Note overlapping and unreachable rows of every table of `program` (compiled for sample periods)."""
    for typed in program.rules.values():
        if isinstance(typed, TypedTable) and typed.rule.hit != "sum":
            _check(program, typed, faults)


def _check(program: Program, typed: TypedTable, faults: Faults) -> None:
    seen = Seen()
    for row in typed.rows:
        look(program, row.when, seen, True)
    reached: set[str] = set()
    whole = seen.plain
    if typed.rule.hit == "first" and not whole:
        return
    periods = _periods(program, typed)
    most = (MOST_COMBINATIONS if whole else MOST_SAMPLED) // max(1, len(periods))
    most = min(most, MOST_WORK // (max(1, seen.nodes) * max(1, len(periods))))
    told: set[tuple[str, str]] = set()
    told_gap = False
    for index in periods:
        rows = [row for row in typed.rows if index in row.in_force]
        scenes, complete = _scenes(program, typed, seen, index, most)
        whole = whole and complete
        for given, members in scenes:
            fitting = _fitting(program, typed, rows, given, members, index)
            if (
                fitting == []
                and typed.otherwise is None
                and not told_gap
                and rows
                and _decided(typed, program, given, members, index)
            ):
                told_gap = True
                _tell_gap(faults, typed, given, members, program.environments[index])
            if typed.rule.hit == "first":
                fitting = fitting[:1]
            reached.update(row.row.id for row in fitting)
            if len(fitting) > 1:
                pair = fitting[0].row.id, fitting[1].row.id
                if pair not in told:
                    told.add(pair)
                    _tell(faults, fitting[0], fitting[1], given, members, program.environments[index])
    if whole and len(periods) < MOST_PERIODS:
        for row in typed.rows:
            if row.row.id not in reached and not any(row.row.id in pair for pair in told):
                faults.add(
                    row.row.path,
                    row.row.id,
                    f'row "{row.row.id}" can never fit',
                    "mend its condition, or leave the row out",
                )


def _periods(program: Program, typed: TypedTable) -> list[int]:
    """One period for every set of rows and constants that differ."""
    found: dict[object, int] = {}
    for index in range(len(program.environments)):
        key = (
            tuple(index in row.in_force for row in typed.rows),
            tuple(param.at(program.environments[index].first) is None or id(param.at(program.environments[index].first))
                  for param in program.policy.params.values()),
        )  # fmt: skip
        found.setdefault(key, index)
    return list(found.values())[:MOST_PERIODS]


def _fitting(program: Program, typed: TypedTable, rows: Sequence[TypedRow], given: dict[str, object],
             members: list[dict[str, object]] | None, index: int) -> list[TypedRow]:  # fmt: skip
    household = Household(program, given, members, index)
    fits = household.fits(typed, 0 if typed.rule.of == "member" else None)
    return [row for row, fit in zip(typed.rows, fits, strict=True) if fit and row in rows]


def _decided(typed: TypedTable, program: Program, given: dict[str, object],
             members: list[dict[str, object]] | None, index: int) -> bool:  # fmt: skip
    """Whether all conditions are known for this household: then none that fits is a gap in the table."""
    fits = Household(program, given, members, index).fits(typed, 0 if typed.rule.of == "member" else None)
    return None not in fits


def _tell_gap(faults: Faults, typed: TypedTable, given: dict[str, object], members: list[dict[str, object]] | None,
              period: Period) -> None:  # fmt: skip
    faults.add(
        typed.rule.path,
        typed.rule.name,
        f"no row fits a household with {_all_shown(given, members)} ({period.id}), and there is no `otherwise`",
        'write otherwise = {then = "0", because = "…"}, or a row for it',
    )


def _all_shown(given: dict[str, object], members: list[dict[str, object]] | None) -> str:
    people = "".join(f"; a member with {_shown(member)}" for member in members or ())
    return ((_shown(given) if given else "") + people).removeprefix("; ") or "anything"


def _tell(faults: Faults, first: TypedRow, second: TypedRow, given: dict[str, object],
          members: list[dict[str, object]] | None, period: Period) -> None:  # fmt: skip
    faults.add(
        second.row.path,
        second.row.id,
        f'rows "{first.row.id}" and "{second.row.id}" both fit a household with '
        f"{_all_shown(given, members)} ({period.id})",
        f'make one the exception (over = "{first.row.id}"), or narrow one of the conditions',
    )


def _shown(values: dict[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


# -- what the conditions speak of


def look(program: Program, node: Node, seen: Seen, plain: bool) -> None:
    seen.nodes += 1
    if node.op == "input":
        found = program.policy.inputs[str(node.data)]
        (seen.household if found.of == "household" else seen.member)[found.name] = None
    elif node.op == "size":
        seen.size = True
    elif node.op == "rule":
        seen.plain = False
        if str(node.data) in seen.rules:
            return
        seen.rules.add(str(node.data))
        for part in parts(program.rules[str(node.data)]):
            look(program, part, seen, False)
    elif node.op in AGGREGATES:
        seen.gathers = True
        seen.plain = seen.plain and node.op == "any-of"
    elif node.op == "word-in":
        seen.words.setdefault(str(node.args[0].data), set()).update(node.data)
    elif node.op == "compare":
        seen.plain = seen.plain and _is_plain(node)
        seen.constants += [arg for arg in node.args if arg.op == "const"]
    elif node.op not in ("and", "or", "not", "const", "age"):
        seen.plain = False
    for arg in node.args:
        look(program, arg, seen, plain)


def _is_plain(node: Node) -> bool:
    """A comparison of one input, the size or an age with a constant."""
    left, right = node.args
    value, constant = (left, right) if right.op == "const" else (right, left)
    simple = value.op in ("input", "size") or (
        value.op == "age" and value.args[0].op == "input" and value.args[1].op == "const"
    )
    return constant.op == "const" and simple


# -- households to try


def _scenes(program: Program, typed: TypedTable, seen: Seen, index: int, most: int) -> tuple[list[Scene], bool]:
    """(households to try, whether they are all there is to try)."""
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
    every = prod(len(choices) for choices in household.values()) * len(groups)
    complete = every <= most and prod(len(choices) for choices in member.values()) == max(1, len(people))
    pairs: Iterator[Scene] = itertools.product(homes, groups)
    return _every(pairs, len(homes) * len(groups), most), complete


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
