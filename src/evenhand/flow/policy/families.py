"""Whole households for drafts of tests: ones that a row asks for, and ones at a boundary."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from evenhand.flow.policy.model import Case, Input
from evenhand.flow.policy.numbers import MEMBERS_MAX
from evenhand.flow.policy.proof import SIZE, Reader, value_of
from evenhand.flow.policy.regions import TooHard, Work, together
from evenhand.flow.policy.scenes import Given, everything, households, plain_value, reads_members
from evenhand.flow.policy.tree import Program, TypedRow, TypedTable

Family = tuple[Given, "list[Given] | None"]
"""A household's inputs (with its size, if its members are not given), and its members'."""

MOST_STEPS = 20_000


class Families:
    """Makes households for one period. `cases` are the tests whose households are tried too."""

    def __init__(self, program: Program, cases: tuple[Case, ...]) -> None:
        self.program = program
        self.cases = cases
        seen = everything(program)
        inputs = program.policy.inputs
        self.base = {name: plain_value(program, inputs[name]) for name in seen.household}
        self.person = {name: plain_value(program, inputs[name]) for name in seen.member}
        self.with_members = reads_members(program, seen)

    def plain(self, size: int = 1) -> Family:
        """A household with nothing special about it."""
        if self.with_members:
            return dict(self.base), [dict(self.person) for _ in range(size)]
        return {**self.base, "size": Fraction(size)}, None

    def tested(self) -> Iterator[Family]:
        """The households of the tests that there are."""
        for case in self.cases:
            if (case.members is None) is not self.with_members:
                yield dict(case.given), None if case.members is None else [dict(one) for one in case.members]

    def asked_for(self, typed: TypedTable, row: TypedRow) -> Iterator[Family]:
        """Households that fit a row, as far as that is settled by inputs; then any at which the table changes."""
        reader, rows = Reader(self.program, 0), [one for one in typed.rows if 0 in one.in_force]
        own = typed.rule.rows.index(row.row)
        before = rows[: rows.index(row)] if typed.rule.hit == "first" else [one for one in rows if own in one.over]
        conditions = [reader.condition(row.when), *(reader.condition(one.when, False) for one in before)]
        try:
            found = together(conditions, Work(MOST_STEPS))
        except TooHard:
            found = None
        if found is not None:
            family = self.plain(found[SIZE][0][0] if SIZE in found else 2)
            for name, one in self.program.policy.inputs.items():
                domain = next((kept for variable, kept in found.items() if variable.key == ("input", name)), None)
                if domain is not None:
                    family = changed(family, one, value_of(self.program, one, domain))
            yield family

    def around(self, typed: TypedTable, most: int) -> Iterator[Family]:
        """Households at the values where the table's conditions change, and those of the tests."""
        yield from self.tested()
        yield from households(self.program, typed, most)


def changed(family: Family, one: Input | None, value: object, member: int = 0) -> Family:
    """The household with another value of an input (of one of its members); of its size where `one` is None."""
    given, members = family
    if one is None:
        assert isinstance(value, Fraction)
        if members is None or not members:
            return {**given, "size": value}, members
        size = int(value)
        return given, [dict(members[min(at, len(members) - 1)]) for at in range(size)]
    if one.of == "household":
        return {**given, one.name: value}, members
    people = [dict(person) for person in members or ()]
    if member < len(people):
        people[member][one.name] = value
    return given, people


def grid(one: Input | None) -> tuple[int, int]:
    """The lowest and the highest place of an input's values on their grid (of the size where `one` is None)."""
    if one is None:
        return 1, MEMBERS_MAX
    if isinstance(one.low, date) and isinstance(one.high, date):
        return one.low.toordinal(), one.high.toordinal()
    assert isinstance(one.low, Fraction) and isinstance(one.high, Fraction)
    return int(one.low * one.parts), int(one.high * one.parts)


def on_grid(one: Input | None, place: int) -> object:
    """The value at a place of the grid."""
    if one is not None and one.type == "date":
        return date.fromordinal(place)
    return Fraction(place, one.parts if one is not None else 1)


def place_of(one: Input | None, family: Family, member: int = 0) -> int | None:
    """Where a household's value stands on the grid; None if it has none."""
    given, members = family
    if one is None:
        size = given.get("size") if members is None else Fraction(len(members))
        return int(size) if isinstance(size, Fraction) else None
    holder = given if one.of == "household" else (members or [{}])[min(member, len(members or [{}]) - 1)]
    value = holder.get(one.name, one.assume)
    if isinstance(value, date):
        return value.toordinal()
    return int(value * one.parts) if isinstance(value, Fraction) else None
