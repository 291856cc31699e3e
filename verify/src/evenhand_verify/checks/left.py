"""What the cycle leaves owed is what its levels did not give and its households did not collect."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from evenhand_verify import facts, lists
from evenhand_verify.checks.moves import own_rows_got
from evenhand_verify.debts import rule
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.numbers import Level
from evenhand_verify.result import Check, Malformed, capped

Left = dict[tuple[str, str, str, str], tuple[int, int]]
"""(point, benefit, kind, since) -> base units, and how many of them lapse at once."""


def left(d: Disclosure) -> Left:
    """The table `left`."""
    return d.once("left", lambda: _read(d))


def _read(d: Disclosure) -> Left:
    found = {}
    names = ("point", "benefit", "kind", "since", "amount", "lapsed")
    for point, benefit, kind, since, amount, lapsed in d.table("left").rows(*names):
        if kind not in facts.KINDS or amount <= 0 or not 0 <= lapsed <= amount:
            raise Malformed("tables/left.parquet", f"{kind} since {since} that cannot be, point {point}, {benefit}")
        found[point, benefit, kind, since] = (amount, lapsed)
    return found


def final_level(d: Disclosure, key: facts.Key) -> Level:
    """The level of a point after its re-cut."""
    cut = facts.recuts(d).get(key)
    if cut:
        return cut.level
    return d.case.answer.levels[key][0] if key in d.case.answer.levels else Level(0, 0, 1)


def above(level: Level, rung: int, amount: int) -> Fraction:
    """What of a rung lies above a level."""
    if rung == level.rungs + 1:
        return Fraction(amount * (level.den - level.num), level.den)
    return Fraction(amount if rung > level.rungs else 0)


def run(d: Disclosure) -> str | list[str]:
    """Undersupplied exactly, month by month; uncollected against what was given; the part that lapses by the policy."""
    found, failures = left(d), []
    now = d.meta.period
    wanted: dict[tuple[str, str, str, str], Fraction] = defaultdict(Fraction)
    for point, benefit, rung, amount in d.table("ladders").rows("point", "benefit", "rung", "amount"):
        if d.policy.benefit(benefit).divided:
            key = (point, benefit, facts.UNDERSUPPLIED, now)
            wanted[key] += above(final_level(d, (point, benefit)), rung, amount)
    for debt in facts.owed(d):
        if debt.rung is not None:
            key = (debt.point, debt.benefit, facts.UNDERSUPPLIED, debt.since)
            wanted[key] += above(final_level(d, (debt.point, debt.benefit)), debt.rung, debt.amount)
    for key in sorted(wanted.keys() | {key for key in found if key[2] == facts.UNDERSUPPLIED}):
        right, there = wanted.get(key, Fraction(0)), found.get(key, (0, 0))[0]
        if right.numerator // right.denominator != there:
            failures.append(
                f"{there:,} base units are left where the level leaves {right.numerator // right.denominator:,}, "
                f"{key[2]} since {key[3]}, point {key[0]}, {key[1]}"
            )
    failures += _uncollected(d, found) + _lapsed(d, found)
    sums = {kind: sum(amount for key, (amount, _) in found.items() if key[2] == kind) for kind in facts.KINDS}
    gone = sum(lapsed for _, lapsed in found.values())
    told = ", ".join(f"{kind} {amount:,}" for kind, amount in sums.items())
    return capped(failures) or f"{told}; of it {gone:,} lapsed at once, in base units of all benefits"


def _lapsed(d: Disclosure, found: Left) -> list[str]:
    failures = []
    # Where a device was given up, what no receipt tells of is unknown: it is never called uncollected and owed again.
    silent = {
        point
        for point, entry in d.by_point("redeemed").items()
        if any(isinstance(head, list) and len(head) > 3 for head in entry.part("heads", list))
    }
    for (point, benefit, kind, since), (amount, lapsed) in found.items():
        held = rule(d, benefit, kind)
        unknown = kind == facts.UNCOLLECTED and point in silent
        at_once = since == d.meta.period and (held is None or unknown or not held.carries)
        if lapsed != (amount if at_once else 0):
            said = f'the rule is "{held.text}"' if held else "it is owed by no rule"
            failures.append(
                f"{lapsed:,} of {amount:,} lapse at once; {said}, {kind} since {since}, point {point}, {benefit}"
            )
    return failures


def _uncollected(d: Disclosure, found: Left) -> list[str]:
    """What nobody collected is what was on the roll and not given, and what waited and was not on it."""
    failures, cuts, first = [], facts.recuts(d), facts.first(d)
    outcomes, totals = d.by_point("redeemed"), facts.totals(d)
    debts: dict[facts.Key, list[facts.Debt]] = defaultdict(list)
    for debt in facts.owed(d):
        if debt.kind != facts.UNDERSUPPLIED and not debt.lapsed:
            debts[debt.point, debt.benefit].append(debt)
    told: dict[facts.Key, dict[tuple[str, str], int]] = defaultdict(dict)
    for (point, benefit, kind, since), (amount, _) in found.items():
        if kind != facts.UNDERSUPPLIED:
            told[point, benefit][kind, since] = amount
    rolls = {(p, b): steps for p, entry in d.by_point("roll").items() for b, steps in entry.steps("rations").items()}
    held = {hold.point for hold in lists.holds(d)}
    for key in sorted(rolls.keys() | told.keys() | debts.keys()):
        point, benefit = key
        where = f"point {point}, {benefit}"
        step, entry, mine = facts.step(d, benefit), outcomes.get(point), dict(told.get(key, {}))
        if entry is None:
            continue
        waited = offered = 0
        for debt in debts.get(key, []):
            amount = mine.pop((debt.kind, debt.since), 0)
            if not debt.amount - debt.offered * step <= amount <= debt.amount:
                failures.append(f"{amount:,} base units are left of {debt.amount:,}, {facts.named(debt)}")
            waited, offered = waited + debt.amount, offered + debt.offered
        own = {(facts.UNCOLLECTED, d.meta.period)}
        if point in held:
            own.add((facts.REMEDY, d.meta.period))
        for kind, since in sorted(mine.keys() - own):
            failures.append(f"{kind} since {since}, which was not owed before, {where}")
        cut = cuts.get(key)
        on_roll = cut.units if cut else rolls.get(key, 0)
        not_given = (on_roll - own_rows_got(entry, benefit)) * step
        least = not_given + waited - offered * step
        # Where even what is owed first was not there, the rest of it stays owed without having been on the roll.
        most = least + (offered * step if cut and cut.counted - cut.reserve < first[key].on_roll else 0)
        listed = lists.most(d, key)
        if key not in totals and d.policy.benefit(benefit).divided:
            continue
        total = sum(told.get(key, {}).values())
        if total < least or (listed is not None and total > most + listed * step):
            failures.append(f"{total:,} base units are left uncollected where {least:,} were not handed over, {where}")
    return failures


CHECK = Check("left", "what is left owed is what the levels did not give and nobody collected", run)
