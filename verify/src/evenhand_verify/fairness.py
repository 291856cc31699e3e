"""Feasibility and fairness of an allocation, by arithmetic from its certificate; no solver.

The four conditions, and why they suffice, stand in the checker's README ("Why the certificate proves leximin"). Each
check marks where its conditions fail (one mask a condition, over the rows of a table or over all places) and then says
so of each that is marked.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from operator import or_

import numpy as np

from evenhand_verify.bundles import faults
from evenhand_verify.case import Case
from evenhand_verify.exact import Mask, Whole, signs
from evenhand_verify.numbers import Level
from evenhand_verify.problem import EACH
from evenhand_verify.result import Check, capped

NAMED = 1000
"""As many as `capped` lets through: more need no words."""


def _marked(*masks: Mask) -> list[int]:
    """The first rows that any of the masks marks."""
    return np.flatnonzero(reduce(or_, masks))[:NAMED].tolist()  # type: ignore[no-any-return]


def _first_seen(places: Whole, marked: Mask) -> list[int]:
    """The marked places, in the order in which they first stand in `places`."""
    if not marked.any():
        return []
    rows = np.flatnonzero(marked[places])
    found, first = np.unique(places[rows], return_index=True)
    return found[np.argsort(first)][:NAMED].tolist()  # type: ignore[no-any-return]


def check_certificate(case: Case) -> str | list[str]:
    """Every node stands in one block for every commodity, and every block is used and known."""
    problem, answer, failures = case.problem, case.answer, []
    needed = np.arange(problem.size) % problem.width < problem.width - 1
    needed[-1] = False
    needed[[problem.place(*gate.key) for gate in problem.gates.values()]] = True
    without = needed.copy()
    without[case.homes] = False
    for node, commodity in sorted(map(problem.name, np.flatnonzero(without).tolist())):
        failures.append(f"no block is given for {commodity}, node {node}")
    strange = np.flatnonzero(~needed[case.homes])
    for node, commodity in sorted(answer.key("certificate", row) for row in strange.tolist()):
        failures.append(f"a block is given for {commodity} where there is none, node {node}")
    for row in _marked(case.home_blocks < 0):
        node, commodity = answer.key("certificate", row)
        block = answer.tables["certificate"]["block"][row]
        failures.append(f"block {block} is not in the table of blocks, node {node}, {commodity}")
    blocks = answer.tables["blocks"]["block"]
    empty = np.ones(len(blocks) + 1, np.bool_)
    empty[case.home_blocks] = empty[-1] = False
    for block in sorted(blocks[row] for row in np.flatnonzero(empty)):
        failures.append(f"a block that nobody stands in, block {block}")
    return capped(failures) or f"{len(case.homes):,} nodes and commodities in {len(blocks):,} blocks"


def check_levels(case: Case) -> str | list[str]:
    """(1) Every point gets exactly what the level of its block says."""
    problem, given = case.problem, case.levels
    without = problem.needing.copy()
    without[given.at] = False
    missing = sorted(map(problem.name, np.flatnonzero(without).tolist()))
    failures = [f"no level is given for {commodity}, point {point}" for point, commodity in missing]
    failures += _wrong_levels(case)
    if problem.bundles:
        failures += faults(problem, case.answer, case.held)
    return capped(failures) or f"{len(given.at):,} points and commodities get what their level says"


def _wrong_levels(case: Case) -> list[str]:
    given, failures = case.levels, []
    pointless = ~case.problem.needing[given.at]
    block = np.where(pointless, -1, case.block_at[given.at])
    homeless = ~pointless & (block < 0)
    rungs, num, den = case.block_levels(block)
    same = (given.rungs == rungs) & (signs(given.num, given.den, num, den) == 0)
    bundled = case.bundled(given.at)
    another = (block >= 0) & ~bundled & ~same
    due, per = case.due[given.at], case.per[given.at]
    wrong = (block >= 0) & (signs(given.quantity_num, given.quantity_den, due, per) != 0)
    for row in _marked(pointless, homeless, another, wrong):
        point, commodity = case.answer.key("levels", row)
        own = Level(int(given.rungs[row]), int(given.num[row]), int(given.den[row]))
        level = own if bundled[row] else Level(int(rungs[row]), int(num[row]), int(den[row]))
        if pointless[row]:
            failures.append(f"a level is given where nothing is due, point {point}, {commodity}")
        if homeless[row]:
            failures.append(f"the block of this level is not known, point {point}, {commodity}")
        if another[row]:
            failures.append(f"the level {own} is not {level}, that of its block, point {point}, {commodity}")
        if wrong[row]:
            gets, gives = f"{given.quantity_num[row]}/{given.quantity_den[row]}", Fraction(int(due[row]), int(per[row]))
            failures.append(f"gets {gets} steps where level {level} gives {gives}, point {point}, {commodity}")
    return failures


def check_flows(case: Case) -> str | list[str]:
    """(2) Flows run on lanes that exist, within capacity; every node passes on what it gets and uses what it has."""
    failures = _wrong_flows(case)
    if failures:
        return capped(failures)
    failures = _wrong_use(case)
    for node, capacity in case.problem.handling.items():
        total = sum(case.passed[node].values(), Fraction())
        if total > capacity:
            failures.append(f"{total} steps are handled where the capacity is {capacity}, node {node}")
    lanes = len(case.problem.lane_arrays.tail)
    return capped(failures) or f"{len(case.flows.num):,} flows within {lanes:,} lanes, nothing from nowhere"


def _wrong_flows(case: Case) -> list[str]:
    flows, lanes, failures = case.flows, case.problem.lane_arrays, []
    nowhere = np.ones(len(flows.num), np.bool_)
    nowhere[flows.runs] = False
    lane, num, den = (column[flows.runs] for column in (flows.lane, flows.num, flows.den))
    only = lanes.goods[lane]
    of_another, negative, beyond = (np.zeros(len(flows.num), np.bool_) for _ in range(3))
    of_another[flows.runs] = (only != EACH) & (only != flows.goods[flows.runs])
    negative[flows.runs] = num < 0
    one = np.ones_like(lane)
    beyond[flows.runs] = lanes.limited[lane] & (signs(num, den, lanes.capacity[lane], one) > 0)
    for row in _marked(nowhere, of_another, negative, beyond):
        name, commodity = case.answer.key("flows", row)
        if nowhere[row]:
            failures.append(f"{commodity} flows on a lane that does not exist, lane {name}")
        elif of_another[row]:
            only_for = case.problem.lanes[name].commodity
            failures.append(f"{commodity} flows on a lane for {only_for}, lane {name}")
        elif negative[row]:
            failures.append(f"the flow {flows.num[row]}/{flows.den[row]} of {commodity} is not a quantity, lane {name}")
        else:
            capacity = case.problem.lanes[name].capacity
            failures.append(f"{commodity} flows beyond the capacity of {capacity} steps, lane {name}")
    return failures


def _wrong_use(case: Case) -> list[str]:
    stock = np.concatenate([case.problem.stock, np.zeros(len(case.strangers), np.int64)])
    too_much = case.used < 0
    beyond = signs(case.used, case.used_per, stock, np.ones_like(case.used_per)) > 0
    failures = []
    for place in _first_seen(case.users, too_much | beyond):
        node, commodity = case.name(place)
        if too_much[place]:
            failures.append(f"more {commodity} arrives than is handed out or sent on, node {node}")
        else:
            failures.append(f"{commodity} leaves or is handed out beyond what there is, node {node}")
    return failures


def check_order(case: Case) -> str | list[str]:
    """(3) From a richer to a poorer block every lane is full; from a poorer to a richer every lane is empty."""
    crossings, failures = _lanes_in_order(case)
    problem = case.problem
    for gate in problem.gates.values():
        for commodity in gate.commodities:
            source, target = case.rank(*gate.key), case.rank(gate.node, commodity)
            if source < 0 or target < 0:
                failures.append(f"the handling capacity stands in no block beside {commodity}, node {gate.node}")
                continue
            if source == target:
                continue
            crossings += 1
            drawn = case.drawn(gate, commodity)
            full = gate.capacity if gate.through else problem.supply[gate.node, commodity]
            if source > target and drawn != full:
                failures.append(
                    f"{commodity} could still be handled for the worse served, of which {full - drawn} steps are not, "
                    f"node {gate.node}"
                )
            elif source < target and drawn:
                failures.append(f"handling is spent on {commodity} while others are worse served, node {gate.node}")
    return capped(failures) or f"{crossings:,} lanes between blocks are full or empty as fairness asks"


def _lanes_in_order(case: Case) -> tuple[int, list[str]]:
    """How many lanes (each commodity by itself) run between blocks, and those that are not as they should be."""
    problem, lanes, failures = case.problem, case.problem.lane_arrays, []
    lane, goods = lanes.cells(len(problem.commodities))
    source = case.rank_at[lanes.tail[lane] * problem.width + goods]
    target = case.rank_at[problem.enters[lanes.head[lane] * problem.width + goods]]
    matter = np.flatnonzero((source != target) | (source < 0))
    lane, goods, source, target = lane[matter], goods[matter], source[matter], target[matter]
    homeless = (source < 0) | (target < 0)
    down, up = ~homeless & (source > target), ~homeless & (source < target)
    num, den = case.carried(lane, goods)
    full = lanes.limited[lane] & (signs(num, den, lanes.capacity[lane], np.ones_like(lane)) == 0)
    for cell in _marked(homeless, down & ~full, up & (num != 0)):
        name, commodity = problem.tables["lanes"]["lane"][lane[cell]], problem.commodities[goods[cell]]
        start, end = problem.nodes[lanes.tail[lane[cell]]], problem.nodes[lanes.head[lane[cell]]]
        if homeless[cell]:
            failures.append(f"an end of the lane stands in no block for {commodity}, lane {name}")
        elif down[cell]:
            failures.append(
                f"{commodity} could still go from the better served {start} to the worse served {end}, lane {name}"
            )
        else:
            failures.append(f"{commodity} goes from the worse served {start} to the better served {end}, lane {name}")
    return int(np.count_nonzero(down | up)), failures


def check_idle(case: Case) -> str | list[str]:
    """(4) Where somebody is short, no supply lies idle in his block or in a poorer one."""
    problem = case.problem
    homeless = problem.needing & (case.rank_at < 0)
    failures = ["stands in no block for {1}, point {0}".format(*problem.name(place))
                for place in _first_seen(problem.needs[0], homeless)]  # fmt: skip
    highest = case.highest_short()
    at, stock = problem.supplies
    idle = signs(case.used[at], case.used_per[at], stock, np.ones_like(at)) != 0
    idle &= ~problem.taken[at]  # whether more of it could be taken is asked of the gate, below
    for row in _marked(idle & (case.rank_at[problem.enters[at]] <= highest[at % problem.width])):
        node, commodity = problem.name(int(at[row]))
        rest = int(stock[row]) - case.use(node, commodity)
        failures.append(
            f"{commodity} lies idle ({rest} steps) while points at its level or above are short, node {node}"
        )
    for gate in problem.gates.values():
        rest = gate.capacity - sum((case.drawn(gate, c) for c in gate.commodities), Fraction())
        if gate.through or not rest:
            continue
        if case.rank(*gate.key) <= highest[problem.commodities.index(gate.commodities[0])]:
            failures.append(f"handling for {rest} steps is not used while points are short, node {gate.node}")
    nodes = int(np.count_nonzero(idle))
    return capped(failures) or f"supply lies idle at {nodes:,} nodes, nowhere that somebody short could have it"


CHECKS: tuple[Check[Case], ...] = (
    Check("allocation-certificate", "every node stands in one known block", check_certificate),
    Check("allocation-levels", "every point gets exactly what the level of its block says", check_levels),
    Check("allocation-flows", "flows keep to lanes, capacities and supply, and are conserved", check_flows),
    Check("allocation-order", "lanes from richer to poorer are full, from poorer to richer empty", check_order),
    Check("allocation-idle", "no supply lies idle where somebody is short", check_idle),
)
