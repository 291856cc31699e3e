"""Lanes that several commodities share, and fuel: divided along the ladder, so that each commodity can be solved exactly.

With shared capacity the levels that can be reached are no polymatroid, and no cut proves an answer. So the capacity is
split: every (lane, commodity) that draws on a pool is a *cell* with a capacity of its own, whole units, and under that
split the division is exact and certified. The split is found by turns (docs/algorithms/coupling.md):

1. Solve as if nothing were shared. If that fits, it is the answer to the whole problem.
2. Give each pool out to its cells along the ladder: to all up to one level, the highest that fits. On networks small
   enough for linear programs (`joint`), begin with what these carry, if that is better.
3. Solve. A pool's cells now stand at levels: offer what is not used, and some of what better served cells have, to the
   cells that hold somebody down, so that all would stand at one level. Solve again; keep the split whose sorted levels
   are best; move less after a step that made nothing better, and end after `ROUNDS`, or when steps are small.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from evenhand.core.errors import UsageError
from evenhand.flow.allocation.check import Input
from evenhand.flow.allocation.joint import exact
from evenhand.flow.allocation.maxflow import exact_sum
from evenhand.flow.allocation.offers import BITS, Heights, State, along, offer
from evenhand.flow.allocation.solve import Allocation, Solved, solve_fully, solve_input
from evenhand.flow.allocation.tables import LARGEST

Array = np.ndarray[Any, Any]

ROUNDS = 40
HAIR = 1 << (BITS - 14)
"""So little of a rung, 2^-14, is a matter of whole units."""
NEAR = 1e-3
"""A flow so near to a whole number of units is taken as that."""
LESS, PATIENCE, SMALLEST = Fraction(3, 4), 4, Fraction(1, 64)
"""A step that makes nothing better is followed by smaller ones; after so many in turn they start from the best split
again, and below the smallest part of what a step asks for they end."""


@dataclass(frozen=True)
class Coupled:
    """The allocation under a split. `given` is the problem with the split as its capacities, which the certificate
    is about; `proven`: no other split can be better, since nothing shared stands in the way."""

    allocation: Allocation
    solved: Solved
    given: Input
    split: pa.Table
    rounds: int
    proven: bool


@dataclass(frozen=True)
class Cells:
    """The (lane, commodity) that draw on pools: the most each could carry by stock and lane, and by its pools too; and
    which lane of the split network it is. Of every pool, in parts: its room, and its cells with what a unit takes of it."""

    lane: list[int]
    commodity: list[int]
    own: list[int]
    bound: list[int]
    place: Array
    pools: list[tuple[int, list[tuple[int, int]]]]


@dataclass(frozen=True)
class _Seen:
    """A split that was solved: capacities of the cells, what each pool set aside for them, and the levels, ascending."""

    capacity: list[int]
    shares: list[dict[int, int]]
    allocation: Allocation
    solved: Solved
    states: list[State]
    order: Array


def couple(
    given: Input, progress: Callable[[int, int], None] = lambda done, total: None, programs: bool = True
) -> Coupled:
    """Divide a network with shared lanes or fuel. Exact given the split; how far the split is from the best one is
    not known (`joint` finds out on small networks). UsageError with bundles. `programs`: linear programs may begin the
    split on small networks."""
    if given.bundles:
        raise UsageError(
            "bundles.csv beside shared.csv or fuel.csv: a division with both comes later",
            "leave one of them out of the folder",
        )
    cells = _cells(given)
    free = _solve(given, cells, cells.own, [])
    needed = [-int(-state.flow // 1) for state in free.states]
    if all(sum(weight * needed[c] for c, weight in members) <= room for room, members in cells.pools):
        return _coupled(given, cells, _solve(given, cells, needed, []), 1, True)
    if cells.own != cells.bound:  # no cell alone may ask for more than its pools hold
        free = _solve(given, cells, cells.bound, [])
    heights = Heights(free.solved)
    best = _solve(given, cells, *_capacities(cells, [along(room, m, free.states, heights) for room, m in cells.pools]))
    begun = _programs(given, cells) if programs else None
    if begun is not None:
        tried = _solve(given, cells, *_capacities(cells, begun))
        best = tried if _better(tried.order, best.order) else best
    at, part, failed, done = best, Fraction(1), 0, 2 + (cells.own != cells.bound) + (begun is not None)
    while done < ROUNDS and part >= SMALLEST:
        progress(done, ROUNDS)
        heights = Heights(at.solved)
        shares = [
            offer(room, members, at.states, heights, cells.bound, at.capacity, share, part)
            for (room, members), share in zip(cells.pools, at.shares, strict=True)
        ]
        if shares == at.shares:
            if at is best:
                break
            at, part = best, part * LESS
            continue
        at = _solve(given, cells, *_capacities(cells, shares))
        done += 1
        if _better(at.order, best.order):
            best, failed = at, 0
            continue
        part, failed = part * LESS, failed + 1
        if failed % PATIENCE == 0:
            at = best
    progress(ROUNDS, ROUNDS)
    return _coupled(given, cells, best, done, False)


def divide_input(given: Input) -> Allocation:
    """The leximin division of checked tables, whatever stands in them but bundles."""
    return couple(given).allocation if given.pools else solve_input(given)


def _programs(given: Input, cells: Cells) -> list[dict[int, int]] | None:
    """What the exact answer carries, in whole units, rounded to the next where that is nearest and fits; None where it is
    not worked out."""
    answer = exact(given)
    if answer is None:
        return None
    flows = [answer.flows.get(cell, 0.0) for cell in zip(cells.lane, cells.commodity, strict=True)]
    whole = [min(bound, max(0, int(flow + NEAR))) for flow, bound in zip(flows, cells.bound, strict=True)]
    for room, members in cells.pools:
        over = sum(weight * whole[cell] for cell, weight in members) - room
        for cell, weight in members:
            less = min(whole[cell], -(-over // weight)) if over > 0 else 0
            whole[cell] -= less
            over -= less * weight
    return [{cell: whole[cell] for cell, _ in members} for _, members in cells.pools]


def _coupled(given: Input, cells: Cells, seen: _Seen, rounds: int, proven: bool) -> Coupled:
    lanes, goods = given.lanes.to_pylist(), given.commodities.to_pylist()
    split = pa.table(
        {
            "lane": pa.array([lanes[lane] for lane in cells.lane], pa.string()),
            "commodity": pa.array([goods[commodity] for commodity in cells.commodity], pa.string()),
            "capacity": pa.array(seen.capacity, pa.int64()),
        }
    )
    return Coupled(seen.allocation, seen.solved, _split(given, cells, seen.capacity), split, rounds, proven)


def _cells(given: Input) -> Cells:
    lanes = sorted({lane for pool in given.pools for lane in pool.lanes})
    stock = [exact_sum(given.supply_quantity[given.supply_commodity == c]) for c in range(len(given.commodities))]
    lane_of: list[int] = []
    commodity_of: list[int] = []
    own: list[int] = []
    mine: dict[int, list[int]] = {}
    for lane in lanes:
        only, capacity = int(given.lane_commodity[lane]), int(given.lane_capacity[lane])
        for commodity in range(len(given.commodities)) if only == -1 else [only] if only >= 0 else []:
            mine.setdefault(lane, []).append(len(lane_of))
            lane_of.append(lane)
            commodity_of.append(commodity)
            own.append(min(stock[commodity], LARGEST if capacity < 0 else capacity))
    pools, bound = [], list(own)
    for pool in given.pools:
        weights = zip(pool.lanes, pool.weights, strict=True)
        members = [(cell, weight) for lane, weight in weights for cell in mine.get(lane, [])]
        for cell, weight in members:
            bound[cell] = min(bound[cell], pool.room // weight)
        pools.append((pool.room, members))
    place = np.zeros(len(lane_of), np.int64)
    kept = np.setdiff1d(np.arange(len(given.lanes)), np.array(lanes, np.int64))
    order = np.argsort(np.concatenate([kept, np.array(lane_of, np.int64)]), kind="stable")
    place[order[order >= len(kept)] - len(kept)] = np.flatnonzero(order >= len(kept))
    return Cells(lane_of, commodity_of, own, bound, place, pools)


def _split(given: Input, cells: Cells, capacity: Sequence[int]) -> Input:
    """The network with a lane for each cell in place of the lanes that draw on pools, and nothing shared."""
    kept = np.setdiff1d(np.arange(len(given.lanes)), np.array(cells.lane, np.int64))
    lane = np.concatenate([kept, np.array(cells.lane, np.int64)])
    commodity = np.concatenate([given.lane_commodity[kept], np.array(cells.commodity, np.int64)])
    limit = np.concatenate([given.lane_capacity[kept], np.array(capacity, np.int64)])
    order = np.argsort(lane, kind="stable")
    lane = lane[order]
    return replace(
        given,
        lanes=given.lanes.take(pa.array(lane)),
        lane_tail=given.lane_tail[lane],
        lane_head=given.lane_head[lane],
        lane_commodity=commodity[order],
        lane_capacity=limit[order],
        lane_cost=given.lane_cost[lane],
        pools=(),
    )


def _capacities(cells: Cells, shares: list[dict[int, int]]) -> tuple[list[int], list[dict[int, int]]]:
    """What each cell may carry: the least that any of its pools sets aside for it."""
    capacity = list(cells.bound)
    for share in shares:
        for cell, quantity in share.items():
            capacity[cell] = min(capacity[cell], quantity)
    return capacity, shares


def _solve(given: Input, cells: Cells, capacity: list[int], shares: list[dict[int, int]]) -> _Seen:
    allocation, solved = solve_fully(_split(given, cells, capacity))
    rows = zip(*(allocation.flows.column(name).to_pylist() for name in allocation.flows.column_names), strict=True)
    flows = {(lane, commodity): Fraction(int(num), int(den)) for lane, commodity, num, den in rows}
    lanes, goods = given.lanes.to_pylist(), given.commodities.to_pylist()
    flow = [
        flows.get((lanes[lane], goods[commodity]), Fraction(0))
        for lane, commodity in zip(cells.lane, cells.commodity, strict=True)
    ]
    return _Seen(capacity, shares, allocation, solved, _states(cells, solved, flow, capacity), _order(given, solved))


def _order(given: Input, solved: Solved) -> Array:
    """The levels of all points, ascending; no point stands higher than its own last rung."""
    network = solved.vertices.network
    last = np.zeros(len(solved.vertices.pairs), np.int64)
    filled = given.demand_quantity > 0
    pair = given.demand_commodity[filled] * len(given.nodes) + given.demand_node[filled]
    rung = np.searchsorted(network.ladders.rung_numbers, given.demand_rung[filled]) + 1
    np.maximum.at(last, np.searchsorted(solved.vertices.pairs, pair), rung)
    stands = np.array(Heights(solved).height, np.int64)[solved.block[solved.vertices.pairs] - 1]
    ordered: Array = np.sort(np.minimum(stands, last << BITS))
    return ordered


def _better(one: Array, other: Array) -> bool:
    """Whether the first place where the sorted levels differ is higher in `one`. A hair that whole units of a split make
    does not decide while a later place differs by more."""
    for hair in (HAIR, 0):
        apart = np.flatnonzero(np.abs(one - other) > hair)
        if len(apart):
            return bool(one[apart[0]] > other[apart[0]])
    return False


def _states(cells: Cells, solved: Solved, flow: list[Fraction], capacity: list[int]) -> list[State]:
    """Where each cell stands: the block it leads into, and whether it is full and holds that block down."""
    vertices = solved.vertices
    tail, head = solved.block[vertices.network.tail] - 1, solved.block[vertices.network.head] - 1
    arcs = np.searchsorted(vertices.lane, cells.place)
    states = []
    for cell, arc in enumerate(arcs.tolist()):
        if arc == len(vertices.lane) or vertices.lane[arc] != cells.place[cell]:
            states.append(State(-1, Fraction(0), False))  # a lane back to where it begins
            continue
        a, b = int(tail[arc]), int(head[arc])
        cut = flow[cell] == capacity[cell] and solved.levels[a] > solved.levels[b]
        states.append(State(b, flow[cell], cut))
    return states
