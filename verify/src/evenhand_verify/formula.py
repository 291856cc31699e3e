"""A small reader of a policy's formulas: numbers, names, + - * /, brackets, and the calls `sum(...)`.

Whatever else a formula holds (comparisons, lookups, greatest) makes it one the checker does not take apart: None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

TEXT_MAX, DEPTH_MAX = 2000, 40
_TOKEN = re.compile(r"\s*(?:([0-9]+(?:\.[0-9]+)?)|([A-Za-z_][A-Za-z0-9_]*)|([-+*/()]))")


class TooMuch(Exception):
    """A formula beyond this small language."""


@dataclass(frozen=True)
class Node:
    """A number, a name, an operation on parts, or a call of `sum`."""

    kind: str
    number: Fraction = Fraction(0)
    name: str = ""
    parts: tuple[Node, ...] = ()


class _Reader:
    def __init__(self, text: str) -> None:
        if len(text) > TEXT_MAX:
            raise TooMuch
        self.tokens: list[tuple[str, str]] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise TooMuch
            kind = "number" if found[1] else "name" if found[2] else "sign"
            self.tokens.append((kind, found[0].strip()))
            at = found.end()
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise TooMuch
        self.at += 1
        return self.tokens[self.at - 1]

    def total(self) -> Node:
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise TooMuch
        node = self.product()
        while self.peek() in ("+", "-"):
            sign = self.take()[1]
            node = Node(sign, parts=(node, self.product()))
        self.depth -= 1
        return node

    def product(self) -> Node:
        node = self.factor()
        while self.peek() in ("*", "/"):
            sign = self.take()[1]
            node = Node(sign, parts=(node, self.factor()))
        return node

    def factor(self) -> Node:
        kind, text = self.take()
        if kind == "number":
            return Node("number", Fraction(text))
        if text == "-":
            self.depth += 1
            if self.depth > DEPTH_MAX:
                raise TooMuch
            node = Node("-", parts=(Node("number"), self.factor()))
            self.depth -= 1
            return node
        if text == "(":
            node = self.total()
            if self.take()[1] != ")":
                raise TooMuch
            return node
        if kind != "name":
            raise TooMuch
        if self.peek() != "(":
            return Node("name", name=text)
        if text != "sum":
            raise TooMuch
        self.take()
        node = Node("sum", parts=(self.total(),))
        if self.take()[1] != ")":
            raise TooMuch
        return node


def read(text: str) -> Node | None:
    """The formula's tree, or None if it is beyond this small language."""
    try:
        reader = _Reader(text)
        node = reader.total()
    except TooMuch:
        return None
    return node if reader.at == len(reader.tokens) else None


@dataclass(frozen=True)
class Linear:
    """A sum of coefficients times names, and a constant. `bare`: nothing in it bears a unit."""

    terms: dict[str, Fraction]
    constant: Fraction
    bare: bool

    def times(self, factor: Fraction, bare: bool) -> Linear:
        """Multiplied by a number."""
        terms = {name: value * factor for name, value in self.terms.items()}
        return Linear(terms, self.constant * factor, self.bare and bare)

    def plus(self, other: Linear, sign: int) -> Linear:
        """Added or subtracted."""
        terms = dict(self.terms)
        for name, value in other.terms.items():
            terms[name] = terms.get(name, Fraction(0)) + sign * value
        return Linear(terms, self.constant + sign * other.constant, self.bare and other.bare)


def number(value: Fraction, bare: bool) -> Linear:
    """A constant."""
    return Linear({}, value, bare)
