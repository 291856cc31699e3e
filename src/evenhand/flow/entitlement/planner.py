"""The columns of a plan: what every entitlement is, why, and what cannot be decided, for the outputs to pick from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from evenhand.core.errors import InputError, UsageError
from evenhand.core.period import Period
from evenhand.core.plan import Select
from evenhand.flow.entitlement import classes, inputs
from evenhand.flow.entitlement.layers import HOUSEHOLD, MEMBER, Layers, Sql, integer
from evenhand.flow.entitlement.rules import Rules, row_ids
from evenhand.flow.policy.compile import compile_policy
from evenhand.flow.policy.model import Policy
from evenhand.flow.policy.sheet import Faults
from evenhand.flow.policy.tree import Program, TypedEntitlement, TypedTable


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


OPEN = "open_households"
"""The select of the households something of which cannot be decided. Why not is asked of these alone: they are few."""


class Planner:
    """The columns of everything a policy grants in a period, and what of them the outputs read."""

    def __init__(self, policy: Policy, period: Period, members: bool, stated_size: bool, points: bool,
                 priced: bool = False, absent: Collection[str] = (),
                 kinds: Mapping[str, Mapping[str, str]] | None = None, causes: bool = False,
                 prefix: str = "") -> None:  # fmt: skip
        """`causes`: also what is missing where something cannot be decided, for the households in `OPEN` alone."""
        self.policy = policy
        self.program = program_for(policy, period)
        self.layers = Layers("c_", OPEN) if causes else Layers(prefix)
        self.rules = Rules(self.program, self.layers, members, stated_size)
        self.members = members
        self.points = points
        self.stated_size = stated_size
        self.absent = absent
        self.kinds = kinds or {}
        self.causes = causes
        self.whys: dict[str, str] = {}
        self.fired: dict[str, list[tuple[str, Sql]]] = {}
        for entitlement in self.program.entitlements:
            self._columns(entitlement)
            if priced:
                self._prices(entitlement)
        self.reads_members = bool(self.layers.base[MEMBER]) or any(
            self.policy.inputs[name].of == MEMBER for name in self.rules.emitter.used
        )

    def _columns(self, found: TypedEntitlement) -> None:
        name, emitter = found.rule.name, self.rules.emitter
        parts = self.policy.benefits[found.rule.benefit].parts
        amount = emitter.scaled(found.amount, parts, HOUSEHOLD)
        tier = emitter.scaled(found.tier, 1, HOUSEHOLD) if found.tier else integer(1)
        if found.tier is not None:
            tier = self.layers.column(HOUSEHOLD, tier, f"tier_{name}")
            amount = Sql(f"CASE WHEN {tier.text} IS NOT NULL THEN {amount.text} END", max(amount.layer, tier.layer))
        amount = self.layers.column(HOUSEHOLD, amount, f"a_{name}")
        if self.causes:
            nodes = [found.amount, *([found.tier] if found.tier else [])]
            whys = [why for node in nodes if (why := self.rules.why(node, HOUSEHOLD)) is not None]
            listed = ", ".join([*(why.text for why in whys), repr(name)])
            text = f"CASE WHEN {amount.text} IS NULL THEN coalesce({listed}) END"
            self.layers.column(HOUSEHOLD, Sql(text, max([amount.layer, *(why.layer for why in whys)])), f"u_{name}")
            return
        if found.rule.floor is not None:
            share = found.rule.floor.share
            top = Sql(f"({amount.text} * {share.numerator})", amount.layer)
            part = emitter.divide(top, integer(share.denominator), found.rule.floor.mode, False, 0, HOUSEHOLD)
            self.layers.column(HOUSEHOLD, part, f"f_{name}")
        if found.tier is None:
            self.layers.column(HOUSEHOLD, Sql("CAST(1 AS BIGINT)"), f"tier_{name}")
        self.fired[name] = [(table, self.rules.fired(table)) for table in self.rules.tables(found.amount)]

    def _prices(self, found: TypedEntitlement) -> None:
        name, emitter = found.rule.name, self.rules.emitter
        unknown = Sql("CAST(NULL AS BIGINT)", 0, False)
        home = emitter.scaled(found.price, 1, HOUSEHOLD) if found.price else unknown
        same = home if found.rule.served != "home point" else unknown
        away = emitter.scaled(found.away, 1, HOUSEHOLD) if found.away else same
        for column, price in (("p", home), ("q", away)):
            self.layers.column(HOUSEHOLD, Sql(f"CAST({price.text} AS BIGINT)", price.layer), f"{column}_{name}")

    def base(self, numbered: bool) -> None:
        """The columns of the two base selects: keys and the inputs that are read."""
        household = [("household", "household")]
        if self.points:
            household.append(("point", "point"))
        if numbered:
            household.append(("row", '"~row"'))
        if self.stated_size:
            household.append(("i_size", inputs.stated_size()))
            self.layers.prepared[HOUSEHOLD].append(inputs.prepared("size", Fraction(1), self._kind(HOUSEHOLD, "size")))
        member = [("household", "household")]
        for name in sorted(self.rules.emitter.used):
            found = self.policy.inputs[name]
            kind = self._kind(found.of, name)
            (household if found.of == "household" else member).append(
                (inputs.column_of(name), inputs.typed(found, self.policy, name in self.absent, kind))
            )
            if found.type == "number" and name not in self.absent:
                self.layers.prepared[found.of].append(inputs.prepared(name, inputs.factor_of(found), kind))
        self.layers.base = {HOUSEHOLD: household, MEMBER: member}

    def _kind(self, table: str, column: str) -> str:
        return self.kinds.get(table, {}).get(column, "")

    def due_columns(self, outputs: Sequence[str]) -> list[str]:
        """What the outputs read of a household, and nothing else: the rest is never kept."""
        columns = {"household": None}
        if self.points:
            columns["point"] = None
        if {"wide", "reasons", "prices", "undecided"} & set(outputs):
            columns["row"] = None
        for found in self.program.entitlements:
            name = found.rule.name
            columns |= dict.fromkeys((f"a_{name}", *((f"f_{name}",) if found.rule.floor else ())))
            if "entitlement" in outputs:
                columns[f"tier_{name}"] = None
            if {"entitlement", "reasons"} & set(outputs):
                columns |= dict.fromkeys(sql.text for _, sql in self.fired[name])
            if "prices" in outputs:
                columns |= dict.fromkeys((f"p_{name}", f"q_{name}"))
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
