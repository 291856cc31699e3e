"""One household by exact arithmetic on the typed tree: for the tests inside a policy, for overlaps, for comparing engines.

Slow and plain on purpose. It never touches an engine, and the engines never touch it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from evenhand.core.quantity import round_to
from evenhand.flow.policy.arithmetic import aggregate, apply
from evenhand.flow.policy.model import Input
from evenhand.flow.policy.numbers import MEMBERS_MAX
from evenhand.flow.policy.tree import AGGREGATES, Node, Program, TypedRow, TypedStep, TypedTable, Value

Given = Mapping[str, object]


@dataclass(frozen=True)
class Due:
    """What a household is due of one entitlement, in base units (of 1/parts); None where it cannot be decided.

    `price`, `away`: hundredths of the currency for one `per`, at home and elsewhere; None where none is declared or known.
    """

    amount: int | None
    floor: int | None
    tier: int | None
    reasons: tuple[str, ...]
    missing: str
    price: int | None = None
    away: int | None = None
    per: str = ""


class Household:
    """A household's values under a program. `members` None: nothing is known of the members."""

    def __init__(self, program: Program, given: Given, members: Sequence[Given] | None, index: int = 0) -> None:
        self.program = program
        self.given = given
        self.members = members
        self.index = index
        self._rules: dict[tuple[str, int | None], tuple[Value, int]] = {}

    # -- values

    def value(self, node: Node, member: int | None = None) -> Value:
        """The value of a node, for one of the members where it speaks of a member."""
        if node.op == "const":
            value: Value = node.data[self.index]
            return value
        if node.op == "input":
            return self._input(str(node.data), member)
        if node.op == "size":
            return self._size()
        if node.op == "rule":
            return self.rule(str(node.data), member)[0]
        if node.op in AGGREGATES:
            people = range(len(self.members or ()))
            if node.op in ("sum-of", "count-of") and len(people) > MEMBERS_MAX:
                return None
            return aggregate(node.op, [self.value(node.args[0], person) for person in people], node.data)
        data = node.data[self.index] if node.op == "lookup" else node.data
        return apply(node.op, data, [self.value(arg, member) for arg in node.args])

    def _input(self, name: str, member: int | None) -> Value:
        found = self.program.policy.inputs[name]
        holder: Given = self.given
        if found.of == "member":
            assert member is not None and self.members is not None
            holder = self.members[member]
        return known(found, holder.get(name), self.program.policy.categories)

    def _size(self) -> Value:
        stated = self.given.get("size")
        inside = stated if isinstance(stated, Fraction) and 1 <= stated <= MEMBERS_MAX else None
        if self.members is None:
            return inside
        counted = Fraction(len(self.members))
        if not 1 <= counted <= MEMBERS_MAX:
            return None
        return counted if inside is None or inside == counted else None

    def rule(self, name: str, member: int | None) -> tuple[Value, int]:
        """(the value of a rule, the bits of its rows that decided)."""
        typed = self.program.rules[name]
        who = member if typed.rule.of == "member" else None
        key = (name, who)
        if key not in self._rules:
            self._rules[key] = (
                (self.value(typed.node, who), 0) if isinstance(typed, TypedStep) else self._table(typed, who)
            )
        return self._rules[key]

    def fits(self, typed: TypedTable, member: int | None) -> list[Value]:
        """For each row in force: whether it fits, exceptions counted; None is unknown."""
        own = [self.index in row.in_force and self.value(row.when, member) for row in typed.rows]
        found: list[Value] = []
        for row, fit in zip(typed.rows, own, strict=True):
            position = typed.rule.rows.index(row.row)
            over = [
                apply("not", None, [other])
                for other_row, other in zip(typed.rows, own, strict=True)
                if position in other_row.over
            ]
            found.append(apply("and", None, [fit, *over]))
        return found

    def _table(self, typed: TypedTable, member: int | None) -> tuple[Value, int]:
        chosen = self._choose(typed, member)
        if chosen is None:
            return None, 0
        bits = sum(1 << (typed.rule.rows.index(row.row)) for row in chosen)
        if chosen:
            value = apply("sum", (1,) * len(chosen), [self.value(row.then, member) for row in chosen])
        elif typed.otherwise is not None:
            bits = 1 << len(typed.rule.rows)
            value = self.value(typed.otherwise, member)
        else:
            value = Fraction(0) if typed.rule.hit == "sum" else None
        if typed.rule.round is not None and isinstance(value, Fraction):
            value = round_to(value, typed.rule.round.to, typed.rule.round.mode)
        return value, bits

    def _choose(self, typed: TypedTable, member: int | None) -> list[TypedRow] | None:
        """The rows that decide; None if that cannot be decided."""
        fits = self.fits(typed, member)
        if typed.rule.hit == "first":
            for row, fit in zip(typed.rows, fits, strict=True):
                if fit is None:
                    return None
                if fit:
                    return [row]
            return []
        if None in fits:
            return None
        chosen = [row for row, fit in zip(typed.rows, fits, strict=True) if fit]
        return None if typed.rule.hit == "unique" and len(chosen) > 1 else chosen

    # -- what is due

    def due(self) -> dict[str, Due]:
        """Every entitlement by name."""
        found: dict[str, Due] = {}
        for entitlement in self.program.entitlements:
            rule = entitlement.rule
            benefit = self.program.policy.benefits[rule.benefit]
            value = self.value(entitlement.amount)
            tier = self.value(entitlement.tier) if entitlement.tier else Fraction(1)
            if not isinstance(value, Fraction) or not isinstance(tier, Fraction):
                missing = self.missing(entitlement.amount) or (
                    self.missing(entitlement.tier) if entitlement.tier else None
                )
                found[rule.name] = Due(None, None, None, (), missing or rule.name)
                continue
            home, away = (self.value(node) if node else None for node in (entitlement.price, entitlement.away))
            away = home if entitlement.away is None and entitlement.rule.served != "home point" else away
            amount = int(value * benefit.parts)
            floor = round_to(rule.floor.share * amount, Fraction(1), rule.floor.mode) if rule.floor else Fraction(0)
            found[rule.name] = Due(
                amount, int(floor), int(tier), self._reasons(entitlement.amount), "", _whole(home), _whole(away),
                entitlement.per,
            )  # fmt: skip
        return found

    def _reasons(self, node: Node) -> tuple[str, ...]:
        names: set[str] = set()
        self._tables(node, names)
        reasons: list[str] = []
        for name, typed in self.program.rules.items():
            if name not in names or not isinstance(typed, TypedTable):
                continue
            people: Sequence[int | None] = range(len(self.members or ())) if typed.rule.of == "member" else [None]
            bits = 0
            for person in people:
                bits |= self.rule(name, person)[1]
            ids = [row.id for row in typed.rule.rows] + ["otherwise"]
            reasons += [f"{name}.{row}" for position, row in enumerate(ids) if bits >> position & 1]
        return tuple(reasons)

    def _tables(self, node: Node, names: set[str]) -> None:
        if node.op == "rule" and str(node.data) not in names:
            names.add(str(node.data))
            for part in parts(self.program.rules[str(node.data)]):
                self._tables(part, names)
        for arg in node.args:
            self._tables(arg, names)

    # -- what is missing

    def missing(self, node: Node, member: int | None = None) -> str | None:
        """The input for want of which `node` is unknown; None if it is known."""
        if node.op == "const" or self.value(node, member) is not None:
            return None
        if node.op == "input":
            return str(node.data)
        if node.op == "size":
            return "member" if self.members is not None and not self.members else "size"
        if node.op in AGGREGATES:
            inner = [self.missing(node.args[0], person) for person in range(len(self.members or ()))]
            return min((text for text in inner if text), default="size" if len(inner) > MEMBERS_MAX else "member")
        if node.op == "rule":
            return self._missing_rule(str(node.data), member)
        for arg in node.args:
            text = self.missing(arg, member)
            if text:
                return text
        return "no value for the key" if node.op == "lookup" else None

    def _missing_rule(self, name: str, member: int | None) -> str:
        typed = self.program.rules[name]
        who = member if typed.rule.of == "member" else None
        if isinstance(typed, TypedStep):
            return self.missing(typed.node, who) or name
        chosen = self._choose(typed, who)
        if chosen is None:
            for row in typed.rows:
                text = self.missing(row.when, who)
                if text:
                    return text
            return f"{name}: two rows fit"
        for row in chosen:
            text = self.missing(row.then, who)
            if text:
                return text
        if not chosen and typed.otherwise is None:
            return f"{name}: no row fits"
        return (self.missing(typed.otherwise, who) if not chosen and typed.otherwise else None) or name


def _whole(price: Value) -> int | None:
    return int(price) if isinstance(price, Fraction) else None


def parts(typed: TypedTable | TypedStep) -> tuple[Node, ...]:
    """The expressions a rule is made of."""
    if isinstance(typed, TypedStep):
        return (typed.node,)
    return (
        *(part for row in typed.rows for part in (row.when, row.then)),
        *([typed.otherwise] if typed.otherwise else []),
    )


def known(found: Input, value: object, categories: Mapping[str, tuple[str, ...]]) -> Value:
    """An input's value; None where it is blank without `assume`, outside its list or outside its range."""
    if value is None:
        return found.assume
    if found.type == "category":
        return value if isinstance(value, str) and value in categories[found.category] else None
    if found.type == "bool":
        return value if isinstance(value, bool) else None
    if found.type == "date":
        if not isinstance(value, date) or not isinstance(found.low, date) or not isinstance(found.high, date):
            return None
        return value if found.low <= value <= found.high else None
    if not isinstance(value, Fraction) or not isinstance(found.low, Fraction) or not isinstance(found.high, Fraction):
        return None
    return value if found.low <= value <= found.high else None
