"""Formulas with their values filled in, as data: what a formula said for one household, term by term.

A term is a JSON object with `is`: quantity, word, date, bool, unknown, sum, product, each, members, greatest, least. Words
for people are made of it elsewhere (render), in any language; nothing here is a sentence.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from evenhand.core.unit import UNITS
from evenhand.flow.policy import syntax
from evenhand.flow.policy.evaluate import Household
from evenhand.flow.policy.gate import Refused
from evenhand.flow.policy.measure import COUNTED, Measure, measure
from evenhand.flow.policy.model import Param
from evenhand.flow.policy.names import Broken, KnownNames
from evenhand.flow.policy.tree import Node, Value

Term = dict[str, Any]

_BASE = {"mass": "g", "volume": "ml", "piece": "piece", "point": "point", "energy": "Wh", "money": "cent",
         "person": "person", "day": "day", "year": "year"}  # fmt: skip


class Terms:
    """Fills in formulas for one household."""

    def __init__(self, household: Household) -> None:
        self.household = household
        self.names = KnownNames(household.program)

    def node(self, ast: syntax.Ast, of: str, cell: Measure | None) -> Node:
        """The typed tree of any part of a formula of a household or of a member."""
        node = self.names.builder.build(ast, of, cell)
        if node.kind == "number" and cell is not None:
            node = self.names.builder.settle(node, cell)
        return node

    def value(self, ast: syntax.Ast, member: int | None, cell: Measure | None) -> Term:
        """The value of a part of a formula, as a term."""
        try:
            node = self.node(ast, "household" if member is None else "member", cell)
        except (Refused, Broken):
            return {"is": "unknown", "name": ast.text if isinstance(ast, syntax.Name) else ""}
        value = self.household.value(node, member)
        unit = node.number.measure if node.kind == "number" else None
        found = term_of(value, unit, cell)
        if value is None:
            found["name"] = self.household.missing(node, member) or ""
        elif isinstance(ast, syntax.Name):
            found["name"] = ast.text
        return found

    def keys(self, param: Param, member: int | None) -> list[Value] | None:
        """The keys by which a lookup is read for the household or for a member; None where each member has its own."""
        scope = "household" if member is None else "member"
        try:
            return [self.household.value(self.names.find(key, scope), member) for key in param.by]
        except (Refused, Broken):
            return None

    def filled(self, ast: syntax.Ast, member: int | None, cell: Measure | None) -> Term:
        """`ast` with every name replaced by what it was, in the order written."""
        if isinstance(ast, syntax.Sum):
            terms = [{"sign": sign, "term": self.filled(term, member, cell)} for sign, term in ast.terms]
            return {"is": "sum", "terms": terms}
        if isinstance(ast, syntax.Product):
            return self._product(ast, member)
        if isinstance(ast, syntax.Call) and ast.name in ("greatest", "least"):
            return {"is": ast.name, "terms": [self.filled(argument, member, cell) for argument in ast.arguments]}
        if isinstance(ast, syntax.Call) and ast.name == "sum" and len(ast.arguments) == 1:
            return self._members(ast.arguments[0], cell)
        return self.value(ast, member, cell)

    def _product(self, ast: syntax.Product, member: int | None) -> Term:
        factors: list[dict[str, Any]] = [
            {"power": power, "factor": self.filled(factor, member, None)} for power, factor in ast.factors
        ]
        people = [at for at, (power, part) in enumerate(ast.factors) if power == 1 and part == syntax.Name("size")]
        each = [at for at, found in enumerate(factors) if found["power"] == 1 and found["factor"]["is"] == "quantity"
                and "person" in found["factor"]["per"]]  # fmt: skip
        if len(people) == 1 and each and factors[people[0]]["factor"]["is"] == "quantity":
            count = int(Fraction(factors[people[0]]["factor"]["value"]))
            of: Term = dict(factors[each[0]]["factor"])
            of["per"] = [name for name in of["per"] if name != "person"]
            rest = [found for at, found in enumerate(factors) if at not in (people[0], each[0])]
            joined: Term = {"is": "each", "of": of, "count": count}
            return joined if not rest else {"is": "product", "factors": [{"power": 1, "factor": joined}, *rest]}
        return {"is": "product", "factors": factors}

    def _members(self, ast: syntax.Ast, cell: Measure | None) -> Term:
        """A sum over members: equal terms are counted, in the order of their first member."""
        groups: list[dict[str, Any]] = []
        for person in range(len(self.household.members or ())):
            term = self.filled(ast, person, cell)
            same = next((group for group in groups if group["term"] == term), None)
            if same is None:
                groups.append({"term": term, "count": 1})
            else:
                same["count"] += 1
        return {"is": "members", "groups": groups}


def term_of(value: Value, unit: Measure | None, cell: Measure | None = None) -> Term:
    """A value as a term. `unit` is the measure of a number, `cell` the unit it is best shown in."""
    if value is None:
        return {"is": "unknown", "name": ""}
    if isinstance(value, bool):
        return {"is": "bool", "value": value}
    if isinstance(value, Fraction):
        return quantity(value, unit, cell)
    if isinstance(value, date):
        return {"is": "date", "value": value.isoformat()}
    return {"is": "word", "value": value}


def quantity(value: Fraction, unit: Measure | None, cell: Measure | None = None) -> Term:
    """A number: `value` exact in base units, `shown` in `unit`, and what it is for each of (`per`)."""
    if unit is None or not unit.dims:
        return {"is": "quantity", "value": str(value), "shown": str(value), "unit": "", "per": []}
    if cell is not None and cell.dims == unit.dims:
        unit = cell
    name = unit.text.split("/")[0].split("*")[0].strip()
    scale = _scale(name, unit)
    if scale is None:
        top = next((dimension for dimension, power in unit.dims if power > 0), "")
        name = top.split(":")[1] if ":" in top else _BASE.get(top, "")
        scale = Fraction(UNITS[name].base_per_unit) if name in UNITS else Fraction(1)
    per = [_per(dimension, unit) for dimension, power in unit.dims if power < 0]
    shown = value / scale
    for dimension, _ in ((d, p) for d, p in unit.dims if p < 0):
        shown *= _under(dimension, unit)
    return {"is": "quantity", "value": str(value), "shown": str(shown), "unit": name, "per": per}


def _scale(name: str, unit: Measure) -> Fraction | None:
    """Base units in one `name`, if that is the unit on top of `unit`; None where its text names none."""
    tops = [dimension for dimension, power in unit.dims if power > 0]
    if name in COUNTED:
        return Fraction(1) if tops == [COUNTED[name]] else None
    if name in UNITS and tops == [UNITS[name].dimension]:
        return Fraction(UNITS[name].base_per_unit)
    return None


def _under_name(dimension: str, unit: Measure) -> str:
    for part in unit.text.split("/")[1:]:
        name = part.strip()
        if (name in UNITS and UNITS[name].dimension == dimension) or COUNTED.get(name) == dimension:
            return name
    return _BASE.get(dimension, dimension)


def _per(dimension: str, unit: Measure) -> str:
    return _under_name(dimension, unit)


def _under(dimension: str, unit: Measure) -> Fraction:
    name = _under_name(dimension, unit)
    return Fraction(UNITS[name].base_per_unit) if name in UNITS else Fraction(1)


def cell_of(unit: str) -> Measure:
    """The measure of a benefit's unit."""
    return measure(UNITS[unit].name)
