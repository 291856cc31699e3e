"""Exact maximum flow for integers of any size, on OR-Tools' 64-bit solver.

Capacities that fit are solved at once. Larger ones are solved by scaling: their leading bits first, then, a few dozen
bits at a time, the flow is shifted up and augmented in its residual network. What a phase can add is bounded by the
cut that the phase before proved, so each phase fits in 64 bits again and the result is exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow

Array = np.ndarray[Any, Any]

FITS = 2**62
"""Totals below this go straight into the solver."""


def max_flow(count: int, source: int, sink: int, tail: Array, head: Array, capacity: Array) -> tuple[Array, Array]:
    """A maximum flow over nodes 0 … count - 1, and the sink side of the minimum cut nearest the sink.

    `capacity` is int64 or Python integers (dtype object), >= 0; so is the flow returned. The second array says of each
    node whether it can still reach the sink: the smallest sink side there is.
    """
    total = exact_sum(capacity[tail == source])
    if total < FITS:
        small = np.minimum(capacity, total + 1).astype(np.int64)
        flow, side = _solve(count, source, sink, tail, head, small)
        return flow.astype(capacity.dtype), side
    return _scaled(count, source, sink, tail, head, np.minimum(capacity.astype(object), total + 1), total)


def exact_sum(values: Array) -> int:
    """The sum as a Python integer, whatever its size."""
    if not len(values):
        return 0
    if values.dtype != object and int(np.abs(values).max()) * len(values) >= FITS:
        values = values.astype(object)
    return int(values.sum())


def _solve(count: int, source: int, sink: int, tail: Array, head: Array, capacity: Array) -> tuple[Array, Array]:
    solver = SimpleMaxFlow()
    arcs = solver.add_arcs_with_capacity(tail.astype(np.int32), head.astype(np.int32), capacity)
    side = np.zeros(count, bool)
    if not len(arcs):
        side[sink] = True
        return np.zeros(0, np.int64), side
    status = solver.solve(source, sink)
    if status != SimpleMaxFlow.OPTIMAL:
        raise ArithmeticError(f"the maximum-flow solver ended with {status}")
    side[np.asarray(solver.get_sink_side_min_cut(), np.int64)] = True
    side[sink] = True
    return np.asarray(solver.flows(arcs), np.int64), side


def _scaled(
    count: int, source: int, sink: int, tail: Array, head: Array, capacity: Array, total: int
) -> tuple[Array, Array]:
    shift = total.bit_length() - 61
    step = 59 - len(tail).bit_length()
    small = np.minimum(capacity >> shift, FITS).astype(np.int64)
    found, side = _solve(count, source, sink, tail, head, small)
    flow = found.astype(object)
    while shift:
        bits = min(step, shift)
        shift -= bits
        flow = flow << bits
        capacity_now = capacity >> shift
        rest = capacity_now - flow
        crossing = side[head] & ~side[tail]
        returning = side[tail] & ~side[head]
        # No augmentation can bring more than the residual capacity of the last phase's cut.
        bound = int(rest[crossing].sum()) + int(flow[returning].sum())
        ahead = np.flatnonzero((rest > 0).astype(bool))
        back = np.flatnonzero((flow > 0).astype(bool))
        arcs_tail = np.concatenate([tail[ahead], head[back], [count]])
        arcs_head = np.concatenate([head[ahead], tail[back], [source]])
        arcs_capacity = np.minimum(np.concatenate([rest[ahead], flow[back], [bound]]), bound + 1).astype(np.int64)
        arcs_capacity[-1] = bound
        found, reach = _solve(count + 1, count, sink, arcs_tail, arcs_head, arcs_capacity)
        flow[ahead] += found[: len(ahead)].astype(object)
        flow[back] -= found[len(ahead) : -1].astype(object)
        side = reach[:count]
    return flow, side
