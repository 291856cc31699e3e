"""The exact answer with shared lanes and fuel on small networks: linear programs one after another (GLOP of OR-Tools), to
compare what `coupling` found with, and to begin its split with. In floating point: it measures a gap and suggests a split;
what is divided under that split is divided exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ortools.linear_solver import pywraplp

from evenhand.flow.allocation.check import Input
from evenhand.flow.allocation.measures import Pair, ladders_of

PAIRS_MOST, FLOWS_MOST = 1_000, 10_000
"""Beyond so many ladders or flows the programs would take long: the gap is not known."""
TIGHT, SLACK = 1e-7, 1e-7


@dataclass(frozen=True)
class Gap:
    """The lowest level, and all levels in order, beside those of the exact answer; to about 1e-6.

    `worst` and `exact_worst`: the lowest level of all points. `place`: the first place in the order of levels, from the
    lowest, where they differ (from 1; 0: nowhere); `level` and `exact` are the levels there.
    """

    worst: float
    exact_worst: float
    place: int
    level: float
    exact: float

    @property
    def gap(self) -> float:
        """How much lower the first level that differs is."""
        return self.exact - self.level


def gap(given: Input, got: dict[Pair, Fraction]) -> Gap | None:
    """How far `got` (pair -> quantity) is from the exact answer; None where that is not worked out: on a network that is
    not small, or with handling capacities."""
    answer = exact(given)
    if answer is None:
        return None
    found = answer.levels
    ladders = {pair: ladder for pair, ladder in ladders_of(given).items() if ladder.due}
    ours = sorted(float(ladder.level(got[pair])) for pair, ladder in ladders.items())
    theirs = sorted(found[pair] for pair in ladders)
    place = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=True)) if abs(a - b) > 1e-5 * max(1.0, b)), -1)
    if not ours:
        return Gap(0.0, 0.0, 0, 0.0, 0.0)
    return Gap(ours[0], theirs[0], place + 1, ours[place] if place >= 0 else 0.0, theirs[place] if place >= 0 else 0.0)


@dataclass(frozen=True)
class Exact:
    """The level of every pair that is due something, and what each (lane, commodity) carries then, by their indices."""

    levels: dict[Pair, float]
    flows: dict[tuple[int, int], float]


def exact(given: Input) -> Exact | None:
    """The level of every pair that is due something, by programs that raise all open pairs together, rung by rung.
    None as in `gap`."""
    ladders = [(pair, ladder) for pair, ladder in ladders_of(given).items() if ladder.due]
    if len(ladders) > PAIRS_MOST or len(given.lanes) * len(given.commodities) > FLOWS_MOST:
        return None
    if len(given.handling_node) or given.bundles:
        return None
    scale = float(max([1, *(ladder.due for _, ladder in ladders)]))
    solver: Any = pywraplp.Solver.CreateSolver("GLOP")
    share = solver.NumVar(0.0, 1.0, "")
    solver.Objective().SetMaximization()
    solver.Objective().SetCoefficient(share, 1.0)
    levels, flows = _rows(given, solver, share, {pair: ladder.due for pair, ladder in ladders}, scale)

    has = dict.fromkeys(levels, 0.0)
    found: dict[Pair, float] = {}
    still = dict(ladders)
    for rung in sorted({number for _, ladder in ladders for number, _ in ladder.rungs}):
        wide = {pair: dict(ladder.rungs).get(rung, 0) / scale for pair, ladder in still.items()}
        rising = {pair for pair in still if wide[pair]}
        for pair in rising:
            levels[pair].SetCoefficient(share, -wide[pair])
        while rising:
            if solver.Solve() != pywraplp.Solver.OPTIMAL:
                return None
            reached = share.solution_value()
            whole = reached > 1 - TIGHT
            fixed = rising if whole else {p for p in rising if abs(levels[p].dual_value()) * wide[p] > TIGHT}
            if not fixed:
                return None
            for pair in fixed:
                has[pair] += min(reached, 1.0) * wide[pair]
                levels[pair].SetCoefficient(share, 0.0)
                levels[pair].SetLb(max(0.0, has[pair] - SLACK))
                if not whole:
                    found[pair] = rung - 1 + reached
                    del still[pair]
            rising = rising - fixed
    if solver.Solve() != pywraplp.Solver.OPTIMAL:  # once more, with every level a bound: flows that carry them all
        return None
    found |= {pair: float(ladder.rungs[-1][0]) for pair, ladder in still.items()}
    return Exact(found, {cell: flow.solution_value() * scale for cell, flow in flows.items()})


def _rows(
    given: Input, solver: Any, share: Any, due: dict[Pair, int], scale: float
) -> tuple[dict[Pair, Any], dict[tuple[int, int], Any]]:
    """Flows, what pairs get, conservation, capacities and pools; and of each pair the row
    `what it gets - share * rung >= what it has`, its rung still 0. Returned are these rows, and the flows."""
    nodes, goods = given.nodes.to_pylist(), given.commodities.to_pylist()
    balance: dict[tuple[int, int], Any] = {}
    for node in range(len(nodes)):
        for good in range(len(goods)):
            balance[node, good] = solver.Constraint(-solver.infinity(), 0.0)
    stock = zip(
        given.supply_node.tolist(), given.supply_commodity.tolist(), given.supply_quantity.tolist(), strict=True
    )
    for node, good, quantity in stock:
        balance[node, good].SetUb(quantity / scale)
    flows: dict[tuple[int, int], Any] = {}
    lanes = zip(
        *(c.tolist() for c in (given.lane_tail, given.lane_head, given.lane_commodity, given.lane_capacity)),
        strict=True,
    )
    for lane, (tail, head, only, capacity) in enumerate(lanes):
        for good in range(len(goods)) if only == -1 else [only] if only >= 0 else []:
            if tail != head:
                most = solver.infinity() if capacity < 0 else capacity / scale
                flow = flows[lane, good] = solver.NumVar(0.0, most, "")
                balance[tail, good].SetCoefficient(flow, 1.0)
                balance[head, good].SetCoefficient(flow, -1.0)
    for pool in given.pools:
        largest = max(pool.weights, default=1)
        row = solver.Constraint(-solver.infinity(), pool.room / largest / scale)
        for lane, weight in zip(pool.lanes, pool.weights, strict=True):
            for good in range(len(goods)):
                if (lane, good) in flows:
                    row.SetCoefficient(flows[lane, good], weight / largest)
    levels = {}
    places = {name: place for place, name in enumerate(nodes)}
    kinds = {name: place for place, name in enumerate(goods)}
    for pair, total in due.items():
        taken = solver.NumVar(0.0, total / scale, "")
        balance[places[pair[0]], kinds[pair[1]]].SetCoefficient(taken, 1.0)
        levels[pair] = solver.Constraint(0.0, solver.infinity())
        levels[pair].SetCoefficient(taken, 1.0)
    return levels, flows
