"""From text to Policy: everything wrong with it is reported at once, with lines and remedies."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import partial

from evenhand.core.errors import InputError, Problem, UsageError, input_error
from evenhand.core.period import Period
from evenhand.flow.policy.calendar import LEAPS, check_kind, period_of
from evenhand.flow.policy.compile import compile_policy
from evenhand.flow.policy.join import parted, read_joined
from evenhand.flow.policy.model import Amendment, Policy, TableRule
from evenhand.flow.policy.overlaps import check_overlaps
from evenhand.flow.policy.periods import samples
from evenhand.flow.policy.read_benefits import read_benefits, read_prices
from evenhand.flow.policy.read_cases import read_cases
from evenhand.flow.policy.read_complaints import read_complaints
from evenhand.flow.policy.read_division import read_divisions
from evenhand.flow.policy.read_rules import read_entitlements, read_rules
from evenhand.flow.policy.read_terms import read_categories, read_inputs, read_params
from evenhand.flow.policy.reading import read_toml
from evenhand.flow.policy.sheet import Faults, Sheet
from evenhand.flow.policy.tree import Program

MOST_PERIODS = 600
PRESENCES = ("coupon", "pin", "witness")
"""What proves that a household came: the coupon's secret, or what the clerk declares."""
REISSUES = ("one person", "two persons")
FACTORS = ("none", "pin", "question", "photo")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")


def load(text: str, file: str) -> Policy:
    """The policy written in `text`; `file` is its name in messages. InputError lists every fault with its line."""
    texts = parted(text)
    amendments: tuple[Amendment, ...] = ()
    if texts is None:
        data, faults = read_toml(text, file)
    else:
        data, faults, amendments = read_joined(text, texts, file)
    root = Sheet(faults, (), data)
    if "extends" in data:
        raise InputError([_alone(faults, data["extends"])])
    if texts is None and "amend" in data:
        faults.add(("amend",), None, "nothing to amend: this text extends no other", 'write extends = "…" above all')
        data.pop("amend")
    root.only(
        "policy", "category", "input", "benefit", "param", "lookup", "step", "table", "entitlement", "complaint", "test"
    )
    try:
        policy = _assemble(text, file, root, faults, amendments)
        if not faults.found or policy.entitlements:
            policy = replace(policy, unproved=_compile_and_check(policy, faults))
    except RecursionError:
        raise input_error(file, 0, "", None, "rules nested too deep", "let fewer rules stand on each other") from None
    if faults.found:
        raise InputError(faults.found)
    return policy


def _alone(faults: Faults, name: object) -> Problem:
    """What is wrong with a text that extends another and comes without it."""
    faults.add(
        ("extends",), name, "the text it extends is not with it", "read it from its own folder, where that text is"
    )
    return faults.found[-1]


