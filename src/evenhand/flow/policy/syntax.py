"""Expressions as written: sqlglot reads them, and what it read is copied at once into these few kinds of node.

Chains of the same operator are one node, so that a long sum is no deep tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import sqlglot
from sqlglot import expressions as exp

from evenhand.flow.policy.gate import DEEPEST, Refused, gate


@dataclass(frozen=True)
class Number:
    value: Fraction


@dataclass(frozen=True)
class Word:
    text: str


@dataclass(frozen=True)
class Truth:
    value: bool


@dataclass(frozen=True)
class Name:
    text: str


@dataclass(frozen=True)
class Sum:
    """Terms with their signs, +1 or -1."""

    terms: tuple[tuple[int, Ast], ...]


@dataclass(frozen=True)
class Product:
    """Factors with power +1 or -1."""

    factors: tuple[tuple[int, Ast], ...]


@dataclass(frozen=True)
class Compare:
    op: str
    left: Ast
    right: Ast


@dataclass(frozen=True)
class Within:
    """`x in (…)`."""

    value: Ast
    choices: tuple[Ast, ...]


@dataclass(frozen=True)
class Logic:
    """`and` or `or` over its parts."""

    op: str
    parts: tuple[Ast, ...]


@dataclass(frozen=True)
class Negation:
    part: Ast


@dataclass(frozen=True)
class Call:
    name: str
    arguments: tuple[Ast, ...]


Ast = Number | Word | Truth | Name | Sum | Product | Compare | Within | Logic | Negation | Call

_COMPARE: dict[type, str] = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}


def parse(text: str) -> Ast:
    """The tree of an expression; `Refused` if it is not in the language."""
    passed = gate(text)
    try:
        tree = sqlglot.parse_one(passed, read="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError, ValueError) as error:
        raise Refused(text[:60], f"not a formula ({_short(error)})", _advice(text)) from None
    return _copy(tree, 0)


def _advice(text: str) -> str:
    """What to write where a formula cannot be read."""
    words = text.split()
    if "between" in words and words.count("between") > words.count("and"):
        return "write x between 1 and 3"
    if words and words[-1] in ("+", "-", "*", "/", "=", "<", ">", "<=", ">=", "<>", "and", "or", "not", "in"):
        return f"write what stands after {words[-1]}"
    if "in" in words and "(" not in text:
        return "write x in ('one', 'two')"
    return "write one formula, such as phh * size (see spec/policy-grammar.md)"


def _short(error: Exception) -> str:
    details = getattr(error, "errors", None)
    if details and details[0].get("highlight"):
        return f'near "{details[0]["highlight"]}"'
    return "it cannot be read"


def _copy(node: exp.Expression, depth: int) -> Ast:
    if depth > 3 * DEEPEST:
        raise Refused(node.sql()[:40], "nested too deep", "split it into steps")
    down = depth + 1
    if isinstance(node, exp.Paren):
        return _copy(node.this, down)
    if isinstance(node, exp.Literal):
        return Word(node.this) if node.is_string else Number(Fraction(node.this))
    if isinstance(node, exp.Boolean):
        return Truth(bool(node.this))
    if isinstance(node, exp.Column) and isinstance(node.this, exp.Identifier) and node.this.quoted and not node.table:
        return Name(node.this.name)
    if isinstance(node, (exp.Add, exp.Sub)):
        return _sum(node, down)
    if isinstance(node, (exp.Mul, exp.Div)):
        return _product(node, down)
    if isinstance(node, exp.Neg):
        return Sum(((-1, _copy(node.this, down)),))
    if isinstance(node, (exp.And, exp.Or)):
        return _logic(node, down)
    return _rest(node, down)


def _rest(node: exp.Expression, down: int) -> Ast:
    if type(node) in _COMPARE:
        return Compare(_COMPARE[type(node)], _copy(node.this, down), _copy(node.expression, down))
    if isinstance(node, exp.Not):
        return Negation(_copy(node.this, down))
    if isinstance(node, exp.In) and not node.args.get("query") and not node.args.get("field"):
        return Within(_copy(node.this, down), tuple(_copy(choice, down) for choice in node.expressions))
    if isinstance(node, exp.Between):
        value = _copy(node.this, down)
        low, high = _copy(node.args["low"], down), _copy(node.args["high"], down)
        if isinstance(low, Number) and isinstance(high, Number) and low.value > high.value:
            raise Refused(f"between {low.value} and {high.value}", "nothing lies between them", "write the lower first")
        return Logic("and", (Compare(">=", value, low), Compare("<=", value, high)))
    if isinstance(node, exp.Anonymous) and str(node.this).startswith("fn_"):
        return Call(str(node.this)[3:], tuple(_copy(argument, down) for argument in node.expressions))
    if isinstance(node, exp.In):
        raise Refused("in", "a list in brackets is wanted after `in`", "write x in ('one', 'two')")
    if isinstance(node, exp.Tuple):
        raise Refused("( , )", "a list stands only after `in`", "write x in (…)")
    raise Refused(type(node).__name__, "not in the language", "see spec/policy-grammar.md")


def _sum(node: exp.Expression, down: int) -> Ast:
    terms: list[tuple[int, Ast]] = []
    while isinstance(node, (exp.Add, exp.Sub)):
        terms.append((1 if isinstance(node, exp.Add) else -1, _copy(node.expression, down)))
        node = node.this
    return Sum(((1, _copy(node, down)), *reversed(terms)))


def _product(node: exp.Expression, down: int) -> Ast:
    factors: list[tuple[int, Ast]] = []
    while isinstance(node, (exp.Mul, exp.Div)):
        factors.append((1 if isinstance(node, exp.Mul) else -1, _copy(node.expression, down)))
        node = node.this
    return Product(((1, _copy(node, down)), *reversed(factors)))


def _logic(node: exp.Expression, down: int) -> Ast:
    kind = type(node)
    other = exp.Or if kind is exp.And else exp.And
    parts: list[exp.Expression] = []
    current: exp.Expression = node
    while isinstance(current, kind):
        parts.append(current.expression)
        current = current.this
    parts.append(current)
    for part in parts:
        if isinstance(part, other):
            raise Refused(part.sql()[:40].replace('"', ""), "`and` beside `or` needs brackets", "bracket one of them")
    return Logic("and" if kind is exp.And else "or", tuple(_copy(part, down) for part in reversed(parts)))
