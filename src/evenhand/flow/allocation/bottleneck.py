"""What holds a block down: the cut around it, and what would lift it (DESIGN §9).

A block shares what its own stock and the full lanes from better served blocks bring; whatever it must pass on goes to
worse served ones. Nothing else can raise it: these lanes and this stock are its bottleneck. The next level is where a
rung is complete, or where the block meets a better served one that it touches.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from evenhand.flow.allocation.check import Input
from evenhand.flow.allocation.handling import SOURCE
from evenhand.flow.allocation.solve import Solved

Array = np.ndarray[Any, Any]

LANE, STOCK, HANDLING = "lane", "stock", "handling"


@dataclass(frozen=True, order=True)
class Limit:
    """One thing that holds a block down: a full lane, stock that is used up, or handling capacity that is used up.

    `name` is the lane or the node; `commodity` is empty for handling; `quantity` is its capacity, or the stock.
    """

    kind: str
    name: str
    commodity: str
    quantity: int


@dataclass(frozen=True)
class Block:
    """A block below the top: its level, how many pairs of point and commodity stand there, what holds it down, and the
    next level with what is needed `more` to get there (rounded up), if nothing inside the block is in the way. `width`
    is what the rung holds on which it stands.

    `all_stock`: no lane limits it and no stock of its commodities lies anywhere else.
    """

    number: int
    level: Fraction
    points: int
    commodities: tuple[str, ...]
    limits: tuple[Limit, ...]
    next_level: Fraction
    more: int
    width: int
    all_stock: bool


def bottlenecks(given: Input, solved: Solved) -> dict[int, Block]:
    """Every block in which somebody is short, by its number."""
    vertices, network = solved.vertices, solved.vertices.network
    blocks = len(solved.levels)
    if not blocks or not len(vertices.pairs):
        return {}
    rank = _ranks(solved.levels)
    pair_block = solved.block[vertices.pairs] - 1
    points = np.bincount(pair_block, minlength=blocks)
    rung = widths(solved, pair_block)

    limits: dict[int, list[Limit]] = {}
    tail, head = solved.block[network.tail] - 1, solved.block[network.head] - 1
    for arc in np.flatnonzero(rank[tail] > rank[head]).tolist():
        limits.setdefault(int(head[arc]), []).append(_arc(given, solved, arc))
    for vertex in np.flatnonzero((network.supply > 0).astype(bool)).tolist():
        limits.setdefault(int(solved.block[vertex]) - 1, []).append(_vertex(given, solved, vertex))

    # The next level is a whole rung, or that of the lowest better served block on the other side of some lane.
    met = np.full(blocks, blocks + len(rank), np.int64)
    for one, other in ((tail, head), (head, tail)):
        higher = rank[other] > rank[one]
        np.minimum.at(met, one[higher], rank[other][higher])
    value = dict(zip(rank.tolist(), solved.levels, strict=True))
    count = len(given.nodes)
    kinds: list[list[int]] = [[] for _ in range(blocks)]
    for block, commodity in np.unique(np.stack([pair_block, vertices.pairs // count]), axis=1).T.tolist():
        kinds[block].append(commodity)
    outside = _elsewhere(solved)

    found = {}
    for block in range(blocks):
        if solved.coordinates[block] < 0 or not points[block]:
            continue
        level = solved.levels[block]
        target = Fraction(int(level) + 1)
        if int(met[block]) in value:
            target = min(target, value[int(met[block])])
        here = sorted(limits.get(block, []))
        found[block + 1] = Block(
            number=block + 1,
            level=level,
            points=int(points[block]),
            commodities=tuple(str(given.commodities[c]) for c in kinds[block]),
            limits=tuple(here),
            next_level=target,
            more=-int(-(target - level) * int(rung[block]) // 1),
            width=int(rung[block]),
            all_stock=bool(here) and all(limit.kind == STOCK for limit in here) and not outside[block],
        )
    return found


def _ranks(levels: list[Fraction]) -> Array:
    """Where each block's level stands in the order of levels, from 0; equal levels have equal ranks."""
    place = {level: rank for rank, level in enumerate(sorted(set(levels)))}
    return np.array([place[level] for level in levels], np.int64)


