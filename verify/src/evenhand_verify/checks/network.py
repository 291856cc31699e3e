"""Nodes, places and lanes fit together."""

from __future__ import annotations

from evenhand_verify import facts
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.numbers import many
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """Every node has a place, every lane two nodes, every supply is of a divided benefit, carried steps have lanes."""
    problem, failures = d.case.problem, []
    places = set(d.table("places")["node"])
    for node in sorted(places ^ problem.kinds.keys()):
        failures.append(f"stands in one of nodes and places only, node {node}")
    for (node, benefit), quantity in problem.supply.items():
        if quantity and benefit not in d.policy.divided:
            failures.append(f"supply of {benefit}, which the policy does not divide, node {node}")
    for lane in problem.lanes.values():
        if lane.commodity is not None and lane.commodity not in d.policy.benefits:
            failures.append(f"a lane for {lane.commodity}, which is no benefit of the policy, lane {lane.name}")
    for point, benefit in facts.totals(d):
        if problem.kinds.get(point) != "point":
            failures.append(f"totals of what is no point, {point}, {benefit}")
    by_lane, _, _ = facts.carried(d)
    kinds = list(problem.kinds.values())
    counts = [many(kinds.count("entry"), "entry", "entries")]
    counts += [many(kinds.count(kind), kind) for kind in ("depot", "point")]
    return (
        capped(failures)
        or f"{', '.join(counts)}, {many(len(problem.lanes), 'lane')}, {len(by_lane):,} with steps set aside"
    )


CHECK = Check("network", "nodes, places and lanes fit together", run)
