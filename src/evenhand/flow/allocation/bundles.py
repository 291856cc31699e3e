"""Bundles: commodities of which a point has one level over all, since a parcel is worth what its scarcest part is.

What points can get of each commodity is a polymatroid; level vectors of bundles are an intersection of them, and
filling all points together until something is tight is exact (DESIGN §9). Here many tight sets are fixed in one round:
each commodity is divided by leximin as if it were alone. In a commodity a block, with all poorer ones that it touches,
uses up what can reach it; if no point there is held lower by another part of its bundle, nothing that happens later can
move it. It is final, and points whose need still grows there stand at this level for good. In the other parts of the
bundle they then take exactly what that level needs, which leaves more for others, and everything is divided again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
import pyarrow as pa

from evenhand.core.errors import UsageError
from evenhand.flow.allocation.check import Input
from evenhand.flow.allocation.explain import quantities
from evenhand.flow.allocation.leximin import Progress
from evenhand.flow.allocation.measures import Ladder, Pair, ladders_of
from evenhand.flow.allocation.solve import Allocation, Solved, solve_fully

Array = np.ndarray[Any, Any]
Group = tuple[str, str]
"""A point and a bundle."""

BITS_MOST = 4_000
"""Exact levels of bundles have denominators that grow with every round; beyond so many bits the work is refused."""


def solve_bundles(given: Input, bundles: Mapping[str, str], progress: Progress | None = None) -> Allocation:
    """The leximin allocation where commodities of one bundle (`bundles`: commodity -> bundle) share a point's level.

    In the result `levels` has the level of the point for every commodity of a bundle; blocks are those of each
    commodity by itself, never below what the points in them get. UsageError together with handling capacities, or
    where exact levels grow too large.
    """
    if len(given.handling_node):
        raise UsageError("bundles and handling capacities cannot be divided together yet", "leave one of the two out")
    ladders = ladders_of(given)
    parts: dict[Group, list[Pair]] = {}
    for pair in ladders:
        if pair[1] in bundles:
            parts.setdefault((pair[0], bundles[pair[1]]), []).append(pair)
    final: dict[Group, tuple[Fraction, str]] = {}  # level, and the commodity that holds it there ("": served in full)
    top = Fraction(int(given.demand_rung.max(initial=0)))
    rounds = 0
    while True:
        rounds += 1
        taken = {
            pair: ladder_at(ladders[pair], level)
            for group, (level, held) in final.items()
            for pair in parts[group]
            if held and pair[1] != held
        }
        scale = lcm(*(quantity.denominator for quantity in taken.values()))
        if scale.bit_length() > BITS_MOST:
            raise UsageError(
                "the exact levels of these bundles have denominators too large to go on", "divide a smaller area"
            )
        found, solved = solve_fully(_scaled(given, taken, scale))
        standing = {pair: (level, quantity / scale) for pair, (level, quantity) in quantities(found).items()}
        if progress is not None:
            progress(len(final), len(parts))
        if len(final) == len(parts):
            return _result(given, found, ladders, bundles, parts, final, taken, scale, rounds)
        _fix(given, solved, ladders, bundles, parts, final, standing, top)


def ladder_at(ladder: Ladder, level: Fraction) -> Fraction:
    """What a ladder holds up to a level."""
    total = Fraction(0)
    for rung, quantity in ladder.rungs:
        if rung > level:
            return total + max(Fraction(0), level - (rung - 1)) * quantity
        total += quantity
    return total


def _scaled(given: Input, taken: Mapping[Pair, Fraction], scale: int) -> Input:
    """Everything times `scale`; pairs in `taken` ask for that quantity at once, as stock that is missing there."""
    node = {name: place for place, name in enumerate(given.nodes.to_pylist())}
    good = {name: place for place, name in enumerate(given.commodities.to_pylist())}
    stock = {
        (n, c): q * scale
        for n, c, q in zip(
            given.supply_node.tolist(), given.supply_commodity.tolist(), given.supply_quantity.tolist(), strict=True
        )
    }
    for (point, commodity), quantity in taken.items():
        key = node[point], good[commodity]
        stock[key] = stock.get(key, 0) - int(quantity * scale)
    names, goods = given.nodes.to_pylist(), given.commodities.to_pylist()
    rows = [
        (n, c, rung, 0 if (names[n], goods[c]) in taken else quantity * scale)
        for n, c, rung, quantity in zip(
            given.demand_node.tolist(),
            given.demand_commodity.tolist(),
            given.demand_rung.tolist(),
            given.demand_quantity.tolist(),
            strict=True,
        )
    ]
    capacity = given.lane_capacity.astype(object)
    return replace(
        given,
        supply_node=np.array([n for n, _ in stock], np.int64),
        supply_commodity=np.array([c for _, c in stock], np.int64),
        supply_quantity=np.array(list(stock.values()), dtype=object),
        lane_capacity=np.where(given.lane_capacity < 0, -1, capacity * scale),
        demand_node=np.array([row[0] for row in rows], np.int64),
        demand_commodity=np.array([row[1] for row in rows], np.int64),
        demand_rung=np.array([row[2] for row in rows], np.int64),
        demand_quantity=np.array([row[3] for row in rows], dtype=object),
    )


def _fix(
    given: Input,
    solved: Solved,
    ladders: Mapping[Pair, Ladder],
    bundles: Mapping[str, str],
    parts: Mapping[Group, list[Pair]],
    final: dict[Group, tuple[Fraction, str]],
    standing: Mapping[Pair, tuple[Fraction, Fraction]],
    top: Fraction,
) -> None:
    """Add to `final` every group whose level cannot change any more; `top` is that of who is served in full."""
    level: dict[Group, Fraction | None] = {}  # the lowest of its parts; None: all in full
    own: dict[Pair, Fraction | None] = {}
    for group, pairs in parts.items():
        if group in final:
            continue
        for pair in pairs:
            quantity = standing[pair][1]
            own[pair] = ladders[pair].level(quantity) if quantity < ladders[pair].due else None
        level[group] = min((o for pair in pairs if (o := own[pair]) is not None), default=None)
    names, goods, count = given.nodes.to_pylist(), given.commodities.to_pylist(), len(given.nodes)
    home = {
        (names[vertex % count], goods[vertex // count]): int(solved.block[vertex]) - 1
        for vertex in solved.vertices.pairs.tolist()
    }
    moving = np.zeros(len(solved.levels), bool)
    for group, lowest in level.items():
        for pair in parts[group]:
            if lowest is not None and ladder_at(ladders[pair], lowest) < standing[pair][1]:
                moving[home[pair]] = True
    moving = _touched(solved, moving)
    for group, lowest in level.items():
        if lowest is None:
            final[group] = top, ""
            continue
        held = sorted(pair[1] for pair in parts[group] if own[pair] == lowest and not moving[home[pair]])
        if held:
            final[group] = lowest, held[0]


def _touched(solved: Solved, moving: Array) -> Array:
    """Blocks that may change: those marked, and every block no poorer than one of them that a lane joins it to.

    Any other set of blocks, with all poorer ones that it touches, is tight by itself: lanes into it are full, lanes out
    of it carry nothing, and its stock is used.
    """
    network = solved.vertices.network
    place = {value: rank for rank, value in enumerate(sorted(set(solved.levels)))}
    rank = np.array([place[value] for value in solved.levels], np.int64)
    used = (network.capacity != 0).astype(bool)
    tail, head = solved.block[network.tail[used]] - 1, solved.block[network.head[used]] - 1
    edges = np.unique(np.stack([np.concatenate([tail, head]), np.concatenate([head, tail])]), axis=1)
    low, high = edges[:, rank[edges[0]] <= rank[edges[1]]]
    while True:
        reached = high[moving[low] & ~moving[high]]
        if not len(reached):
            return moving
        moving[reached] = True


def _result(
    given: Input,
    found: Allocation,
    ladders: Mapping[Pair, Ladder],
    bundles: Mapping[str, str],
    parts: Mapping[Group, list[Pair]],
    final: Mapping[Group, tuple[Fraction, str]],
    taken: Mapping[Pair, Fraction],
    scale: int,
    rounds: int,
) -> Allocation:
    """The tables in the units of the input."""
    standing = quantities(found)
    rows = []
    for pair in sorted(ladders, key=lambda pair: (pair[0].encode(), pair[1].encode())):
        if pair[1] in bundles:
            level = final[pair[0], bundles[pair[1]]][0]
            quantity = ladder_at(ladders[pair], level)
            if pair not in taken and standing[pair][1] != quantity * scale:
                raise ArithmeticError(f"{pair} does not get what its bundle's level says")
        else:
            level, quantity = standing[pair][0], standing[pair][1] / scale
        rows.append((pair, level, quantity))
    text, whole = pa.string(), pa.int64()
    flows = [
        Fraction(int(num), int(den) * scale)
        for num, den in zip(
            found.flows.column("quantity_num").to_pylist(), found.flows.column("quantity_den").to_pylist(), strict=True
        )
    ]
    return Allocation(
        levels=pa.table(
            {
                "point": pa.array([pair[0] for pair, _, _ in rows], text),
                "commodity": pa.array([pair[1] for pair, _, _ in rows], text),
                "rungs": pa.array([int(level) for _, level, _ in rows], whole),
                "num": pa.array([str((level % 1).numerator) for _, level, _ in rows], text),
                "den": pa.array([str((level % 1).denominator) for _, level, _ in rows], text),
                "quantity_num": pa.array([str(quantity.numerator) for *_, quantity in rows], text),
                "quantity_den": pa.array([str(quantity.denominator) for *_, quantity in rows], text),
            }
        ),
        flows=pa.table(
            {
                "lane": found.flows.column("lane"),
                "commodity": found.flows.column("commodity"),
                "quantity_num": pa.array([str(flow.numerator) for flow in flows], text),
                "quantity_den": pa.array([str(flow.denominator) for flow in flows], text),
            }
        ),
        blocks=found.blocks,
        certificate=found.certificate,
        method=f"filling in {rounds} rounds of decomposition",
    )
