"""From checked tables to levels, flows, blocks and certificate (DESIGN §9, §12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from evenhand.flow.allocation.acyclic import without_cycles
from evenhand.flow.allocation.check import Input, check_input
from evenhand.flow.allocation.ladder import Ladders
from evenhand.flow.allocation.leximin import NO_LIMIT, Network, Progress, Solution, decompose
from evenhand.flow.allocation.maxflow import FITS, exact_sum

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Allocation:
    """The four result tables of DESIGN §12 (schemas in `tables.py`) and how they were found."""

    levels: pa.Table
    flows: pa.Table
    blocks: pa.Table
    certificate: pa.Table
    method: str


def solve(
    nodes: pa.Table, supply: pa.Table, lanes: pa.Table, demand: pa.Table, progress: Progress | None = None
) -> Allocation:
    """The exact leximin allocation with its certificate.

    Tables as in DESIGN §12; rows in any order give the same result. Quantities are integers of any one unit a
    commodity. Raises InputError naming file, row and field. `progress(done, all)` is called after each generation.
    """
    tables = {"nodes": nodes, "supply": supply, "lanes": lanes, "demand": demand}
    return solve_input(check_input(tables), progress)


def solve_input(given: Input, progress: Progress | None = None) -> Allocation:
    """The same for tables that `check_input` has read."""
    network, lane, commodity, pairs = _network(given)
    solution = decompose(network, progress)
    flow = without_cycles(len(network.supply), network.tail, network.head, solution.flow_num)
    number, levels = _blocks(given, network, solution)
    return Allocation(
        levels=_level_table(given, network, solution, pairs, levels),
        flows=_flow_table(given, lane, commodity, flow, solution.flow_den),
        blocks=pa.table(
            {
                "block": pa.array([number[b] for b in _numbered(number)], pa.int64()),
                "rungs": pa.array([levels[b][0] for b in _numbered(number)], pa.int64()),
                "num": _decimals([levels[b][1] for b in _numbered(number)]),
                "den": _decimals([levels[b][2] for b in _numbered(number)]),
            }
        ),
        certificate=_certificate(given, number[solution.block] if len(number) else solution.block),
        method=f"decomposition, {solution.generations} generations",
    )


def _network(given: Input) -> tuple[Network, Array, Array, Array]:
    """A vertex for every (commodity, node), an arc for every lane and commodity it may carry; points with ladders."""
    count, kinds = len(given.nodes), len(given.commodities)
    exact = exact_sum(given.supply_quantity) >= FITS or exact_sum(given.demand_quantity) >= FITS
    kind = object if exact else np.int64
    supply = np.zeros(kinds * count, kind)
    supply[given.supply_commodity * count + given.supply_node] = given.supply_quantity.astype(kind)

    every = np.flatnonzero(given.lane_commodity == -1)
    single = np.flatnonzero(given.lane_commodity >= 0)
    lane = np.concatenate([np.repeat(every, kinds), single])
    commodity = np.concatenate([np.tile(np.arange(kinds), len(every)), given.lane_commodity[single]]).astype(np.int64)
    order = np.lexsort((commodity, lane))
    lane, commodity = lane[order], commodity[order]
    real = given.lane_tail[lane] != given.lane_head[lane]  # a lane back to where it begins moves nothing
    lane, commodity = lane[real], commodity[real]
    capacity = given.lane_capacity[lane]

    key = given.demand_commodity * count + given.demand_node
    pairs, owner = np.unique(key, return_inverse=True)
    order = np.lexsort((given.demand_rung, owner))
    filled = order[given.demand_quantity[order] > 0]
    ladders = Ladders(len(pairs), owner[filled], given.demand_rung[filled], given.demand_quantity[filled], exact)
    network = Network(
        group=np.repeat(np.arange(kinds), count),
        supply=supply,
        tail=commodity * count + given.lane_tail[lane],
        head=commodity * count + given.lane_head[lane],
        capacity=capacity.astype(kind),
        point_node=pairs,
        ladders=ladders,
    )
    return network, lane, commodity, pairs


def _blocks(given: Input, network: Network, solution: Solution) -> tuple[Array, list[tuple[int, int, int]]]:
    """Numbers of the blocks in use (poorest first within each commodity, from 1; 0 where unused) and their levels."""
    kinds = len(given.commodities)
    highest = np.zeros(kinds, np.int64)
    np.maximum.at(highest, given.demand_commodity, given.demand_rung)
    home = np.full(len(solution.coordinate), -1, np.int64)
    home[solution.block] = network.group
    levels = []
    for block, coordinate in enumerate(solution.coordinate):
        if coordinate < 0:
            levels.append((int(highest[home[block]]) if home[block] >= 0 else 0, 0, 1))
        else:
            complete = int(network.ladders.rung_numbers[coordinate]) - 1
            levels.append((complete, solution.part[block], solution.whole[block]))
    used = [int(b) for b in np.flatnonzero(home >= 0)]
    # Fractions whose denominators have n bits differ by more than 2^-2n: that many bits put them in order.
    bits = 2 * max((level[2].bit_length() for level in levels), default=0) + 1
    used.sort(key=lambda b: (home[b], solution.coordinate[b] < 0, levels[b][0], (levels[b][1] << bits) // levels[b][2]))
    number = np.zeros(len(levels), np.int64)
    number[used] = np.arange(1, len(used) + 1)
    return number, levels


def _numbered(number: Array) -> list[int]:
    """The blocks in the order of their numbers."""
    return [int(b) for b in np.argsort(number, kind="stable") if number[b] > 0]


def _decimals(values: Any) -> pa.Array:
    """Integers of any size as decimal text."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        return pa.array(values).cast(pa.string())
    return pa.array([str(value) for value in values], pa.string())


