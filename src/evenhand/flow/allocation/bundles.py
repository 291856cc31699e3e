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

from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.flow.allocation.check import Input
from evenhand.flow.allocation.handling import Handling, read_handling
from evenhand.flow.allocation.leximin import Progress, decompose
from evenhand.flow.allocation.measures import Ladder, Pair, ladders_of
from evenhand.flow.allocation.network import build
from evenhand.flow.allocation.rough import try_blocks
from evenhand.flow.allocation.solve import (
    Allocation,
    Solved,
    block_table,
    blocks_of,
    certificate_table,
    flow_table,
    solved_of,
)

Array = np.ndarray[Any, Any]
Group = tuple[str, str]
"""A point and a bundle."""

BITS_MOST = 4_000
"""Exact levels of bundles have denominators that grow with every round; beyond so many bits the work is refused."""


def solve_bundles(given: Input, bundles: Mapping[str, str], progress: Progress | None = None) -> Allocation:
    """The leximin allocation where commodities of one bundle (`bundles`: commodity -> bundle) share a point's level.

    In the result `levels` has the level of the point for every commodity of a bundle; blocks are those of each
    commodity by itself, never below what the points in them get. InputError names handling capacities that may bind,
    UsageError where exact levels grow too large.
    """
    _refuse(given, read_handling(given))
    none = np.zeros(0, np.int64)
    given = replace(given, handling_node=none, handling_capacity=none, handling_row=none)
    try:
        return _filled(given, bundles, progress, rough=True)
    except ArithmeticError:  # too close to call for `rough`: once more with all digits from the start
        return _filled(given, bundles, progress, rough=False)


def _refuse(given: Input, handling: list[Handling]) -> None:
    """InputError where a capacity of several commodities would tie their levels together a second time."""
    row = dict(zip(given.handling_node.tolist(), given.handling_row.tolist(), strict=True))
    problems = [
        Problem(
            "handling.csv",
            row[one.node],
            "node",
            str(given.nodes[one.node]),
            "this handling capacity may bind, and under it a bundle cannot be divided exactly",
            "leave it out or raise it to all the stock that can come here, or leave bundles.csv out",
        )
        for one in handling
    ]
    if problems:
        raise InputError(problems)


def _filled(given: Input, bundles: Mapping[str, str], progress: Progress | None, rough: bool) -> Allocation:
    """Round after round until every group is final. `rough`: blocks are proved in the last round alone."""
    ladders = ladders_of(given)
    parts: dict[Group, list[Pair]] = {}
    for pair in ladders:
        if pair[1] in bundles:
            parts.setdefault((pair[0], bundles[pair[1]]), []).append(pair)
    final: dict[Group, Fraction] = {}
    taken: dict[Pair, Fraction] = {}  # what parts that do not hold their point are given, where another one does
    top = Fraction(int(given.demand_rung.max(initial=0)))
    rounds = 0
    while True:
        rounds += 1
        scale = lcm(*{quantity.denominator for quantity in taken.values()})
        if scale.bit_length() > BITS_MOST:
            raise UsageError(
                "the exact levels of these bundles have denominators too large to go on", "divide a smaller area"
            )
        scaled = _scaled(given, taken, scale)
        vertices = build(scaled)
        last = len(final) == len(parts)
        solution = try_blocks(vertices.network, proved=last) if rough else decompose(vertices.network)
        number, levels = blocks_of(scaled, vertices, solution)
        solved = solved_of(vertices, solution, number, levels)
        if progress is not None:
            progress(len(final), len(parts))
        if last:
            return Allocation(
                levels=_level_table(given, solved, ladders, bundles, final, taken),
                flows=flow_table(given, vertices, solution, scale),
                blocks=block_table(number, levels),
                certificate=certificate_table(given, vertices, solved.block),
                method=f"filling in {rounds} rounds of decomposition",
            )
        fixed = _fixed(given, solved, ladders, parts, final, top)
        if not fixed:
            raise ArithmeticError("a round of filling makes no group final")
        for group, (level, held) in fixed.items():
            final[group] = level
            if held:
                taken |= {pair: ladder_at(ladders[pair], level) for pair in parts[group] if pair[1] != held}


def ladder_at(ladder: Ladder, level: Fraction) -> Fraction:
    """What a ladder holds up to a level."""
    whole, total = level.numerator // level.denominator, 0
    for rung, quantity in ladder.rungs:
        if rung > whole:
            part = level.numerator - whole * level.denominator if rung == whole + 1 else 0
            return total + Fraction(part * quantity, level.denominator)
        total += quantity
    return Fraction(total)


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


