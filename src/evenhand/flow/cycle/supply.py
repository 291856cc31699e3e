"""From what lies where to what may be divided: hand-out steps, less what is set aside for what is owed already."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow as pa

from evenhand.flow.cycle.stage import Tables, Terms
from evenhand.flow.dispatch import route

Pair = tuple[str, str]


def table(names: tuple[str, ...], rows: list[tuple[Any, ...]], ints: tuple[str, ...] = ("quantity",)) -> pa.Table:
    """A table of rows, sorted; columns named in `ints` are int64, the others text."""
    ordered = sorted(rows, key=lambda row: [(cell is not None, cell) for cell in row])
    columns = list(zip(*ordered, strict=True)) if rows else [()] * len(names)
    kinds = [pa.int64() if name in ints else pa.string() for name in names]
    return pa.table([pa.array(c, k) for c, k in zip(columns, kinds, strict=True)], list(names))


def network(terms: Terms, tables: Tables) -> dict[str, Any]:
    """Nodes, and lanes with their capacities in steps. A lane for something that is not divided is left out; one with a
    capacity and no commodity has it for each benefit by itself, and becomes a lane `LANE/BENEFIT` for each."""
    nodes, steps = tables["places_frozen"], terms.steps
    rows = []
    for lane in tables["lanes_frozen"].to_pylist():
        name, commodity, capacity = lane["lane"], lane["commodity"], lane["capacity_base"]
        ends = (lane["source"], lane["target"])
        if commodity is None and capacity is not None:
            rows += [(f"{name}/{b}", *ends, b, capacity // step, lane["cost"]) for b, step in steps.items()]
        elif commodity is None or commodity in steps:
            whole = None if capacity is None else capacity // steps[commodity]
            rows.append((name, *ends, commodity, whole, lane["cost"]))
    return {
        "nodes": nodes.select(["node", "kind"]),
        "places": nodes.drop_columns(["kind"]),
        "capacities": table(("lane", "from", "to", "commodity", "capacity", "cost"), rows, ("capacity", "cost")),
    }


def on_hand(terms: Terms, tables: Tables) -> dict[str, Any]:
    """Whole steps on hand at every node."""
    sums: dict[Pair, int] = defaultdict(int)
    for row in tables["stock"].to_pylist():
        if row["account"].startswith("node:") and row["benefit"] in terms.steps:
            sums[row["account"].removeprefix("node:"), row["benefit"]] += row["quantity"]
    rows = [(node, b, quantity // terms.steps[b]) for (node, b), quantity in sums.items()]
    return {"on_hand": table(("node", "commodity", "quantity"), [row for row in rows if row[2]])}


def rounding(terms: Terms, tables: Tables) -> dict[str, Any]:
    """Rounding arrears of everyone on this month's list, for what is divided: point, household, benefit, carry_micro."""
    carry, household = tables["carry"], tables["household"]
    joined = carry.join(household.select(["household", "point"]), "household", join_type="inner")
    joined = joined.filter(pa.compute.is_in(joined["benefit"], pa.array(list(terms.steps), pa.string())))
    order = [("point", "ascending"), ("household", "ascending"), ("benefit", "ascending")]
    return {"rounding": joined.select(["point", "household", "benefit", "carry_micro"]).sort_by(order)}


def aside(needs: dict[Pair, int], tables: Tables) -> dict[str, Any]:
    """The whole steps that are set aside for what is owed already: first what lies at the point, then what the network
    can bring there."""
    held = {(r["node"], r["commodity"]): r["quantity"] for r in tables["on_hand"].to_pylist()}
    kinds = dict(zip(*(tables["nodes"][name].to_pylist() for name in ("node", "kind")), strict=True))
    missing, kept = [], {}
    for (point, benefit), need in needs.items():
        here = min(held.get((point, benefit), 0), need)
        kept[point, benefit] = here
        if need > here:
            missing.append((point, benefit, need - here))
    elsewhere = [(n, b, q) for (n, b), q in held.items() if kinds[n] != "point"]
    routed = route(
        tables["nodes"], tables["capacities"], table(("node", "commodity", "quantity"), elsewhere),
        table(("point", "commodity", "quantity"), missing),
    )  # fmt: skip
    rows = [(point, benefit, quantity) for (point, benefit), quantity in kept.items() if quantity]
    return {"aside": table(("point", "benefit", "quantity"), rows), "carried": routed.loads}


def offer(terms: Terms, tables: Tables) -> dict[str, Any]:
    """What the allocation may divide, and over which capacities: stock and lanes less what is set aside."""
    left = {(r["node"], r["commodity"]): r["quantity"] for r in tables["on_hand"].to_pylist()}
    for row in tables["aside"].to_pylist():
        left[row["point"], row["benefit"]] -= row["quantity"]
    kinds = dict(zip(*(tables["nodes"][name].to_pylist() for name in ("node", "kind")), strict=True))
    taken = {(r["lane"], r["commodity"]): r["quantity"] for r in tables["carried"].to_pylist()}
    lanes = tables["capacities"].to_pylist()
    for lane in lanes:
        mine = {b: q for (name, b), q in taken.items() if name == lane["lane"]}
        for benefit, quantity in mine.items():
            for node, sign in ((lane["from"], -1), (lane["to"], 1)):
                if kinds[node] != "point":
                    left[node, benefit] = left.get((node, benefit), 0) + sign * quantity
        if lane["capacity"] is not None:  # then it has one commodity
            lane["capacity"] -= sum(mine.values())
    rows = [(node, benefit, quantity) for (node, benefit), quantity in left.items() if quantity]
    return {
        "supply": table(("node", "commodity", "quantity"), rows),
        "lanes": pa.Table.from_pylist(lanes, schema=tables["capacities"].schema),
    }
