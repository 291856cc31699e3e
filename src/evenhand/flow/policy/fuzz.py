"""Cliffs: a household that gains a member, or loses income, and is due less of a benefit for it.

A benefit with several entitlements is judged by their sum: what moves from one to the other is no loss.

Tries whole households, most of them at the values where the policy's conditions change, and makes each poorer or larger
by one step. What is found is narrowed to the smallest loss of income that still does it. Finding none proves nothing.
Chance is an argument, so the same seed finds the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evenhand.flow.policy import scenes
from evenhand.flow.policy.evaluate import Household, parts
from evenhand.flow.policy.model import Input
from evenhand.flow.policy.numbers import MEMBERS_MAX
from evenhand.flow.policy.tree import Program, TypedTable
from evenhand.flow.policy.trials import Seen, values_of

Chance = Callable[[int], int]
"""A whole number from 0 to below its argument."""

Family = tuple[scenes.Given, "list[scenes.Given] | None"]

_INCOME = re.compile(r"income|earn|wage|salar|pension|pay\b|profit|remittance|social_security", re.IGNORECASE)


@dataclass(frozen=True)
class Cliff:
    """A household, what happens to it, and what it is due before and after, in base units (of 1/parts).

    `rows` are those that do it: rows that decide after and did not before, or else rows whose amounts fell.
    """

    benefit: str
    change: str
    given: scenes.Given
    members: tuple[scenes.Given, ...] | None
    before: int
    after: int
    rows: tuple[str, ...]


def incomes(program: Program, named: Sequence[str] = ()) -> list[Input]:
    """The inputs that are income: those named, or the money whose name or purpose speaks of it."""
    inputs = [one for one in program.policy.inputs.values() if one.type == "number"]
    if named:
        return [one for one in inputs if one.name in named]
    money = [one for one in inputs if one.measure and any(dim.startswith("money") for dim, _ in one.measure.dims)]
    return [one for one in money if _INCOME.search(f"{one.name} {one.purpose}")]


def cliffs(program: Program, chance: Chance, tries: int, named: Sequence[str] = (),
           go_on: Callable[[int], bool] = lambda done: True) -> list[Cliff]:  # fmt: skip
    """Cliffs found in `tries` households, one for each benefit, kind of change and set of rows.

    `go_on` is asked with the number done, and stops the search by False.
    """
    maker = _Maker(program, chance, incomes(program, named))
    found: dict[object, Cliff] = {}
    for done in range(tries):
        if not go_on(done):
            break
        family = maker.family()
        before = _due(program, family)
        for kind, change, after in maker.changes(family):
            now = _due(program, after)
            for name in before:
                if not _less(before, now, name):
                    continue
                cliff = _narrowed(program, maker, name, kind, change, family, after)
                found.setdefault((name, kind, cliff.rows), cliff)
    return list(found.values())


class _Maker:
    """Makes households, and makes them poorer or larger."""

    def __init__(self, program: Program, chance: Chance, earned: list[Input]) -> None:
        self.program, self.chance, self.earned = program, chance, earned
        self.seen: Seen = scenes.everything(program)
        inputs = program.policy.inputs
        self.values = {
            name: values_of(program, inputs[name], self.seen, 0) for name in (*self.seen.household, *self.seen.member)
        }
        self.with_members = scenes.reads_members(program, self.seen)

    def value(self, name: str) -> object:
        """A value of an input: mostly where something changes, else ordinary or anything in its range."""
        found = self.program.policy.inputs[name]
        values = self.values[name]
        if self.chance(4) == 0:
            return scenes.plain_value(self.program, found)
        if found.type == "number" and self.chance(3) == 0:
            assert isinstance(found.low, Fraction) and isinstance(found.high, Fraction)
            high = found.high
            marks = [value for value in values if isinstance(value, Fraction) and value < high]
            top = min(found.high, max(marks, default=found.high) * 2 + 100_000)
            steps = int((top - found.low) * found.parts)
            return found.low + Fraction(self.chance(steps + 1), found.parts) if steps > 0 else found.low
        return values[self.chance(len(values))]

    def member(self) -> scenes.Given:
        """A member."""
        return {name: self.value(name) for name in self.seen.member}

    def family(self) -> Family:
        """A household of one to eight."""
        given = {name: self.value(name) for name in self.seen.household}
        size = 1 + self.chance(8)
        if self.with_members:
            return given, [self.member() for _ in range(size)]
        return {**given, "size": Fraction(size)}, None

    def changes(self, family: Family) -> list[tuple[str, str, Family]]:
        """(kind, in words, the household after)."""
        given, members = family
        found: list[tuple[str, str, Family]] = []
        if members is not None:
            more = dict(members[self.chance(len(members))]) if self.chance(2) else self.member()
            for one in self.earned:
                if one.name in more and isinstance(one.low, Fraction):
                    more[one.name] = max(one.low, Fraction(0))
            found.append(("a member more", "one member more", (given, [*members, more])))
        elif isinstance(given["size"], Fraction) and given["size"] < MEMBERS_MAX:
            found.append(("a member more", "one member more", ({**given, "size": given["size"] + 1}, None)))
        for one in self.earned:
            holders = [given] if one.of == "household" else list(members or ())
            for place, holder in enumerate(holders):
                value = holder.get(one.name)
                if isinstance(value, Fraction) and isinstance(one.low, Fraction) and value > max(one.low, Fraction(0)):
                    floor = max(one.low, Fraction(0))
                    less = floor + Fraction(self.chance(int((value - floor) * one.parts)), one.parts)
                    after = with_income(family, one, place, less)
                    found.append((f"less {one.name}", self.told(one, value, less), after))
        return found

    def told(self, one: Input, value: Fraction, less: Fraction) -> str:
        """`income falls from 1010 to 1000 USD`."""
        assert one.measure is not None
        shown = [scenes.decimal(number / one.measure.scale) for number in (value, less)]
        return f"{one.name} falls from {shown[0]} to {shown[1]} {one.measure.text}"


def with_income(family: Family, one: Input, place: int, value: Fraction) -> Family:
    """The household with another income (of the member at `place`)."""
    given, members = family
    if one.of == "household":
        return {**given, one.name: value}, members
    people = [{**member, one.name: value} if n == place else member for n, member in enumerate(members or ())]
    return given, people


def _due(program: Program, family: Family) -> dict[str, int | None]:
    """What a household is due of each benefit; None where a part of it cannot be decided."""
    due = Household(program, family[0], family[1]).due()
    sums: dict[str, int | None] = {}
    for found in program.entitlements:
        amount, before = due[found.rule.name].amount, sums.get(found.rule.benefit, 0)
        sums[found.rule.benefit] = None if amount is None or before is None else before + amount
    return sums


def _less(before: dict[str, int | None], after: dict[str, int | None], benefit: str) -> bool:
    old, new = before[benefit], after[benefit]
    return old is not None and new is not None and new < old


def _narrowed(program: Program, maker: _Maker, name: str, kind: str, change: str, family: Family,
              after: Family) -> Cliff:  # fmt: skip
    """The cliff with the smallest fall of income that still does it."""
    low, high = after, family
    for one in maker.earned if kind.startswith("less ") else ():
        if kind != f"less {one.name}":
            continue
        place, upper, lower = _where(one, family, after)
        while (upper - lower) * one.parts > 1:
            middle = lower + Fraction(int((upper - lower) * one.parts) // 2, one.parts)
            between = with_income(family, one, place, middle)
            if _less(_due(program, high), _due(program, between), name):
                low, lower = between, middle
            elif _less(_due(program, between), _due(program, low), name):
                high, upper = between, middle
            else:
                break
        change = maker.told(one, upper, lower)
    rows = _rows(program, name, high, low)
    first, last = _due(program, high)[name] or 0, _due(program, low)[name] or 0
    return Cliff(name, change, high[0], None if high[1] is None else tuple(high[1]), first, last, rows)


def _where(one: Input, family: Family, after: Family) -> tuple[int, Fraction, Fraction]:
    holders = [family[0]] if one.of == "household" else list(family[1] or ())
    changed = [after[0]] if one.of == "household" else list(after[1] or ())
    for place, (old, new) in enumerate(zip(holders, changed, strict=True)):
        upper, lower = old[one.name], new[one.name]
        if upper != lower and isinstance(upper, Fraction) and isinstance(lower, Fraction):
            return place, upper, lower
    raise AssertionError(one.name)


def _rows(program: Program, benefit: str, before: Family, after: Family) -> tuple[str, ...]:
    """The rows that decide after and did not before; if they are the same, the rows of the tables that give less."""
    stands_on = _stands_on(program, benefit)
    old, new = Household(program, *before), Household(program, *after)
    fresh: list[str] = []
    fallen: list[str] = []
    for name, typed in program.rules.items():
        if not isinstance(typed, TypedTable) or name not in stands_on:
            continue
        ids = [f"{name}.{row.id}" for row in typed.rule.rows] + [f"{name}.otherwise"]
        was, now = _fired(old, typed), _fired(new, typed)
        fresh += [row for place, row in enumerate(ids) if now[0] >> place & 1 and not was[0] >> place & 1]
        if now[1] is not None and was[1] is not None and now[1] < was[1]:
            fallen += [row for place, row in enumerate(ids) if now[0] >> place & 1]
    return tuple(fresh or fallen)


def _stands_on(program: Program, benefit: str) -> set[str]:
    """The rules a benefit is made of."""
    found: set[str] = set()
    open_ = [one.amount for one in program.entitlements if one.rule.benefit == benefit]
    while open_:
        node = open_.pop()
        open_ += node.args
        if node.op == "rule" and str(node.data) not in found:
            found.add(str(node.data))
            open_ += parts(program.rules[str(node.data)])
    return found


def _fired(household: Household, typed: TypedTable) -> tuple[int, Fraction | None]:
    people: list[int | None] = list(range(len(household.members or ()))) if typed.rule.of == "member" else [None]
    bits, total = 0, Fraction(0)
    for person in people:
        value, own = household.rule(typed.rule.name, person)
        bits |= own
        if not isinstance(value, Fraction):
            return bits, None
        total += value
    return bits, total
