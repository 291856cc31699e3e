"""The tests inside a policy file, run by exact arithmetic on the typed tree (no engine)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from evenhand.core.benefit import Benefit
from evenhand.core.errors import EvenhandError
from evenhand.core.unit import UNITS
from evenhand.flow.policy.calendar import period_of
from evenhand.flow.policy.compile import compile_policy
from evenhand.flow.policy.evaluate import Due, Household
from evenhand.flow.policy.model import Case, Policy, TableRule
from evenhand.flow.policy.sheet import Faults
from evenhand.flow.policy.tree import Program, TypedTable

ENDS = ("_floor", "_tier", "_price_away", "_price")
"""What an expectation may speak of beside the amount of an entitlement."""


@dataclass(frozen=True)
class TestResult:
    """How one test went. `failures` says what was expected and what came out; empty if it holds."""

    name: str
    line: int
    failures: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether all it expects came out."""
        return not self.failures


def run_tests(policy: Policy) -> list[TestResult]:
    """Every test of the file, in its order."""

    @lru_cache(maxsize=64)
    def compiled(first: object) -> Program | str:
        period = period_of(policy.period_kind, first)  # type: ignore[arg-type]
        faults = Faults(policy.file, policy.lines)
        program = compile_policy(policy, [period], faults)
        if faults.found:
            return faults.found[0].message
        if not policy.span.holds(period.first):
            return f"the policy is not in force on {period.first}"
        return program.dead.get(0, "") or program

    return [_run(policy, case, compiled(period_of(policy.period_kind, case.on).first)) for case in policy.cases]


def untouched_rows(policy: Policy, results: list[TestResult]) -> list[str]:
    """Rows that no test reached."""
    reached = {reason for result in results for reason in result.reasons}
    rows: list[str] = []
    for rule in policy.rules.values():
        if isinstance(rule, TableRule):
            rows += [f"{rule.name}.{row.id}" for row in (*rule.rows, *([rule.otherwise] if rule.otherwise else []))]
    return [row for row in rows if row not in reached]


def _run(policy: Policy, case: Case, program: Program | str) -> TestResult:
    line = policy.line(case.path)
    if isinstance(program, str):
        return TestResult(case.name, line, (program,), ())
    try:
        household = Household(program, case.given, case.members)
        due = household.due()
    except EvenhandError as error:
        return TestResult(case.name, line, (error.message,), ())
    reached = fired(household)
    failures = [text for key, wanted in case.expect.items() if (text := _differs(policy, due, key, wanted))]
    failures += [f"row {row} did not decide" for row in case.because if row not in reached]
    return TestResult(case.name, line, tuple(failures), tuple(reached))


def fired(household: Household) -> list[str]:
    """Every row that decided, whether an amount or a tier was made of it."""
    found: list[str] = []
    for name, typed in household.program.rules.items():
        if not isinstance(typed, TypedTable):
            continue
        people: list[int | None] = list(range(len(household.members or ()))) if typed.rule.of == "member" else [None]
        bits = 0
        for person in people:
            bits |= household.rule(name, person)[1]
        ids = [row.id for row in typed.rule.rows] + ["otherwise"]
        found += [f"{name}.{row}" for position, row in enumerate(ids) if bits >> position & 1]
    return found


def _differs(policy: Policy, due: dict[str, Due], key: str, wanted: object) -> str:
    if key == "undecided":
        missing = [one.missing for one in due.values() if one.amount is None]
        if not missing:
            return f"undecided {wanted} was expected, and everything could be decided"
        return "" if wanted in missing else f"undecided {wanted} was expected, and {', '.join(missing)} is missing"
    names = [entitlement.name for entitlement in policy.entitlements]
    base, end = next(
        ((key.removesuffix(end), end) for end in ENDS if key not in names and key.removesuffix(end) in names), (key, "")
    )
    if end.startswith("_price"):
        return _differs_in_price(due[base], key, end, wanted)
    own = [due[base]] if base in names else [due[e.name] for e in policy.entitlements if e.benefit == key]
    benefit = policy.benefits[next(e.benefit for e in policy.entitlements if base in (e.name, e.benefit))]
    if any(one.amount is None for one in own):
        missing_text = ", ".join(one.missing for one in own if one.amount is None)
        return (
            ""
            if wanted == "undecided"
            else f"{key}: {_shown(wanted, benefit, key)} was expected, and {missing_text} is missing"
        )
    if wanted == "undecided":
        return f"{key}: undecided was expected, and {_shown(_total(own, 'amount', benefit), benefit, key)} came out"
    field = "floor" if end == "_floor" else "amount"
    got = Fraction(own[0].tier or 0) if end == "_tier" else _total(own, field, benefit)
    return (
        ""
        if got == wanted
        else f"{key}: {_shown(wanted, benefit, key)} was expected, and {_shown(got, benefit, key)} came out"
    )


def _differs_in_price(due: Due, key: str, end: str, wanted: object) -> str:
    got = due.price if end == "_price" else due.away
    wanted = wanted[0] if isinstance(wanted, tuple) else wanted  # its money was looked at when the policy was loaded
    each = UNITS[due.per].base_per_unit if due.per else 1
    if (got is None and wanted == "undecided") or (got is not None and Fraction(got, each) == wanted):
        return ""
    came = "nothing" if got is None else f"{got} hundredths"
    asked = f"{wanted * each} hundredths" if isinstance(wanted, Fraction) else str(wanted)
    return f"{key}: {asked} for one {due.per} was expected, and {came} came out"


def _total(own: list[Due], field: str, benefit: Benefit) -> Fraction:
    return Fraction(sum(getattr(one, field) or 0 for one in own), benefit.parts)


def _shown(value: object, benefit: Benefit, key: str) -> str:
    if not isinstance(value, Fraction) or key.endswith("_tier"):
        return str(value)
    shown = value / UNITS[benefit.unit].base_per_unit
    return f"{shown} {benefit.unit}"
