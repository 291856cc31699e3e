"""The policy of a cycle, as far as the checker works it out itself: benefits, steps, and what a row of a table grants.

A row's grant is known where published facts suffice: numbers, dated params, `days_in_period`, `size`, sums. Everything
else in a policy is left declared, and counted as such.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evenhand_verify import formula
from evenhand_verify.formula import Linear, Node
from evenhand_verify.package import Meta
from evenhand_verify.result import Malformed

UNITS: dict[str, int] = {
    "g": 1, "kg": 1000, "t": 1_000_000, "ml": 1, "l": 1000, "L": 1000, "m3": 1_000_000, "piece": 1, "pair": 1,
    "loaf": 1, "set": 1, "coupon": 1, "point": 1, "Wh": 1, "kWh": 1000, "MWh": 1_000_000, "cent": 1, "INR": 100,
    "USD": 100, "EUR": 100, "GBP": 100, "EGP": 100, "CUP": 100, "KPW": 100,
}  # fmt: skip
NUMBERS = ("number", "1", "person", "day", "year")
DIVIDED = ("good", "service")
_QUANTITY = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?|[0-9]+/[0-9]+)\s+([A-Za-z0-9]+)\s*")


@dataclass(frozen=True)
class Benefit:
    """A benefit: whether it is divided when short, and base units a hand-out step."""

    id: str
    divided: bool
    parts: int
    step: int
    unit: str = ""

    def shown(self, base: int | Fraction) -> str:
        """A quantity of base units in the benefit's unit, exactly."""
        value = Fraction(base) / (UNITS.get(self.unit, 1) * self.parts)
        scaled = value * 10**6
        if scaled.denominator != 1:
            whole, part = value.numerator // value.denominator, value % 1
            return f"{whole:,} {part} {self.unit}" if whole else f"{part} {self.unit}"
        whole, rest = divmod(int(scaled), 10**6)
        return f"{whole:,}" + (f".{rest:06d}".rstrip("0") if rest else "") + f" {self.unit}"


@dataclass(frozen=True)
class Grant:
    """What a row gives: base units for each household and for each member."""

    household: Fraction
    member: Fraction


class Policy:
    """A policy file as read."""

    def __init__(self, where: str, data: dict[str, Any]) -> None:
        self.where = where
        self.data = data
        self.id = str(_dict(data.get("policy"), where).get("id", ""))
        self.period = str(_dict(data.get("policy"), where).get("period", "month"))
        benefits = _dict(data.get("benefit"), where)
        self.benefits = {name: _benefit(where, name, _dict(value, where)) for name, value in benefits.items()}
        self.tables = {name: _dict(value, where) for name, value in _dict(data.get("table", {}), where).items()}
        self.steps = {name: _dict(value, where) for name, value in _dict(data.get("step", {}), where).items()}
        self.params = {name: _dict(value, where) for name, value in _dict(data.get("param", {}), where).items()}
        self.entitlements = [_dict(value, where) for value in _list(data.get("entitlement"), where)]

    @property
    def k(self) -> Any:
        """The fewest households a point may have."""
        return _dict(self.data.get("policy"), self.where).get("k", 20)

    @property
    def reserve(self) -> Fraction:
        """What is kept at every point for exceptions, as a share of what is due."""
        return _fraction(_dict(self.data.get("policy"), self.where).get("reserve", 0), self.where)

    def benefit(self, name: str) -> Benefit:
        """A benefit by id."""
        if name not in self.benefits:
            raise Malformed(self.where, f'the policy has no benefit "{name}"')
        return self.benefits[name]

    @property
    def divided(self) -> list[str]:
        """The benefits that are divided when short, in the policy's order."""
        return [name for name, benefit in self.benefits.items() if benefit.divided]

    def row(self, name: str) -> dict[str, Any] | None:
        """The row `TABLE.ROW`, or None if there is none."""
        table, _, row = name.partition(".")
        rule = self.tables.get(table)
        if rule is None:
            return None
        if row == "otherwise":
            found = rule.get("otherwise")
            return found if isinstance(found, dict) else None
        rows = rule.get("rows")
        for item in rows if isinstance(rows, list) else []:
            if isinstance(item, dict) and item.get("id") == row:
                return item
        return None

    def because(self, name: str) -> str:
        """Why a row grants what it grants, in the policy's words."""
        row = self.row(name)
        return str(row["because"]) if row and "because" in row else ""


