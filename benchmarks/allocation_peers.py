"""What the exact division is measured against: linear programs in sequence, and Newton's method for one level at a time."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import numpy as np

from evenhand.flow.allocation import Input
from evenhand.flow.allocation.bundles import ladder_at
from evenhand.flow.allocation.maxflow import max_flow
from evenhand.flow.allocation.measures import ladders_of

Array = np.ndarray[Any, Any]


def programs(given: Input) -> tuple[float, dict[tuple[str, str], float], int]:
    """The same by linear programs: raise the open points of a rung together; fix those whose row has a price; again."""
    import highspy

    start = time.perf_counter()
    quantities: dict[tuple[str, str], float] = {}
    solved = 0
    count, lanes = len(given.nodes), len(given.lanes)
    for commodity in range(len(given.commodities)):
        stock = np.zeros(count)
        mine = given.supply_commodity == commodity
        stock[given.supply_node[mine]] = given.supply_quantity[mine]
        mine = given.demand_commodity == commodity
        points = np.unique(given.demand_node[mine])
        ladder = np.zeros((count, int(given.demand_rung[mine].max()) + 1))
        ladder[given.demand_node[mine], given.demand_rung[mine]] = given.demand_quantity[mine]
        solver = highspy.Highs()
        solver.silent()
        upper = np.where(given.lane_capacity < 0, highspy.kHighsInf, given.lane_capacity.astype(float))
        solver.addVars(lanes + 1, np.zeros(lanes + 1), np.append(upper, 1.0))
        solver.changeColCost(lanes, -1.0)
        floor = -stock  # what flows in, less what flows out, is at least this
        for node in range(count):
            arriving, leaving = np.flatnonzero(given.lane_head == node), np.flatnonzero(given.lane_tail == node)
            columns = np.concatenate([arriving, leaving, [lanes]]).astype(np.int32)
            values = np.concatenate([np.ones(len(arriving)), -np.ones(len(leaving)), [0.0]])
            solver.addRow(floor[node], highspy.kHighsInf, len(columns), columns, values)
        reached = np.zeros(count)
        still = set(points.tolist())
        for rung in range(1, ladder.shape[1]):
            rising = {p for p in still if ladder[p, rung] > 0}
            for point in rising:
                solver.changeCoeff(point, lanes, -ladder[point, rung])
            while rising:
                solver.run()
                solved += 1
                solution = solver.getSolution()
                share = solution.col_value[lanes]
                if share > 1 - 1e-9:
                    fixed = set(rising)
                else:
                    fixed = {p for p in rising if abs(solution.row_dual[p]) * ladder[p, rung] > 1e-9}
                    still -= fixed
                for point in fixed:
                    reached[point] += share * ladder[point, rung]
                    solver.changeCoeff(point, lanes, 0.0)
                    solver.changeRowBounds(point, reached[point] + floor[point] - 1e-7, highspy.kHighsInf)
                rising -= fixed
        for point in points:
            quantities[str(given.nodes[int(point)]), str(given.commodities[commodity])] = reached[point]
    return time.perf_counter() - start, quantities, solved


def newton(given: Input) -> tuple[float, dict[str, Fraction], int]:
    """One bundle of all commodities, a level at a time: lower a trial level to what the tightest cut allows until it is
    feasible for every commodity, fix the points of its cuts, go on. Exact; seconds, levels by point, maximum flows."""
    start = time.perf_counter()
    ladders = ladders_of(given)
    names, goods, count = given.nodes.to_pylist(), given.commodities.to_pylist(), len(given.nodes)
    points = sorted({names.index(point) for point, _ in ladders})
    stock = np.zeros((len(goods), count), object)
    stock[given.supply_commodity, given.supply_node] = given.supply_quantity
    fixed: dict[int, Fraction] = {}
    flows = 0

    def cut(good: int, level: Fraction) -> tuple[bool, Array]:
        """Whether the commodity can be brought where all open points stand at `level`; the poor side if not."""
        nonlocal flows
        flows += 1
        needs = [ladder_at(ladders[names[p], goods[good]], fixed.get(p, level)) for p in points]
        scale = int(np.lcm.reduce(np.array([need.denominator for need in needs], object)))
        asked = np.array([int(need * scale) for need in needs], object)
        gives = np.flatnonzero((stock[good] > 0).astype(bool))
        limit = int(stock[good].sum()) * scale
        lanes = np.where(given.lane_capacity < 0, limit, given.lane_capacity.astype(object) * scale)
        flow, poor = max_flow(
            count + 2,
            count,
            count + 1,
            np.concatenate([np.full(len(gives), count), given.lane_tail, np.array(points)]),
            np.concatenate([gives, given.lane_head, np.full(len(points), count + 1)]),
            np.concatenate([stock[good][gives] * scale, lanes, asked]),
        )
        return int(flow[len(gives) + len(lanes) :].sum()) == int(asked.sum()), poor

    def allowed(good: int, poor: Array) -> Fraction:
        """The level at which the poor side of a cut uses up what can reach it."""
        room = Fraction(int(stock[good][poor[:count]].sum()))
        crossing = ~poor[given.lane_tail] & poor[given.lane_head]
        room += int(given.lane_capacity[crossing].sum())
        rising = [p for p in points if poor[p] and p not in fixed]
        room -= sum(ladder_at(ladders[names[p], goods[good]], fixed[p]) for p in points if poor[p] and p in fixed)
        level = 0
        while True:
            need = sum(dict(ladders[names[p], goods[good]].rungs).get(level + 1, 0) for p in rising)
            if need > room:
                return level + room / need
            room -= need
            level += 1

    top = Fraction(int(given.demand_rung.max()))
    while len(fixed) < len(points):
        level, tight = top, {}
        while True:
            found = [(good, *cut(good, level)) for good in range(len(goods))]
            short = {good: poor for good, holds, poor in found if not holds}
            if not short:
                break
            level, tight = min(allowed(good, poor) for good, poor in short.items()), short
        if level == top:
            fixed |= {p: top for p in points if p not in fixed}
        for good, poor in tight.items():
            if allowed(good, poor) == level:
                growing = {p for p in points if poor[p] and p not in fixed}
                fixed |= {p: level for p in growing if _grows(ladders[names[p], goods[good]], level)}
    return time.perf_counter() - start, {names[p]: level for p, level in fixed.items()}, flows


def _grows(ladder: Any, level: Fraction) -> bool:
    return any(rung == int(level) + 1 for rung, _ in ladder.rungs)
