"""From checked tables to the network that is decomposed: vertices, arcs, ladders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand.flow.allocation.check import Input
from evenhand.flow.allocation.handling import SOURCE, Handling, components, read_handling
from evenhand.flow.allocation.ladder import Ladders
from evenhand.flow.allocation.leximin import Network
from evenhand.flow.allocation.maxflow import FITS, exact_sum

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Vertices:
    """The network, and what its parts stand for.

    Vertex `commodity * nodes + node` is a commodity at a node; behind them stands a vertex for each node of `handling`.
    The first arcs are those of `lane` with `commodity`; behind them stand the arcs between a handling vertex and its
    commodities. `pairs` are the vertices with a ladder, `component` is that of each commodity.
    """

    network: Network
    lane: Array
    commodity: Array
    pairs: Array
    handling: list[Handling]
    component: Array


def build(given: Input) -> Vertices:
    """A vertex for every (commodity, node), an arc for every lane and commodity it may carry; points with ladders.

    InputError where a handling capacity cannot be divided exactly.
    """
    if given.pools:
        raise ValueError("shared lanes and fuel are split before anything is solved: see coupling.divide_input")
    count, kinds = len(given.nodes), len(given.commodities)
    handling = read_handling(given)
    exact = exact_sum(np.abs(given.supply_quantity)) >= FITS or exact_sum(given.demand_quantity) >= FITS
    kind = object if exact else np.int64
    supply = np.zeros(kinds * count + len(handling), kind)
    supply[given.supply_commodity * count + given.supply_node] = given.supply_quantity.astype(kind)

    every = np.flatnonzero(given.lane_commodity == -1)
    single = np.flatnonzero(given.lane_commodity >= 0)
    lane = np.concatenate([np.repeat(every, kinds), single])
    commodity = np.concatenate([np.tile(np.arange(kinds), len(every)), given.lane_commodity[single]]).astype(np.int64)
    order = np.lexsort((commodity, lane))
    lane, commodity = lane[order], commodity[order]
    real = given.lane_tail[lane] != given.lane_head[lane]  # a lane back to where it begins moves nothing
    lane, commodity = lane[real], commodity[real]
    tail = commodity * count + given.lane_tail[lane]
    head = commodity * count + given.lane_head[lane]
    capacity = given.lane_capacity[lane].astype(kind)

    links: list[tuple[int, int, int]] = []
    moved = np.arange(kinds * count)  # what arrives at a capacity on all that passes arrives before it
    for place, one in enumerate(handling):
        vertex = kinds * count + place
        if one.kind == SOURCE:
            for good in one.commodities:
                links.append((vertex, good * count + one.node, int(supply[good * count + one.node])))
                supply[good * count + one.node] = 0
            supply[vertex] = one.capacity
        else:
            inner = one.commodities[0] * count + one.node
            links.append((vertex, inner, one.capacity))
            supply[vertex], supply[inner] = supply[inner], 0
            moved[inner] = vertex
    head = moved[head]
    if links:
        tail = np.concatenate([tail, np.array([link[0] for link in links], np.int64)])
        head = np.concatenate([head, np.array([link[1] for link in links], np.int64)])
        capacity = np.concatenate([capacity, np.array([link[2] for link in links], kind)])

    key = given.demand_commodity * count + given.demand_node
    pairs, owner = np.unique(key, return_inverse=True)
    order = np.lexsort((given.demand_rung, owner))
    filled = order[given.demand_quantity[order] > 0]
    ladders = Ladders(len(pairs), owner[filled], given.demand_rung[filled], given.demand_quantity[filled], exact)
    component = components(kinds, handling)
    group = np.concatenate(
        [np.repeat(component, count), [component[one.commodities[0]] for one in handling]],
    ).astype(np.int64)
    network = Network(
        group=group, supply=supply, tail=tail, head=head, capacity=capacity, point_node=pairs, ladders=ladders
    )
    return Vertices(network, lane, commodity, pairs, handling, component)
