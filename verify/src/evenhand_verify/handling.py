"""Handling capacities: what all commodities together may take of a node, as gates of the network that is checked.

Three readings, which the README justifies. A capacity that all stock in reach cannot fill is no gate. Where nothing can
arrive, the gate stands before the node's own stock of every commodity. Where only one commodity can be, the gate stands
in the node: everything passes it. Any other place is refused, since no certificate exists there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from evenhand_verify.result import Malformed

if TYPE_CHECKING:
    from evenhand_verify.case import Case
    from evenhand_verify.problem import Lane

Key = tuple[str, str]


@dataclass(frozen=True)
class Gate:
    """A capacity that may bind. `through`: all that passes of the one commodity; else what is taken of own stock."""

    node: str
    capacity: int
    commodities: tuple[str, ...]
    through: bool

    @property
    def key(self) -> Key:
        """Its row of the certificate: the node, and no commodity."""
        return self.node, ""


def read_gates(
    supply: Mapping[Key, int], lanes: Mapping[str, Lane], ladders: Mapping[Key, Any], handling: Mapping[str, int]
) -> dict[str, Gate]:
    """The gates by node. Malformed names a node where a handling capacity is no gate and still may bind."""
    gates: dict[str, Gate] = {}
    if not handling:
        return gates
    names = {c for _, c in supply} | {c for _, c in ladders}
    into: dict[str, list[Lane]] = defaultdict(list)
    for lane in lanes.values():
        if lane.source != lane.target and lane.capacity != 0:
            into[lane.target].append(lane)
    for node, capacity in handling.items():
        own = {c: supply[node, c] for c in names if supply.get((node, c), 0) > 0}
        come: dict[str, int] = {}
        for commodity in names if node in into else ():
            before = _before(node, commodity, into)
            total = sum(supply.get((other, commodity), 0) for other in before)
            if total:
                come[commodity] = total
        if sum(own.values()) + sum(come.values()) <= capacity:
            continue
        kinds = own.keys() | come.keys()
        if come and len(kinds) > 1:
            raise Malformed(
                f"handling, node {node}",
                f"{', '.join(sorted(kinds))} pass through it, so its capacity cannot be divided exactly",
            )
        gates[node] = Gate(node, capacity, tuple(sorted(kinds)), bool(come))
    return gates


def _before(node: str, commodity: str, into: Mapping[str, list[Lane]]) -> set[str]:
    """The other nodes from which the commodity can reach this one."""
    seen, todo = {node}, [node]
    while todo:
        for lane in into.get(todo.pop(), ()):
            if lane.source not in seen and lane.commodity in (None, commodity):
                seen.add(lane.source)
                todo.append(lane.source)
    return seen - {node}


def joined(commodities: list[str], gates: Mapping[str, Gate]) -> dict[str, str]:
    """Each commodity -> the first of those it shares a gate with, directly or through others."""
    first = {c: c for c in commodities}
    for gate in gates.values():
        together = {first[c] for c in gate.commodities}
        least = min(together)
        first = {c: least if f in together else f for c, f in first.items()}
    return first


def passed(case: Case) -> dict[str, dict[str, Fraction]]:
    """What each node with a handling capacity sends on and hands out, by commodity."""
    problem, flows, lanes = case.problem, case.flows, case.problem.lane_arrays
    through = {node: {c: case.use(node, c) for c in problem.commodities} for node in problem.handling}
    if not through:
        return through
    handled = np.zeros(len(problem.nodes), np.bool_)
    handled[[problem.node_number[node] for node in through]] = True
    lane = flows.lane[flows.runs]
    for row in flows.runs[handled[lanes.head[lane]] & (lanes.tail[lane] != lanes.head[lane])]:
        node, commodity = problem.nodes[lanes.head[flows.lane[row]]], problem.commodities[flows.goods[row]]
        through[node][commodity] += Fraction(int(flows.num[row]), int(flows.den[row]))
    return through
