"""The decomposition: exact leximin levels of many independent single-commodity networks at once (DESIGN §9).

What points can get together is a polymatroid. A block is a set of nodes whose points stand, as far as is known, at one
level: the one that uses up the block's stock. A maximum flow proves it, or its minimum cut splits the block in a
richer and a poorer part; lanes from the richer to the poorer are full, lanes back are empty, and the parts no longer
interact. All open blocks of a generation go into one flow on their disjoint union.

Of all levels that ask for the same quantity (empty rungs) a block takes the greatest, and of all minimum cuts the one
nearest the sink: with both choices a richer part never ends below a poorer one, and what is fully served stands, with
all stock that nobody can reach, in the top block.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand.flow.allocation.ladder import Ladders
from evenhand.flow.allocation.maxflow import FITS, max_flow

Array = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]

NO_LIMIT = -1


@dataclass(frozen=True)
class Network:
    """Disjoint networks: nodes 0 … len(supply) - 1, arcs, and the points with their ladders.

    `supply` is what lies at a node, `capacity` what an arc carries (NO_LIMIT: anything): int64 if all sums of supply
    and of demand stay below 2^62, else Python integers. `group` numbers the networks; no block spans two.
    """

    group: Array
    supply: Array
    tail: Array
    head: Array
    capacity: Array
    point_node: Array
    ladders: Ladders


@dataclass(frozen=True)
class Solution:
    """Block of every node (numbers of no meaning), level of every block, flow of every arc as num / den.

    Level of a block: `coordinate` complete compressed rungs and `part` / `whole` of the next; coordinate -1 is the top.
    """

    block: Array
    coordinate: list[int]
    part: list[int]
    whole: list[int]
    flow_num: Array
    flow_den: Array
    generations: int


class State:
    """What is still open, and what has been decided. Open vertices and arcs shrink from generation to generation."""

    def __init__(self, network: Network, rough: bool = False) -> None:
        kind = network.supply.dtype
        self.network = network
        self.rough = rough
        self.net = network.supply.copy()  # stock + what full lanes bring - what full lanes take
        self.block = np.zeros(len(self.net), np.int64)
        self.flow_num = np.zeros(len(network.tail), kind)
        self.flow_den = np.ones(len(network.tail), kind)
        self.coordinate: list[int] = []
        self.part: list[int] = []
        self.whole: list[int] = []
        self.generations = 0

    def decide(self, coordinate: int, part: int, whole: int) -> int:
        """A decided block; its number."""
        self.coordinate.append(coordinate)
        self.part.append(part)
        self.whole.append(whole)
        return len(self.coordinate) - 1


def decompose(network: Network, progress: Progress | None = None, rough: bool = False) -> Solution:
    """The leximin levels with a flow that attains them. `progress(decided nodes, all nodes)`: after each generation.

    `rough`: blocks and full lanes only, for quantities that are rounded themselves; levels and flows mean nothing then.
    """
    state = State(network, rough)
    count = len(network.supply)
    if count:
        vertices, owner, arcs, points = _top(state)
        while len(vertices):
            state.generations += 1
            vertices, owner, arcs, points = _generation(state, vertices, owner, arcs, points)
            if progress is not None:
                progress(count - len(vertices), count)
    return Solution(
        state.block, state.coordinate, state.part, state.whole, state.flow_num, state.flow_den, state.generations
    )


_Open = tuple[Array, Array, Array, Array]
"""Open vertices, the block (0 …) of each, open arcs, open points."""


def _top(state: State) -> _Open:
    """Ask for every ladder in full: what is fully served, and what can reach nobody in need, is the top block."""
    network = state.network
    count = len(network.supply)
    flow, low = flows(
        state,
        np.arange(count),
        np.zeros(count, np.int64),
        np.arange(len(network.tail)),
        np.arange(len(network.point_node)),
        network.ladders.totals(),
        [1],
    )
    tops = [state.decide(-1, 0, 1) for _ in range(int(network.group.max()) + 1)]
    state.block[~low] = np.array(tops)[network.group[~low]]
    state.generations = 1
    return _cut(state, np.arange(len(network.tail)), flow, low, np.where(low, network.group, -1), ~low)


def _generation(state: State, vertices: Array, owner: Array, arcs: Array, points: Array) -> _Open:
    """Try every open block at its common level; decide those it holds for, split the others."""
    network = state.network
    blocks = int(owner.max()) + 1
    where = np.full(len(network.supply), -1, np.int64)
    where[vertices] = owner
    point_block = where[network.point_node[points]]
    coordinate, part, whole, need = levels(state, vertices, owner, points, point_block, blocks)
    flow, low = flows(state, vertices, owner, arcs, points, need, whole)

    split = np.zeros(blocks, bool)
    split[owner[low[vertices]]] = True
    if state.rough and not np.isin(np.flatnonzero(split), owner[~low[vertices]]).all():
        raise ArithmeticError("a block is short by what was rounded away")
    number = np.full(blocks, -1, np.int64)
    for block in np.flatnonzero(~split):
        number[block] = state.decide(coordinate[block], part[block], whole[block])
    done = vertices[~split[owner]]
    state.block[done] = number[where[done]]

    # Flows inside a decided block stand; they are in units of 1/whole.
    arc_block = where[network.tail[arcs]]
    decided = ~split[arc_block]
    if flow.dtype == object and state.flow_num.dtype != object:
        state.flow_num, state.flow_den = state.flow_num.astype(object), state.flow_den.astype(object)
    scale = np.array(whole, dtype=state.flow_den.dtype)
    state.flow_num[arcs[decided]] = flow[decided]
    state.flow_den[arcs[decided]] = scale[arc_block[decided]]

    # The parts of split blocks are the next generation's blocks: 2b poorer, 2b + 1 richer, then without gaps.
    part_of = np.full(len(network.supply), -1, np.int64)
    still = vertices[split[owner]]
    part_of[still] = 2 * where[still] + ~low[still]
    return _cut(state, arcs[~decided], None, low, part_of, np.zeros(len(network.supply), bool), points)


def _cut(
    state: State,
    arcs: Array,
    flow: Array | None,
    low: Array,
    part_of: Array,
    closed: Array,
    points: Array | None = None,
) -> _Open:
    """Fill the lanes from richer to poorer, and keep open what stands in a part (>= 0). `closed`: decided just now."""
    network = state.network
    tail, head = network.tail[arcs], network.head[arcs]
    down = ~low[tail] & low[head]
    full = arcs[down]
    if (network.capacity[full] == NO_LIMIT).any():
        raise ArithmeticError("a lane without a limit crosses a minimum cut")
    state.flow_num[full] = network.capacity[full]
    np.subtract.at(state.net, tail[down], network.capacity[full])
    np.add.at(state.net, head[down], network.capacity[full])
    if flow is not None:
        inside = closed[tail] & closed[head]
        state.flow_num[arcs[inside]] = flow[inside]
    vertices = np.flatnonzero(part_of >= 0)
    present = np.zeros(int(part_of.max(initial=-1)) + 1, bool)
    present[part_of[vertices]] = True
    owner = (np.cumsum(present) - 1)[part_of[vertices]]
    within = (part_of[tail] >= 0) & (part_of[tail] == part_of[head])
    points = np.arange(len(network.point_node)) if points is None else points
    return vertices, owner, arcs[within], points[part_of[network.point_node[points]] >= 0]


def _sums(values: Array, group: Array, groups: int) -> Array:
    """Exact sums by group."""
    sums = np.zeros(groups, values.dtype)
    np.add.at(sums, group, values)
    return sums


def levels(
    state: State, vertices: Array, owner: Array, points: Array, point_block: Array, blocks: int
) -> tuple[list[int], list[int], list[int], Array]:
    """The greatest level of each block that its stock pays for, and each point's need there in units of 1/whole."""
    ladders = state.network.ladders
    stock = _sums(state.net[vertices], owner, blocks)
    low = np.zeros(blocks, np.int64)
    high = np.full(blocks, ladders.height, np.int64)
    while (high - low > 1).any():
        middle = (low + high) // 2
        fits = (_sums(ladders.at(points, middle[point_block]), point_block, blocks) <= stock).astype(bool)
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    below = ladders.at(points, low[point_block])
    rung = ladders.at(points, high[point_block]) - below
    part = stock - _sums(below, point_block, blocks)
    whole = _sums(rung, point_block, blocks)
    if state.rough:  # a little less than the level, so that what is rounded is never missing
        share = np.clip(part / np.maximum(whole, 1), 0, 1) * (1 - 2.0**-45)
        return low.tolist(), [0] * blocks, [1] * blocks, below + (rung * share[point_block]).astype(np.int64)
    if not ((part >= 0) & (part < whole)).all():
        raise ArithmeticError("a block's stock does not fit its ladder")
    common = np.gcd(part, whole)
    part, whole = part // common, whole // common
    if below.dtype != object and int(whole.max()) * int(max(below.max(initial=0), rung.max(initial=0))) >= FITS // 2:
        below, rung, part, whole = (a.astype(object) for a in (below, rung, part, whole))
    need = below * whole[point_block] + rung * part[point_block]
    return low.tolist(), [int(p) for p in part], [int(w) for w in whole], need


