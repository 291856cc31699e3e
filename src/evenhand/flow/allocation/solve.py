"""From checked tables to levels, flows, blocks and certificate (DESIGN §9, §12)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from evenhand.flow.allocation.acyclic import without_cycles
from evenhand.flow.allocation.check import Input, check_input
from evenhand.flow.allocation.leximin import NO_LIMIT, Network, Progress, Solution, decompose
from evenhand.flow.allocation.maxflow import FITS
from evenhand.flow.allocation.network import Vertices, build
from evenhand.flow.allocation.proof import prove

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
    nodes: pa.Table,
    supply: pa.Table,
    lanes: pa.Table,
    demand: pa.Table,
    progress: Progress | None = None,
    handling: pa.Table | None = None,
) -> Allocation:
    """The exact leximin allocation with its certificate.

    Tables as in DESIGN §12; rows in any order give the same result. Quantities are integers of any one unit a
    commodity; where `handling` (node, capacity) limits several commodities together, of one unit for all of these.
    Raises InputError naming file, row and field. `progress(done, all)` is called after each generation.
    """
    tables = {"nodes": nodes, "supply": supply, "lanes": lanes, "demand": demand}
    if handling is not None:
        tables["handling"] = handling
    return solve_input(check_input(tables), progress)


@dataclass(frozen=True)
class Solved:
    """What stands behind the tables: the network, the block number of every vertex, and what is known of each block.

    `levels` and `coordinates` begin with block 1; a coordinate is that of the last complete rung of the network's
    ladders, -1 for a top block.
    """

    vertices: Vertices
    block: Array
    levels: list[Fraction]
    coordinates: list[int]


def solve_input(given: Input, progress: Progress | None = None) -> Allocation:
    """The same for tables that `check_input` has read."""
    return solve_fully(given, progress)[0]


def solve_fully(given: Input, progress: Progress | None = None) -> tuple[Allocation, Solved]:
    """The tables, and what `bottleneck` needs to say why they are so."""
    vertices = build(given)
    network = vertices.network
    solution = decompose(network, progress)
    prove(network, solution)
    number, levels = blocks_of(given, vertices, solution)
    solved = solved_of(vertices, solution, number, levels)
    found = Allocation(
        levels=_level_table(given, network, solution, vertices.pairs, levels),
        flows=flow_table(given, vertices, solution),
        blocks=block_table(number, levels),
        certificate=certificate_table(given, vertices, solved.block),
        method=f"decomposition, {solution.generations} generations",
    )
    return found, solved


def solved_of(vertices: Vertices, solution: Solution, number: Array, levels: list[tuple[int, int, int]]) -> Solved:
    """What stands behind the tables, from the numbers and levels that `blocks_of` gives."""
    numbered = _numbered(number)
    exact = [levels[b][0] + Fraction(levels[b][1], levels[b][2]) for b in numbered]
    block = number[solution.block] if len(number) else solution.block
    return Solved(vertices, block, exact, [solution.coordinate[b] for b in numbered])


def blocks_of(given: Input, vertices: Vertices, solution: Solution) -> tuple[Array, list[tuple[int, int, int]]]:
    """Numbers of the blocks in use (poorest first within each commodity, from 1; 0 where unused) and their levels.

    Commodities that share handling capacity are numbered, and have their top, together.
    """
    network = vertices.network
    highest = np.zeros(int(vertices.component.max(initial=-1)) + 1, np.int64)
    np.maximum.at(highest, vertices.component[given.demand_commodity], given.demand_rung)
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


def flow_table(given: Input, vertices: Vertices, solution: Solution, scale: int = 1) -> pa.Table:
    """What each lane carries, without goods that go round in circles; quantities of the network are `scale` times it."""
    network, lane, commodity = vertices.network, vertices.lane, vertices.commodity
    num = without_cycles(len(network.supply), network.tail, network.head, solution.flow_num)
    carried = np.flatnonzero((num[: len(lane)] > 0).astype(bool))
    num, den = _lowest(num[carried], solution.flow_den[carried] * scale if scale > 1 else solution.flow_den[carried])
    return pa.table(
        {
            "lane": given.lanes.take(pa.array(lane[carried])),
            "commodity": given.commodities.take(pa.array(commodity[carried])),
            "quantity_num": _decimals(num),
            "quantity_den": _decimals(den),
        }
    )


def block_table(number: Array, levels: list[tuple[int, int, int]]) -> pa.Table:
    """The blocks in use with their levels."""
    numbered = _numbered(number)
    return pa.table(
        {
            "block": pa.array([number[b] for b in numbered], pa.int64()),
            "rungs": pa.array([levels[b][0] for b in numbered], pa.int64()),
            "num": _decimals([levels[b][1] for b in numbered]),
            "den": _decimals([levels[b][2] for b in numbered]),
        }
    )


def certificate_table(given: Input, vertices: Vertices, block: Array) -> pa.Table:
    """The block of every (node, commodity); of a node's handling capacity, where it may bind, with no commodity."""
    count, kinds = len(given.nodes), len(given.commodities)
    node, commodity = np.repeat(np.arange(count), kinds), np.tile(np.arange(kinds), count)
    vertex = commodity * count + node
    names = given.commodities
    if len(vertices.handling):
        node = np.concatenate([node, np.array([one.node for one in vertices.handling], np.int64)])
        commodity = np.concatenate([commodity, np.full(len(vertices.handling), -1)])
        vertex = np.concatenate([vertex, kinds * count + np.arange(len(vertices.handling))])
        order = np.lexsort((commodity, node))
        node, commodity, vertex = node[order], commodity[order] + 1, vertex[order]
        names = pa.concat_arrays([pa.array([""], pa.string()), names])
    return pa.table(
        {
            "node": given.nodes.take(pa.array(node)),
            "commodity": names.take(pa.array(commodity)),
            "block": pa.array(block[vertex], pa.int64()),
        }
    )


__all__ = ["NO_LIMIT", "Allocation", "Solved", "solve", "solve_fully", "solve_input"]
