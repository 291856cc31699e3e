"""A policy compiled for some periods: every name looked up, every rule typed, in the order of use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from evenhand.core.period import Period
from evenhand.core.unit import UNITS
from evenhand.flow.policy import numbers
from evenhand.flow.policy.gate import Refused
from evenhand.flow.policy.measure import Measure, measure
from evenhand.flow.policy.model import Entitlement, Expr, Policy, Rounding, Step, TableRule
from evenhand.flow.policy.names import Broken, Names
from evenhand.flow.policy.sheet import Faults
from evenhand.flow.policy.tree import Node, Program, Quant, TypedEntitlement, TypedRow, TypedStep, TypedTable

HIGHEST = 100
"""Operations that may stand on each other: what walks the tree must not run out of stack."""


class _Compiler(Names):
    def __init__(self, policy: Policy, environments: Sequence[Period], faults: Faults) -> None:
        super().__init__(policy, environments)
        self.faults = faults
        self.state: dict[str, str] = {}
        self.trail: list[str] = []
        self.heights: dict[str, int] = {}

    def read_rule(self, name: str, scope: str) -> Node:
        rule = self.policy.rules[name]
        self.belongs(name, rule.of, scope)
        state = self.state.get(name)
        if state == "open":
            circle = " -> ".join([*self.trail[self.trail.index(name) :], name])
            raise Refused(name, f"the rules go round in a circle: {circle}", "let one of them stand on its own")
        if state is None:
            self._compile_rule(name)
        typed = self.program.rules.get(name)
        if typed is None:
            raise Broken
        if isinstance(typed, TypedTable):
            return Node("rule", "number", rule.of, quant=typed.value, data=name)
        node = typed.node
        if node.scope == "const":
            return node
        return Node("rule", node.kind, rule.of, quant=node.quant, span=node.span, category=node.category, data=name)

    # -- rules

    def _compile_rule(self, name: str) -> None:
        held = self.in_force, self.row
        self.state[name] = "open"
        self.trail.append(name)
        self.in_force, self.row = frozenset(range(len(self.program.environments))), None
        try:
            rule = self.policy.rules[name]
            typed = self._table(rule) if isinstance(rule, TableRule) else self._step(rule)
            if typed is not None:
                self.program.rules[name] = typed
        finally:
            self.state[name] = "done"
            self.trail.pop()
            self.in_force, self.row = held

    def cell(
        self, expr: Expr, scope: str, kind: str, unit: Measure | None, rounding: Rounding | None = None
    ) -> Node | None:
        """One expression, typed, in its unit and rounded; None if it is wrong (and noted)."""
        try:
            node = self.builder.build(expr.ast, scope, unit)
            if kind and node.kind != kind:
                raise Refused(expr.text, f"a {node.kind} stands where a {_WANTED[kind]} is wanted", _REMEDY[kind])
            if node.kind == "number":
                node = self._in_unit(node, unit, expr)
            node = self.rounded(node, rounding)
            height = self.height(node)
            if height > HIGHEST:
                raise Refused(
                    expr.text,
                    f"more than {HIGHEST} operations stand on each other",
                    "let fewer rules stand on each other",
                )
            if self.trail:
                self.heights[self.trail[-1]] = max(height, self.heights.get(self.trail[-1], 0))
            return node
        except Refused as error:
            self.faults.add(expr.path, error.text, error.message, error.remedy)
        except Broken:
            pass
        return None

    def height(self, node: Node) -> int:
        """How many operations stand on each other, through all rules."""
        below = max((self.height(arg) for arg in node.args), default=0)
        return 1 + max(below, self.heights.get(str(node.data), 0) if node.op == "rule" else 0)

    def _in_unit(self, node: Node, unit: Measure | None, expr: Expr) -> Node:
        if unit is None:
            return node
        node = self.builder.settle(node, unit)
        if node.number.measure.dims != unit.dims:
            raise Refused(
                expr.text,
                f"the result is in {node.number.measure.text}, and {unit.text} is wanted",
                "mend the formula or the unit",
            )
        return replace(node, quant=replace(node.number, measure=unit)) if node.op == "const" else node

    def rounded(self, node: Node, rounding: Rounding | None) -> Node:
        """`node` rounded; a division by data that is not rounded is refused."""
        if rounding is None:
            self.builder.whole([node])
            return node
        if node.kind != "number":
            raise Refused("round", "only numbers are rounded", "leave round out")
        node = self.builder.settle(node, rounding.measure)
        if node.number.measure.dims != rounding.measure.dims:
            raise Refused(
                rounding.measure.text,
                f"a value in {node.number.measure.text} is rounded to {rounding.measure.text}",
                "round to a quantity of its own unit",
            )
        quant = numbers.rounded(node, rounding)
        return self.builder.fold("round", "number", [node], (rounding.to, rounding.mode), quant)

    def _step(self, rule: Step) -> TypedStep | None:
        node = self.cell(rule.expr, rule.of, "number" if rule.round or rule.measure else "", rule.measure, rule.round)
        return None if node is None else TypedStep(rule, node)

    def _table(self, rule: TableRule) -> TypedTable | None:
        rows: list[TypedRow] = []
        whole = True
        ids = [row.id for row in rule.rows]
        for row in rule.rows:
            in_force = frozenset(
                i for i, period in enumerate(self.program.environments) if row.span.holds(period.first)
            )
            if not in_force:
                continue
            self.in_force, self.row = in_force, row if row.span.start or row.span.end else None
            assert row.when is not None
            when = self.cell(row.when, rule.of, "bool", None)
            then = self.cell(row.then, rule.of, "number", rule.measure)
            if when is None or then is None:
                whole = False
                continue
            rows.append(
                TypedRow(row, when, then, tuple(ids.index(other) for other in row.over if other in ids), in_force)
            )
        self.in_force, self.row = frozenset(range(len(self.program.environments))), None
        otherwise = self.cell(rule.otherwise.then, rule.of, "number", rule.measure) if rule.otherwise else None
        if not whole or (rule.otherwise and otherwise is None):
            return None
        return self._typed(rule, rows, otherwise)

    def _typed(self, rule: TableRule, rows: list[TypedRow], otherwise: Node | None) -> TypedTable | None:
        try:
            quants = [row.then.number for row in rows] + ([otherwise.number] if otherwise else [])
            if rule.hit == "sum" and rows:
                parts = [replace(q, lo=min(q.lo, Fraction(0)), hi=max(q.hi, Fraction(0))) for q in quants]
                raw = numbers.added([(1, quant) for quant in parts], rule.measure)
            else:
                raw = numbers.hull(quants or [Quant(rule.measure, 1, Fraction(0), Fraction(0))], rule.measure)
            value = raw
            if rule.round is not None:
                value = self.rounded(Node("rule", "number", rule.of, quant=raw, data=rule.name), rule.round).number
            return TypedTable(rule, tuple(rows), otherwise, raw, value)
        except Refused as error:
            path = (*rule.path, "round") if rule.round is not None else rule.path
            self.faults.add(path, error.text, error.message, error.remedy)
            return None

    # -- what is due

    def entitlements(self) -> None:
        """Type every entitlement."""
        for rule in self.policy.entitlements:
            benefit = self.policy.benefits[rule.benefit]
            unit = measure(UNITS[benefit.unit].name)
            plain = self.cell(rule.amount, "household", "number", unit)
            tier = self.cell(rule.tier, "household", "number", None) if rule.tier else None
            price, away, per = self._prices(rule, unit) if rule.price else (None, None, benefit.unit)
            if plain is None or (rule.tier and tier is None):
                continue
            try:
                amount = self.rounded(plain, rule.round)
                self._whole_and_due(amount, benefit.parts, rule.amount)
                if rule.floor is not None:
                    share = rule.floor.share
                    numbers.check(
                        2 * (amount.number.largest * benefit.parts * share.numerator + share.denominator), "the floor"
                    )
                if tier is not None:
                    self._check_tier(tier)
            except Refused as error:
                path = (*rule.path, "tier") if error.text == "tier" else rule.amount.path
                self.faults.add(path, error.text, error.message, error.remedy)
                continue
            self.program.entitlements.append(TypedEntitlement(rule, plain, amount, tier, price, away, per))
            for end, node in (("_price", price), ("_price_away", away or price)):
                self._expected_money(f"{rule.name}{end}", node)

    def _prices(self, rule: Entitlement, unit: Measure) -> tuple[Node | None, Node | None, str]:
        """(the price at home, the price away, the unit they are for), in whole hundredths of the currency."""
        found = {expr: self._price(expr, unit) for expr in (rule.price, rule.away) if expr is not None}
        written = {node.number.measure.text.partition("/")[2] for node in found.values() if node is not None}
        own = UNITS[self.policy.benefits[rule.benefit].unit]
        alike = [
            one for one in UNITS.values() if one.dimension == own.dimension and one.base_per_unit >= own.base_per_unit
        ]
        for one in sorted(alike, key=lambda one: (one.name not in written, one != own, one.base_per_unit)):
            each = self.builder.constant([Fraction(one.base_per_unit)] * len(self.program.environments), unit)
            made = {
                expr: node if node is None or node.bare else self.builder.product([(1, node), (1, each)])
                for expr, node in found.items()
            }
            if all(node is None or node.number.den == 1 for node in made.values()):
                home, away = (made.get(expr) if expr else None for expr in (rule.price, rule.away))
                return home, away, one.name
        assert rule.price is not None
        advice = "make it a step with round, or give it for a larger unit"
        self.faults.add(rule.price.path, rule.price.text, "a price finer than a hundredth", advice)
        return None, None, own.name

    def _price(self, expr: Expr, unit: Measure) -> Node | None:
        """A price as it is written: money for a quantity of the benefit, or 0."""
        node = self.cell(expr, "household", "number", None)
        if node is None or (node.bare and not any(node.data)):
            return node
        if node.bare or not _is_price(node, unit):
            advice = f'give it a unit such as "INR/{unit.text}"'
            self.faults.add(expr.path, expr.text, f"a price is money for a {unit.text}", advice)
        elif node.number.lo < 0:
            self.faults.add(expr.path, expr.text, "the price can fall below 0", "write greatest(0, …)")
        else:
            return node
        return None

    def _expected_money(self, key: str, node: Node | None) -> None:
        """Note every test that expects a price in another money than it is in."""
        money = {name for name, _ in node.number.measure.dims} if node is not None and not node.bare else set()
        for case in self.policy.cases:
            wanted = case.expect.get(key)
            if money and isinstance(wanted, tuple) and wanted[1] not in money:
                own, other = (one.removeprefix("money:") for one in (*money, wanted[1]))
                self.faults.add((*case.path, "expect", key), other, f"the price is in {own}", f"write it in {own}")

    def _whole_and_due(self, amount: Node, parts: int, expr: Expr) -> None:
        if parts % amount.number.den:
            raise Refused(
                expr.text,
                "a fraction reaches an entitlement",
                'round where the law rounds: round = {to = "1 g", mode = "floor"}',
            )
        if amount.number.lo < 0:
            raise Refused(expr.text, "the amount can fall below 0", "write greatest(0, …), or declare a narrower range")
        numbers.check(amount.number.largest * parts, "an entitlement")

    def _check_tier(self, tier: Node) -> None:
        if tier.number.measure.dims or tier.number.den != 1 or tier.number.lo < 1 or tier.number.hi > 100:
            raise Refused("tier", "a tier is a whole number from 1 (first) to 100", 'use a table with unit = "number"')


_WANTED = {"bool": "condition", "number": "number"}
_REMEDY = {"bool": "compare it with something", "number": "write a formula that gives a number"}


def _is_price(node: Node, unit: Measure) -> bool:
    dims = dict(node.number.measure.dims)
    money = [name for name, power in dims.items() if name.startswith("money") and power == 1]
    return (
        len(money) == 1
        and all(dims.get(name) == -power for name, power in unit.dims)
        and len(dims) == 1 + len(unit.dims)
    )


def compile_policy(policy: Policy, environments: Sequence[Period], faults: Faults) -> Program:
    """The program of a policy for these periods. Faults are noted; the program lacks what is wrong."""
    compiler = _Compiler(policy, environments, faults)
    for name in policy.rules:
        if name not in compiler.state:
            compiler._compile_rule(name)
    compiler.entitlements()
    return compiler.program
