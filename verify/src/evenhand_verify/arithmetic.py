"""What a row of a policy's table grants, worked out again by the checker.

A grant is known where published facts suffice: numbers, dated params, `days_in_period`, `size`, sums. Everything else in
a policy is left declared, and counted as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from evenhand_verify import formula
from evenhand_verify.formula import Linear, Node
from evenhand_verify.package import Meta
from evenhand_verify.policy import UNITS, Policy, exact_fraction
from evenhand_verify.result import Malformed

NUMBERS = ("number", "1", "person", "day", "year")


@dataclass(frozen=True)
class Grant:
    """What a row gives: base units for each household and for each member."""

    household: Fraction
    member: Fraction


def _scale(text: Any) -> tuple[Fraction, bool] | None:
    """What one of a unit such as `kg/person` is worth in base units, and whether it is no more than a number."""
    if not isinstance(text, str):
        return None
    scale, bare = Fraction(1), True
    for position, name in enumerate(text.split("/")):
        name = name.strip()
        if name in NUMBERS:
            continue
        if name not in UNITS:
            return None
        scale, bare = (scale * UNITS[name] if position == 0 else scale / UNITS[name]), False
    return scale, bare


def _in_force(item: dict[str, Any], day: date) -> bool:
    start, end = item.get("from"), item.get("to")
    return (not isinstance(start, date) or start <= day) and (not isinstance(end, date) or day <= end)


class Arithmetic:
    """A policy's numbers in one period."""

    def __init__(self, policy: Policy, meta: Meta) -> None:
        self.policy = policy
        self.day = meta.first
        self.days = meta.days

    def linear(self, node: Node | None, of: str, depth: int = 0, cell: Fraction | None = None) -> Linear | None:
        """The formula as a sum of coefficients times tables (and `size`), or None where it is no such thing. `of`:
        what a formula speaks of, `household` or `member`; `cell`: what a bare constant's unit is worth in base units."""
        if node is None or depth > 60:
            return None
        if node.kind == "number":
            return formula.number(node.number, bare=True)
        if node.kind == "name":
            return self._name(node.name, of, depth)
        if node.kind == "sum":
            return self.linear(node.parts[0], "member", depth + 1) if of == "household" else None
        left = self.linear(node.parts[0], of, depth + 1, cell)
        right = self.linear(node.parts[1], of, depth + 1, cell)
        if left is None or right is None:
            return None
        if node.kind in ("+", "-"):
            if left.bare != right.bare:
                # A bare constant beside a quantity takes the unit of its cell.
                bare = left if left.bare else right
                if bare.terms or (cell is None and bare.constant):
                    return None
                scaled = Linear({}, bare.constant * (cell or 0), False)
                left, right = (scaled, right) if left.bare else (left, scaled)
            return left.plus(right, 1 if node.kind == "+" else -1)
        if node.kind == "*":
            if right.terms and left.terms:
                return None
            if right.terms:
                left, right = right, left
            return left.times(right.constant, right.bare)
        if right.terms or right.constant == 0:
            return None
        return left.times(1 / right.constant, right.bare)

    def _name(self, name: str, of: str, depth: int) -> Linear | None:
        if name == "days_in_period":
            return formula.number(Fraction(self.days), bare=True)
        if name == "size" and of == "household":
            return Linear({"size": Fraction(1)}, Fraction(0), True)
        if name in self.policy.params:
            return self._param(name)
        if name in self.policy.tables:
            if self.policy.tables[name].get("of", "household") != of:
                return None
            return Linear({name: Fraction(1)}, Fraction(0), False)
        step = self.policy.steps.get(name)
        if step is not None and step.get("of", "household") == of and "round" not in step:
            inner = self.linear(formula.read(str(step.get("is", ""))), of, depth + 1)
            scale = _scale(step.get("unit", "number"))
            if inner is None or scale is None or (inner.bare and not scale[1]):
                return None
            return inner
        return None

    def _param(self, name: str) -> Linear | None:
        data = self.policy.params[name]
        if "prorate" in data:
            return None
        scale = _scale(data.get("unit"))
        values = data.get("values")
        starts: list[tuple[date, dict[str, Any]]] = []
        for item in values if isinstance(values, list) else []:
            if isinstance(item, dict) and isinstance(item.get("from"), date):
                starts.append((item["from"], item))
        current = [item for start, item in sorted(starts, key=lambda pair: pair[0]) if start <= self.day]
        if scale is None or not current or not _in_force(current[-1], self.day):
            return None
        return formula.number(exact_fraction(current[-1].get("value"), self.policy.where) * scale[0], scale[1])

    def shares(self, benefit: str) -> dict[str, Fraction] | None:
        """How often each table counts in what is due of a benefit; None if that cannot be taken apart."""
        found: dict[str, Fraction] = {}
        for item in self.policy.entitlements:
            if item.get("benefit") != benefit:
                continue
            amount = self.linear(formula.read(str(item.get("amount", ""))), "household")
            if amount is None or "round" in item or amount.constant or "size" in amount.terms:
                return None
            for table, share in amount.terms.items():
                found[table] = found.get(table, Fraction(0)) + share
        return found or None

    def plain(self, benefit: str) -> bool:
        """Whether what is due is so plainly a sum of tables that no class of it may be declared as a whole."""
        shares = self.shares(benefit)
        if shares is None:
            return False
        tables = [self.policy.tables[name] for name in shares]
        amounts = [item for item in self.policy.entitlements if item.get("benefit") == benefit]
        trees = [formula.read(str(item.get("amount", ""))) for item in amounts]
        return all(table.get("hit", "unique") != "sum" and "round" not in table for table in tables) and all(
            tree is not None and self._plain(tree) for tree in trees
        )

    def _plain(self, node: Node) -> bool:
        if node.kind == "name":
            return node.name in self.policy.tables
        if node.kind == "sum":
            return self._plain(node.parts[0])
        if node.kind == "*":
            factors = [part for part in node.parts if part.kind != "number" and not self._constant(part)]
            return len(factors) == 1 and self._plain(factors[0])
        return False

    def _constant(self, node: Node) -> bool:
        return node.kind == "name" and (node.name == "days_in_period" or node.name in self.policy.params)

    def grant(self, benefit: str, name: str) -> Grant | None:
        """What the row `TABLE.ROW` gives of a benefit. None: it cannot be told from published facts.

        Malformed if the policy has no such row, it is not in force, or its table has no part in the benefit."""
        row = self.policy.row(name)
        if row is None:
            raise Malformed(self.policy.where, f'the policy has no row "{name}"')
        if not _in_force(row, self.day):
            raise Malformed(self.policy.where, f'the row "{name}" is not in force on {self.day}')
        shares = self.shares(benefit)
        if shares is None:
            return None
        table = name.partition(".")[0]
        if table not in shares:
            raise Malformed(self.policy.where, f'the table of "{name}" has no part in "{benefit}"')
        rule = self.policy.tables[table]
        of = str(rule.get("of", "household"))
        scale = _scale(rule.get("unit"))
        then = self.linear(formula.read(str(row.get("then", ""))), of, cell=scale[0] if scale else None)
        if then is None or scale is None or set(then.terms) - {"size"} or "round" in rule:
            return None
        factor = shares[table] * self.policy.benefit(benefit).parts * (scale[0] if then.bare else 1)
        each, size = then.constant * factor, then.terms.get("size", Fraction(0)) * factor
        return Grant(Fraction(0), each) if of == "member" else Grant(each, size)
