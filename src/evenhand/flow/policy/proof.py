"""Conditions of the typed tree as conditions over whole numbers: what the proof that rows never meet is made on.

A comparison of a bounded input, the size, an age or a date with a constant is taken as it is. What is computed from more
than one input (a sum over members, a rule that is a table) counts as a number of its own between its proved bounds:
conditions on the same such number can still be told apart, and only an example then needs a household that is tried.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from fractions import Fraction
from math import ceil, floor

from evenhand.flow.policy import calendar
from evenhand.flow.policy.model import Input
from evenhand.flow.policy.numbers import MEMBERS_MAX
from evenhand.flow.policy.regions import (
    ALWAYS,
    NEVER,
    Condition,
    Domain,
    Every,
    Some,
    Variable,
    Within,
    points,
    without,
)
from evenhand.flow.policy.tree import Node, Program, TypedStep

_CONTRARY = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
SIZE = Variable("size", ((1, MEMBERS_MAX),))


class Reader:
    """Reads conditions of a program as they are in one of its periods."""

    def __init__(self, program: Program, index: int) -> None:
        self.program = program
        self.index = index

    def condition(self, node: Node, wanted: bool = True) -> Condition:
        """That `node` is true (or is false): known to be so."""
        if node.op == "const":
            value = node.data[self.index]
            return NEVER if value is None or value is not wanted else ALWAYS
        if node.op == "not":
            return self.condition(node.args[0], not wanted)
        if node.op in ("and", "or"):
            parts = tuple(self.condition(arg, wanted) for arg in node.args)
            return Every(parts) if (node.op == "and") is wanted else Some(parts)
        if node.op == "rule" and isinstance(typed := self.program.rules[str(node.data)], TypedStep):
            return self.condition(typed.node, wanted)
        if node.op == "input":
            return Within(variable_of(self.program, self.program.policy.inputs[str(node.data)]), points([int(wanted)]))
        if node.op == "word-in" and self._inside(node.args[0]).op == "input":
            return self._words(node, wanted)
        if node.op == "compare":
            return self._compare(node, node.data if wanted else _CONTRARY[node.data])
        return Within(Variable(self.key(node), ((0, 1),), False), points([int(wanted)]))

    def _words(self, node: Node, wanted: bool) -> Condition:
        found = self.program.policy.inputs[str(self._inside(node.args[0]).data)]
        words = self.program.policy.categories[found.category]
        return Within(variable_of(self.program, found), points(
            place for place, word in enumerate(words) if (word in node.data) is wanted))  # fmt: skip

    def _compare(self, node: Node, op: str) -> Condition:
        left, right = node.args
        if left.op == "const":
            left, right, op = right, left, _TURNED[op]
        if right.op != "const":
            return self._two(left, right, op)
        bound = right.data[self.index]
        if bound is None:
            return NEVER
        left = self._inside(left)
        if isinstance(bound, date):
            variable, low, high = self._day(left, bound)
        elif left.op == "age" and self._inside(left.args[0]).op == "input" and left.args[1].op == "const":
            return self._age(left, op, bound)
        else:
            variable, factor, more = self._line(left)
            if factor < 0:
                op = _TURNED[op]
            exact = (bound - more) / factor
            low, high = ceil(exact), floor(exact)
        return Within(variable, _cut(variable.universe, op, low, high))

    def _inside(self, node: Node) -> Node:
        """The formula of a step in the step's place."""
        while node.op == "rule" and isinstance(typed := self.program.rules[str(node.data)], TypedStep):
            node = typed.node
        return node

    def _two(self, left: Node, right: Node, op: str) -> Condition:
        """Two values that both depend on data: below, equal or above."""
        one, other = self.key(left), self.key(right)
        if repr(other) < repr(one):
            one, other, op = other, one, _TURNED[op]
        variable = Variable(("difference", one, other), ((-1, 1),), False)
        return Within(variable, _cut(variable.universe, op, 0, 0))

    def _line(self, node: Node) -> tuple[Variable, Fraction, Fraction]:
        """(variable, factor, more): a number as factor x variable + more."""
        node = self._inside(node)
        if node.op == "input":
            found = self.program.policy.inputs[str(node.data)]
            return variable_of(self.program, found), Fraction(1, found.parts), Fraction(0)
        if node.op == "size":
            return SIZE, Fraction(1), Fraction(0)
        open_ = [place for place, arg in enumerate(node.args) if arg.op != "const"]
        fixed = [arg.data[self.index] for arg in node.args if arg.op == "const"]
        if node.op in ("sum", "product") and len(open_) == 1 and None not in fixed:
            variable, factor, more = self._line(node.args[open_[0]])
            if node.op == "sum":
                signs = [sign for place, sign in enumerate(node.data) if place not in open_]
                added = sum((sign * value for sign, value in zip(signs, fixed, strict=True)), Fraction(0))
                sign = node.data[open_[0]]
                return variable, sign * factor, sign * more + added
            times = Fraction(1)
            for value in fixed:
                times *= value
            if times:
                return variable, factor * times, more * times
        quant = node.number
        ends = (ceil(quant.lo * quant.den), floor(quant.hi * quant.den))
        return Variable(self.key(node), (ends,), False), Fraction(1, quant.den), Fraction(0)

    # -- dates

    def _day(self, node: Node, bound: date) -> tuple[Variable, int, int]:
        """(variable, first, last): from the day `first` on it is `bound` or later, up to `last` it is `bound` or earlier."""
        node = self._inside(node)
        inner = self._inside(node.args[0]) if node.args else node
        if node.op in ("add-years", "add-days") and inner.op == "input" and node.args[1].op == "const":
            more = node.args[1].data[self.index]
            variable = variable_of(self.program, self.program.policy.inputs[str(inner.data)])
            if more is not None and node.op == "add-days":
                return variable, bound.toordinal() - int(more), bound.toordinal() - int(more)
            if more is not None and 1 < bound.year - int(more) < 9_990:
                return variable, *_before(bound, int(more), node.data)
        if node.op == "input":
            variable = variable_of(self.program, self.program.policy.inputs[str(node.data)])
        else:
            assert node.span is not None
            ends = (node.span[0].toordinal(), node.span[1].toordinal())
            variable = Variable(self.key(node), (ends,), False)
        return variable, bound.toordinal(), bound.toordinal()

    def _age(self, node: Node, op: str, bound: Fraction) -> Condition:
        born = self.program.policy.inputs[str(self._inside(node.args[0]).data)]
        variable = variable_of(self.program, born)
        on = node.args[1].data[self.index]
        if on is None:
            return NEVER
        ages = _cut(((0, 9_999),), op, ceil(bound), floor(bound))
        days = [(_born(on, high + 1, node.data) + 1, _born(on, low, node.data)) for low, high in reversed(ages)]
        inside = tuple((low, high) for low, high in days if low <= high)
        return Within(variable, without(variable.universe, without(variable.universe, inside)))

    # -- what else there is

    def key(self, node: Node) -> Hashable:
        """What tells a value from others: the same key, the same value in this period."""
        if node.op == "const":
            return node.data[self.index]  # type: ignore[no-any-return]
        data: Hashable = id(node.data[self.index]) if node.op == "lookup" else (
            tuple(sorted(node.data)) if isinstance(node.data, frozenset) else repr(node.data))  # fmt: skip
        return (node.op, data, *(self.key(arg) for arg in node.args))


