"""What the cycle before left owed, and its rounding arrears, are owed in this one: nothing is dropped, nothing made up."""

from __future__ import annotations

from fractions import Fraction

from evenhand_verify import facts
from evenhand_verify.checks.left import final_level, left
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """`owed` row by row = `left` of the folder before, less what lapsed there, but for new remedies, which are declared;
    arrears to a millionth a household."""
    before = d.previous
    if before is None:
        return "not asked (--previous)"
    then = {key: amount - lapsed for key, (amount, lapsed) in left(before).items() if amount > lapsed}
    now, given = {}, 0
    for debt in facts.owed(d):
        key = (debt.point, debt.benefit, debt.kind, debt.since)
        if debt.kind == facts.REMEDY and debt.since == before.meta.period:
            given += debt.amount
        else:
            now[key] = debt.amount
    failures = [
        f"{then.get(key, 0):,} base units were left and {now.get(key, 0):,} are owed, "
        f"{key[2]} since {key[3]}, point {key[0]}, {key[1]}"
        for key in sorted(then.keys() | now.keys())
        if then.get(key, 0) != now.get(key, 0)
    ]
    failures += _arrears(d, before)
    more = f"; remedies of complaints since then, declared: {given:,} base units" if given else ""
    return capped(failures) or f"{len(now):,} debts and all rounding arrears as {before.meta.cycle} left them{more}"


def _arrears(d: Disclosure, before: Disclosure) -> list[str]:
    failures = []
    totals, first, cuts = facts.totals(d), facts.first(before), facts.recuts(before)
    for key, total in facts.totals(before).items():
        point, benefit = key
        now, cut = d.policy.benefits.get(benefit), cuts.get(key)
        if now is None or not now.divided or not before.policy.benefit(benefit).divided:
            continue
        if cut and cut.counted - cut.reserve < first[key].on_roll:
            continue  # what of it is arrears and what uncollected, only the households' own rows say
        step = facts.step(before, benefit)
        share = facts.exact(facts.ladders(before).get(key), final_level(before, key)) / step
        rations = cut.units if cut else total.rations
        right = (first[key].on_roll + share - rations) * facts.MICRO * Fraction(step, now.step)
        there = totals[key].carry_micro if key in totals else 0
        # Every household's arrears are rounded down to a millionth, and once more where the step changed.
        if not right - 2 * total.households <= there <= right:
            failures.append(
                f"rounding arrears of {there / facts.MICRO:+.6f} steps where {float(right) / facts.MICRO:+.6f} were left, "
                f"point {point}, {benefit}"
            )
    return failures


CHECK = Check("previous-owed", "what the cycle before left owed, and its rounding arrears, are owed in this one", run)
