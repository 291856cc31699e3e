"""The plain form of the five checks of fairness: what the arrays are compared with."""

from __future__ import annotations

from fractions import Fraction

from evenhand_verify.bundles import faults
from evenhand_verify.problem import Key
from evenhand_verify.result import Check, capped

from checker_kit.plain_case import Case


def check_certificate(case: Case) -> str | list[str]:
    """Every node stands in one block for every commodity, and every block is used and known."""
    problem, answer, failures = case.problem, case.answer, []
    needed = {(node, commodity) for node in problem.kinds for commodity in problem.commodities}
    needed |= {gate.key for gate in problem.gates.values()}
    for node, commodity in sorted(needed - answer.certificate.keys()):
        failures.append(f"no block is given for {commodity}, node {node}")
    for node, commodity in sorted(answer.certificate.keys() - needed):
        failures.append(f"a block is given for {commodity} where there is none, node {node}")
    for (node, commodity), block in answer.certificate.items():
        if block not in answer.blocks:
            failures.append(f"block {block} is not in the table of blocks, node {node}, {commodity}")
    for block in sorted(answer.blocks.keys() - set(answer.certificate.values())):
        failures.append(f"a block that nobody stands in, block {block}")
    return capped(failures) or f"{len(answer.certificate):,} nodes and commodities in {len(answer.blocks):,} blocks"


def check_levels(case: Case) -> str | list[str]:
    """(1) Every point gets exactly what the level of its block says."""
    problem, answer, failures = case.problem, case.answer, []
    for point, commodity in sorted(problem.ladders.keys() - answer.levels.keys()):
        failures.append(f"no level is given for {commodity}, point {point}")
    for key, (level, num, den) in answer.levels.items():
        point, commodity = key
        ladder = problem.ladders.get(key)
        if ladder is None:
            failures.append(f"a level is given where nothing is due, point {point}, {commodity}")
            continue
        block = answer.blocks.get(answer.certificate.get(key))
        if block is None:
            failures.append(f"the block of this level is not known, point {point}, {commodity}")
            continue
        same = level.rungs == block.rungs and level.num * block.den == block.num * level.den
        if commodity in problem.bundles:
            block = level  # its block may be higher: another part of the bundle may hold it
        elif not same:
            failures.append(f"the level {level} is not {block}, that of its block, point {point}, {commodity}")
        due, of = ladder.at(block)
        if den <= 0 or num * of != due * den:
            failures.append(
                f"gets {num}/{den} steps where level {block} gives {Fraction(due, of)}, point {point}, {commodity}"
            )
    if problem.bundles:
        failures += faults(problem, answer, case.held)
    return capped(failures) or f"{len(answer.levels):,} points and commodities get what their level says"


def check_flows(case: Case) -> str | list[str]:
    """(2) Flows run on lanes that exist, within capacity; every node passes on what it gets and uses what it has."""
    problem, answer, failures = case.problem, case.answer, []
    known = set(problem.commodities)
    for (name, commodity), (num, den) in answer.flows.items():
        lane = problem.lanes.get(name)
        if lane is None or commodity not in known:
            failures.append(f"{commodity} flows on a lane that does not exist, lane {name}")
        elif lane.commodity is not None and lane.commodity != commodity:
            failures.append(f"{commodity} flows on a lane for {lane.commodity}, lane {name}")
        elif den <= 0 or num < 0:
            failures.append(f"the flow {num}/{den} of {commodity} is not a quantity, lane {name}")
        elif lane.capacity is not None and num > lane.capacity * den:
            failures.append(f"{commodity} flows beyond the capacity of {lane.capacity} steps, lane {name}")
    if failures:
        return capped(failures)
    for (node, commodity), (num, den) in case.used.items():
        stock = problem.supply.get((node, commodity), 0)
        if num < 0:
            failures.append(f"more {commodity} arrives than is handed out or sent on, node {node}")
        elif num > stock * den:
            failures.append(f"{commodity} leaves or is handed out beyond what there is, node {node}")
    for node, capacity in problem.handling.items():
        total = sum(case.passed[node].values(), Fraction())
        if total > capacity:
            failures.append(f"{total} steps are handled where the capacity is {capacity}, node {node}")
    return capped(failures) or f"{len(answer.flows):,} flows within {len(problem.lanes):,} lanes, nothing from nowhere"


