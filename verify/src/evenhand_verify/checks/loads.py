"""What was loaded is what the waybills say, and what closed lanes changed of them, or as much as there was."""

from __future__ import annotations

from collections import defaultdict

from evenhand_verify import facts, papers
from evenhand_verify.checks import waybills
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """Loads by (from, to, benefit) against waybills; what was lost is told."""
    books, lanes, failures = facts.books(d), d.case.problem.lanes, []
    told: dict[tuple[str, str, str], int] = defaultdict(int)
    wanted: dict[facts.Key, int] = defaultdict(int)
    for (name, benefit), quantity in waybills.loads(d).items():
        lane = lanes.get(name)
        if lane is None:
            return [f"a waybill for a lane that does not exist, lane {name}"]
        told[lane.source, lane.target, benefit] += quantity * d.policy.benefit(benefit).step
        wanted[lane.source, benefit] += quantity * d.policy.benefit(benefit).step
    for (name, benefit), steps in papers.changed(d).items():
        lane = lanes.get(name)
        if lane is not None:
            told[lane.source, lane.target, benefit] += steps * d.policy.benefit(benefit).step
            wanted[lane.source, benefit] += steps * d.policy.benefit(benefit).step
    for source, target, benefit in sorted(told.keys() | books.load.keys()):
        want, found = told.get((source, target, benefit), 0), books.load.get((source, target, benefit), 0)
        where = f"from {source} to {target}, {benefit}"
        if found > want:
            failures.append(f"{found:,} base units were loaded and the waybills say {want:,}, {where}")
        elif found < want:
            key = source, benefit
            held = books.at_freeze(source, benefit) + books.arrive.get(key, 0) - books.lost_here.get(key, 0)
            if held >= wanted[key]:
                failures.append(f"only {found:,} base units of {want:,} were loaded though they were there, {where}")
    lost: dict[str, int] = defaultdict(int)
    for (_, benefit), quantity in [*books.lost_here.items(), *books.lost_on_way.items(), *books.write_off.items()]:
        lost[benefit] += quantity
    total = sum(books.load.values())
    return capped(failures) or f"{total:,} base units loaded as the waybills say; lost and told: {facts.shown(lost)}"


CHECK = Check("loads", "lorries were loaded as the waybills say, or with all there was", run)
