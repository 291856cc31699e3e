"""Whole-step loads for the least cost: a min-cost flow with node demands for each commodity, on OR-Tools.

Where a commodity comes in packs, whole packs are sent first; a second flow brings what is left of the needs, and opens a
pack that was sent only where nothing else can bring as much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from evenhand.core.errors import UsageError
from evenhand.flow.allocation import Input, check_input, without_cycles

MOST = 2**53
"""Quantities and costs above this are refused: no lorry carries them, and the solver's costs would pass 64 bits."""


@dataclass(frozen=True)
class Routed:
    """`loads`: lane, commodity, quantity > 0. `unmet`: point, commodity, quantity > 0 that no loads could bring."""

    loads: pa.Table
    unmet: pa.Table


def route(
    nodes: pa.Table, lanes: pa.Table, supply: pa.Table, needs: pa.Table, packs: Mapping[str, int] | None = None
) -> Routed:
    """Bring as many of `needs` (point, commodity, quantity in steps) as can be brought, at the least cost of lanes.

    Tables with columns as in the files of `evenhand allocate`. A need is met from the point's own supply first where there
    is any, since that costs nothing. Commodities do not share capacity. `packs`: commodity -> steps a pack; packs come
    before cost. InputError as in `check_input`; UsageError for numbers too large.
    """
    demand = pa.table(
        {
            "point": needs.column("point"),
            "commodity": needs.column("commodity"),
            "rung": pa.array(np.ones(needs.num_rows, np.int64)),
            "quantity": needs.column("quantity"),
        }
    )
    files = {"demand": "needs"}
    given = check_input({"nodes": nodes, "supply": supply, "lanes": lanes, "demand": demand}, files)
    return _solve(given, packs or {})


def _solve(given: Input, packs: Mapping[str, int]) -> Routed:
    if (
        max(int(given.lane_cost.max(initial=0)), *(_total(q) for q in (given.supply_quantity, given.demand_quantity)))
        >= MOST
    ):
        raise UsageError("quantities or costs are too large to plan loads", "count them in a larger unit")
    loads: list[tuple[Any, Any, Any]] = []
    unmet: list[tuple[Any, Any, Any]] = []
    for at, commodity in enumerate(given.commodities.to_pylist()):
        lane = np.flatnonzero((given.lane_commodity == -1) | (given.lane_commodity == at))
        flow, missing = _one(given, at, lane, packs.get(commodity, 1))
        for found, kept, quantity in ((loads, lane[flow > 0], flow), (unmet, np.flatnonzero(missing), missing)):
            found.append((kept, np.full(len(kept), at), quantity[quantity > 0]))
    return Routed(
        loads=_table("lane", given.lanes, given.commodities, loads),
        unmet=_table("point", given.nodes, given.commodities, unmet),
    )


def _total(quantity: Any) -> int:
    return int(quantity.astype(object).sum())


def _one(given: Input, at: int, lane: Any, pack: int) -> tuple[Any, Any]:
    """Steps of one commodity by lane, and what stays unmet by node."""
    count = len(given.nodes)
    # A point's own stock serves it before any lane does; a node's supply in the flow is what is then left or missing.
    net = np.zeros(count, np.int64)
    mine = given.supply_commodity == at
    np.add.at(net, given.supply_node[mine], given.supply_quantity[mine])
    mine = given.demand_commodity == at
    np.subtract.at(net, given.demand_node[mine], given.demand_quantity[mine])
    most = min(int(net[net > 0].sum()), -int(net[net < 0].sum()))
    flow = np.zeros(len(lane), np.int64)
    if not most or not len(lane):
        return flow, np.maximum(-net, 0)
    tail, head, cost = given.lane_tail[lane], given.lane_head[lane], given.lane_cost[lane]
    capacity = np.where(given.lane_capacity[lane] < 0, most, np.minimum(given.lane_capacity[lane], most))
    if pack > 1:
        flow = _flow(tail, head, capacity // pack, cost, np.sign(net) * (np.abs(net) // pack)) * pack
        left = net + _brought(count, tail, head, flow)
        back = np.flatnonzero(flow)
        # To open a pack again costs more than any way around it: no way of the rest is long.
        dear = 4 * int(cost.max(initial=0)) + 1
        both = _flow(
            np.concatenate([tail, head[back]]), np.concatenate([head, tail[back]]),
            np.concatenate([capacity - flow, flow[back]]), np.concatenate([cost, np.full(len(back), dear)]), left,
        )  # fmt: skip
        flow = flow + both[: len(lane)]
        flow[back] -= both[len(lane) :]
    else:
        flow = _flow(tail, head, capacity, cost, net)
    flow = without_cycles(count, tail, head, flow)
    return flow, np.maximum(-net - np.maximum(_brought(count, tail, head, flow), 0), 0)


def _brought(count: int, tail: Any, head: Any, flow: Any) -> Any:
    """What flows into each node, less what flows out."""
    brought = np.zeros(count, np.int64)
    np.add.at(brought, head, flow)
    np.subtract.at(brought, tail, flow)
    return brought


def _flow(tail: Any, head: Any, capacity: Any, cost: Any, net: Any) -> Any:
    """As much as can be brought, at the least cost: steps by arc. UsageError where the solver's 64 bits do not hold it."""
    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        tail.astype(np.int32), head.astype(np.int32), capacity.astype(np.int64), cost.astype(np.int64)
    )
    solver.set_nodes_supplies(np.arange(len(net), dtype=np.int32), net)
    status = solver.solve_max_flow_with_min_cost()
    if status in (SimpleMinCostFlow.BAD_COST_RANGE, SimpleMinCostFlow.BAD_CAPACITY_RANGE):
        raise UsageError("quantities or costs are too large to plan loads", "count them in a larger unit")
    if status != SimpleMinCostFlow.OPTIMAL:
        raise ArithmeticError(f"the min-cost-flow solver ended with {status}")
    return np.asarray(solver.flows(arcs), np.int64)


def _table(name: str, ids: pa.Array, commodities: pa.Array, rows: list[tuple[Any, Any, Any]]) -> pa.Table:
    """(index of `name`, index of the commodity, quantity) as a table, sorted by them."""
    first, commodity, quantity = (
        np.concatenate([row[k] for row in rows]) if rows else np.zeros(0, np.int64) for k in range(3)
    )
    order = np.lexsort((commodity, first))
    return pa.table(
        {
            name: ids.take(pa.array(first[order], pa.int64())),
            "commodity": commodities.take(pa.array(commodity[order], pa.int64())),
            "quantity": pa.array(quantity[order], pa.int64()),
        }
    )