def _lowest(num: Array, den: Array) -> tuple[Array, Array]:
    """Fractions in lowest terms."""
    common = np.gcd(num, den)
    return num // common, den // common


def _level_table(
    given: Input, network: Network, solution: Solution, pairs: Array, levels: list[tuple[int, int, int]]
) -> pa.Table:
    count = len(given.nodes)
    block = solution.block[pairs]
    points = np.arange(len(pairs))
    height = network.ladders.height
    coordinate = np.array([c if c >= 0 else height for c in solution.coordinate], np.int64)
    part = np.array(solution.part, dtype=object)
    whole = np.array(solution.whole, dtype=object)
    if len(pairs):
        below = network.ladders.at(points, coordinate[block])
        rung = network.ladders.at(points, np.minimum(coordinate[block] + 1, height)) - below
    else:
        below = rung = np.zeros(0, np.int64)
    largest = max(int(below.max(initial=0)), int(rung.max(initial=0))) * max(solution.whole, default=1)
    kind = np.int64 if largest < FITS // 2 else object
    part, whole, below, rung = (a.astype(kind) for a in (part, whole, below, rung))
    num, den = _lowest(below * whole[block] + rung * part[block], whole[block])
    order = np.lexsort((pairs // count, pairs % count)) if count else pairs
    rungs = np.array([level[0] for level in levels], np.int64)
    return pa.table(
        {
            "point": given.nodes.take(pa.array((pairs % max(count, 1))[order])),
            "commodity": given.commodities.take(pa.array((pairs // max(count, 1))[order])),
            "rungs": pa.array(rungs[block][order], pa.int64()),
            "num": _decimals(part[block][order]),
            "den": _decimals(whole[block][order]),
            "quantity_num": _decimals(num[order]),
            "quantity_den": _decimals(den[order]),
        }
    )


def _flow_table(given: Input, lane: Array, commodity: Array, num: Array, den: Array) -> pa.Table:
    carried = np.flatnonzero((num > 0).astype(bool))
    num, den = _lowest(num[carried], den[carried])
    return pa.table(
        {
            "lane": given.lanes.take(pa.array(lane[carried])),
            "commodity": given.commodities.take(pa.array(commodity[carried])),
            "quantity_num": _decimals(num),
            "quantity_den": _decimals(den),
        }
    )


def _certificate(given: Input, block: Array) -> pa.Table:
    count, kinds = len(given.nodes), len(given.commodities)
    node, commodity = np.repeat(np.arange(count), kinds), np.tile(np.arange(kinds), count)
    return pa.table(
        {
            "node": given.nodes.take(pa.array(node)),
            "commodity": given.commodities.take(pa.array(commodity)),
            "block": pa.array(block[commodity * count + node], pa.int64()),
        }
    )


__all__ = ["NO_LIMIT", "Allocation", "solve", "solve_input"]
