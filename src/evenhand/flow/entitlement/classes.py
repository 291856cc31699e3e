"""What each row of the policy gives in each area: an amount that is linear in tables, taken apart row by row."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod

from evenhand.flow.entitlement.inputs import literal
from evenhand.flow.entitlement.rules import Rules, row_ids
from evenhand.flow.policy.tree import Node, Program, TypedStep, TypedTable


@dataclass(frozen=True)
class Part:
    """`factor` times a table's value, summed over members if the table is one of members."""

    table: str
    factor: Fraction


def parts_of(program: Program, node: Node) -> list[Part] | None:
    """The tables an amount is a sum of; None if it is no such sum."""
    return _parts(program, node, {})


def _parts(program: Program, node: Node, known: dict[str, list[Part] | None]) -> list[Part] | None:
    if node.op == "sum":
        found: list[Part] = []
        for sign, arg in zip(node.data, node.args, strict=True):
            inner = _parts(program, arg, known)
            if inner is None:
                return None
            found += [Part(part.table, sign * part.factor) for part in inner]
        return found if len({part.table for part in found}) == len(found) else None
    if node.op == "product":
        constant = prod((arg.data[0] for arg in node.args if arg.op == "const"), start=Fraction(1))
        data = [arg for arg in node.args if arg.op != "const"]
        inner = _parts(program, data[0], known) if len(data) == 1 else None
        return None if inner is None else [Part(part.table, part.factor * constant) for part in inner]
    if node.op == "sum-of":
        return _parts(program, node.args[0], known)
    if node.op == "rule":
        typed = program.rules[str(node.data)]
        if isinstance(typed, TypedStep):
            if typed.rule.name not in known:
                known[typed.rule.name] = _parts(program, typed.node, known)
            return known[typed.rule.name]
        return None if typed.rule.hit == "sum" else [Part(typed.rule.name, Fraction(1))]
    return [] if node.op == "const" and node.data[0] == 0 else None


def selects(rules: Rules, entitlement: str, benefit: str, parts: int, node: Node, households: str) -> list[str]:
    """SELECTs of (area, benefit, row, households, members, amount) for one entitlement; `households` has what is due."""
    found = parts_of(rules.program, node)
    size = rules.size().text
    where = f"a_{entitlement} IS NOT NULL"
    if not found:
        return [
            f"SELECT p.area, {literal(benefit)} AS benefit, 'entitlement' AS row, count(*) AS households, "
            f"sum({size}) AS members, sum(a_{entitlement}) AS amount FROM {households} h "
            f"JOIN point p ON p.point = h.point WHERE {where} GROUP BY p.area"
        ]
    out: list[str] = []
    for part in found:
        typed = rules.program.rules[part.table]
        assert isinstance(typed, TypedTable)
        factor = part.factor * parts / typed.value.den
        assert factor.denominator == 1
        names = " ".join(f"WHEN {1 << number} THEN {literal(name)}" for number, name in enumerate(row_ids(typed)))
        row = f"CASE t_{part.table} {names} END"
        amount = f"sum(r_{part.table}) * {factor.numerator}"
        head = f"SELECT p.area, {literal(benefit)} AS benefit, {row} AS row"
        point = f"JOIN point p ON p.point = h.point WHERE {where} GROUP BY p.area, t_{part.table}"
        if typed.rule.of == "household":
            out.append(
                f"{head}, count(*) AS households, sum({size}) AS members, {amount} AS amount FROM {households} h {point}"
            )
        else:
            members = rules.layers.keep(rules.hit(part.table))
            rules.layers.keep(rules.value(part.table))
            source = f"{members} m JOIN {households} h ON h.household = m.household"
            out.append(
                f"{head}, CAST(NULL AS BIGINT) AS households, count(*) AS members, {amount} AS amount FROM {source} {point}"
            )
    return out
