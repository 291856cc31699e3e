"""What was to be divided, as arrays for the checks of fairness and, by name, for all others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from evenhand_verify.columns import CELLS_MAX, Columns
from evenhand_verify.exact import Mask, Whole, sums
from evenhand_verify.handling import Gate, joined, read_gates
from evenhand_verify.numbers import Ladder
from evenhand_verify.result import Malformed

Key = tuple[str, str]
EACH, NOBODYS = -1, -2
"""In place of the only commodity of a lane: it takes each; it takes one that nobody has or needs."""


@dataclass(frozen=True)
class Lane:
    """A lane; `commodity` None: it takes each, with `capacity` for itself; `capacity` None: no limit."""

    name: str
    source: str
    target: str
    commodity: str | None
    capacity: int | None


@dataclass
class Lanes:
    """The lanes as arrays. `goods`: the number of the only commodity, or EACH, or NOBODYS."""

    tail: Whole
    head: Whole
    goods: Whole
    limited: Mask
    capacity: Whole

    def cells(self, commodities: int) -> tuple[Whole, Whole]:
        """Every lane with every commodity that it takes: lane and commodity, in this order. Lanes back to where they
        begin are left out: they change nothing."""
        count = np.where(self.goods == EACH, commodities, (self.goods >= 0).astype(np.int64))
        count[self.tail == self.head] = 0
        lane = np.repeat(np.arange(len(self.tail)), count)
        number = np.arange(len(lane)) - (np.cumsum(count) - count)[lane]
        return lane, np.where(self.goods[lane] == EACH, number, self.goods[lane])


class Problem:
    """What was to be divided, in whole steps: tables nodes, supply, lanes, demand and, if there, handling and bundles,
    each row known to make sense (`allocation.problem` sees to that).

    A *place* is a node with a commodity, or (a gate) with none: node x width + commodity, the last of them for none. One
    more, the last and so index -1, is for whatever has no place: nothing is due there, and it stands in no block.
    """

    def __init__(self, tables: Mapping[str, Columns]) -> None:
        self.tables = tables
        self.nodes: list[str] = tables["nodes"]["node"]
        self.node_names = pa.array(self.nodes, pa.string())
        # A lane for what nobody has or needs plays no part.
        self.commodities = sorted({c for name in ("supply", "demand") for c in tables[name].different("commodity")})
        self.width = len(self.commodities) + 1
        self.size = len(self.nodes) * self.width + 1
        if self.size > CELLS_MAX:
            raise Malformed(tables["nodes"].where, "more nodes and commodities than any honest table has")
        self.commodity_names = pa.array(self.commodities, pa.string())
        self.handling: dict[str, int] = (
            dict(tables["handling"].rows("node", "capacity")) if "handling" in tables else {}
        )
        self.bundles: dict[str, str] = (
            dict(tables["bundles"].rows("commodity", "bundle")) if "bundles" in tables else {}
        )

    # By number

    @cached_property
    def node_number(self) -> dict[str, int]:
        """The number of each node."""
        return {node: number for number, node in enumerate(self.nodes)}

    def place(self, node: str, commodity: str) -> int:
        """The place of a known node and commodity ("" for a gate)."""
        goods = self.commodities.index(commodity) if commodity else self.width - 1
        return self.node_number[node] * self.width + goods

    def name(self, place: int) -> Key:
        """The node and commodity of a place."""
        node, commodity = divmod(place, self.width)
        return self.nodes[node], self.commodities[commodity] if commodity < self.width - 1 else ""

    def places(self, table: Columns, node: str) -> Whole:
        """The place of each row, by its columns `node` and "commodity"; -1 where it has none."""
        with_none = pa.array([*self.commodities, "", None], pa.string())
        return self.at(
            table.found(node, self.node_names),
            np.minimum(table.found("commodity", with_none), self.width - 1),
        )

    def at(self, node: Whole, commodity: Whole) -> Whole:
        """The places of nodes and commodities by number; -1 where either is -1."""
        return np.where((node < 0) | (commodity < 0), -1, node * self.width + commodity)

    @cached_property
    def needs(self) -> tuple[Whole, Whole, Whole]:
        """Place, rung and quantity of every row of demand."""
        table = self.tables["demand"]
        return self.places(table, "point"), table.whole("rung"), table.whole("quantity")

    @cached_property
    def needing(self) -> Mask:
        """At which places something is due."""
        found = np.zeros(self.size, np.bool_)
        found[self.needs[0]] = True
        return found

    @cached_property
    def supplies(self) -> tuple[Whole, Whole]:
        """Place and quantity of every row of supply."""
        table = self.tables["supply"]
        return self.places(table, "node"), table.whole("quantity")

    @cached_property
    def stock(self) -> Whole:
        """The supply at every place."""
        return sums(*self.supplies, self.size)

    @cached_property
    def lane_arrays(self) -> Lanes:
        """The lanes as arrays."""
        table = self.tables["lanes"]
        only = table.found("commodity", self.commodity_names)
        return Lanes(
            table.found("from", self.node_names),
            table.found("to", self.node_names),
            np.where(table.filled("commodity"), np.where(only < 0, NOBODYS, only), EACH),
            table.filled("capacity"),
            table.whole("capacity"),
        )

    @cached_property
    def enters(self) -> Whole:
        """For each place the one where what arrives there stands: before a gate where everything passes one."""
        found = np.arange(self.size)
        for gate in self.gates.values():
            for commodity in gate.commodities if gate.through else ():
                found[self.place(gate.node, commodity)] = self.place(*gate.key)
        return found

    @cached_property
    def taken(self) -> Mask:
        """At which places a gate stands before the node's own stock."""
        found = np.zeros(self.size, np.bool_)
        for gate in self.gates.values():
            for commodity in () if gate.through else gate.commodities:
                found[self.place(gate.node, commodity)] = True
        return found

    # By name

    @cached_property
    def gates(self) -> dict[str, Gate]:
        """The gates by node. Malformed where a handling capacity is no gate and may bind."""
        return read_gates(self.supply, self.lanes, self.ladders, self.handling) if self.handling else {}

    @cached_property
    def joint(self) -> dict[str, str]:
        """Each commodity -> the first of those it shares a gate with."""
        return joined(self.commodities, self.gates)

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The kind of every node."""
        return dict(self.tables["nodes"].rows("node", "kind"))

    @cached_property
    def supply(self) -> dict[Key, int]:
        """(node, commodity) -> steps."""
        return {(n, c): q for n, c, q in self.tables["supply"].rows("node", "commodity", "quantity")}

    @cached_property
    def lanes(self) -> dict[str, Lane]:
        """The lanes by name."""
        rows = self.tables["lanes"].rows("lane", "from", "to", "commodity", "capacity")
        return {row[0]: Lane(*row) for row in rows}

    @cached_property
    def ladders(self) -> dict[Key, Ladder]:
        """(point, commodity) -> its ladder."""
        rungs: dict[Key, list[tuple[int, int]]] = defaultdict(list)
        for point, commodity, rung, quantity in self.tables["demand"].rows("point", "commodity", "rung", "quantity"):
            rungs[point, commodity].append((rung, quantity))
        return {key: Ladder(pairs) for key, pairs in rungs.items()}
