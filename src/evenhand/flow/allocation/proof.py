"""Every answer is proved before it is given: the certificate's four conditions (DESIGN §9), by adding and comparing alone.

No solver, no search: one pass over nodes and arcs. What a fault of the solver or of this room could break is found here,
and not by whoever checks the published tables with the checker, which shares no code with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evenhand.flow.allocation.leximin import NO_LIMIT, Network, Solution
from evenhand.flow.allocation.maxflow import FITS, exact_sum

Array = np.ndarray[Any, Any]


def prove(network: Network, solution: Solution) -> None:
    """ArithmeticError, with the condition that fails, unless the solution is the leximin one."""
    ladders, block = network.ladders, solution.block
    largest = max(exact_sum(np.abs(network.supply)), exact_sum(ladders.totals())) * max(solution.whole, default=1)
    kind = np.int64 if largest < FITS and solution.flow_num.dtype != object else object
    coordinate = np.array(solution.coordinate, np.int64)
    part, whole = np.array(solution.part, kind), np.array(solution.whole, kind)
    supply, capacity = network.supply.astype(kind), network.capacity.astype(kind)
    num, den = solution.flow_num.astype(kind), solution.flow_den.astype(kind)
    tail, head = block[network.tail], block[network.head]

    if ((num < 0) | ((capacity != NO_LIMIT) & (num > capacity * den))).any():
        raise ArithmeticError("proof: a lane carries what it cannot")
    # What each node hands out and sends on, less what it receives, in units of 1 / whole of its block.
    used = np.zeros(len(supply), kind)
    np.add.at(used, network.tail, num * (whole[tail] // den))
    np.subtract.at(used, network.head, num * (whole[head] // den))
    if (whole[tail] % den).any() or (whole[head] % den).any():
        raise ArithmeticError("proof: a flow is counted in parts that its block does not know")
    points, mine = np.arange(len(network.point_node)), block[network.point_node]
    if len(points):
        reached = np.where(coordinate < 0, ladders.height, coordinate)[mine]
        below = ladders.at(points, reached).astype(kind)
        rung = ladders.at(points, np.minimum(reached + 1, ladders.height)).astype(kind) - below
        used[network.point_node] += below * whole[mine] + rung * part[mine]
    have = supply * whole[block] if len(whole) else supply
    if ((used > have) | (used < np.minimum(have, 0))).any():
        raise ArithmeticError("proof: a node gives what it has not, or loses what it gets")
    if len(coordinate) and ((used < have) & (coordinate[block] >= 0)).any():
        raise ArithmeticError("proof: stock lies idle where somebody is short")
    rank = ranks(solution)
    ahead, behind = rank[tail], rank[head]
    if ((ahead > behind) & (num != capacity * den)).any() or ((ahead < behind) & (num != 0)).any():
        raise ArithmeticError("proof: blocks stand in the wrong order, or a lane between them is not full or empty")


def ranks(solution: Solution) -> Array:
    """Place of each block in the order of levels, equal ones alike; the top last."""
    # Fractions whose denominators have n bits differ by more than 2^-2n: that many bits put them in order.
    bits = 2 * max((whole.bit_length() for whole in solution.whole), default=0) + 1
    keys = [
        (coordinate < 0, coordinate, (part << bits) // whole)
        for coordinate, part, whole in zip(solution.coordinate, solution.part, solution.whole, strict=True)
    ]
    order = {key: place for place, key in enumerate(sorted(set(keys)))}
    return np.array([order[key] for key in keys], np.int64)
