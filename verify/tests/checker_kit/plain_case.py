"""The plain form of the checker's tables and case, a row and a dictionary at a time: what the arrays are compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from evenhand_verify.allocation import KINDS, fraction, level
from evenhand_verify.bundles import holding
from evenhand_verify.columns import Columns
from evenhand_verify.handling import Gate, joined, read_gates
from evenhand_verify.numbers import Ladder, Level
from evenhand_verify.problem import Key, Lane
from evenhand_verify.result import Malformed


@dataclass
class Problem:
    """What was to be divided. Quantities are whole steps."""

    kinds: dict[str, str]
    supply: dict[Key, int]
    lanes: dict[str, Lane]
    ladders: dict[Key, Ladder]
    handling: dict[str, int] = field(default_factory=dict)
    gates: dict[str, Gate] = field(default_factory=dict)
    bundles: dict[str, str] = field(default_factory=dict)
    commodities: list[str] = field(default_factory=list)
    joint: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A lane for what nobody has or needs plays no part.
        self.commodities = sorted({c for _, c in self.supply} | {c for _, c in self.ladders})
        self.joint = joined(self.commodities, self.gates)


@dataclass
class Answer:
    """What was decided, with the certificate that it is fair."""

    levels: dict[Key, tuple[Level, int, int]]
    flows: dict[Key, tuple[int, int]]
    blocks: dict[int, Level]
    certificate: dict[Key, int]


def _net_use(problem: Problem, answer: Answer) -> dict[Key, tuple[int, int]]:
    """What each node uses of its own supply: handed out + sent on - received, as a fraction."""
    parts: dict[Key, dict[int, int]] = defaultdict(dict)
    for key, (_, num, den) in answer.levels.items():
        by_den = parts[key]
        by_den[den] = by_den.get(den, 0) + num
    for (name, commodity), (num, den) in answer.flows.items():
        lane = problem.lanes.get(name)
        if lane is not None:
            by_den = parts[lane.source, commodity]
            by_den[den] = by_den.get(den, 0) + num
            by_den = parts[lane.target, commodity]
            by_den[den] = by_den.get(den, 0) - num
    used: dict[Key, tuple[int, int]] = {}
    for key, by_den in parts.items():
        num, den = 0, 1
        for d, n in by_den.items():
            if n:
                num, den = (num * d + n * den, den * d) if den != d else (num + n, den)
                if den.bit_length() > 256:
                    reduced = Fraction(num, den)
                    num, den = reduced.numerator, reduced.denominator
        used[key] = num, den
    return used


@dataclass
class Case:
    """A problem with its answer."""

    problem: Problem
    answer: Answer

    def __post_init__(self) -> None:
        values = {block: level.value for block, level in self.answer.blocks.items()}
        order = {value: rank for rank, value in enumerate(sorted(set(values.values())))}
        self.ranks = {block: order[value] for block, value in values.items()}
        self.used = _net_use(self.problem, self.answer)
        self.passed = passed(self.problem, self.answer, self.used)
        self.held = holding(self.problem, self.answer) if self.problem.bundles else set()

    def drawn(self, gate: Gate, commodity: str) -> Fraction:
        """What goes through the gate of this commodity."""
        if gate.through:
            return self.passed[gate.node][commodity]
        return Fraction(*self.used.get((gate.node, commodity), (0, 1)))

    def rank(self, node: str, commodity: str) -> int | None:
        """Where the node's block stands in the order of levels; equal levels have equal ranks."""
        block = self.answer.certificate.get((node, commodity))
        return None if block is None else self.ranks.get(block)


def passed(problem: Problem, answer: Answer, used: Mapping[Key, tuple[int, int]]) -> dict[str, dict[str, Fraction]]:
    """What each node with a handling capacity sends on and hands out, by commodity."""
    through: dict[str, dict[str, Fraction]] = {node: defaultdict(Fraction) for node in problem.handling}
    if not through:
        return through
    for (node, commodity), (num, den) in used.items():
        if node in through:
            through[node][commodity] += Fraction(num, den)
    for (name, commodity), (num, den) in answer.flows.items():
        lane = problem.lanes.get(name)
        if lane is not None and lane.target in through and lane.source != lane.target and den > 0:
            through[lane.target][commodity] += Fraction(num, den)
    return through


