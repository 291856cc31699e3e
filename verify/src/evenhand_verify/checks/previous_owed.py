"""What the cycle before left owed, and its rounding arrears, are owed in this one: nothing is dropped, nothing made up."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from evenhand_verify import facts
from evenhand_verify.checks.left import final_level, left
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped

ROUNDING = "rounding"
Moves = dict[tuple[str, str, str, str], int]
"""(point, benefit, kind, since) -> what came less what went and what was written off."""


def moves(d: Disclosure) -> tuple[Moves, list[str], dict[str, int]]:
    """What moved with households; what is wrong with it; (kind -> base units written off, declared)."""
    found: Moves = {}
    failures: list[str] = []
    gone: dict[str, int] = defaultdict(int)
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for point, benefit, kind, since, came, went, written_off in d.table("moved").rows(
        "point", "benefit", "kind", "since", "came", "went", "written_off"
    ):
        where = f"{kind} since {since}, point {point}, {benefit}"
        if kind != ROUNDING and (kind not in facts.KINDS or min(came, went, written_off) < 0):
            failures.append(f"a move that cannot be, {where}")
        found[point, benefit, kind, since] = came - went - written_off
        gone[kind] += written_off
        sums[benefit, kind, since][0] += came
        sums[benefit, kind, since][1] += went
    failures += [
        f"{came:,} came and {went:,} went with households that moved, {kind} since {since}, {benefit}"
        for (benefit, kind, since), (came, went) in sorted(sums.items())
        if came != went
    ]
    return found, failures, {kind: amount for kind, amount in gone.items() if amount}


def run(d: Disclosure) -> str | list[str]:
    """`owed` row by row = `left` of the folder before, less what lapsed there, and what moved with its household, but for
    new remedies, which are declared; arrears to a millionth a household."""
    before = d.previous
    if before is None:
        return "not asked (--previous)"
    then = {key: amount - lapsed for key, (amount, lapsed) in left(before).items() if amount > lapsed}
    moved, failures, gone = moves(d)
    for key, change in moved.items():
        if key[2] != ROUNDING:
            then[key] = then.get(key, 0) + change
    now, given = {}, 0
    for debt in facts.owed(d):
        key = (debt.point, debt.benefit, debt.kind, debt.since)
        if debt.kind == facts.REMEDY and debt.since == before.meta.period:
            kept = then.get(key, 0)  # of rows that were held; what is above it came of complaints
            given += max(0, debt.amount - kept)
            now[key] = min(debt.amount, kept)
            if not kept:
                del now[key]
        else:
            now[key] = debt.amount
    failures += [
        f"{then.get(key, 0):,} base units were left and {now.get(key, 0):,} are owed, "
        f"{key[2]} since {key[3]}, point {key[0]}, {key[1]}"
        for key in sorted(then.keys() | now.keys())
        if then.get(key, 0) != now.get(key, 0)
    ]
    failures += _arrears(d, before, moved)
    more = f"; remedies of complaints since then, declared: {given:,} base units" if given else ""
    if gone:
        more += "; written off with households off the lists, declared: "
        more += ", ".join(f"{kind} {amount:,}" for kind, amount in sorted(gone.items()))
    return capped(failures) or f"{len(now):,} debts and all rounding arrears as {before.meta.cycle} left them{more}"


def _arrears(d: Disclosure, before: Disclosure, moved: Moves) -> list[str]:
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
        right += moved.get((point, benefit, ROUNDING, ""), 0)
        there = totals[key].carry_micro if key in totals else 0
        # Every household's arrears are rounded down to a millionth, and once more where the step changed.
        if not right - 2 * total.households <= there <= right:
            failures.append(
                f"rounding arrears of {there / facts.MICRO:+.6f} steps where {float(right) / facts.MICRO:+.6f} were left, "
                f"point {point}, {benefit}"
            )
    return failures


CHECK = Check("previous-owed", "what the cycle before left owed, and its rounding arrears, are owed in this one", run)
