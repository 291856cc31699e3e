"""Waybills bring every point what it lacks, within the lanes."""

from __future__ import annotations

from collections import defaultdict

from evenhand_verify import facts
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped


def loads(d: Disclosure) -> dict[facts.Key, int]:
    """Steps by (lane, commodity)."""
    found: dict[facts.Key, int] = defaultdict(int)
    for lane, commodity, quantity in d.table("waybills").rows("lane", "commodity", "quantity"):
        found[lane, commodity] += quantity
    return found


def run(d: Disclosure) -> str | list[str]:
    """Each lane within capacity + carried; into each point units - opening; a depot sends what it has or gets."""
    lanes, failures = d.case.problem.lanes, []
    by_lane, _, _ = facts.carried(d)
    totals, books = facts.totals(d), facts.books(d)
    aside: dict[str, int] = defaultdict(int)
    for (name, _), quantity in by_lane.items():
        aside[name] += quantity  # The table's capacity is what was left of the lane's own.
    into: dict[facts.Key, int] = defaultdict(int)
    out: dict[facts.Key, int] = defaultdict(int)
    if any(quantity <= 0 for quantity in d.table("waybills")["quantity"]):
        failures.append("a load of nothing or less, tables/waybills.parquet")
    for (name, commodity), quantity in loads(d).items():
        lane = lanes.get(name)
        if lane is None or lane.commodity not in (None, commodity) or commodity not in d.policy.divided:
            failures.append(f"a load of {commodity} on a lane that cannot take it, lane {name}")
            continue
        if lane.capacity is not None and quantity > lane.capacity + aside.get(name, 0):
            failures.append(f"{quantity} steps of {commodity} are more than the lane takes, lane {name}")
        into[lane.target, commodity] += quantity
        out[lane.source, commodity] += quantity
    for key in sorted(into.keys() | out.keys() | totals.keys()):
        node, benefit = key
        if not d.policy.benefit(benefit).divided:
            continue
        total = totals.get(key)
        net = into.get(key, 0) - out.get(key, 0)
        if total is not None:
            want = max(0, total.units - total.opening)
            if net != want:
                failures.append(f"waybills bring {net} steps of {benefit} where {want} are needed, point {node}")
        elif -net > books.at_freeze(node, benefit) // d.policy.benefit(benefit).step:
            failures.append(f"waybills take {-net} steps of {benefit} that are not there, node {node}")
    steps = sum(quantity for quantity in loads(d).values())
    count = len(set(d.table("waybills")["waybill"]))
    return capped(failures) or f"{count:,} waybills, {steps:,} steps"


CHECK = Check("waybills", "waybills bring every point what it lacks, within capacities and stock", run)