def check_order(case: Case) -> str | list[str]:
    """(3) From a richer to a poorer block every lane is full; from a poorer to a richer every lane is empty."""
    problem, answer, failures = case.problem, case.answer, []
    crossings, known = 0, set(problem.commodities)
    ranks: dict[Key, int | None] = {key: case.ranks.get(block) for key, block in answer.certificate.items()}
    for lane in problem.lanes.values():
        if lane.source == lane.target:
            continue
        gate = problem.gates.get(lane.target)
        for commodity in problem.commodities if lane.commodity is None else known & {lane.commodity}:
            enters = (lane.target, commodity)
            if gate is not None and gate.through and commodity in gate.commodities:
                enters = gate.key  # what arrives stands before the capacity
            source, target = ranks.get((lane.source, commodity)), ranks.get(enters)
            if source is None or target is None:
                failures.append(f"an end of the lane stands in no block for {commodity}, lane {lane.name}")
                continue
            if source == target:
                continue
            crossings += 1
            num, den = answer.flows.get((lane.name, commodity), (0, 1))
            if source > target:
                if lane.capacity is None or num != lane.capacity * den:
                    failures.append(
                        f"{commodity} could still go from the better served {lane.source} to the worse served "
                        f"{lane.target}, lane {lane.name}"
                    )
            elif num:
                failures.append(
                    f"{commodity} goes from the worse served {lane.source} to the better served {lane.target}, "
                    f"lane {lane.name}"
                )
    for gate in problem.gates.values():
        for commodity in gate.commodities:
            source, target = ranks.get(gate.key), ranks.get((gate.node, commodity))
            if source is None or target is None:
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


def check_idle(case: Case) -> str | list[str]:
    """(4) Where somebody is short, no supply lies idle in his block or in a poorer one."""
    problem, answer, failures = case.problem, case.answer, []
    highest: dict[str, int] = {}
    for key, ladder in problem.ladders.items():
        rank = case.rank(*key)
        if rank is None:
            failures.append(f"stands in no block for {key[1]}, point {key[0]}")
            continue
        level, together = answer.blocks[answer.certificate[key]], problem.joint[key[1]]
        due, of = ladder.at(level)
        short = key in case.held if key[1] in problem.bundles else due < ladder.total * of
        if short and rank > highest.get(together, -1):
            highest[together] = rank
    idle = 0
    for (node, commodity), stock in problem.supply.items():
        num, den = case.used.get((node, commodity), (0, 1))
        if num == stock * den:
            continue
        place, gate = (node, commodity), problem.gates.get(node)
        if gate is not None and commodity in gate.commodities:
            if not gate.through:
                continue  # whether more of it could be taken is asked of the gate, below
            place = gate.key
        idle += 1
        rank = case.rank(*place)
        if rank is None or rank <= highest.get(problem.joint[commodity], -1):
            failures.append(
                f"{commodity} lies idle ({Fraction(stock * den - num, den)} steps) while points at its level or above "
                f"are short, node {node}"
            )
    for gate in problem.gates.values():
        rest = gate.capacity - sum((case.drawn(gate, c) for c in gate.commodities), Fraction())
        if gate.through or not rest:
            continue
        rank = case.rank(*gate.key)
        if rank is None or rank <= highest.get(problem.joint[gate.commodities[0]], -1):
            failures.append(f"handling for {rest} steps is not used while points are short, node {gate.node}")
    return capped(failures) or f"supply lies idle at {idle:,} nodes, nowhere that somebody short could have it"


CHECKS: tuple[Check[Case], ...] = (
    Check("allocation-certificate", "every node stands in one known block", check_certificate),
    Check("allocation-levels", "every point gets exactly what the level of its block says", check_levels),
    Check("allocation-flows", "flows keep to lanes, capacities and supply, and are conserved", check_flows),
    Check("allocation-order", "lanes from richer to poorer are full, from poorer to richer empty", check_order),
    Check("allocation-idle", "no supply lies idle where somebody is short", check_idle),
)