def read_policy(data: bytes, where: str) -> Policy:
    """Malformed unless the file is TOML with the parts every policy has."""
    try:
        value = tomllib.loads(data.decode("utf-8"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Malformed(where, f"not a policy file: {error}") from error
    return Policy(where, value)


def _dict(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(where, "a part of the policy is missing or of another type")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise Malformed(where, "a part of the policy is missing or of another type")
    return value


def _fraction(value: Any, where: str) -> Fraction:
    try:
        if isinstance(value, (int, str, Decimal)) and not isinstance(value, bool):
            return Fraction(value)
    except (ValueError, ZeroDivisionError):
        pass
    raise Malformed(where, f'"{value}" is not a number')


def _benefit(where: str, name: str, data: dict[str, Any]) -> Benefit:
    parts = data.get("parts", 1)
    if type(parts) is not int or parts < 1:
        raise Malformed(where, f'"{name}" is counted in {parts} parts')
    step = Fraction(1)
    if "step" in data:
        found = _QUANTITY.fullmatch(str(data["step"]))
        if not found or found[2] not in UNITS:
            raise Malformed(where, f'the step of "{name}" is not a quantity')
        step = _fraction(found[1], where) * UNITS[found[2]] * parts
    if step <= 0 or step.denominator != 1:
        raise Malformed(where, f'the step of "{name}" is not a whole number of base units')
    return Benefit(name, data.get("kind") in DIVIDED, parts, int(step), str(data.get("unit", "")))


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

    def linear(self, node: Node | None, of: str, depth: int = 0) -> Linear | None:
        """The formula as a sum of coefficients times tables (and `size`), or None where it is no such thing. `of`:
        what a formula speaks of, `household` or `member`."""
        if node is None or depth > 60:
            return None
        if node.kind == "number":
            return formula.number(node.number, bare=True)
        if node.kind == "name":
            return self._name(node.name, of, depth)
        if node.kind == "sum":
            return self.linear(node.parts[0], "member", depth + 1) if of == "household" else None
        left = self.linear(node.parts[0], of, depth + 1)
        right = self.linear(node.parts[1], of, depth + 1)
        if left is None or right is None:
            return None
        if node.kind in ("+", "-"):
            if left.bare != right.bare and any(side.bare and side.constant for side in (left, right)):
                return None
            joined = left.plus(right, 1 if node.kind == "+" else -1)
            return Linear(joined.terms, joined.constant, left.bare and right.bare)
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
        scale = _scale(data.get("unit"))
        values = data.get("values")
        starts: list[tuple[date, dict[str, Any]]] = []
        for item in values if isinstance(values, list) else []:
            if isinstance(item, dict) and isinstance(item.get("from"), date):
                starts.append((item["from"], item))
        current = [item for start, item in sorted(starts, key=lambda pair: pair[0]) if start <= self.day]
        if scale is None or not current or not _in_force(current[-1], self.day):
            return None
        return formula.number(_fraction(current[-1].get("value"), self.policy.where) * scale[0], scale[1])

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
        then = self.linear(formula.read(str(row.get("then", ""))), of)
        scale = _scale(rule.get("unit"))
        if then is None or scale is None or set(then.terms) - {"size"} or "round" in rule:
            return None
        factor = shares[table] * self.policy.benefit(benefit).parts * (scale[0] if then.bare else 1)
        each, size = then.constant * factor, then.terms.get("size", Fraction(0)) * factor
        return Grant(Fraction(0), each) if of == "member" else Grant(each, size)
