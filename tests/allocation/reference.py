"""An independent exact solver for tiny networks, and a checker of certificates: plain enumeration and Fractions.

Shares nothing with `evenhand.flow.allocation`: no maximum flow, no decomposition. What a set of points can get together
is the smallest cut around it, found by trying every set of nodes; levels rise together until such a set is tight.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

import pyarrow as pa


@dataclass
class Tiny:
    """A network as plain rows, in the words of DESIGN §12."""

    nodes: dict[str, str]
    supply: dict[tuple[str, str], int] = field(default_factory=dict)
    lanes: list[tuple[str, str, str, str, int | None]] = field(default_factory=list)
    demand: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def tables(self) -> dict[str, pa.Table]:
        text, whole = pa.string(), pa.int64()
        return {
            "nodes": pa.table({"node": list(self.nodes), "kind": list(self.nodes.values())}),
            "supply": pa.table(
                [
                    pa.array([k[0] for k in self.supply], text),
                    pa.array([k[1] for k in self.supply], text),
                    pa.array(list(self.supply.values()), whole),
                ],
                ["node", "commodity", "quantity"],
            ),
            "lanes": pa.table(
                [pa.array([lane[i] for lane in self.lanes], text) for i in range(4)]
                + [pa.array([lane[4] for lane in self.lanes], whole), pa.array([1] * len(self.lanes), whole)],
                ["lane", "from", "to", "commodity", "capacity", "cost"],
            ),
            "demand": pa.table(
                [
                    pa.array([k[0] for k in self.demand], text),
                    pa.array([k[1] for k in self.demand], text),
                    pa.array([k[2] for k in self.demand], whole),
                    pa.array(list(self.demand.values()), whole),
                ],
                ["point", "commodity", "rung", "quantity"],
            ),
        }

    def commodities(self) -> list[str]:
        return sorted({k[1] for k in self.supply} | {k[1] for k in self.demand})

    def ladder(self, point: str, commodity: str) -> dict[int, int]:
        return {r: q for (p, c, r), q in self.demand.items() if (p, c) == (point, commodity)}


def quantity_at(ladder: dict[int, int], level: Fraction) -> Fraction:
    """What a ladder holds up to `level`."""
    return sum((q * min(Fraction(1), max(Fraction(0), level - (r - 1))) for r, q in ladder.items()), Fraction(0))


def _subsets(items: list[str]) -> list[frozenset[str]]:
    return [frozenset(c) for n in range(len(items) + 1) for c in combinations(items, n)]


def _rank(tiny: Tiny, commodity: str, points: list[str]) -> dict[frozenset[str], int | None]:
    """The most that each set of points can get together (None: no limit)."""
    cuts = []
    for inside in _subsets(list(tiny.nodes)):
        crossing = [c for _, a, b, k, c in tiny.lanes if k in ("", commodity) and a not in inside and b in inside]
        if None not in crossing:
            cuts.append((inside, sum(tiny.supply.get((n, commodity), 0) for n in inside) + sum(crossing)))
    return {s: min((v for inside, v in cuts if s <= inside), default=None) for s in _subsets(points)}


def leximin(tiny: Tiny) -> dict[tuple[str, str], Fraction]:
    """The quantity of every (point, commodity) with demand, by progressive filling."""
    result: dict[tuple[str, str], Fraction] = {}
    for commodity in tiny.commodities():
        ladders = {p: tiny.ladder(p, commodity) for p in tiny.nodes if tiny.ladder(p, commodity)}
        rank = _rank(tiny, commodity, list(ladders))
        fixed: dict[str, Fraction] = {}
        while len(fixed) < len(ladders):
            open_points = [p for p in ladders if p not in fixed]
            top = Fraction(max(max(ladders[p]) for p in open_points))
            best, tight = top, frozenset(open_points)
            for some, most in rank.items():
                rising = [p for p in some if p not in fixed]
                if most is None or not rising:
                    continue
                room = most - sum((fixed[p] for p in some if p in fixed), Fraction(0))
                level = greatest([ladders[p] for p in rising], room, top)
                if level < best:
                    best, tight = level, frozenset(rising)
            for p in tight:
                fixed[p] = quantity_at(ladders[p], best)
        result |= {(p, commodity): q for p, q in fixed.items()}
    return result


def greatest(ladders: list[dict[int, int]], room: Fraction, top: Fraction) -> Fraction:
    """The greatest level <= top at which these ladders together ask for no more than `room`."""
    level = Fraction(0)
    while level < top:
        rung = int(level) + 1
        need = sum(ladder.get(rung, 0) for ladder in ladders)
        if need > room:
            return level + Fraction(room) / need
        room -= need
        level += 1
    return top


def faults(tiny: Tiny, allocation) -> list[str]:
    """Which of the four conditions of a certificate (DESIGN §9) do not hold. Empty: it proves the allocation."""
    found = []
    level = {r["block"]: r["rungs"] + Fraction(int(r["num"]), int(r["den"])) for r in allocation.blocks.to_pylist()}
    home = {(r["node"], r["commodity"]): r["block"] for r in allocation.certificate.to_pylist()}
    got = {}
    for r in allocation.levels.to_pylist():
        pair = r["point"], r["commodity"]
        got[pair] = Fraction(int(r["quantity_num"]), int(r["quantity_den"]))
        ladder = tiny.ladder(*pair)
        if r["rungs"] + Fraction(int(r["num"]), int(r["den"])) != level[home[pair]] or not 0 <= int(r["num"]) < int(
            r["den"]
        ):
            found.append(f"{pair}: not the level of its block")
        if got[pair] != quantity_at(ladder, level[home[pair]]):
            found.append(f"{pair}: not what its block's level says")
    if set(got) != {(p, c) for p, c, _ in tiny.demand}:
        found.append("levels: not one row for every ladder")
    flows = {
        (r["lane"], r["commodity"]): Fraction(int(r["quantity_num"]), int(r["quantity_den"]))
        for r in allocation.flows.to_pylist()
    }
    lanes = {lane[0]: lane for lane in tiny.lanes}
    balance: dict[tuple[str, str], Fraction] = defaultdict(Fraction, {k: Fraction(v) for k, v in tiny.supply.items()})
    for (lane, commodity), quantity in flows.items():
        _, tail, head, only, capacity = lanes[lane]
        if quantity <= 0 or (only and only != commodity) or (capacity is not None and quantity > capacity):
            found.append(f"{lane} {commodity}: carries {quantity}")
        balance[tail, commodity] -= quantity
        balance[head, commodity] += quantity
    for node in tiny.nodes:
        for commodity in tiny.commodities():
            idle = balance[node, commodity] - got.get((node, commodity), 0)
            if idle < 0:
                found.append(f"{node} {commodity}: gives what it has not")
            block = home[node, commodity]
            members = [n for n in tiny.nodes if home[n, commodity] == block]
            full = all(
                quantity_at(tiny.ladder(n, commodity), level[block]) == sum(tiny.ladder(n, commodity).values())
                for n in members
            )
            if idle > 0 and not full:
                found.append(f"{node} {commodity}: leaves {idle} idle below full entitlement")
    for lane, tail, head, only, capacity in tiny.lanes:
        for commodity in tiny.commodities() if not only else [only] if only in tiny.commodities() else []:
            a, b = level[home[tail, commodity]], level[home[head, commodity]]
            quantity = flows.get((lane, commodity), Fraction(0))
            if a > b and quantity != capacity:
                found.append(f"{lane} {commodity}: from richer to poorer and not full")
            if a < b and quantity:
                found.append(f"{lane} {commodity}: from poorer to richer and not empty")
    return found