def _fixed(
    given: Input,
    solved: Solved,
    ladders: Mapping[Pair, Ladder],
    parts: Mapping[Group, list[Pair]],
    final: Mapping[Group, Fraction],
    top: Fraction,
) -> dict[Group, tuple[Fraction, str]]:
    """Every further group whose level cannot change any more: the level, and the commodity that holds it there ("":
    served in full, which is the level `top`)."""
    home = _homes(given, solved)
    own: dict[Pair, Fraction | None] = {}  # how far up its own ladder its block brings it; None: in full
    level: dict[Group, Fraction | None] = {}  # the lowest of its parts
    for group, pairs in parts.items():
        if group not in final:
            for pair in pairs:
                own[pair] = _own_level(ladders[pair], solved.levels[home[pair]], solved.coordinates[home[pair]] < 0)
            level[group] = min((o for pair in pairs if (o := own[pair]) is not None), default=None)
    moving = np.zeros(len(solved.levels), bool)
    for group, lowest in level.items():
        for pair in parts[group]:
            if lowest is not None and own[pair] != lowest and _grows_until(ladders[pair], lowest, own[pair]):
                moving[home[pair]] = True
    moving = _touched(solved, moving)
    found: dict[Group, tuple[Fraction, str]] = {}
    for group, lowest in level.items():
        if lowest is None:
            found[group] = top, ""
            continue
        held = [pair[1] for pair in parts[group] if own[pair] == lowest and not moving[home[pair]]]
        if held:
            found[group] = lowest, min(held)
    return found


def _homes(given: Input, solved: Solved) -> dict[Pair, int]:
    """The place in `solved.levels` of the block of every pair."""
    names, goods, count = given.nodes.to_pylist(), given.commodities.to_pylist(), len(given.nodes)
    pairs = solved.vertices.pairs
    blocks = (solved.block[pairs] - 1).tolist()
    return {
        (names[vertex % count], goods[vertex // count]): block
        for vertex, block in zip(pairs.tolist(), blocks, strict=True)
    }


def _own_level(ladder: Ladder, level: Fraction, full: bool) -> Fraction | None:
    """How far up a ladder its block's level brings it, past its own empty rungs; None: to its end."""
    whole = level.numerator // level.denominator
    for rung, _ in ladder.rungs if not full else ():
        if rung > whole:
            return level if rung == whole + 1 else Fraction(rung - 1)
    return None


def _grows_until(ladder: Ladder, low: Fraction, high: Fraction | None) -> bool:
    """Whether a ladder holds anything between two levels (None: its end), the first of them the lower one."""
    whole = low.numerator // low.denominator
    following = next((rung for rung, _ in ladder.rungs if rung > whole), None)
    return following is not None and (high is None or max(low, Fraction(following - 1)) < high)


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


def _level_table(
    given: Input,
    solved: Solved,
    ladders: Mapping[Pair, Ladder],
    bundles: Mapping[str, str],
    final: Mapping[Group, Fraction],
    taken: Mapping[Pair, Fraction],
) -> pa.Table:
    """The level of every pair and what it gets, in the units of the input."""
    home = _homes(given, solved)
    rows = []
    for pair in sorted(ladders, key=lambda pair: (pair[0].encode(), pair[1].encode())):
        level = solved.levels[home[pair]]
        if pair in taken:
            level, quantity = final[pair[0], bundles[pair[1]]], taken[pair]
        else:
            full = solved.coordinates[home[pair]] < 0
            quantity = Fraction(ladders[pair].due) if full else ladder_at(ladders[pair], level)
            if pair[1] in bundles:
                level = final[pair[0], bundles[pair[1]]]
                if quantity != ladder_at(ladders[pair], level):
                    raise ArithmeticError(f"{pair} does not get what its bundle's level says")
        rows.append((pair, level, quantity))
    text, whole = pa.string(), pa.int64()
    return pa.table(
        {
            "point": pa.array([pair[0] for pair, _, _ in rows], text),
            "commodity": pa.array([pair[1] for pair, _, _ in rows], text),
            "rungs": pa.array([int(level) for _, level, _ in rows], whole),
            "num": pa.array([str((level % 1).numerator) for _, level, _ in rows], text),
            "den": pa.array([str(level.denominator) for _, level, _ in rows], text),
            "quantity_num": pa.array([str(quantity.numerator) for *_, quantity in rows], text),
            "quantity_den": pa.array([str(quantity.denominator) for *_, quantity in rows], text),
        }
    )
