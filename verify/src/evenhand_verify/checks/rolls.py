"""Every roll is the one that was committed, and its totals are those of the table."""

from __future__ import annotations

import hashlib

from evenhand_verify import facts
from evenhand_verify.disclosure import Disclosure, point_path
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """File, rows, tags, rations and carry of each roll entry; and the reverse."""
    failures, entries = [], d.by_point("roll")
    totals = facts.totals(d)
    for point in sorted(d.rolls.keys() - entries.keys()):
        failures.append(f"a roll that was never committed, {point_path('rolls', point)}")
    for point in sorted({p for p, _ in totals} - entries.keys()):
        failures.append(f"totals of a point without a roll, point {point}")
    rows = 0
    for point, entry in entries.items():
        roll = d.rolls.get(point)
        if roll is None:
            failures.append(f"the committed roll is missing, {point_path('rolls', point)}")
            continue
        rows += len(roll)
        if hashlib.sha256(d.data(roll.where)).digest() != entry.sha256:
            failures.append(f"the roll is not the one that was committed, {roll.where}")
        if len(roll) != entry.part("rows", int) or roll.tags_sha256() != entry.part("tags", bytes):
            failures.append(f"rows or tags are not those that were committed, {roll.where}")
    failures += _totals(d, totals)
    return capped(failures) or f"{len(entries):,} rolls, {rows:,} rows as committed"


def _totals(d: Disclosure, totals: dict[facts.Key, facts.Total]) -> list[str]:
    failures = []
    by_point: dict[str, dict[str, facts.Total]] = {}
    for (point, benefit), total in totals.items():
        by_point.setdefault(point, {})[benefit] = total
    for point, entry in d.by_point("roll").items():
        mine = by_point.get(point, {})
        rations, carry = entry.steps("rations"), entry.steps("carry", negative=True)
        for benefit in sorted(mine.keys() | rations.keys() | carry.keys()):
            found = mine.get(benefit)
            if found is None:
                if d.policy.benefit(benefit).divided:
                    failures.append(f"the roll has {benefit}, and totals do not, point {point}")
                continue
            total = found
            if rations.get(benefit, 0) != total.rations or carry.get(benefit, 0) != total.carry_micro:
                failures.append(
                    f"the roll gives {rations.get(benefit, 0)} steps of {benefit} with arrears of "
                    f"{carry.get(benefit, 0)}, totals say {total.rations} and {total.carry_micro}, point {point}"
                )
            if total.households != entry.part("rows", int):
                failures.append(
                    f"totals count {total.households} households and the roll {entry.totals['rows']} rows, "
                    f"point {point}, {benefit}"
                )
    return failures


CHECK = Check("rolls", "every roll file is the one committed, with the committed totals", run)
