"""Whole-step loads for the least cost: one min-cost flow with node demands, on OR-Tools."""

from __future__ import annotations

from dataclasses import dataclass

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


def route(nodes: pa.Table, lanes: pa.Table, supply: pa.Table, needs: pa.Table) -> Routed:
    """Bring as many of `needs` (point, commodity, quantity in steps) as can be brought, at the least cost of lanes.

    Tables as in DESIGN §12. A need is met from the point's own supply first where there is any, since that costs
    nothing. Commodities do not share capacity. InputError as in `check_input`; UsageError for numbers too large.
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
    return _solve(given)


def _solve(given: Input) -> Routed:
    count, kinds = len(given.nodes), len(given.commodities)
    every, single = np.flatnonzero(given.lane_commodity == -1), np.flatnonzero(given.lane_commodity >= 0)
    lane = np.concatenate([np.repeat(every, kinds), single])
    commodity = np.concatenate([np.tile(np.arange(kinds), len(every)), given.lane_commodity[single]]).astype(np.int64)
    order = np.lexsort((commodity, lane))
    lane, commodity = lane[order], commodity[order]
    stock, need = np.zeros(count * kinds, object), np.zeros(count * kinds, object)
    stock[given.supply_commodity * count + given.supply_node] = given.supply_quantity.astype(object)
    need[given.demand_commodity * count + given.demand_node] = given.demand_quantity.astype(object)
    most = min(int(stock.sum()), int(need.sum()))
    tail, head = commodity * count + given.lane_tail[lane], commodity * count + given.lane_head[lane]
    if max(int(stock.sum()), int(need.sum()), int(given.lane_cost.max(initial=0))) >= MOST:
        raise UsageError("quantities or costs are too large to plan loads", "count them in a larger unit")
    # A point's own stock serves it before any lane does; a node's supply in the flow is what is then left or missing.
    net = (stock - need).astype(np.int64)
    capacity = np.where(given.lane_capacity[lane] < 0, most, np.minimum(given.lane_capacity[lane], most))

    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        tail.astype(np.int32), head.astype(np.int32), capacity.astype(np.int64), given.lane_cost[lane]
    )
    flow, brought = np.zeros(len(lane), np.int64), np.zeros(count * kinds, np.int64)
    if len(arcs):
        solver.set_nodes_supplies(np.arange(count * kinds, dtype=np.int32), net)
        status = solver.solve_max_flow_with_min_cost()
        if status in (SimpleMinCostFlow.BAD_COST_RANGE, SimpleMinCostFlow.BAD_CAPACITY_RANGE):
            raise UsageError("quantities or costs are too large to plan loads", "count them in a larger unit")
        if status != SimpleMinCostFlow.OPTIMAL:
            raise ArithmeticError(f"the min-cost-flow solver ended with {status}")
        flow = without_cycles(count * kinds, tail, head, np.asarray(solver.flows(arcs), np.int64))
        np.add.at(brought, head, flow)
        np.subtract.at(brought, tail, flow)
    unmet = np.maximum(-net - np.maximum(brought, 0), 0)
    carried, missing = np.flatnonzero(flow), np.flatnonzero(unmet)
    missing = missing[np.lexsort((missing // count, missing % count))] if count else missing
    return Routed(
        loads=pa.table(
            {
                "lane": given.lanes.take(pa.array(lane[carried])),
                "commodity": given.commodities.take(pa.array(commodity[carried])),
                "quantity": pa.array(flow[carried], pa.int64()),
            }
        ),
        unmet=pa.table(
            {
                "point": given.nodes.take(pa.array(missing % max(count, 1))),
                "commodity": given.commodities.take(pa.array(missing // max(count, 1))),
                "quantity": pa.array(unmet[missing], pa.int64()),
            }
        ),
    )
