"""What was divided is what lay there at the freeze, less what is owed already."""

from __future__ import annotations

from collections import defaultdict

from evenhand_verify import facts
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """Opening balances and goods received -> openings of points, what is carried, supply."""
    books, (_, into, out), totals = facts.books(d), facts.carried(d), facts.totals(d)
    first, problem, failures = facts.first(d), d.case.problem, []
    owed: dict[facts.Key, facts.Total] = {}
    for key, total in totals.items():
        point, benefit = key
        base = d.policy.benefit(benefit)
        if not base.divided:
            continue
        owed[key] = total
        here, needed = first[key].here, first[key].needed
        if total.opening != books.at_freeze(point, benefit) // base.step:
            failures.append(f"opens with {total.opening} steps, the ledger says otherwise, point {point}, {benefit}")
        if total.carried != here + into.get(key, 0):
            failures.append(f"{total.carried} steps set aside for what is owed do not add up, point {point}, {benefit}")
        if total.carried > needed:
            failures.append(f"{total.carried} steps are set aside where {needed} are owed, point {point}, {benefit}")
    expected: dict[facts.Key, int] = defaultdict(int)
    for benefit in d.policy.divided:
        step = d.policy.benefit(benefit).step
        for node in problem.kinds:
            key = node, benefit
            mine = owed.get(key)
            steps = books.at_freeze(node, benefit) // step
            aside = first[key].here if mine else 0
            # What is carried into a point stays there; elsewhere it goes on.
            expected[key] = steps - aside if mine else steps + into.get(key, 0) - out.get(key, 0)
    for key in sorted(expected.keys() | problem.supply.keys()):
        want, found = expected.get(key, 0), problem.supply.get(key, 0)
        if want != found:
            failures.append(f"{found} steps of {key[1]} were divided where {want} lay, node {key[0]}")
    steps = sum(problem.supply.values())
    return (
        capped(failures)
        or f"{steps:,} steps divided, {sum(t.carried for t in owed.values()):,} set aside for what is owed"
    )


CHECK = Check("supply", "what was divided is what the ledger says lay there", run)