def problem(tables: Mapping[str, Columns]) -> Problem:
    """The problem of tables nodes, supply, lanes, demand and, if there, handling or bundles. Malformed names the row
    that cannot be."""
    kinds: dict[str, str] = {}
    for node, kind in tables["nodes"].rows("node", "kind"):
        if kind not in KINDS:
            raise Malformed(f"nodes, node {node}", f'the kind "{kind}" is none of {", ".join(KINDS)}')
        kinds[node] = kind
    supply: dict[Key, int] = {}
    for node, commodity, quantity in tables["supply"].rows("node", "commodity", "quantity"):
        if node not in kinds or quantity < 0 or not commodity:
            raise Malformed(f"supply, node {node}, {commodity}", f"a supply of {quantity} that cannot be")
        supply[node, commodity] = quantity
    lanes: dict[str, Lane] = {}
    for name, source, target, commodity, capacity in tables["lanes"].rows(
        "lane", "from", "to", "commodity", "capacity"
    ):
        if source not in kinds or target not in kinds:
            raise Malformed(f"lanes, lane {name}", f"the lane runs from {source} to {target}, and one is no node")
        if capacity is not None and capacity < 0:
            raise Malformed(f"lanes, lane {name}", f"a capacity of {capacity}")
        lanes[name] = Lane(name, source, target, commodity, capacity)
    rungs: dict[Key, list[tuple[int, int]]] = {}
    for point, commodity, rung, quantity in tables["demand"].rows("point", "commodity", "rung", "quantity"):
        if kinds.get(point) != "point" or rung < 1 or quantity < 0 or not commodity:
            raise Malformed(f"demand, point {point}, {commodity}", f"rung {rung} of {quantity} that cannot be")
        rungs.setdefault((point, commodity), []).append((rung, quantity))
    handling: dict[str, int] = {}
    if "handling" in tables:
        for node, capacity in tables["handling"].rows("node", "capacity"):
            if node not in kinds or capacity < 0:
                raise Malformed(f"handling, node {node}", f"a capacity of {capacity} that cannot be")
            handling[node] = capacity
    ladders = {key: Ladder(pairs) for key, pairs in rungs.items()}
    bundles: dict[str, str] = {}
    if "bundles" in tables:
        bundles = {commodity: bundle for bundle, commodity in tables["bundles"].rows("bundle", "commodity")}
    gates = read_gates(supply, lanes, ladders, handling)
    if bundles and gates:
        where = f"bundles and handling, node {min(gates)}"
        raise Malformed(where, "this capacity may bind, and no certificate covers it together with bundles")
    return Problem(kinds, supply, lanes, ladders, handling, gates, bundles)


def answer(tables: Mapping[str, Columns]) -> Answer:
    """The answer of tables levels, flows, blocks, certificate."""
    levels: dict[Key, tuple[Level, int, int]] = {}
    names = ("point", "commodity", "rungs", "num", "den", "quantity_num", "quantity_den")
    known: dict[Any, Level] = {}  # the points of a block have one level
    for point, commodity, rungs, num, den, q_num, q_den in tables["levels"].rows(*names):
        where = f"levels, point {point}, {commodity}"
        cells = rungs, num, den
        if cells not in known:
            known[cells] = level(where, *cells)
        levels[point, commodity] = (known[cells], *fraction(where, q_num, q_den))
    flows: dict[Key, tuple[int, int]] = {}
    for lane, commodity, num, den in tables["flows"].rows("lane", "commodity", "quantity_num", "quantity_den"):
        flows[lane, commodity] = fraction(f"flows, lane {lane}, {commodity}", num, den)
    blocks = {
        block: level(f"blocks, block {block}", rungs, num, den)
        for block, rungs, num, den in tables["blocks"].rows("block", "rungs", "num", "den")
    }
    certificate = {
        (node, commodity or ""): block
        for node, commodity, block in tables["certificate"].rows("node", "commodity", "block")
    }
    return Answer(levels, flows, blocks, certificate)
