"""Take goods that only go round in circles out of a flow."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def without_cycles(count: int, tail: Array, head: Array, flow: Array) -> Array:
    """The flow with every directed cycle cancelled: same balance at each of the `count` nodes, nothing larger.

    Flows on one cycle must be in the same unit. Only networks that contain directed cycles cost time.
    """
    arcs = np.flatnonzero((flow > 0).astype(bool))
    for _ in range(64):  # peel what cannot lie on a cycle; long chains are left to the search below
        begins, ends = np.zeros(count, bool), np.zeros(count, bool)
        begins[tail[arcs]] = True
        ends[head[arcs]] = True
        kept = arcs[ends[tail[arcs]] & begins[head[arcs]]]
        if len(kept) == len(arcs):
            break
        arcs = kept
    if not len(arcs):
        return flow
    result = flow.copy()
    _cancel(tail, head, result, arcs)
    return result


def _cancel(tail: Array, head: Array, flow: Array, arcs: Array) -> None:
    """Walk forward along arcs that carry something; cancel whenever the walk meets itself, drop dead ends."""
    leaving: dict[int, list[int]] = {}
    for arc in arcs.tolist():
        leaving.setdefault(int(tail[arc]), []).append(arc)
    for start in list(leaving):
        nodes, place = [start], {start: 0}
        way: list[int] = []
        while nodes:
            options = leaving.get(nodes[-1], [])
            while options and flow[options[-1]] == 0:
                options.pop()
            if not options:  # a dead end: the arc that led here lies on no cycle
                del place[nodes.pop()]
                if way:
                    leaving[int(tail[way.pop()])].pop()
                continue
            arc = options[-1]
            node = int(head[arc])
            if node not in place:
                place[node] = len(nodes)
                nodes.append(node)
                way.append(arc)
                continue
            begin = place[node]
            cycle = [*way[begin:], arc]
            least = min(flow[a] for a in cycle)
            for a in cycle:
                flow[a] -= least
            for passed in nodes[begin + 1 :]:
                del place[passed]
            del nodes[begin + 1 :], way[begin:]
