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

HUGE = 2**60
"""Residual capacities from here on count as this much while a flow is scaled."""


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
    """Leading bits first, then `step` bits (whole bytes) a phase, in 64-bit numbers.

    `ahead` and `back` are what the residual network has in each direction, cut off at HUGE. A phase augments by less
    than 2^59, the cut before having no room left but the new bits of its arcs; so what is HUGE once is at least half
    of that after the phase and, shifted, HUGE again: it need not be known more exactly.
    """
    step = (59 - len(tail).bit_length()) // 8 * 8
    phases = -(-(total.bit_length() - 61) // step)
    shift = phases * step
    mask = (1 << shift) - 1
    digits = np.frombuffer(
        b"".join((c & mask).to_bytes(shift // 8, "big") for c in capacity.tolist()), np.uint8
    ).reshape(len(capacity), phases, step // 8)
    weights = np.array([1 << 8 * place for place in reversed(range(step // 8))], np.int64)
    small = (capacity >> shift).astype(np.int64)
    found, side = _solve(count, source, sink, tail, head, small)
    flow = found.astype(object) << shift
    ahead, back = np.minimum(small - found, HUGE), np.minimum(found, HUGE)
    for phase in range(phases):
        shift -= step
        digit = digits[:, phase].astype(np.int64) @ weights
        ahead = np.where(ahead >= HUGE >> step, HUGE, (ahead << step) + digit)
        back = np.where(back >= HUGE >> step, HUGE, back << step)
        # No augmentation can bring more than the residual capacity of the last phase's cut.
        bound = int(ahead[side[head] & ~side[tail]].sum()) + int(back[side[tail] & ~side[head]].sum())
        if not 0 <= bound < HUGE // 2:
            raise ArithmeticError("a phase of the maximum flow would pass 64 bits")
        forward, backward = np.flatnonzero(ahead > 0), np.flatnonzero(back > 0)
        arcs_capacity = np.minimum(np.concatenate([ahead[forward], back[backward], [bound]]), bound + 1)
        found, reach = _solve(
            count + 1,
            count,
            sink,
            np.concatenate([tail[forward], head[backward], [count]]),
            np.concatenate([head[forward], tail[backward], [source]]),
            arcs_capacity,
        )
        added = np.zeros(len(tail), np.int64)
        added[forward] += found[: len(forward)]
        added[backward] -= found[len(forward) : -1]
        changed = np.flatnonzero(added)
        flow[changed] += added[changed].astype(object) << shift
        ahead = np.where(ahead >= HUGE, HUGE, np.minimum(ahead - added, HUGE))
        back = np.where(back >= HUGE, HUGE, np.minimum(back + added, HUGE))
        side = reach[:count]
    return flow, side
