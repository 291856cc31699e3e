"""Sets of whole numbers, and conditions over them: whether several conditions can hold at once, exactly.

Numbers counted in their parts, dates by their ordinal, words by their place in their list: all are whole numbers between
known ends, so a condition on one of them is a set of intervals, and a search that only ever narrows such sets ends. It is
exact; what costs too much is given up by TooHard, never guessed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

Domain = tuple[tuple[int, int], ...]
"""Intervals, both ends inclusive, ascending and apart."""


@dataclass(frozen=True)
class Variable:
    """What has one whole number out of `universe`. `real`: a household can have any of them, whatever else it has."""

    key: Hashable
    universe: Domain
    real: bool = True


@dataclass(frozen=True)
class Within:
    """The variable has a number out of `domain`."""

    variable: Variable
    domain: Domain


@dataclass(frozen=True)
class Every:
    """All of these hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Some:
    """One of these holds."""

    parts: tuple[Condition, ...]


Condition = Within | Every | Some
ALWAYS, NEVER = Every(()), Some(())

Found = dict[Variable, Domain]
"""What is left of each variable that the conditions speak of: any number of it will do."""


class TooHard(Exception):
    """The search would take too long."""


@dataclass
class Work:
    """How many steps a search may still take."""

    left: int

    def spend(self, steps: int = 1) -> None:
        """So many steps. TooHard when there are none left."""
        self.left -= steps
        if self.left < 0:
            raise TooHard


def meet(one: Domain, other: Domain) -> Domain:
    """What is in both."""
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(one) and j < len(other):
        low, high = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if low <= high:
            found.append((low, high))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def without(universe: Domain, domain: Domain) -> Domain:
    """What is in `universe` and not in `domain`."""
    found: list[tuple[int, int]] = []
    for low, high in universe:
        start = low
        for first, last in meet(((low, high),), domain):
            if start < first:
                found.append((start, first - 1))
            start = last + 1
        if start <= high:
            found.append((start, high))
    return tuple(found)


def points(values: Iterable[int]) -> Domain:
    """The set of these numbers."""
    found: list[tuple[int, int]] = []
    for value in sorted(set(values)):
        if found and found[-1][1] == value - 1:
            found[-1] = (found[-1][0], value)
        else:
            found.append((value, value))
    return tuple(found)


def together(conditions: Sequence[Condition], work: Work) -> Found | None:
    """Where all `conditions` hold, or None if they never do. TooHard if that takes more than `work`."""
    return _search(list(conditions), {}, work)


def _search(todo: list[Condition], known: Found, work: Work) -> Found | None:
    found = dict(known)
    choices: list[Some] = []
    while todo:
        work.spend()
        condition = todo.pop()
        if isinstance(condition, Within):
            left = meet(found.get(condition.variable, condition.variable.universe), condition.domain)
            if not left:
                return None
            found[condition.variable] = left
        elif isinstance(condition, Every):
            todo += condition.parts
        else:
            choices.append(condition)
        if not todo:
            work.spend(sum(len(choice.parts) for choice in choices))
            forced = _settled(choices, found)
            if forced is None:
                return None
            todo, choices = forced
    if not choices:
        return found
    first = min(choices, key=lambda choice: len(choice.parts))
    rest: list[Condition] = [choice for choice in choices if choice is not first]
    for part in first.parts:
        deeper = _search([*rest, part], found, work)
        if deeper is not None:
            return deeper
    return None


def _settled(choices: Sequence[Some], found: Found) -> tuple[list[Condition], list[Some]] | None:
    """(what must hold now, choices still open) under what is known; None if a choice has nothing left."""
    forced: list[Condition] = []
    still: list[Some] = []
    for choice in choices:
        left: list[Condition] = []
        holds = False
        for part in choice.parts:
            if isinstance(part, Within):
                now = found.get(part.variable, part.variable.universe)
                both = meet(now, part.domain)
                holds = holds or both == now
                if not both:
                    continue
            left.append(part)
        if holds:
            continue
        if not left:
            return None
        if len(left) == 1:
            forced.append(left[0])
        else:
            still.append(Some(tuple(left)))
    return forced, still
