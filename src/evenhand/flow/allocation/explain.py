"""Why a point gets what it gets, and what would change it: its bottleneck relaxed, and the whole divided again.

The relief is never estimated: each thing that holds the block down is widened by what the next level asks for, and the
levels are worked out anew, exactly. What it then does to everybody else is part of the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.flow.allocation.bottleneck import HANDLING, LANE, STOCK, Block, Limit
from evenhand.flow.allocation.check import Input
from evenhand.flow.allocation.coupling import divide_input
from evenhand.flow.allocation.solve import Allocation
from evenhand.flow.allocation.tables import LARGEST

Array = np.ndarray[Any, Any]
Pair = tuple[str, str]

RELIEFS = 4
"""So many limits of a block are relaxed in turn: one division each."""


@dataclass(frozen=True)
class Relief:
    """What `more` of one limit would do: the point's new level and quantity, how many pairs of point and commodity of
    its block would get more, and how many anywhere would get less."""

    limit: Limit
    more: int
    level: Fraction
    quantity: Fraction
    lifted: int
    lowered: int


@dataclass(frozen=True)
class Explanation:
    """Level, quantity and due of a point and commodity. `block` is None where it is served in full. `shared` are the lanes
    that draw on something shared: their limits are parts of it."""

    point: str
    commodity: str
    level: Fraction
    quantity: Fraction
    due: int
    block: Block | None
    reliefs: tuple[Relief, ...]
    shared: frozenset[str] = frozenset()

    def lines(self) -> list[str]:
        """The same in words."""
        said = [
            f"{self.point}, {self.commodity}: gets {number(self.quantity)} of {self.due}"
            + (f" ({percent(self.quantity / self.due)}); level {self.level}" if self.due else "")
        ]
        if self.block is None:
            return [*said, "  nothing holds it down: it is served in full"]
        others = self.block.points - 1
        said.append(f"  {others} other{'' if others == 1 else 's'} stand{'s' if others == 1 else ''} in its block")
        if not self.block.limits:
            said.append("  nothing can reach it: no stock lies in its block and no lane leads there from another")
        if self.block.all_stock:
            total = sum(limit.quantity for limit in self.block.limits)
            said.append(
                f"  held down by: all the stock there is, {total} at {_places(len(self.block.limits))}, is used"
            )
        else:
            said += [f"  held down by: {_held(limit, self.shared)}" for limit in self.block.limits[:RELIEFS]]
            if len(self.block.limits) > RELIEFS:
                said.append(f"  … and {len(self.block.limits) - RELIEFS} more (bottlenecks.csv)")
        said += [self._relief(relief) for relief in self.reliefs]
        return said

    def _relief(self, relief: Relief) -> str:
        unit = {LANE: "on lane", STOCK: f"of {relief.limit.commodity} at", HANDLING: "of handling at"}
        where = f"{relief.more} more {unit[relief.limit.kind]} {relief.limit.name}"
        if not relief.lifted:
            return f"  {where} alone would lift nobody here"
        share = f" ({percent(relief.quantity / self.due)})" if self.due else ""
        lost = f"; {relief.lowered} elsewhere would get less" if relief.lowered else ""
        points = f"{relief.lifted} point{'' if relief.lifted == 1 else 's'}"
        return f"  {where} would lift {points}, {self.point} to level {relief.level}{share}{lost}"


def _places(count: int) -> str:
    return "1 node" if count == 1 else f"{count} nodes"


def _held(limit: Limit, shared: frozenset[str]) -> str:
    if limit.kind == LANE:
        if limit.name in shared:
            return f"lane {limit.name} is full of {limit.commodity} ({limit.quantity}, its part of what is shared)"
        return f"lane {limit.name} is full of {limit.commodity} ({limit.quantity})"
    if limit.kind == STOCK:
        return f"the stock of {limit.commodity} at {limit.name} is used up ({limit.quantity})"
    return f"the handling capacity of {limit.name} is used up ({limit.quantity})"


def percent(share: Fraction) -> str:
    """A share as a percentage of one decimal, for reading only."""
    tenths = round(share * 1000)
    return f"{tenths // 10}.{tenths % 10} %" if tenths % 10 else f"{tenths // 10} %"


def number(quantity: Fraction) -> str:
    """A quantity for reading: whole, or with two decimals."""
    if quantity.denominator == 1:
        return str(quantity.numerator)
    hundredths = round(quantity * 100)
    return f"{hundredths // 100}.{hundredths % 100:02}"


def explain(
    given: Input,
    found: Allocation,
    blocks: dict[int, Block],
    pairs: list[Pair],
    progress: Callable[[int, int], None] | None = None,
) -> list[Explanation]:
    """An explanation of each (point, commodity), which must have a ladder. `blocks` from `bottlenecks`."""
    home = dict(
        zip(
            zip(
                found.certificate.column("node").to_pylist(),
                found.certificate.column("commodity").to_pylist(),
                strict=True,
            ),
            found.certificate.column("block").to_pylist(),
            strict=True,
        )
    )
    standing, due = quantities(found), dues(given)
    shared = frozenset(given.lanes[lane].as_py() for pool in given.pools for lane in pool.lanes)
    explained = []
    for done, pair in enumerate(pairs):
        level, quantity = standing[pair]
        block = blocks.get(home[pair])
        reliefs: list[Relief] = []
        if block is not None and quantity < due[pair]:
            inside = [p for p in standing if home[p] == block.number]
            part = narrow(given, block.commodities)
            for limit in block.limits[:RELIEFS]:
                after = quantities(divide_input(relax(part, limit, block.more)))
                reliefs.append(
                    Relief(
                        limit=limit,
                        more=block.more,
                        level=after[pair][0],
                        quantity=after[pair][1],
                        lifted=sum(after[p][1] > standing[p][1] for p in inside),
                        lowered=sum(q < standing[p][1] for p, (_, q) in after.items()),
                    )
                )
        else:
            block = None
        explained.append(Explanation(*pair, level, quantity, due[pair], block, tuple(reliefs), shared))
        if progress is not None:
            progress(done + 1, len(pairs))
    return explained


def quantities(found: Allocation) -> dict[Pair, tuple[Fraction, Fraction]]:
    """(point, commodity) -> level of its block, and quantity."""
    names = ("point", "commodity", "rungs", "num", "den", "quantity_num", "quantity_den")
    rows = zip(*(found.levels.column(name).to_pylist() for name in names), strict=True)
    return {(p, c): (r + Fraction(int(n), int(d)), Fraction(int(qn), int(qd))) for p, c, r, n, d, qn, qd in rows}


def dues(given: Input) -> dict[Pair, int]:
    """(point, commodity) -> its whole ladder."""
    nodes, commodities = given.nodes.to_pylist(), given.commodities.to_pylist()
    due: dict[Pair, int] = {}
    rows = zip(given.demand_node.tolist(), given.demand_commodity.tolist(), given.demand_quantity.tolist(), strict=True)
    for node, commodity, quantity in rows:
        pair = nodes[node], commodities[commodity]
        due[pair] = due.get(pair, 0) + quantity
    return due


def narrow(given: Input, commodities: tuple[str, ...]) -> Input:
    """Only these commodities: the others do not compete with them. Where they share something all are kept."""
    if len(given.handling_node) or given.pools:
        return given
    kept = np.asarray(pc.fill_null(pc.index_in(given.commodities, pa.array(commodities)), -1)) >= 0
    place = np.where(kept, np.cumsum(kept) - 1, -2)
    supply, demand = kept[given.supply_commodity], kept[given.demand_commodity]
    lane = np.where(given.lane_commodity >= 0, place[np.maximum(given.lane_commodity, 0)], given.lane_commodity)
    return replace(
        given,
        commodities=given.commodities.filter(pa.array(kept)),
        supply_node=given.supply_node[supply],
        supply_commodity=place[given.supply_commodity[supply]],
        supply_quantity=given.supply_quantity[supply],
        lane_commodity=lane,
        demand_node=given.demand_node[demand],
        demand_commodity=place[given.demand_commodity[demand]],
        demand_rung=given.demand_rung[demand],
        demand_quantity=given.demand_quantity[demand],
    )


def relax(given: Input, limit: Limit, more: int) -> Input:
    """The input with `more` of one limit. A lane for every commodity widens for each of them, a shared one for all of
    them together; where the fuel for it is limited, that comes with it."""

    def widened(values: Array, chosen: Array) -> Array:
        changed = values.copy()
        for row in np.flatnonzero(chosen).tolist():
            changed[row] = min(int(values[row]) + more, LARGEST)
        return changed

    def at(names: pa.Array, name: str) -> int:
        return int(pc.index(names, name).as_py())

    if limit.kind == LANE:
        lane = at(given.lanes, limit.name)
        chosen = np.arange(len(given.lane_capacity)) == lane
        pools = []
        for pool in given.pools:
            drawn = dict(zip(pool.lanes, pool.weights, strict=True)).get(lane, 0)
            pools.append(replace(pool, capacity=pool.capacity - (-more * drawn // pool.parts)))
        capacity = widened(given.lane_capacity, chosen & (given.lane_capacity >= 0))
        return replace(given, lane_capacity=capacity, pools=tuple(pools))
    node = at(given.nodes, limit.name)
    if limit.kind == HANDLING:
        return replace(given, handling_capacity=widened(given.handling_capacity, given.handling_node == node))
    chosen = (given.supply_node == node) & (given.supply_commodity == at(given.commodities, limit.commodity))
    return replace(given, supply_quantity=widened(given.supply_quantity, chosen))
