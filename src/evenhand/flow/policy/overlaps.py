"""Rows that both fit one household, rows that fit none, households that no row fits: found before anything runs.

Proved by exact search over the values of bounded inputs (proof, regions). Where a condition reads what is computed from
several inputs and the proof does not settle it, households are tried: an overlap found so is as real (the household is
there), but finding none proves nothing, and the table is named as one whose rows are not proved apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from evenhand.core.period import Period
from evenhand.flow.policy.evaluate import Household
from evenhand.flow.policy.proof import SIZE, Reader, value_of
from evenhand.flow.policy.regions import Condition, Every, Found, Some, TooHard, Work, together
from evenhand.flow.policy.sheet import Faults
from evenhand.flow.policy.tree import Program, TypedRow, TypedTable
from evenhand.flow.policy.trials import Seen, look, scenes_for

MOST_TRIED = 90
"""Households tried for a table whose rows are not proved apart."""
MOST_PERIODS = 12
MOST_WORK = 300_000
"""Operations evaluated for one table: loading must not take long, whatever stands in the file."""
MOST_STEPS = 150_000
"""Steps of the proof, for all tables together."""
MOST_TOLD = 40
"""Pairs of rows of one table that are told: there is something else to mend where there are more."""


def check_overlaps(program: Program, faults: Faults) -> tuple[str, ...]:
    """Note overlapping and unreachable rows of every table of `program` (compiled for sample periods).

    Returns the tables for which some of it is not proved, only tried.
    """
    tables = [typed for typed in program.rules.values() if isinstance(typed, TypedTable)]
    work = Work(MOST_STEPS)
    return tuple(typed.rule.name for typed in tables if not _Check(program, typed, faults, work).proved())


class _Check:
    """One table."""

    def __init__(self, program: Program, typed: TypedTable, faults: Faults, work: Work) -> None:
        self.program = program
        self.typed = typed
        self.faults = faults
        self.told: set[tuple[str, str]] = set()
        self.told_gap = False
        self.reached: set[str] = set()
        self.open: set[int] = set()
        self.work = work

    def proved(self) -> bool:
        """Whether all of it is settled; what is wrong is noted."""
        hit, seen = self.typed.rule.hit, set[object]()
        periods = list(_periods(self.program, self.typed))
        try:
            self.work.spend()
            for index in range(len(self.program.environments)):
                rows = [row for row in self.typed.rows if index in row.in_force]
                reader = Reader(self.program, index)
                whens = {row.row.id: reader.condition(row.when) for row in rows}
                key = tuple(whens.items())
                if key in seen:
                    continue
                seen.add(key)
                if not self._settled(index, rows, whens, reader):
                    self.open.add(index)
        except TooHard:
            self.open.update(periods)
            self.reached.update(row.row.id for row in self.typed.rows)
        if hit != "sum":
            self._try([index for index in periods if index in self.open])
        for row in self.typed.rows:
            if row.row.id not in self.reached and not any(row.row.id in pair for pair in self.told):
                message = f'row "{row.row.id}" can never fit'
                self.faults.add(row.row.path, row.row.id, message, "mend its condition, or leave the row out")
        return not self.open

    # -- by proof

    def _settled(self, index: int, rows: Sequence[TypedRow], whens: dict[str, Condition], reader: Reader) -> bool:
        """Whether the rows in force in a period are told apart, or shown to meet."""
        hit, settled = self.typed.rule.hit, True
        ids = [row.id for row in self.typed.rule.rows]
        nots = {row.row.id: reader.condition(row.when, False) for row in rows}
        over = {row.row.id: [o.row.id for o in rows if ids.index(row.row.id) in o.over] for row in rows}
        fits = {name: Every((when, *(nots[other] for other in over[name]))) for name, when in whens.items()}
        for place, row in enumerate(rows):
            if row.row.id not in self.reached:
                before = [nots[other.row.id] for other in rows[:place]] if hit == "first" else []
                if together([fits[row.row.id], *before], self.work) is not None:
                    self.reached.add(row.row.id)
            for other in rows[place + 1 :] if hit == "unique" and len(self.told) < MOST_TOLD else ():
                both = together([fits[row.row.id], fits[other.row.id]], self.work)
                settled = (both is None or self._shown(index, rows, both, 2)) and settled
        if hit != "sum" and self.typed.otherwise is None and rows and not self.told_gap:
            missed = [Some((nots[row.row.id], *(whens[other] for other in over[row.row.id]))) for row in rows]
            none = together(missed, self.work)
            settled = (none is None or self._shown(index, rows, none, 0)) and settled
        return settled

    def _shown(self, index: int, rows: Sequence[TypedRow], found: Found, fitting: int) -> bool:
        """Whether there is a household with these values, `fitting` rows (or more) fitting it: then it is told."""
        if not all(variable.real for variable in found):
            return False
        given: dict[str, object] = {}
        person: dict[str, object] = {}
        for name, one in self.program.policy.inputs.items():
            domain = next((domain for variable, domain in found.items() if variable.key == ("input", name)), None)
            if domain is not None:
                (given if one.of == "household" else person)[name] = value_of(self.program, one, domain)
        if SIZE in found:
            given["size"] = Fraction(found[SIZE][0][0])
        members = [person] if self.typed.rule.of == "member" else None
        return self._tell(index, rows, given, members, fitting)

    # -- by trying

    def _try(self, periods: Sequence[int]) -> None:
        seen = Seen()
        for row in self.typed.rows if periods else ():
            look(self.program, row.when, seen)
        for index in periods:
            most = min(MOST_TRIED, MOST_WORK // max(1, seen.nodes)) // len(periods)
            rows = [row for row in self.typed.rows if index in row.in_force]
            for given, members in scenes_for(self.program, self.typed, seen, index, max(1, most)):
                self._tell(index, rows, given, members, 2 if self.typed.rule.hit == "unique" else 0)
                if self.typed.otherwise is None:
                    self._tell(index, rows, given, members, 0)

    def _tell(self, index: int, rows: Sequence[TypedRow], given: dict[str, object],
              members: list[dict[str, object]] | None, fitting: int) -> bool:  # fmt: skip
        """Whether two rows (or none, for `fitting` 0) fit this household; if so, it is noted."""
        size = given.get("size")
        people = members * int(size) if members and len(members) == 1 and isinstance(size, Fraction) else members
        household = Household(self.program, given, people, index)
        fits = household.fits(self.typed, 0 if self.typed.rule.of == "member" else None)
        found = [row for row, fit in zip(self.typed.rows, fits, strict=True) if fit and row in rows]
        period = self.program.environments[index]
        if fitting and len(found) > 1:
            pair = found[0].row.id, found[1].row.id
            if pair not in self.told:
                self.told.add(pair)
                _tell_both(self.faults, found[0], found[1], given, members, period)
            return True
        if not fitting and not found and None not in fits and rows and self.typed.otherwise is None:
            if not self.told_gap:
                self.told_gap = True
                _tell_gap(self.faults, self.typed, given, members, period)
            return True
        return False


def _periods(program: Program, typed: TypedTable) -> Iterator[int]:
    """One period for every set of rows and constants that differ, a few of them."""
    found: dict[object, int] = {}
    for index in range(len(program.environments)):
        first = program.environments[index].first
        values = tuple(id(param.at(first)) for param in program.policy.params.values())
        found.setdefault((tuple(index in row.in_force for row in typed.rows), values), index)
    return iter(list(found.values())[:MOST_PERIODS])


def _tell_gap(faults: Faults, typed: TypedTable, given: dict[str, object], members: list[dict[str, object]] | None,
              period: Period) -> None:  # fmt: skip
    faults.add(
        typed.rule.path,
        typed.rule.name,
        f"no row fits a household with {_all_shown(given, members)} ({period.id}), and there is no `otherwise`",
        'write otherwise = {then = "0", because = "…"}, or a row for it',
    )


def _tell_both(faults: Faults, first: TypedRow, second: TypedRow, given: dict[str, object],
               members: list[dict[str, object]] | None, period: Period) -> None:  # fmt: skip
    faults.add(
        second.row.path,
        second.row.id,
        f'rows "{first.row.id}" and "{second.row.id}" both fit a household with '
        f"{_all_shown(given, members)} ({period.id})",
        f'make one the exception (over = "{first.row.id}"), or narrow one of the conditions',
    )


def _all_shown(given: dict[str, object], members: list[dict[str, object]] | None) -> str:
    people = "".join(f"; a member with {_shown(member)}" for member in members or () if member)
    return ((_shown(given) if given else "") + people).removeprefix("; ") or "anything"


def _shown(values: dict[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())
