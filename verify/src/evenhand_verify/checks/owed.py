"""What earlier months owe has lapsed, or stands on its rung, or is on the roll again, as the policy's own rule says."""

from __future__ import annotations

from collections import defaultdict

from evenhand_verify import facts
from evenhand_verify.debts import earlier, rule
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """Age by the log; lapse by the policy; rungs above everybody's need, oldest first; goods as far as they are there."""
    debts, before, failures = facts.owed(d), earlier(d), []
    alive = []
    for debt in debts:
        where = facts.named(debt)
        if debt.since not in before:
            failures.append(f"no cycle of that month lies before this one, {where}")
            continue
        held = rule(d, debt.benefit, debt.kind)
        keeps = held is not None and held.keeps(debt.since, len(before) - before.index(debt.since), d.meta.first)
        if debt.lapsed != (0 if keeps else debt.amount):
            said = f'"{held.text}"' if held else "that the policy no longer grants it"
            failures.append(f"{debt.lapsed:,} of {debt.amount:,} base units lapsed; the rule is {said}, {where}")
        if keeps:
            alive.append(debt)
        elif (debt.rung, debt.waiting) != (None, 0):
            failures.append(f"what has lapsed is asked for, {where}")
        roll = d.rolls.get(debt.point)
        if roll is None or not 1 <= debt.households <= len(roll):
            failures.append(f"owed to {debt.households} households, {where}")
    failures += _rungs(d, alive) + _offered(d, alive)
    lapsed: dict[str, int] = defaultdict(int)
    kept: dict[str, int] = defaultdict(int)
    for debt in debts:
        lapsed[debt.benefit] += debt.lapsed
        kept[debt.benefit] += debt.amount - debt.lapsed
    gone = {name: base for name, base in lapsed.items() if base}
    owing = {name: base for name, base in kept.items() if base}
    return capped(failures) or f"still owed {facts.shown(owing)}; lapsed {facts.shown(gone)}, in base units"


def _rungs(d: Disclosure, alive: list[facts.Debt]) -> list[str]:
    top: dict[str, int] = defaultdict(int)
    for benefit, rung in d.table("ladders").rows("benefit", "rung"):
        top[benefit] = max(top[benefit], rung)
    months = sorted({(debt.benefit, debt.since) for debt in alive if debt.kind == facts.UNDERSUPPLIED})
    right: dict[tuple[str, str], int] = {}
    for benefit, since in months:
        top[benefit] += 1
        right[benefit, since] = top[benefit]
    return [
        f"stands on rung {debt.rung} where it belongs on {wanted}, {facts.named(debt)}"
        for debt in alive
        if debt.rung != (wanted := right[debt.benefit, debt.since] if debt.kind == facts.UNDERSUPPLIED else None)
    ]


def _offered(d: Disclosure, alive: list[facts.Debt]) -> list[str]:
    totals, first, failures = facts.totals(d), facts.first(d), []
    room = {key: total.carried - first[key].arrears for key, total in totals.items()}
    for debt in sorted(alive, key=lambda debt: debt.since):
        step, key, where = facts.step(d, debt.benefit), (debt.point, debt.benefit), facts.named(debt)
        if debt.kind == facts.UNDERSUPPLIED:
            if debt.waiting or debt.offered:
                failures.append(f"what was never on a roll is said to wait there, {where}")
            continue
        left = debt.amount - debt.waiting * step
        if not 0 <= left < step * debt.households or (left and debt.amount % step == 0 and left % step):
            failures.append(f"{debt.waiting} steps wait of {debt.amount:,} base units, {where}")
        offered = debt.waiting
        if d.policy.benefit(debt.benefit).divided:
            offered = debt.waiting if debt.waiting <= room.get(key, 0) else 0
            room[key] = room.get(key, 0) - offered
        if debt.offered != offered:
            failures.append(f"{debt.offered} of {debt.waiting} steps that wait are on the roll, not {offered}, {where}")
    return failures


CHECK = Check("owed", "what earlier months owe ages and lapses by the policy's rule, and is asked for", run)
