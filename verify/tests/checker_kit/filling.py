"""A slow, plain solver for tests: raise all open points together until a cut is tight, freeze those inside it, go on.

Exact fractions, one augmenting path at a time; for instances of a dozen nodes. It shares no code with the checker.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction

INFINITE = Fraction(10**30)


@dataclass
class Instance:
    """One commodity: supply by node, lanes as name -> (from, to, capacity or None), ladders by point."""

    supply: dict[str, int]
    lanes: dict[str, tuple[str, str, int | None]]
    ladders: dict[str, list[int]]
    depots: list[str] = field(default_factory=list)

    @property
    def nodes(self) -> list[str]:
        return sorted(set(self.depots) | set(self.ladders))


def quantity(ladder: list[int], level: Fraction) -> Fraction:
    """How much a level of a ladder is."""
    whole = int(level)
    rest = level - whole
    return sum(map(Fraction, ladder[:whole]), Fraction()) + (ladder[whole] * rest if whole < len(ladder) else 0)


def max_flow(instance: Instance, demand: dict[str, Fraction]) -> tuple[Fraction, dict[str, Fraction], set[str]]:
    """Value, flow by lane, and the nodes the source still reaches (the richer side of a minimum cut)."""
    arcs = {("s", "source", node): Fraction(q) for node, q in instance.supply.items()}
    ends = {("s", "source", node): ("SOURCE", node) for node in instance.supply}
    for name, (a, b, capacity) in instance.lanes.items():
        arcs["l", name, ""] = INFINITE if capacity is None else Fraction(capacity)
        ends["l", name, ""] = (a, b)
    for point, q in demand.items():
        arcs["d", point, ""] = q
        ends["d", point, ""] = (point, "SINK")
    flow = dict.fromkeys(arcs, Fraction())
    total = Fraction()
    while True:
        came: dict[str, tuple[object, int]] = {"SOURCE": (None, 0)}
        queue = deque(["SOURCE"])
        while queue and "SINK" not in came:
            at = queue.popleft()
            for arc, (a, b) in ends.items():
                if a == at and b not in came and flow[arc] < arcs[arc]:
                    came[b] = (arc, 1)
                    queue.append(b)
                elif b == at and a not in came and flow[arc] > 0:
                    came[a] = (arc, -1)
                    queue.append(a)
        if "SINK" not in came:
            lanes = {arc[1]: flow[arc] for arc in arcs if arc[0] == "l"}
            return total, lanes, set(came)
        path, at = [], "SINK"
        while at != "SOURCE":
            arc, sign = came[at]
            path.append((arc, sign))
            at = ends[arc][0] if sign > 0 else ends[arc][1]
        push = min(arcs[arc] - flow[arc] if sign > 0 else flow[arc] for arc, sign in path)
        for arc, sign in path:
            flow[arc] += sign * push
        total += push


def level_for(ladders: list[list[int]], wanted: Fraction) -> Fraction:
    """The greatest level at which these ladders together hold no more than `wanted`."""
    rungs, done = max(map(len, ladders)), Fraction()
    for rung in range(rungs):
        width = sum(ladder[rung] for ladder in ladders if rung < len(ladder))
        if done + width > wanted:
            return rung + (wanted - done) / width
        done += width
    return Fraction(rungs)


def solve(instance: Instance) -> tuple[dict[str, Fraction], dict[str, Fraction], dict[str, Fraction]]:
    """Level of every node, flow of every lane, quantity of every point."""
    top = Fraction(max((len(ladder) for ladder in instance.ladders.values()), default=1))
    level_of: dict[str, Fraction] = {}
    while True:
        still = [p for p in instance.ladders if p not in level_of]
        level, cut = top, None
        while True:
            demand = {p: quantity(lad, level_of.get(p, level)) for p, lad in instance.ladders.items()}
            value, flow, rich = max_flow(instance, demand)
            if value == sum(demand.values()):
                break
            cut = [node for node in instance.nodes if node not in rich]
            held = sum(Fraction(instance.supply.get(node, 0)) for node in cut)
            for a, b, capacity in instance.lanes.values():
                if a in rich and b in cut:
                    assert capacity is not None
                    held += capacity
            inside = [p for p in cut if p in still]
            held -= sum(demand[p] for p in cut if p in level_of and p in demand)
            level = level_for([instance.ladders[p] for p in inside], held)
        for node in cut or instance.nodes:
            level_of.setdefault(node, level)
        if cut is None:
            return level_of, flow, demand