def variable_of(program: Program, found: Input) -> Variable:
    """An input as a variable: a word's place in its list, 0 or 1, a day's ordinal, a number in its parts."""
    key = ("input", found.name)
    if found.type == "category":
        return Variable(key, ((0, len(program.policy.categories[found.category]) - 1),))
    if found.type == "bool":
        return Variable(key, ((0, 1),))
    if isinstance(found.low, date) and isinstance(found.high, date):
        return Variable(key, ((found.low.toordinal(), found.high.toordinal()),))
    assert isinstance(found.low, Fraction) and isinstance(found.high, Fraction)
    return Variable(key, ((ceil(found.low * found.parts), floor(found.high * found.parts)),))


def value_of(program: Program, found: Input, domain: Domain) -> object:
    """A value of an input out of `domain`: its lowest, or, where that is the lowest there is, the highest beside it."""
    low, high = domain[0]
    if found.type == "category":
        return program.policy.categories[found.category][low]
    if found.type == "bool":
        return bool(low)
    if found.type == "date":
        assert isinstance(found.low, date)
        return date.fromordinal(high if low == found.low.toordinal() else low)
    return Fraction(low, found.parts)


def _cut(universe: Domain, op: str, low: int, high: int) -> Domain:
    """The numbers of `universe` that stand in `op` to a bound between `high` and `low` (the same number, or none is it)."""
    least, most = universe[0][0], universe[-1][1]
    if op in ("=", "<>"):
        same: Domain = ((low, high),) if low <= high else ()
        off = without(universe, same)
        return off if op == "<>" else without(universe, off)
    below, above = (least, {"<": low - 1, "<=": high}.get(op, most)), ({">": high + 1, ">=": low}.get(op, least), most)
    kept = (max(below[0], above[0]), min(below[1], above[1]))
    return without(universe, without(universe, (kept,))) if kept[0] <= kept[1] else ()


def _before(bound: date, years: int, leap: str) -> tuple[int, int]:
    """(first, last): days whose `years` later is `bound` or later from `first` on, `bound` or earlier up to `last`."""
    guess = calendar.add_years(bound, -years, "1 Mar").toordinal()
    later = {day: calendar.add_years(date.fromordinal(day), years, leap) for day in range(guess - 3, guess + 4)}
    first = next(day for day, then in later.items() if then >= bound)
    last = max(day for day, then in later.items() if then <= bound)
    return first, last


def _born(on: date, years: int, leap: str) -> int:
    """The last birthday (as an ordinal) of those who are `years` old or older on a day; without end for 0."""
    if years <= 0:
        return date.max.toordinal()
    if on.year - years < 2:
        return 0
    day = calendar.add_years(on, -years, "1 Mar").toordinal() + 2
    while calendar.age(date.fromordinal(day), on, leap) < years:
        day -= 1
    return day
