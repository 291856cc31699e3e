"""Handling capacity of a node, over all commodities together: where it leaves the problem exact, and how (DESIGN §9).

What a node handles is what of all commodities together is sent on from it or handed out at it. Three cases are exact:
a capacity that all the stock in reach cannot fill; a node that nothing can arrive at, so that the capacity limits what
is taken from its own stock (root -> handling -> stock of each commodity -> points: one joint flow); and a node that
only one commodity can be at, so that the capacity is a lane through it. Anywhere else commodities mix before the
capacity, the levels that can be reached are no polymatroid any more, and the node is refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand.core.errors import InputError, Problem
from evenhand.flow.allocation.check import Input

Array = np.ndarray[Any, Any]

SOURCE, THROUGH = "source", "through"


@dataclass(frozen=True)
class Handling:
    """A node whose capacity may bind. `source`: it limits what is taken of its own stock of `commodities`; `through`:
    it limits all that passes of the only one in `commodities`."""

    node: int
    capacity: int
    kind: str
    commodities: tuple[int, ...]


def read_handling(given: Input, file: str = "handling.csv") -> list[Handling]:
    """The handling capacities that may bind, in the order of node ids. InputError names every node that is not exact."""
    found: list[Handling] = []
    problems: list[Problem] = []
    if not len(given.handling_node):
        return found
    stock: dict[int, dict[int, int]] = {}
    rows = zip(given.supply_node.tolist(), given.supply_commodity.tolist(), given.supply_quantity.tolist(), strict=True)
    for node, commodity, quantity in rows:
        if quantity > 0:
            stock.setdefault(node, {})[commodity] = quantity
    arriving = _arriving(given)
    for node, capacity, row in zip(
        given.handling_node.tolist(), given.handling_capacity.tolist(), given.handling_row.tolist(), strict=True
    ):
        own = stock.get(node, {})
        brought = _brought(node, stock, arriving, len(given.commodities))
        if sum(own.values()) + sum(brought.values()) <= capacity:
            continue
        if not brought:
            found.append(Handling(node, capacity, SOURCE, tuple(sorted(own))))
        elif len(own.keys() | brought.keys()) == 1:
            found.append(Handling(node, capacity, THROUGH, tuple(brought)))
        else:
            mixed = ", ".join(str(given.commodities[c]) for c in sorted(own.keys() | brought.keys()))
            problems.append(
                Problem(
                    file,
                    row,
                    "node",
                    str(given.nodes[node]),
                    f"several commodities ({mixed}) pass through this node and at least one arrives by a lane, so that "
                    "its handling capacity cannot be divided exactly",
                    "limit handling where stock lies and nothing arrives, or give each commodity a capacity of its own "
                    "on the lanes into this node",
                )
            )
    if problems:
        raise InputError(problems)
    return found


def _arriving(given: Input) -> dict[int, list[tuple[int, int]]]:
    """Node -> the (node, commodity or -1) of each lane into it that can carry something."""
    found: dict[int, list[tuple[int, int]]] = {}
    lanes = zip(
        given.lane_tail.tolist(),
        given.lane_head.tolist(),
        given.lane_commodity.tolist(),
        given.lane_capacity.tolist(),
        strict=True,
    )
    for tail, head, commodity, capacity in lanes:
        if tail != head and commodity != -2 and capacity != 0:
            found.setdefault(head, []).append((tail, commodity))
    return found


def _brought(
    node: int, stock: dict[int, dict[int, int]], arriving: dict[int, list[tuple[int, int]]], kinds: int
) -> dict[int, int]:
    """The stock of each commodity at other nodes from which lanes lead here."""
    brought: dict[int, int] = {}
    if node not in arriving:
        return brought
    for commodity in range(kinds):
        seen, todo, total = {node}, [node], 0
        while todo:
            for tail, only in arriving.get(todo.pop(), ()):
                if tail not in seen and only in (-1, commodity):
                    seen.add(tail)
                    todo.append(tail)
                    total += stock.get(tail, {}).get(commodity, 0)
        if total:
            brought[commodity] = total
    return brought


def components(kinds: int, handling: list[Handling]) -> Array:
    """The component of each commodity: commodities that share a capacity are divided together. Numbered from 0."""
    parent = list(range(kinds))

    def root(commodity: int) -> int:
        while parent[commodity] != commodity:
            commodity = parent[commodity]
        return commodity

    for one in handling:
        for commodity in one.commodities[1:]:
            first, second = sorted((root(one.commodities[0]), root(commodity)))
            parent[second] = first
    _, number = np.unique(np.array([root(c) for c in range(kinds)], np.int64), return_inverse=True)
    return number.astype(np.int64).reshape(-1)
