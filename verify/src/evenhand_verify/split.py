"""Shared lanes and fuel: the split that stands in the answer, checked against what there is to share.

With a split every (lane, commodity) that draws on something shared is a lane of its own, with its part as capacity; what
remains is the problem that the certificate is about. The split itself is a choice: that no other would be better is not
claimed, and not checked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from evenhand_verify.case import Answer
from evenhand_verify.columns import Columns
from evenhand_verify.problem import Key, Lane, Problem
from evenhand_verify.result import Check, Malformed, capped
from evenhand_verify.schema import Schema

SHARED = Schema(False, ("lane",), (("lane", "text"), ("capacity", "int")))
FUEL = Schema(False, ("node",), (("node", "text"), ("litres", "int")))
BURN = Schema(False, ("lane",), (("lane", "text"), ("litres", "int"), ("per", "int")))
"""Optional inputs of `evenhand allocate`: what lanes share."""
SPLIT = Schema(False, ("lane", "commodity"), (("lane", "text"), ("commodity", "text"), ("capacity", "int")))
"""What it writes then: each commodity's part."""
LANES = ("lane", "from", "to", "commodity", "capacity")
FLOWS = ("lane", "commodity", "quantity_num", "quantity_den")


@dataclass
class Common:
    """What lanes share: a capacity over all commodities, and litres of a depot with what its lanes burn a unit."""

    shared: dict[str, int] = field(default_factory=dict)
    fuel: dict[str, int] = field(default_factory=dict)
    burn: dict[str, Fraction] = field(default_factory=dict)

    def lanes(self, problem: Problem) -> set[str]:
        """The lanes that must be split."""
        burning = {
            lane.name
            for lane in problem.lanes.values()
            if lane.source in self.fuel and lane.source != lane.target and self.burn[lane.name]
        }
        return burning | set(self.shared)


def read_common(tables: Mapping[str, Columns], problem: Problem) -> Common:
    """The tables shared, fuel and burn. Malformed names the row that cannot be."""
    common = Common()
    if "shared" in tables:
        for name, capacity in tables["shared"].rows("lane", "capacity"):
            if name not in problem.lanes or capacity < 0:
                raise Malformed(f"shared, lane {name}", "there is no such lane, or its capacity is below 0")
            common.shared[name] = capacity
    if ("fuel" in tables) != ("burn" in tables):
        raise Malformed("fuel and burn", "one of them is missing")
    if "fuel" in tables:
        for node, litres in tables["fuel"].rows("node", "litres"):
            if node not in problem.kinds or litres < 0:
                raise Malformed(f"fuel, node {node}", "there is no such node, or its litres are below 0")
            common.fuel[node] = litres
        for name, litres, per in tables["burn"].rows("lane", "litres", "per"):
            if name not in problem.lanes or litres < 0 or per < 1:
                raise Malformed(f"burn, lane {name}", f"{litres} litres for {per} units cannot be")
            common.burn[name] = Fraction(litres, per)
        for lane in problem.lanes.values():
            if lane.source in common.fuel and lane.source != lane.target and lane.name not in common.burn:
                raise Malformed(f"burn, lane {lane.name}", "nothing says what it burns")
    return common


def read_split(table: Columns) -> dict[Key, int]:
    """(lane, commodity) -> its part. Malformed where a part is below 0."""
    found: dict[Key, int] = {}
    for name, commodity, capacity in table.rows("lane", "commodity", "capacity"):
        if capacity < 0:
            raise Malformed(f"split, lane {name}, {commodity}", f"a capacity of {capacity}")
        found[name, commodity] = capacity
    return found


def check_split(problem: Problem, common: Common, split: Mapping[Key, int]) -> str | list[str]:
    """Each commodity of each such lane has one part; parts keep to what the lane carries of one commodity and of all
    together, and to the fuel of the depot."""
    failures = []
    needed = {
        (name, commodity)
        for name in common.lanes(problem)
        for commodity in problem.commodities
        if problem.lanes[name].commodity in (None, commodity)
    }
    for name, commodity in sorted(needed - split.keys()):
        failures.append(f"no part is given for {commodity}, lane {name}")
    for name, commodity in sorted(split.keys() - needed):
        failures.append(f"a part is given for {commodity}, and nothing is shared there, lane {name}")
    carried: dict[str, int] = defaultdict(int)
    burnt: dict[str, Fraction] = defaultdict(Fraction)
    for (name, commodity), part in split.items():
        lane = problem.lanes.get(name)
        if lane is None:
            continue
        if lane.capacity is not None and part > lane.capacity:
            failures.append(f"the part {part} of {commodity} is beyond the lane's own {lane.capacity}, lane {name}")
        carried[name] += part
        if lane.source in common.fuel and lane.source != lane.target:
            burnt[lane.source] += part * common.burn[name]
    for name, capacity in sorted(common.shared.items()):
        if carried[name] > capacity:
            failures.append(f"the parts add up to {carried[name]} where {capacity} can be carried, lane {name}")
    for node, litres in sorted(common.fuel.items()):
        if burnt[node] > litres:
            failures.append(f"the parts would burn {burnt[node]} litres where there are {litres}, node {node}")
    tanks = f"the fuel of {len(common.fuel):,} depots"
    return capped(failures) or f"{len(split):,} parts within {len(common.shared):,} shared lanes and {tanks}"


CHECK: Check[tuple[Problem, Common, Mapping[Key, int]]] = Check(
    "allocation-split", "what is shared is not given out twice", lambda asked: check_split(*asked)
)


def apart(problem: Problem, answer: Answer, split: Mapping[Key, int]) -> tuple[Problem, Answer]:
    """Problem and answer with a lane for each part in place of the lanes that are split."""
    names = {key: _name(key, problem.lanes) for key in split}
    cut = {name for name, _ in split}
    rows = [lane for lane in problem.lanes.values() if lane.name not in cut]
    for (name, commodity), part in split.items():
        whole = problem.lanes.get(name)
        if whole is None:
            continue  # told by `check_split`
        rows.append(Lane(names[name, commodity], whole.source, whole.target, commodity, part))
    lanes = [(lane.name, lane.source, lane.target, lane.commodity, lane.capacity) for lane in rows]
    flows = [(names.get(key, key[0]), key[1], *flow) for key, flow in answer.flows.items()]
    return (
        Problem({**problem.tables, "lanes": Columns.of("lanes", LANES, lanes)}),
        Answer({**answer.tables, "flows": Columns.of("flows", FLOWS, flows)}),
    )


def _name(key: Key, lanes: Mapping[str, Lane]) -> str:
    name = f"{key[0]} ({key[1]})"
    while name in lanes:
        name += "'"
    return name
