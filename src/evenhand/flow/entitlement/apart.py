"""Rows of a table of which no two can fit one household: known from the words they ask for and the rows they except."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from evenhand.flow.policy.tree import Node, TypedRow, TypedTable


def all_apart(typed: TypedTable) -> bool:
    """Whether no two rows can fit together. False where it cannot be told so simply."""
    positions = {id(row): typed.rule.rows.index(row.row) for row in typed.rows}
    return all(
        positions[id(one)] in other.over or positions[id(other)] in one.over or _disjoint(one, other)
        for one, other in combinations(typed.rows, 2)
    )


def _disjoint(one: TypedRow, other: TypedRow) -> bool:
    """Whether they ask for different words of one input."""
    asked = list(_asked(other.when))
    return any(value == theirs and not words & others for value, words in _asked(one.when) for theirs, others in asked)


def _asked(node: Node) -> Iterator[tuple[Node, frozenset[str]]]:
    """(input, the words one of which it must hold) of a condition, as far as it is plain."""
    if node.op == "word-in":
        yield node.args[0], frozenset(node.data)
    elif node.op == "and":
        for arg in node.args:
            yield from _asked(arg)
