"""Whoever came to a point in the open cycle is on a list that two people signed, and lives off the point's reserve alone."""

from __future__ import annotations

from collections import defaultdict

from evenhand_verify import facts, lists
from evenhand_verify.checks.left import final_level
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.numbers import Level, many
from evenhand_verify.result import Check, Malformed, capped


def run(d: Disclosure) -> str | list[str]:
    """Files and entries; two signatures; nobody twice; a level not above the point's; promises within the reserve."""
    found, failures = lists.supplements(d), []
    wanted = {lists.path_of(one.number) for one in found}
    failures += [f"a list that was never logged, {path}" for path in d.paths("supplements") if path not in wanted]
    owner = {tag: point for point, roll in d.rolls.items() for tag in roll.tags}
    counted = d.by_point("received")
    people: dict[str, int] = defaultdict(int)
    for one in found:
        entry = one.entry
        failures += lists.two_signed(d, entry, "evenhand/supplement/v1", [one.number], lists.supplement_digest(one))
        people[one.point] += len(one.roll)
        if len(one.roll) != entry.part("rows", int) or one.roll.tags_sha256() != entry.part("tags", bytes):
            failures.append(f"rows or tags are not those that were logged, {one.roll.where}")
        if not one.roll.tags or not entry.part("reason", str).strip():
            failures.append(f"nobody on the list, or no reason, {entry.where}")
        if one.point not in d.rolls:
            failures.append(f"a list of a point without a roll, {entry.where}")
        if one.point not in counted or counted[one.point].index > entry.index:
            failures.append(f"a list of a point that had not counted in, {entry.where}")
        for tag in one.roll.tags:
            other = owner.setdefault(tag, one.number)
            if other is not one.number:
                failures.append(f"the row {tag.hex()} stands on the roll or list {other} already, {one.roll.where}")
        for benefit, level in one.levels.items():
            if benefit not in d.policy.divided or level.value > _level(d, (one.point, benefit)).value:
                failures.append(f"the list stands at {level} of {benefit}, above its point, {entry.where}")
    failures += _table(d, people)
    shown = {key: steps for key, steps in lists.promised(d).items() if steps is not None}
    sums: dict[str, int] = defaultdict(int)
    for (_, benefit), steps in shown.items():
        sums[benefit] += steps
    few = len({key[0] for key in lists.promised(d)} - {key[0] for key in shown})
    note = f"; {many(few, 'point')} with too few to tell" if few else ""
    if not found and not failures:
        return "no list"
    told = f", promised {facts.shown(dict(sums))} in steps, what is divided from the reserves" if shown else ""
    return capped(failures) or (f"{many(len(found), 'list')} of {many(sum(people.values()), 'household')}{told}{note}")


def _level(d: Disclosure, key: facts.Key) -> Level:
    try:
        return final_level(d, key)
    except Malformed:
        return Level(0, 0, 1)


def _table(d: Disclosure, people: dict[str, int]) -> list[str]:
    failures = []
    rows = {
        (point, benefit): (households, steps)
        for point, benefit, households, steps in d.table("supplements").rows(
            "point", "benefit", "households", "rations"
        )
    }
    right = {(point, benefit) for point in people for benefit in d.policy.benefits}
    for point, benefit in sorted(rows.keys() ^ right):
        failures.append(f"a figure of no list, or a list without its figure, point {point}, {benefit}")
    for key, (households, steps) in rows.items():
        where = f"point {key[0]}, {key[1]}"
        count = people.get(key[0], 0)
        if (households, steps) == (None, None):
            if count >= d.meta.k:
                failures.append(f"{count} households are not told of, {where}")
            continue
        if households is None or steps is None or households != count or count < d.meta.k:
            failures.append(f"{households} households are told of and {count} stand on lists, {where}")
        elif steps < 0 or (d.policy.benefit(key[1]).divided and steps > lists.reserve(d, key)):
            failures.append(f"{steps} steps are promised from a reserve of {lists.reserve(d, key)}, {where}")
    return failures


CHECK = Check("supplement", "whoever came later is on a list two people signed, within the reserve", run)
