"""Demand is the ladders, and above them what a shortage of earlier months did not give, with the reserve, in whole steps."""

from __future__ import annotations

from evenhand_verify import facts
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.numbers import ceil_div
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """demand = ceil(ladder x (1 + reserve) / step), rung by rung, for every benefit that is divided."""
    more = 1 + d.meta.reserve
    expected = {}
    rungs = list(d.table("ladders").rows("point", "benefit", "rung", "amount"))
    rungs += [(debt.point, debt.benefit, debt.rung, debt.amount) for debt in facts.owed(d) if debt.rung is not None]
    for point, benefit, rung, amount in rungs:
        found = d.policy.benefit(benefit)
        if found.divided:
            expected[point, benefit, rung] = ceil_div(amount * more.numerator, more.denominator * found.step)
    there = {
        (point, benefit, rung): quantity
        for point, benefit, rung, quantity in d.table("demand").rows("point", "commodity", "rung", "quantity")
    }
    failures = []
    for key in sorted(expected.keys() | there.keys()):
        want, found_there = expected.get(key, 0), there.get(key, 0)
        if want != found_there:
            point, benefit, rung = key
            failures.append(
                f"demand of {found_there} steps where the ladder gives {want}, point {point}, {benefit}, rung {rung}"
            )
    return capped(failures) or f"{len(there):,} rungs, {sum(there.values()):,} steps with a reserve of {d.meta.reserve}"


CHECK = Check("demand", "demand = ladders with the reserve, in whole steps", run)