def flows(
    state: State, vertices: Array, owner: Array, arcs: Array, points: Array, need: Array, whole: list[int]
) -> tuple[Array, Array]:
    """One flow for all blocks, each multiplied by its `whole`: flow of the arcs, and which vertices are poorer."""
    network = state.network
    blocks = len(whole)
    net = state.net[vertices]
    stock = _sums(np.maximum(net, 0), owner, blocks)
    largest = [int(s) * w for s, w in zip(stock, whole, strict=True)]
    flow = np.zeros(len(arcs), object if max(largest, default=0) >= FITS else np.int64)
    poor = np.zeros(len(network.supply), bool)
    local = np.full(len(network.supply), -1, np.int64)
    where = np.full(len(network.supply), -1, np.int64)
    where[vertices] = owner
    for batch in _batches(largest):
        chosen = np.zeros(blocks, bool)
        chosen[batch] = True
        exact = sum(largest[b] for b in batch) >= FITS
        kind = object if exact else np.int64
        scale = np.array(whole, dtype=object)
        scale = np.where(chosen, scale, 0).astype(kind)
        limit = np.where(chosen, stock, 0).astype(kind) + 1
        in_batch = chosen[owner]
        inner, inner_net = vertices[in_batch], net[in_batch].astype(kind)
        local[inner] = np.arange(len(inner))
        source, sink = len(inner), len(inner) + 1
        inner_block = owner[in_batch]
        gives, takes = np.flatnonzero(inner_net > 0), np.flatnonzero(inner_net < 0)
        lanes = np.flatnonzero(chosen[where[network.tail[arcs]]])
        lane_block = where[network.tail[arcs[lanes]]]
        capacity = network.capacity[arcs[lanes]]
        bound = limit[lane_block]
        capacity = np.where(capacity == NO_LIMIT, bound, np.minimum(capacity, bound)).astype(kind)
        asks = np.flatnonzero(chosen[where[network.point_node[points]]])
        ask_block = where[network.point_node[points[asks]]]
        ends = local[network.tail[arcs[lanes]]], local[network.head[arcs[lanes]]]
        asking = local[network.point_node[points[asks]]]
        found, low = max_flow(
            len(inner) + 2,
            source,
            sink,
            np.concatenate([np.full(len(gives), source), ends[0], asking, takes]),
            np.concatenate([gives, ends[1], np.full(len(asks) + len(takes), sink)]),
            np.concatenate(
                [
                    inner_net[gives] * scale[inner_block[gives]],
                    capacity * scale[lane_block],
                    np.minimum(need[asks], limit[ask_block] * scale[ask_block]).astype(kind),
                    -inner_net[takes] * scale[inner_block[takes]],
                ]
            ),
        )
        flow[lanes] = found[len(gives) : len(gives) + len(lanes)]
        poor[inner[low[: len(inner)]]] = True
    return flow, poor


def _batches(largest: list[int]) -> list[list[int]]:
    """All blocks at once if their total fits in 64 bits; else those that fit together, and the rest by themselves."""
    if sum(largest) < FITS:
        return [list(range(len(largest)))]
    batches: list[list[int]] = [[], []]
    total = 0
    for block in sorted(range(len(largest)), key=lambda b: (largest[b], b)):
        total += largest[block]
        batches[0 if total < FITS else 1].append(block)
    return [batch for batch in batches if batch]
