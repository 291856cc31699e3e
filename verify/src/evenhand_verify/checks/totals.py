"""A point's units and rations follow from its level, its ladder and what it is owed."""

from __future__ import annotations

from fractions import Fraction

from evenhand_verify import facts
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.numbers import Level
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """units = floor(level) + carried; rations = min(floor(shares + arrears + offered again), units); reserve = the rest."""
    ladders, totals, failures = facts.ladders(d), facts.totals(d), []
    first, levels = facts.first(d), d.case.answer.levels
    for key in sorted(d.case.problem.ladders.keys() - totals.keys()):
        failures.append(f"demand of a point without totals, point {key[0]}, {key[1]}")
    for key, total in totals.items():
        where = f"point {key[0]}, {key[1]}"
        benefit, ladder = d.policy.benefit(key[1]), ladders.get(key)
        if total.reserve != total.units - total.rations or min(total.units, total.rations, total.opening) < 0:
            failures.append(f"{total.units} units less {total.rations} rations are not {total.reserve}, {where}")
        if not benefit.divided:
            due = Fraction(total.carry_micro, facts.MICRO) + Fraction(ladder.total if ladder else 0, benefit.step)
            if abs(total.rations - due) > total.households:
                failures.append(f"{total.rations} steps where {due} are due, {where}")
            continue
        found = levels.get(key)
        level, num, den = found if found else (Level(0, 0, 1), 0, 1)
        units = num // den + total.carried
        rations = facts.planned_rations(facts.exact(ladder, level), first[key].on_roll, units, benefit.step)
        if units != total.units:
            failures.append(f"{total.units} units where level {level} gives {units}, {where}")
        if rations != total.rations:
            failures.append(f"{total.rations} rations where level {level} gives {rations}, {where}")
    return capped(failures) or f"{len(totals):,} totals, {sum(t.rations for t in totals.values()):,} steps on the rolls"


CHECK = Check("totals", "units and rations of every point follow from level, ladder and arrears", run)
