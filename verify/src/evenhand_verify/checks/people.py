"""Households and members are counted alike everywhere they are published."""

from __future__ import annotations

from collections import defaultdict

from evenhand_verify import facts
from evenhand_verify.arithmetic import Arithmetic
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """One number of households and members a point; no point under k; classes count no more people than totals."""
    failures = []
    people: dict[str, tuple[int, int]] = {}
    for (point, benefit), total in facts.totals(d).items():
        mine = total.households, total.members
        if people.setdefault(point, mine) != mine:
            failures.append(
                f"another number of households or members than for other benefits, point {point}, {benefit}"
            )
        if 0 < total.households < d.meta.k:
            failures.append(f"a point of {total.households} households, fewer than {d.meta.k}, point {point}")
        if total.members < 0 or total.households < 0:
            failures.append(f"a number of people below 0, point {point}, {benefit}")
    failures += _classes(d, people)
    households = sum(count for count, _ in people.values())
    members = sum(count for _, count in people.values())
    return capped(failures) or f"{households:,} households, {members:,} members (declared), at {len(people):,} points"


def _classes(d: Disclosure, people: dict[str, tuple[int, int]]) -> list[str]:
    area_of = dict(d.table("places").rows("node", "area"))
    here: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for point, (households, members) in people.items():
        if point in area_of:
            here[area_of[point]][0] += households
            here[area_of[point]][1] += members
    seen: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    table = d.table("classes")
    for area, benefit, row, households, members in table.rows("area", "benefit", "row", "households", "members"):
        counts = seen[area, benefit, row.partition(".")[0]]
        counts[0] += households or 0
        counts[1] += members or 0
    failures = []
    for (area, benefit, rule), (households, members) in seen.items():
        limit = here.get(area)
        if limit is None:
            failures.append(f"classes of an area without a point, area {area}")
            continue
        # Every household and member falls into one row of a table, so the rows count all of them.
        of_members = d.policy.tables.get(rule, {}).get("of", "household") == "member"
        if members != limit[1] or (not of_members and households != limit[0]):
            failures.append(
                f"the rows of {rule} fit {households:,} households and {members:,} members, and the totals have "
                f"{limit[0]:,} and {limit[1]:,}, area {area}, {benefit}"
            )
    arithmetic = Arithmetic(d.policy, d.meta)
    for benefit in {str(item.get("benefit")) for item in d.policy.entitlements}:
        rules = [*(arithmetic.shares(benefit) or ())]
        for area, (households, _) in here.items():
            whole = (area, benefit, "entitlement") in seen
            if households and not whole and not (rules and all((area, benefit, rule) in seen for rule in rules)):
                failures.append(f"no class says what the policy grants, area {area}, {benefit}")
    return failures


CHECK = Check("people", "households and members are counted alike in rolls, totals and classes", run)
