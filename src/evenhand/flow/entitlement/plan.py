"""The plan of a policy for a period: selects from its inputs to what is due, why, by class, and what cannot be decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from evenhand.core.errors import InputError, UsageError
from evenhand.core.period import Period
from evenhand.core.plan import Plan, Select
from evenhand.flow.entitlement import classes, inputs, tables
from evenhand.flow.entitlement.emit import integer
from evenhand.flow.entitlement.layers import HOUSEHOLD, MEMBER, Layers, Sql
from evenhand.flow.entitlement.rules import Rules, row_ids
from evenhand.flow.policy.compile import compile_policy
from evenhand.flow.policy.model import Policy
from evenhand.flow.policy.sheet import Faults
from evenhand.flow.policy.tree import Program, TypedEntitlement, TypedTable

DUE = "due"
"""The select that holds what is due, a row a household; all outputs read it."""

OUTPUTS = ("wide", "entitlement", "classes", "undecided")


@dataclass(frozen=True)
class Needs:
    """Columns a plan reads beside keys, and whether it reads members at all."""

    household: tuple[str, ...]
    member: tuple[str, ...]
    members: bool


def program_for(policy: Policy, period: Period) -> Program:
    """The policy compiled for one period; UsageError if it is not in force then."""
    if not policy.span.holds(period.first):
        raise UsageError(
            f'policy "{policy.id}" is not in force on {period.first}', f"choose a day it is in force on ({policy.file})"
        )
    faults = Faults(policy.file, policy.lines)
    program = compile_policy(policy, [period], faults)
    if faults.found:
        raise InputError(faults.found)
    if program.dead:
        raise UsageError(
            f'policy "{policy.id}" is not in force on {period.first}: {program.dead[0]}',
            "choose a day all its values are in force on",
        )
    return program


class _Planner:
    def __init__(self, policy: Policy, period: Period, members: bool, stated_size: bool, points: bool) -> None:
        self.policy = policy
        self.program = program_for(policy, period)
        self.layers = Layers()
        self.rules = Rules(self.program, self.layers, members, stated_size)
        self.members = members
        self.points = points
        self.stated_size = stated_size
        self.whys: dict[str, str] = {}
        self.fired: dict[str, list[tuple[str, Sql]]] = {}
        for entitlement in self.program.entitlements:
            self._columns(entitlement)
        self.reads_members = bool(self.layers.base[MEMBER]) or any(
            self.policy.inputs[name].of == MEMBER for name in self.rules.emitter.used
        )

    def _columns(self, found: TypedEntitlement) -> None:
        name, emitter = found.rule.name, self.rules.emitter
        parts = self.policy.benefits[found.rule.benefit].parts
        amount = emitter.scaled(found.amount, parts, HOUSEHOLD)
        why = self.rules.why(found.amount, HOUSEHOLD)
        causes, layer = ([why.text], why.layer) if why else ([], 0)
        tier = emitter.scaled(found.tier, 1, HOUSEHOLD) if found.tier else integer(1)
        if found.tier is not None:
            tier = self.layers.column(HOUSEHOLD, tier, f"tier_{name}")
            amount = Sql(f"CASE WHEN {tier.text} IS NOT NULL THEN {amount.text} END", max(amount.layer, tier.layer))
            cause = self.rules.why(found.tier, HOUSEHOLD)
            if cause:
                causes, layer = [*causes, cause.text], max(layer, cause.layer)
        amount = self.layers.column(HOUSEHOLD, amount, f"a_{name}")
        text = f"CASE WHEN {amount.text} IS NULL THEN coalesce({', '.join([*causes, repr(name)])}) END"
        self.layers.column(HOUSEHOLD, Sql(text, max(layer, amount.layer)), f"u_{name}")
        if found.rule.floor is not None:
            share = found.rule.floor.share
            top = Sql(f"({amount.text} * {share.numerator})", amount.layer)
            part = emitter.divide(top, integer(share.denominator), found.rule.floor.mode, False, 0, HOUSEHOLD)
            self.layers.column(HOUSEHOLD, part, f"f_{name}")
        if found.tier is None:
            self.layers.column(HOUSEHOLD, Sql("CAST(1 AS BIGINT)"), f"tier_{name}")
        self.fired[name] = [(table, self.rules.fired(table)) for table in self.rules.tables(found.amount)]

    def base(self, numbered: bool) -> None:
        """The columns of the two base selects: keys and the inputs that are read."""
        household = [("household", "household")]
        if self.points:
            household.append(("point", "point"))
        if numbered:
            household.append(("row", "row_number() OVER ()"))
        if self.stated_size:
            household.append(("i_size", inputs.stated_size()))
            self.layers.prepared[HOUSEHOLD].append(inputs.prepared("size", Fraction(1)))
        member = [("household", "household")]
        for name in sorted(self.rules.emitter.used):
            found = self.policy.inputs[name]
            (household if found.of == "household" else member).append(
                (inputs.column_of(name), inputs.typed(found, self.policy))
            )
            if found.type == "number":
                self.layers.prepared[found.of].append(inputs.prepared(name, inputs.factor_of(found)))
        self.layers.base = {HOUSEHOLD: household, MEMBER: member}

    def due_columns(self, outputs: Sequence[str]) -> list[str]:
        """What the outputs read of a household, and nothing else: the rest is never kept."""
        columns = {"household": None}
        if self.points:
            columns["point"] = None
        if {"wide", "reasons"} & set(outputs):
            columns["row"] = None
        for found in self.program.entitlements:
            name = found.rule.name
            columns |= dict.fromkeys(
                (f"a_{name}", f"u_{name}", f"tier_{name}", *((f"f_{name}",) if found.rule.floor else ()))
            )
            columns |= dict.fromkeys(sql.text for _, sql in self.fired[name])
            if "classes" in outputs:
                for part in classes.parts_of(self.program, found.amount) or ():
                    if self.program.rules[part.table].rule.of == HOUSEHOLD:
                        columns |= dict.fromkeys((f"t_{part.table}", f"r_{part.table}"))
        if "classes" in outputs:
            columns[self.rules.size().text] = None
        columns.pop("CAST(NULL AS BIGINT)", None)
        return list(columns)

    def reason_sets(self, name: str, source: str) -> Select | None:
        """The lists of rows for every combination of bits that occurs: few, so the lists are made once each."""
        fired = self.fired[name]
        if not fired:
            return None
        keys = ", ".join(f"coalesce({sql.text}, 0) AS k{number}" for number, (_, sql) in enumerate(fired))
        entries: list[str] = []
        for number, (table, _) in enumerate(fired):
            typed = self.program.rules[table]
            assert isinstance(typed, TypedTable)
            for position, row in enumerate(row_ids(typed)):
                entries.append(f"CASE WHEN (k{number} & {1 << position}) <> 0 THEN {inputs.literal(row)} END")
        names = ", ".join(f"k{number}" for number in range(len(fired)))
        listed = f"list_filter([{', '.join(entries)}], lambda x: x IS NOT NULL)"
        return Select(
            f"reasons_of_{name}", f"SELECT {names}, {listed} AS reasons FROM (SELECT DISTINCT {keys} FROM {source})"
        )

    def with_reasons(self, name: str, source: str) -> tuple[str, str]:
        """(the join that brings the reasons of an entitlement, the column)."""
        fired = self.fired[name]
        if not fired:
            return source + " h", "CAST([] AS VARCHAR[])"
        on = " AND ".join(f"coalesce(h.{sql.text}, 0) = q.k{number}" for number, (_, sql) in enumerate(fired))
        return f"{source} h JOIN reasons_of_{name} q ON {on}", "q.reasons"


def plan(policy: Policy, period: Period, *, outputs: Sequence[str] = OUTPUTS, members: bool = True,
         points: bool = True, stated_size: bool = False) -> Plan:  # fmt: skip
    """The plan. Inputs: `household` (household, point, inputs), `member` (household, member, inputs), `point` (point, area).

    `members`, `points`: whether there are such tables; `stated_size`: whether households have a column `size`.
    Outputs: `wide`, `entitlement`, `classes`, `undecided`, `reasons` (see tables.py).
    UsageError if the policy is not in force.
    """
    planner = _Planner(policy, period, members, stated_size, points)
    if not points and {"entitlement", "classes"} & set(outputs):
        raise UsageError("what is due by point wants points", "give households a point")
    if planner.reads_members and not members:
        raise UsageError(f'policy "{policy.id}" reads members', "give the members too (--members FILE)")
    planner.base(numbered=bool({"wide", "reasons"} & set(outputs)))
    taken = _classes(planner, DUE) if "classes" in outputs else None
    found, last = planner.layers.selects()
    if not members:
        found = [select for select in found if select.name != "m0"]
    made = [Select(DUE, f"SELECT {', '.join(planner.due_columns(outputs))} FROM {last}")]
    if {"entitlement", "reasons"} & set(outputs):
        made += [sets for e in planner.program.entitlements if (sets := planner.reason_sets(e.rule.name, DUE))]
    if "wide" in outputs:
        made.append(_wide(planner, DUE))
    if "entitlement" in outputs:
        made.append(_entitlement(planner, DUE))
    if "reasons" in outputs:
        made.append(_reasons(planner, DUE))
    if taken is not None:
        made.append(taken)
    if "undecided" in outputs:
        made.append(_undecided(planner, DUE))
    names = ("household", *(("member",) if members else ()), *(("point",) if points and "classes" in outputs else ()))
    return Plan(names, (*found, *made), tuple(outputs))


def needs(policy: Policy, period: Period) -> Needs:
    """What a plan of this policy would read."""
    planner = _Planner(policy, period, True, False, False)
    used = sorted(planner.rules.emitter.used)
    households = tuple(name for name in used if policy.inputs[name].of == "household")
    members = tuple(name for name in used if policy.inputs[name].of == "member")
    wants = bool(members) or _aggregates(planner.program)
    return Needs(households, members, wants)


def _aggregates(program: Program) -> bool:
    return any(rule.rule.of == "member" for rule in program.rules.values())


def _wide(planner: _Planner, source: str) -> Select:
    columns: list[str] = ["household"]
    for found in planner.program.entitlements:
        name = found.rule.name
        columns.append(f'a_{name} AS "{name}"')
        if found.rule.floor is not None:
            columns.append(f'f_{name} AS "{name}_floor"')
    causes = ", ".join(f"u_{found.rule.name}" for found in planner.program.entitlements)
    columns.append(f"coalesce({causes}, '') AS undecided")
    return Select("wide", f"SELECT {', '.join(columns)} FROM {source} ORDER BY row")


def _reasons(planner: _Planner, source: str) -> Select:
    parts: list[str] = []
    for number, found in enumerate(planner.program.entitlements):
        joined, column = planner.with_reasons(found.rule.name, source)
        parts.append(f"SELECT row, {number} AS n, h.household, {inputs.literal(found.rule.name)} AS entitlement, "
                     f"{column} AS reasons FROM {joined} WHERE a_{found.rule.name} IS NOT NULL")  # fmt: skip
    return Select(
        "reasons",
        f"SELECT household, entitlement, reasons FROM ({' UNION ALL '.join(parts)}) ORDER BY row, n",
        tables.REASONS,
    )


def _entitlement(planner: _Planner, source: str) -> Select:
    parts: list[str] = []
    for number, benefit in enumerate(planner.policy.benefits):
        own = [found for found in planner.program.entitlements if found.rule.benefit == benefit]
        if not own:
            continue
        text = source + " h"
        reasons: list[str] = []
        for index, found in enumerate(own):
            joined, column = planner.with_reasons(found.rule.name, source)
            if " JOIN " in joined:
                tail = joined[joined.index(" JOIN ") :].replace(" q ON", f" q{index} ON").replace("q.k", f"q{index}.k")
                text += tail
                reasons.append(column.replace("q.", f"q{index}."))
        amount = " + ".join(f"a_{found.rule.name}" for found in own)
        floors = [f"f_{found.rule.name}" for found in own if found.rule.floor]
        listed = "CAST([] AS VARCHAR[])" if not reasons else reasons[0]
        for position, other in enumerate(reasons[1:], 1):
            known = " OR ".join(f"list_contains({before}, x)" for before in reasons[:position])
            listed = f"list_concat({listed}, list_filter({other}, lambda x: NOT ({known})))"
        parts.append(
            f"SELECT h.household, h.point, {inputs.literal(benefit)} AS benefit, {amount} AS amount, "
            f"{' + '.join(floors) or 'CAST(0 AS BIGINT)'} AS floor, tier_{own[0].rule.name} AS tier, "
            f"{listed} AS reasons, {number} AS n FROM {text} "
            f"WHERE {' AND '.join(f'a_{found.rule.name} IS NOT NULL' for found in own)}"
        )
    columns = "household, point, benefit, amount, floor, tier, reasons"
    sql = f"SELECT {columns} FROM ({' UNION ALL '.join(parts)}) ORDER BY point, household, n"
    return Select("entitlement", sql, tables.ENTITLEMENT)


def _classes(planner: _Planner, last: str) -> Select:
    parts: list[str] = []
    for found in planner.program.entitlements:
        benefit = planner.policy.benefits[found.rule.benefit]
        parts += classes.selects(planner.rules, found.rule.name, benefit.id, benefit.parts, found.amount, last)
    counts = "CAST(max(households) AS BIGINT) AS households, CAST(max(members) AS BIGINT) AS members"
    columns, key = f"{counts}, CAST(sum(amount) AS BIGINT) AS amount", "area, benefit, row"
    sql = f"SELECT {key}, {columns} FROM ({' UNION ALL '.join(parts)}) GROUP BY {key} ORDER BY {key}"
    return Select("classes", sql, tables.CLASSES)


def _undecided(planner: _Planner, source: str) -> Select:
    parts = [
        f"SELECT household, u_{found.rule.name} AS input FROM {source} WHERE a_{found.rule.name} IS NULL"
        for found in planner.program.entitlements
    ]
    return Select(
        "undecided",
        f"SELECT DISTINCT household, input FROM ({' UNION ALL '.join(parts)}) ORDER BY household, input",
        tables.UNDECIDED,
    )