def _assemble(text: str, file: str, root: Sheet, faults: Faults, amendments: tuple[Amendment, ...]) -> Policy:
    head = root.child("policy")
    if "policy" not in root.data:
        root.fault(None, "[policy] is missing", 'write [policy] with id = "…" and period = "month"')
    else:
        head.only(
            "id", "period", "leap", "from", "to", "k", "reserve", "presence", "reissue", "second_factor", "follow_up"
        )
    name = head.text("id", '"india-nfsa"') if head.data else ""
    if name and not _ID.match(name):
        head.fault("id", f'"{name}" cannot be the id of a policy', "use a-z, 0-9 and -")
    kind = head.text("period", '"month"') if head.data else "month"
    try:
        check_kind(kind or "month")
    except UsageError as error:
        head.fault("period", error.message, error.remedy)
        kind = "month"
    leap = head.choice("leap", LEAPS, "") if "leap" in head.data else ""
    presence = head.choice("presence", PRESENCES, "coupon")
    reissue = head.choice("reissue", REISSUES, REISSUES[0])
    factor = head.choice("second_factor", FACTORS, FACTORS[0])
    follow_up = _share(head, "follow_up", Fraction(1, 10), Fraction(1))
    reserve = _share(head, "reserve", Fraction(0), Fraction(999_999, 1_000_000))
    title = head.text("title", '"in words"', name)
    categories = read_categories(root)
    inputs = read_inputs(root, categories)
    params = read_params(root, inputs, categories)
    benefits = read_benefits(root)
    rules = read_rules(root, set(inputs) | set(params))
    entitlements = read_entitlements(root, benefits)
    cases = read_cases(root, inputs, entitlements, categories, benefits)
    sources = dict.fromkeys(value.source for param in params.values() for value in param.values if value.source)
    sources |= dict.fromkeys(change.source for change in amendments)
    sources |= dict.fromkeys(
        row.source for rule in rules.values() if isinstance(rule, TableRule) for row in rule.rows if row.source
    )
    groups = (root.data.get(group) for group in ("input", "param", "lookup", "step", "table"))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    declared = frozenset(name for group in groups if isinstance(group, dict) for name in group)
    return Policy(
        name, title, kind or "month", leap, head.span(), head.integer("k", 1, 1_000_000, 20), reserve,
        file, text, digest, categories, inputs, params, rules, benefits,
        entitlements, cases, tuple(sources), declared, faults.lines, presence=presence,
        reissue_by_two=reissue == REISSUES[1], second_factor=factor, follow_up=follow_up,
        prices=read_prices(root, benefits, params), divisions=read_divisions(root, benefits),
        complaints=read_complaints(root),
        amendments=amendments, words=faults.words, titles=faults.titles,
    )  # fmt: skip


def _share(head: Sheet, name: str, otherwise: Fraction, most: Fraction) -> Fraction:
    found = head.fraction(name, '"1/100"', otherwise)
    if found is None:
        return otherwise
    if not 0 <= found <= most or found.denominator > 1_000_000:
        wanted = "1" if most == 1 else "less than 1"
        head.fault(name, f"a fraction from 0 to {wanted} is wanted", f'write {name} = "1/100"')
        return otherwise
    return found


def _compile_and_check(policy: Policy, faults: Faults) -> tuple[str, ...]:
    """Notes what is wrong with the rules; the tables whose rows are not proved apart."""
    of: Callable[[date], Period] = partial(period_of, policy.period_kind)
    periods = samples(policy, of)
    if len(periods) > MOST_PERIODS:
        faults.add(("policy",), None, f"more than {MOST_PERIODS} spans between dates", "split the policy by years")
        return ()
    if not periods:
        faults.add(("policy",), None, "no period begins while the policy is in force", "give it a longer time")
        return ()
    before = len(faults.found)
    program = compile_policy(policy, periods, faults)
    for rule in policy.rules.values():
        for row in rule.rows if isinstance(rule, TableRule) else ():
            if not any(row.span.holds(period.first) for period in periods):
                faults.add(row.path, row.id, f'row "{row.id}" is in force on no first day of a period', "mend its days")
    _check_test_days(policy, program, of, faults)
    unproved = check_overlaps(program, faults) if not faults.found else ()
    if len(faults.found) == before and len(program.dead) == len(periods):
        faults.add(("policy",), None, f"never in force: {program.dead[0]}", "let the values be in force at one time")
    return unproved


def _check_test_days(policy: Policy, program: Program, of: Callable[[date], Period], faults: Faults) -> None:
    """Note every test of a period in which the policy is not in force: before it, after it, or between its values."""
    periods = sorted(((period.first, index) for index, period in enumerate(program.environments)))
    starts = [value.span.start for param in policy.params.values() for value in param.values if value.span.start]
    first = policy.span.start or min(starts, default=date.min)
    for case in policy.cases:
        period = of(case.on)
        sample = max((index for start, index in periods if start <= period.first), default=periods[0][1])
        reason = program.dead.get(sample, "")
        if period.first >= first and policy.span.holds(period.first) and not reason:
            continue
        begins = f", and its period begins {period.first}" if period.first != case.on else ""
        why = f": {reason}" if reason else ""
        message = f"the policy is not in force for this test{begins}{why}"
        faults.add((*case.path, "on"), case.on, message, "choose a day it is in force on, or leave the test out")


def period_for(policy: Policy, day: date) -> Period:
    """The policy's period that holds `day`."""
    return period_of(policy.period_kind, day)
