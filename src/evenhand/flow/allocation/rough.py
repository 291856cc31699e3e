"""Numbers of many words: the blocks are found with leading bits alone, and then proved with all of them.

Levels of bundles have denominators of hundreds of digits, and a decomposition asks for a maximum flow a generation. Which
nodes stand together hardly ever hangs on the last digits: it is read off the leading 61 bits of everything. Then every
block's exact level is worked out and one exact flow tried. If it serves every block, and lanes between blocks are full or
empty as the order of the exact levels asks, this is the certificate itself: the answer is the exact one, however the
blocks were found. If not, the caller decomposes exactly.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from evenhand.flow.allocation.leximin import NO_LIMIT, Network, Solution, State, decompose, flows, levels
from evenhand.flow.allocation.maxflow import exact_sum
from evenhand.flow.allocation.proof import prove

Array = np.ndarray[Any, Any]

BITS = 61
WORTH = 128
"""Below so many bits an exact flow a generation is quick enough."""


def try_blocks(network: Network, proved: bool) -> Solution:
    """What `decompose` gives, or ArithmeticError where the rough blocks are not the exact ones. Without `proved` they are
    taken at their word: exact levels if they are right, and no flows."""
    total = max(exact_sum(np.abs(network.supply)), exact_sum(network.ladders.totals()))
    if total.bit_length() <= WORTH:
        return decompose(network)
    return _exact(network, decompose(_shifted(network, max(0, total.bit_length() - BITS)), rough=True), proved)


def _shifted(network: Network, bits: int) -> Network:
    """The network without its last bits. Stock and lanes are rounded up, needs down: nothing becomes impossible."""
    limit = network.capacity == NO_LIMIT
    capacity = np.where(limit, NO_LIMIT, -(-network.capacity >> bits)).astype(np.int64)
    supply = (-(-network.supply >> bits)).astype(np.int64)
    return replace(network, supply=supply, capacity=capacity, ladders=network.ladders.shifted(bits))


def _exact(network: Network, rough: Solution, proved: bool) -> Solution:
    """The exact solution with the blocks of `rough`; ArithmeticError if they are not the blocks."""
    state = State(network)
    tail, head = rough.block[network.tail], rough.block[network.head]
    crossing = tail != head
    full = crossing & (rough.flow_num > 0).astype(bool)
    state.flow_num[full] = network.capacity[full]
    np.subtract.at(state.net, network.tail[full], network.capacity[full])
    np.add.at(state.net, network.head[full], network.capacity[full])

    top = np.array([c < 0 for c in rough.coordinate])
    for is_top in (True, False):
        vertices = np.flatnonzero(top[rough.block] == is_top)
        if not len(vertices):
            continue
        used, owner = np.unique(rough.block[vertices], return_inverse=True)
        points = np.flatnonzero(top[rough.block[network.point_node]] == is_top)
        arcs = np.flatnonzero(~crossing & (top[tail] == is_top))
        if is_top:
            coordinate, part, whole = [-1] * len(used), [0] * len(used), [1] * len(used)
            need = network.ladders.totals()[points]
        else:
            place = np.zeros(len(top), np.int64)
            place[used] = np.arange(len(used))
            point_block = place[rough.block[network.point_node[points]]]
            coordinate, part, whole, need = levels(state, vertices, owner, points, point_block, len(used))
        if proved:
            flow, low = flows(state, vertices, owner, arcs, points, need, whole)
            if low[vertices].any():
                raise ArithmeticError("a rough block cannot be served at its exact level")
            state.flow_num[arcs] = flow
            state.flow_den[arcs] = np.array(whole, dtype=object)[owner[np.searchsorted(vertices, network.tail[arcs])]]
        first = len(state.coordinate)
        for one in zip(coordinate, part, whole, strict=True):
            state.decide(*one)
        state.block[vertices] = first + owner

    found = Solution(
        state.block, state.coordinate, state.part, state.whole, state.flow_num, state.flow_den, rough.generations
    )
    if proved:
        prove(network, found)
    return found
