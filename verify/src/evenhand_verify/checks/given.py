"""What was handed out is what the outcomes say, was on the rolls, and was there."""

from __future__ import annotations

from fractions import Fraction

from evenhand_verify import facts, lists
from evenhand_verify.checks.moves import own_rows_got
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """given = redeem movements <= rations (re-cut where it was) and lists; over-issue and what lists took beyond the rations
    <= reserve; both <= what was there."""
    books, totals, recuts = facts.books(d), facts.totals(d), facts.recuts(d)
    entries, failures = d.by_point("redeemed"), []
    given = {(p, benefit): steps for p, entry in entries.items() for benefit, steps in entry.steps("given").items()}
    goods = set(d.policy.divided)
    moved = {key for table in (books.redeem, books.over_issue) for key in table}
    for key in sorted(given.keys() | moved):
        point, benefit = key
        where = f"point {point}, {benefit}"
        total = totals.get(key)
        if benefit not in goods:
            continue
        step = d.policy.benefit(benefit).step
        steps = given.get(key, 0)
        if steps * step != books.redeem.get(key, 0):
            failures.append(
                f"outcomes say {steps} steps and the ledger {Fraction(books.redeem.get(key, 0), step)}, {where}"
            )
        own = own_rows_got(entries[point], benefit) if point in entries else 0
        if total is None and not own:
            continue
        if total is None:
            failures.append(f"handed out where nothing was due, {where}")
            continue
        cut = recuts.get(key)
        rations, reserve = (cut.units, cut.reserve) if cut else (total.rations, total.reserve)
        listed = lists.most(d, key) or 0
        if own > rations + listed:
            failures.append(f"{own} steps were given of {rations} on the roll and {listed} on lists, {where}")
        if books.over_issue.get(key, 0) + max(0, own - rations) * step > reserve * step:
            failures.append(f"over-issue beyond the reserve of {reserve} steps, {where}")
        there = books.at_freeze(point, benefit) + books.arrive.get(key, 0)
        if books.redeem.get(key, 0) + books.over_issue.get(key, 0) > there:
            failures.append(f"more was given than was ever there, {where}")
    sums: dict[str, int] = {}
    for (_, benefit), steps in given.items():
        sums[benefit] = sums.get(benefit, 0) + steps
    over = sum(1 for value in books.over_issue.values() if value)
    return capped(failures) or f"{facts.shown(sums)} in steps; over-issue at {over:,} points and benefits"


CHECK = Check("given", "what was given is in the ledger, was on the roll, and was there", run)
