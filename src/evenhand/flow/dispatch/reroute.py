"""Another way for loads that have not left when lanes close: the same needs, the capacities that are left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from evenhand.flow.allocation import solve
from evenhand.flow.dispatch.route import route

Line = tuple[str, str, str, str, str, int]
"""(waybill, lane, from, to, benefit, steps)."""
Pair = tuple[str, str]


@dataclass(frozen=True)
class Change:
    """Steps put on a waybill, or (below zero) taken off it."""

    waybill: str
    lane: str
    source: str
    target: str
    benefit: str
    steps: int


@dataclass(frozen=True)
class Rerouted:
    """The changes by waybill and benefit, and what no lane can bring by (point, benefit)."""

    changes: tuple[Change, ...]
    unbrought: dict[Pair, int]


class Lanes:
    """The certified lanes of a cycle and what is left of their capacities.

    `lanes`, `carried`: the published tables; a lane's capacity there is what was left after `carried`. `shut`: ids of
    closed lanes; a lane `ID/BENEFIT` is lane ID with its capacity for one benefit.
    """

    def __init__(self, lanes: pa.Table, carried: pa.Table, shut: frozenset[str]) -> None:
        aside: dict[str, int] = defaultdict(int)
        for row in carried.to_pylist():
            aside[row["lane"]] += row["quantity"]
        self._rows = {row["lane"]: row for row in lanes.to_pylist()}
        for name, row in self._rows.items():
            if row["capacity"] is not None:
                row["capacity"] += aside[name]
        self._schema, self._shut = lanes.schema, shut

    def is_shut(self, lane: str) -> bool:
        """Whether this lane of the table is closed."""
        whole, _, benefit = lane.rpartition("/")
        return lane in self._shut or (whole in self._shut and self._rows[lane]["commodity"] == benefit)

    def use(self, lane: str, steps: int) -> None:
        """Steps that went over a lane. A lane with a capacity carries one benefit only (`supply.network`)."""
        if self._rows[lane]["capacity"] is not None:
            self._rows[lane]["capacity"] -= steps

    def ends(self, lane: str) -> Pair:
        """Where a lane begins and ends."""
        return self._rows[lane]["from"], self._rows[lane]["to"]

    def open(self) -> pa.Table:
        """The lanes that are open, with the capacity they have left."""
        return pa.Table.from_pylist([r for n, r in self._rows.items() if not self.is_shut(n)], schema=self._schema)


def reroute(
    kinds: Mapping[str, str],
    lanes: Lanes,
    waiting: Sequence[Line],
    held: Mapping[Pair, int],
    packs: Mapping[str, int],
    waybills: int,
    cycle: str,
) -> Rerouted:
    """Ways for what `waiting` lines were to bring to points. `kinds`: node -> kind. `held`: (node, benefit) -> steps that
    are or will be there to be sent on. `waybills`: how many there are, for the numbers of new ones.

    Everything a point waits for is brought if it can be, at the least cost; else the fair share of it, as the allocation
    divides. Lines that can stay do not change their waybill.
    """
    needs: dict[Pair, int] = defaultdict(int)
    for _, _, _, target, benefit, steps in waiting:
        if kinds[target] == "point":
            needs[target, benefit] += steps
    nodes = pa.table({"node": list(kinds), "kind": list(kinds.values())})
    supply = _table("node", {pair: n for pair, n in held.items() if n and kinds[pair[0]] != "point"})
    network = lanes.open()
    found = route(nodes, network, supply, _table("point", needs), packs)
    unbrought: dict[Pair, int] = {}
    if found.unmet.num_rows:
        demand = _table("point", needs).append_column("rung", pa.array([1] * len(needs), pa.int64()))
        levels = solve(nodes, supply, network, demand).levels.to_pylist()
        fair = {(r["point"], r["commodity"]): int(r["quantity_num"]) // int(r["quantity_den"]) for r in levels}
        unbrought = {pair: n - fair.get(pair, 0) for pair, n in sorted(needs.items()) if n > fair.get(pair, 0)}
        found = route(nodes, network, supply, _table("point", {p: n for p, n in fair.items() if n}), packs)
    wanted = {(row["lane"], row["commodity"]): row["quantity"] for row in found.loads.to_pylist()}
    return Rerouted(_changes(lanes, waiting, wanted, waybills, cycle), unbrought)


def _changes(
    lanes: Lanes, waiting: Sequence[Line], wanted: Mapping[Pair, int], waybills: int, cycle: str
) -> tuple[Change, ...]:
    before: dict[Pair, int] = defaultdict(int)
    numbers: dict[str, str] = {}
    for waybill, lane, _, _, benefit, steps in waiting:
        numbers[lane] = waybill
        before[lane, benefit] += steps
    changes = []
    for lane, benefit in sorted(before.keys() | wanted.keys()):
        steps = wanted.get((lane, benefit), 0) - before.get((lane, benefit), 0)
        if steps:
            if lane not in numbers:
                waybills += 1
                numbers[lane] = f"{cycle}-W{waybills:05d}"
            changes.append(Change(numbers[lane], lane, *lanes.ends(lane), benefit, steps))
    return tuple(changes)


def _table(first: str, amounts: Mapping[Pair, int]) -> pa.Table:
    rows = sorted(amounts.items())
    return pa.table(
        {
            first: pa.array([pair[0] for pair, _ in rows], pa.string()),
            "commodity": pa.array([pair[1] for pair, _ in rows], pa.string()),
            "quantity": pa.array([n for _, n in rows], pa.int64()),
        }
    )
