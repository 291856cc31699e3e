"""The typed tree: what an expression means, with its unit, denominator, proved bounds and scope.

Values are exact: numbers are Fractions in base units, None is unknown. The tree is made for a list of sample periods
(`environments`); a constant holds its value in each of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from evenhand.core.period import Period
from evenhand.flow.policy.measure import Measure
from evenhand.flow.policy.model import Entitlement, Policy, Row, Step, TableRule

NodeKind = Literal["number", "bool", "word", "date"]
NodeScope = Literal["const", "household", "member"]
Value = Fraction | bool | str | date | None


@dataclass(frozen=True)
class Quant:
    """The type of a number: its measure, the denominator it is counted over, and proved bounds (base units)."""

    measure: Measure
    den: int
    lo: Fraction
    hi: Fraction

    @property
    def largest(self) -> Fraction:
        """The largest absolute value it can have."""
        return max(abs(self.lo), abs(self.hi))


@dataclass(frozen=True)
class Node:
    """One operation. `op` says which; `data` is its name, constants or codes.

    op: const, input, size, rule, lookup, sum, product, quotient, round, compare, word-in, word-same, and, or, not,
    greatest, least, sum-of, count-of, any-of, all-of, min-of, max-of, nth-of, age, add-years, add-days, days.
    """

    op: str
    kind: NodeKind
    scope: NodeScope
    args: tuple[Node, ...] = ()
    quant: Quant | None = None
    span: tuple[date, date] | None = None
    category: str = ""
    data: Any = None
    bare: bool = False

    @property
    def number(self) -> Quant:
        """The type of a number node."""
        assert self.quant is not None
        return self.quant


AGGREGATES = ("sum-of", "count-of", "any-of", "all-of", "min-of", "max-of", "nth-of")


@dataclass(frozen=True)
class TypedRow:
    """A row with its condition and value; `over` are positions of the rows it is an exception of."""

    row: Row
    when: Node
    then: Node
    over: tuple[int, ...]
    in_force: frozenset[int]


@dataclass(frozen=True)
class TypedTable:
    """A table; `value` is the type of what it yields after rounding, `raw` before."""

    rule: TableRule
    rows: tuple[TypedRow, ...]
    otherwise: Node | None
    raw: Quant
    value: Quant


@dataclass(frozen=True)
class TypedStep:
    """A step."""

    rule: Step
    node: Node


@dataclass(frozen=True)
class TypedEntitlement:
    """An entitlement: its amount as written (`plain`), after rounding (`amount`), the tier, and the prices.

    A price is money for one `per`, a unit of the benefit's dimension, in hundredths: `price` at home, `away` elsewhere
    (None: the same).
    """

    rule: Entitlement
    plain: Node
    amount: Node
    tier: Node | None
    price: Node | None = None
    away: Node | None = None
    per: str = ""


@dataclass
class Program:
    """A policy compiled for some periods. `dead` are periods outside its dates, with the reason."""

    policy: Policy
    environments: tuple[Period, ...]
    rules: dict[str, TypedTable | TypedStep] = field(default_factory=dict)
    entitlements: list[TypedEntitlement] = field(default_factory=list)
    dead: dict[int, str] = field(default_factory=dict)
