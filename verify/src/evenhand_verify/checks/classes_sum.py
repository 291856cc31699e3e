"""What the policy's rows grant in an area is what its points' ladders hold."""

from __future__ import annotations

from collections import defaultdict

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.numbers import many
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """Sums by area and benefit."""
    area_of = dict(d.table("places").rows("node", "area"))
    granted: dict[tuple[str, str], int] = defaultdict(int)
    for area, benefit, amount in d.table("classes").rows("area", "benefit", "amount"):
        granted[area, benefit] += amount
    due: dict[tuple[str, str], int] = defaultdict(int)
    for point, benefit, amount in d.table("ladders").rows("point", "benefit", "amount"):
        due[area_of.get(point, ""), benefit] += amount
    failures = []
    for area, benefit in sorted(granted.keys() | due.keys()):
        one, other = granted.get((area, benefit), 0), due.get((area, benefit), 0)
        if one != other:
            failures.append(
                f"the policy's rows grant {one:,} and the ladders hold {other:,} base units of {benefit}, area {area}"
            )
    areas = len({area for area, _ in granted})
    return (
        capped(failures)
        or f"{many(len(granted), 'sum')} in {many(areas, 'area')}: rows of the policy = ladders of the points"
    )


CHECK = Check("classes-sum", "the classes of an area sum to the ladders of its points", run)
