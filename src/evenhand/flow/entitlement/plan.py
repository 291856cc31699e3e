"""The plan of a policy for a period: selects from its inputs to what is due, why, by class, and what cannot be decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from evenhand.core.errors import UsageError
from evenhand.core.period import Period
from evenhand.core.plan import Plan, Select
from evenhand.flow.entitlement import outputs as outputs_of
from evenhand.flow.entitlement.planner import Planner, program_for
from evenhand.flow.policy.model import Policy
from evenhand.flow.policy.tree import Program

__all__ = ["Needs", "needs", "plan", "program_for"]

DUE = "due"
"""The select that holds what is due, a row a household; all outputs read it."""

OUTPUTS = ("wide", "entitlement", "classes", "undecided")


@dataclass(frozen=True)
class Needs:
    """Columns a plan reads beside keys, and whether it reads members at all."""

    household: tuple[str, ...]
    member: tuple[str, ...]
    members: bool


def plan(policy: Policy, period: Period, *, outputs: Sequence[str] = OUTPUTS, members: bool = True,
         points: bool = True, stated_size: bool = False, absent: Collection[str] = (),
         kinds: Mapping[str, Mapping[str, str]] | None = None) -> Plan:  # fmt: skip
    """The plan. Inputs: `household` (household, point, inputs), `member` (household, member, inputs), `point` (point, area).

    `members`, `points`: whether there are such tables; `stated_size`: whether households have a column `size`;
    `absent`: inputs whose column is not there, all of them assumed; `kinds`: by table and column, what kind of column the
    files have, as far as it is known (see inputs.py): the rows are the same, and come sooner.
    Outputs: `wide`, `entitlement`, `classes`, `undecided`, `reasons`, `prices` (see tables.py).
    UsageError if the policy is not in force.
    """
    planner = Planner(policy, period, members, stated_size, points, "prices" in outputs, absent, kinds)
    if not points and {"entitlement", "classes"} & set(outputs):
        raise UsageError("what is due by point wants points", "give households a point")
    if planner.reads_members and not members:
        raise UsageError(f'policy "{policy.id}" reads members', "give the members too (--members FILE)")
    planner.base(numbered=bool({"wide", "reasons", "prices", "undecided"} & set(outputs)))
    taken = outputs_of.classes(planner, DUE) if "classes" in outputs else None
    found, last = planner.layers.selects()
    made = [Select(DUE, f"SELECT {', '.join(planner.due_columns(outputs))} FROM {last}")]
    if {"wide", "undecided"} & set(outputs):
        other = Planner(policy, period, members, stated_size, points, False, absent, kinds, causes=True)
        made += outputs_of.causes(planner, other, DUE)
    if {"entitlement", "reasons"} & set(outputs):
        made += [sets for e in planner.program.entitlements if (sets := planner.reason_sets(e.rule.name, DUE))]
    if "wide" in outputs:
        made.append(outputs_of.wide(planner, DUE))
    if "entitlement" in outputs:
        made.append(outputs_of.entitlement(planner, DUE))
    if "reasons" in outputs:
        made.append(outputs_of.reasons(planner, DUE))
    if "prices" in outputs:
        made.append(outputs_of.prices(planner, DUE))
    if taken is not None:
        made.append(taken)
    if "undecided" in outputs:
        made.append(outputs_of.undecided(planner))
    names = ("household", *(("member",) if members else ()), *(("point",) if points and "classes" in outputs else ()))
    selects = [select for select in (*found, *made) if members or not select.name.endswith("m0")]
    return Plan(names, tuple(selects), tuple(outputs))


def needs(policy: Policy, period: Period) -> Needs:
    """What a plan of this policy would read."""
    planner = Planner(policy, period, True, False, False)
    used = sorted(planner.rules.emitter.used)
    households = tuple(name for name in used if policy.inputs[name].of == "household")
    members = tuple(name for name in used if policy.inputs[name].of == "member")
    wants = bool(members) or _aggregates(planner.program)
    return Needs(households, members, wants)


def _aggregates(program: Program) -> bool:
    return any(rule.rule.of == "member" for rule in program.rules.values())