def widths(solved: Solved, pair_block: Array) -> Array:
    """What the rung on which each block stands holds, over its points."""
    ladders = solved.vertices.network.ladders
    coordinate = np.array([c if c >= 0 else ladders.height for c in solved.coordinates], np.int64)[pair_block]
    pairs = np.arange(len(pair_block))
    above = ladders.at(pairs, np.minimum(coordinate + 1, ladders.height)) - ladders.at(pairs, coordinate)
    rung = np.zeros(len(solved.levels), object)
    np.add.at(rung, pair_block, above.astype(object))
    return rung


def _elsewhere(solved: Solved) -> Array:
    """Of each block: does stock of its networks lie in another one?"""
    network = solved.vertices.network
    stocked = np.flatnonzero((network.supply > 0).astype(bool))
    homes: dict[int, set[int]] = {}
    for group, block in zip(network.group[stocked].tolist(), solved.block[stocked].tolist(), strict=True):
        homes.setdefault(group, set()).add(block - 1)
    group_of = np.zeros(len(solved.levels), np.int64)
    group_of[solved.block - 1] = network.group
    return np.array([bool(homes.get(int(g), set()) - {b}) for b, g in enumerate(group_of)], bool)


def _arc(given: Input, solved: Solved, arc: int) -> Limit:
    """A full arc as what it stands for: a lane, or the stock or capacity of a node that is handled."""
    vertices, network = solved.vertices, solved.vertices.network
    capacity = int(network.capacity[arc])
    if arc < len(vertices.lane):
        lane, commodity = int(vertices.lane[arc]), int(vertices.commodity[arc])
        return Limit(LANE, str(given.lanes[lane]), str(given.commodities[commodity]), capacity)
    commodity, node = divmod(int(network.head[arc]), len(given.nodes))
    place = int(network.tail[arc]) - len(given.commodities) * len(given.nodes)
    if vertices.handling[place].kind == SOURCE:
        return Limit(STOCK, str(given.nodes[node]), str(given.commodities[commodity]), capacity)
    return Limit(HANDLING, str(given.nodes[node]), "", capacity)


def _vertex(given: Input, solved: Solved, vertex: int) -> Limit:
    """The supply of a vertex: stock, or handling capacity before the stock."""
    vertices, network = solved.vertices, solved.vertices.network
    commodity, node = divmod(vertex, len(given.nodes))
    quantity = int(network.supply[vertex])
    place = vertex - len(given.commodities) * len(given.nodes)
    if place < 0:
        return Limit(STOCK, str(given.nodes[node]), str(given.commodities[commodity]), quantity)
    one = vertices.handling[place]
    name = str(given.nodes[one.node])
    if one.kind == SOURCE:
        return Limit(HANDLING, name, "", quantity)
    return Limit(STOCK, name, str(given.commodities[one.commodities[0]]), quantity)


def bottleneck_table(found: dict[int, Block]) -> pa.Table:
    """A row for each thing that holds a block down; one with an empty `limit` where a block has nothing to share."""
    rows = [
        (block, limit)
        for block in found.values()
        for limit in (block.limits or (Limit("", "", ",".join(block.commodities[:1]), 0),))
    ]
    whole, text = pa.int64(), pa.string()
    return pa.table(
        {
            "block": pa.array([b.number for b, _ in rows], whole),
            "rungs": pa.array([int(b.level) for b, _ in rows], whole),
            "num": pa.array([str((b.level % 1).numerator) for b, _ in rows], text),
            "den": pa.array([str((b.level % 1).denominator) for b, _ in rows], text),
            "points": pa.array([b.points for b, _ in rows], whole),
            "limit": pa.array([limit.kind for _, limit in rows], text),
            "name": pa.array([limit.name for _, limit in rows], text),
            "commodity": pa.array([limit.commodity for _, limit in rows], text),
            "quantity": pa.array([str(limit.quantity) for _, limit in rows], text),
            "next_rungs": pa.array([int(b.next_level) for b, _ in rows], whole),
            "next_num": pa.array([str((b.next_level % 1).numerator) for b, _ in rows], text),
            "next_den": pa.array([str((b.next_level % 1).denominator) for b, _ in rows], text),
            "more": pa.array([str(b.more) for b, _ in rows], text),
        }
    )
