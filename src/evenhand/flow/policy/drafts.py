"""Drafts of the tests that are missing: for rows and values that no test touches, and on each side of every comparison.

Everything by exact arithmetic on the typed tree. A draft says what the policy does, not what the law says: whoever keeps
it has read it against the law first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import chain, islice

from evenhand.core.benefit import Benefit
from evenhand.core.period import Period
from evenhand.core.unit import UNITS
from evenhand.flow.policy import boundaries, scenes
from evenhand.flow.policy.calendar import period_of
from evenhand.flow.policy.compile import compile_policy
from evenhand.flow.policy.coverage import DatedValue, keys_of, missing_values, named, values_read
from evenhand.flow.policy.draft_text import MARK, Draft, quantity
from evenhand.flow.policy.evaluate import Household
from evenhand.flow.policy.families import Families, Family, changed
from evenhand.flow.policy.model import Case, Input, Policy, TableRule
from evenhand.flow.policy.sheet import Faults
from evenhand.flow.policy.testing import TestResult, fired, untouched_rows
from evenhand.flow.policy.tree import Program, TypedRow, TypedTable

MOST_DRAFTS = 400
MOST_TRIED = 2_000
"""Households tried for a row, and for a value."""
MOST_IN_ALL = 100_000
MOST_BASES, MOST_FITTING = 40, 6
"""Households from which each side of a comparison is looked for, and how many of them fit the row."""

Progress = Callable[[int, int], None]


def drafts(policy: Policy, results: Sequence[TestResult], progress: Progress = lambda done, total: None) -> list[Draft]:
    """Drafts for every row and value no test touches that a household was found for, and on both sides of comparisons."""
    maker = _Maker(policy, untouched_rows(policy, list(results)), missing_values(policy, results))
    rows, values = len(maker.rows), len(maker.values)
    total = rows + values + len(policy.rules)
    for done, row in enumerate(list(maker.rows)):
        progress(done, total)
        maker.for_row(row)
    for done, value in enumerate(list(maker.values.values())):
        progress(rows + done, total)
        maker.for_value(value)
    for done, name in enumerate(policy.rules):
        progress(rows + values + done, total)
        maker.for_comparisons(name)
    progress(total, total)
    return maker.found


class _Maker:
    def __init__(self, policy: Policy, rows: Sequence[str], values: Sequence[DatedValue]) -> None:
        self.policy = policy
        self.rows = dict.fromkeys(rows)
        self.values = {value.name: value for value in values}
        self.found: list[Draft] = []
        self.periods = _periods(policy)
        self._families: dict[Period, Families | None] = {}
        self._kept: set[str] = set()
        self.left = MOST_IN_ALL
        self._compared: dict[int, dict[tuple[str, str], boundaries.Comparison]] = {}

    # -- the households of a period

    def families(self, period: Period) -> Families | None:
        """What makes households in a period; None where the policy is not in force."""
        if period not in self._families:
            program = compile_policy(self.policy, [period], Faults(self.policy.file, self.policy.lines))
            usable = self.policy.span.holds(period.first) and not program.dead
            self._families[period] = Families(program, self.policy.cases) if usable else None
        return self._families[period]

    def in_force(self) -> Iterator[tuple[Period, Families]]:
        for period in self.periods:
            families = self.families(period)
            if families is not None:
                yield period, families

    # -- what is missing

    def for_row(self, row: str) -> None:
        """A household for a row that no test reaches."""
        table, _, own = row.partition(".")
        for period, families in self.in_force():
            typed = families.program.rules.get(table)
            if row not in self.rows or not isinstance(typed, TypedTable):
                return
            for family in self._for_rows(families, typed, [one for one in typed.rows if one.row.id == own]):
                if self._touches(families, period, family, row, row):
                    return

    def for_value(self, value: DatedValue) -> None:
        """A household that reads a value, in the first period of its time."""
        for period in self._its_periods(value):
            families = self.families(period)
            if value.name not in self.values:
                return
            for typed in families.program.rules.values() if families is not None else ():
                if families is None or not isinstance(typed, TypedTable):
                    continue
                rows = [row for row in typed.rows if value.param.name in self._reads(row.row.then.ast)]
                for family in self._for_rows(families, typed, rows):
                    if self._touches(families, period, self._keyed(families, family, value), value.name, ""):
                        return
            for family in (*families.tested(), families.plain()) if families is not None else ():
                assert families is not None
                if self._touches(families, period, self._keyed(families, family, value), value.name, ""):
                    return

    def for_comparisons(self, name: str) -> None:
        """Households on each side of the comparisons of a rule, where no test stands at its edge."""
        told: set[tuple[str, str]] = set()
        for period, families in self.in_force():
            for one in boundaries.comparisons(families.program):
                if one.where.partition(".")[0] != name or (one.where, one.text) in told:
                    continue
                told.add((one.where, one.text))
                if len(self.found) < MOST_DRAFTS and len(self._tested_sides(one, True)) < 2:
                    self._for_comparison(period, families, one)

    def _for_comparison(self, period: Period, families: Families, one: boundaries.Comparison) -> None:
        program = families.program
        typed = program.rules[one.where.partition(".")[0]]
        bases = [families.plain(2), *families.tested()]
        if isinstance(typed, TypedTable):
            rows = [row for row in typed.rows if row.row.id == one.where.partition(".")[2]]
            fitting = (
                family for family in self._for_rows(families, typed, rows) if boundaries.holds(program, one, family)
            )
            bases = [*islice(fitting, MOST_FITTING), *bases]
        best: tuple[Input | None, Family, Family] | None = None
        for base in bases[:MOST_BASES]:
            pair = boundaries.both_sides(program, one, base)
            if pair is None:
                continue
            if any(due.amount is None for family in pair[1:] for due in Household(program, *family).due().values()):
                continue
            best = best or pair
            if boundaries.matters(program, one, *pair[1:]):
                best = pair
                break
        if best is None:
            return
        sides = self._tested_sides(one, boundaries.matters(program, one, *best[1:]))
        for family in best[1:]:
            side = boundaries.truth(program, one, family)
            if side not in sides:
                self._keep(families, period, family, f"{one.where}: {one.text} is {str(side).lower()}", one.where)

    # -- how

    def _for_rows(self, families: Families, typed: TypedTable, rows: Sequence[TypedRow]) -> Iterator[Family]:
        asked = (family for row in rows if 0 in row.in_force for family in families.asked_for(typed, row))
        for family in chain(asked, families.around(typed, MOST_TRIED)):
            self.left -= 1
            if self.left < 0:
                return
            yield family

    def _its_periods(self, value: DatedValue) -> list[Period]:
        """Periods in which a value counts: the first, and one in each time other rows are in force."""
        own = value.dated.span
        first = period_of(self.policy.period_kind, own.start or date(2020, 1, 1))
        if own.start and first.first < own.start and not value.param.prorate:
            first = period_of(self.policy.period_kind, first.last + timedelta(days=1))
        return [first, *(period for period in self.periods if own.holds(period.first) and period != first)]

    def _reads(self, ast: object) -> set[str]:
        found = set(named(ast))
        for name in list(found):
            rule = self.policy.rules.get(name)
            if rule is not None and not isinstance(rule, TableRule):
                found |= self._reads(rule.expr.ast)
        return found

    def _keyed(self, families: Families, family: Family, value: DatedValue) -> Family:
        """The household with the keys of a value."""
        dated, key = value.dated, value.key
        own = [one for one in keys_of(dated) if one[:-1] == key[:-1]]
        for name, text in zip(value.param.by, key, strict=False):
            one = self.policy.inputs.get(name)
            if text == "each_more":
                made: object = Fraction(dated.last(key[:-1]) + 1)
            elif text == "other":
                made = self._another(one, {other[-1] for other in own})
            elif one is None or one.type == "number":
                made = Fraction(text)
            else:
                made = text == "true" if one.type == "bool" else text
            if made is not None:
                family = changed(family, one, made)
        return family

    def _another(self, one: Input | None, listed: set[str]) -> object:
        """A key that is not listed."""
        if one is not None and one.type == "category":
            return next((word for word in self.policy.categories[one.category] if word not in listed), None)
        if one is not None and one.type == "bool":
            return next((flag for flag in (True, False) if str(flag).lower() not in listed), None)
        return next(Fraction(number) for number in range(1, 1_001) if str(number) not in listed)

    def _tested_sides(self, one: boundaries.Comparison, strict: bool) -> set[bool]:
        """The sides of a comparison at whose edge a test, or a draft made before, stands already."""
        sides: set[bool] = set()
        cases = [(case.on, (dict(case.given), None if case.members is None else [dict(m) for m in case.members]))
                 for case in self.policy.cases]  # fmt: skip
        cases += [
            (draft.on, (draft.given, None if draft.members is None else list(draft.members))) for draft in self.found
        ]
        for on, family in cases:
            families = self.families(period_of(self.policy.period_kind, on))
            same = self._same(families.program, one) if families is not None else None
            if families is not None and same is not None:
                sides |= boundaries.at_edge(families.program, same, family, strict)
            if len(sides) == 2:
                break
        return sides

    def _same(self, program: Program, one: boundaries.Comparison) -> boundaries.Comparison | None:
        """The same comparison in another period."""
        if id(program) not in self._compared:
            self._compared[id(program)] = {(c.where, c.text): c for c in boundaries.comparisons(program)}
        return self._compared[id(program)].get((one.where, one.text))

    # -- keeping

    def _touches(self, families: Families, period: Period, family: Family, wanted: str, row: str) -> bool:
        """Whether a household reaches the row, or reads the value, that is wanted: then it is kept."""
        reasons = fired(Household(families.program, *family))
        if row:
            return row in reasons and self._keep(families, period, family, wanted, row)
        case = Case("", period.first, family[0], None if family[1] is None else tuple(family[1]), {}, (), ())
        return wanted in values_read(self.policy, case, reasons) and self._keep(families, period, family, wanted, "")

    def _keep(self, families: Families, period: Period, family: Family, name: str, row: str) -> bool:
        """Keep a draft, and take what it touches off the list of what is missing; whether something in it is decided."""
        household = Household(families.program, *family)
        decided = {key: one.amount for key, one in household.due().items() if one.amount is not None}
        if not decided or len(self.found) >= MOST_DRAFTS:
            return False
        given, members = family
        reasons = fired(household)
        expect = {key: quantity(amount, self._benefit(key)) for key, amount in decided.items()}
        expect |= _prices(families.program, household)
        because = (row,) if row in reasons else ()
        draft = Draft(MARK + name, period.first, given, None if members is None else tuple(members), expect, because)
        key = repr((draft.on, sorted(given.items()), draft.members))
        if key not in self._kept:
            self._kept.add(key)
            self.found.append(draft)
        for reached in reasons:
            self.rows.pop(reached, None)
        case = Case("", draft.on, given, draft.members, {}, (), ())
        for value in values_read(self.policy, case, reasons):
            self.values.pop(value, None)
        return True

    def _benefit(self, name: str) -> Benefit:
        return self.policy.benefits[next(one.benefit for one in self.policy.entitlements if one.name == name)]


def _prices(program: Program, household: Household) -> dict[str, str]:
    """What a household pays at home, as a test expects it."""
    due, found = household.due(), dict[str, str]()
    for one in program.entitlements:
        price = due[one.rule.name].price
        money = next((dim for dim, power in one.price.number.measure.dims if power > 0), "") if one.price else ""
        if price is not None and money and due[one.rule.name].amount is not None:
            name = money.partition(":")[2] or "cent"
            shown = scenes.decimal(Fraction(price, UNITS[name].base_per_unit))
            found[f"{one.rule.name}_price"] = f"{shown} {name}/{one.per}"
    return found


def _periods(policy: Policy) -> list[Period]:
    """The newest period in force first, then one for each time rows or values were others."""
    spans = [value.span for param in policy.params.values() for value in param.values]
    spans += [row.span for rule in policy.rules.values() if isinstance(rule, TableRule) for row in rule.rows]
    days = {span.start for span in spans if span.start} | ({policy.span.start} if policy.span.start else set())
    days |= {span.end + timedelta(days=1) for span in spans if span.end}
    periods = []
    for day in sorted(days or {date(2020, 1, 1)}, reverse=True)[:40]:
        period = period_of(policy.period_kind, day)
        if period.first < day:
            period = period_of(policy.period_kind, period.last + timedelta(days=1))
        if policy.span.holds(period.first) and period not in periods:
            periods.append(period)
    return periods
