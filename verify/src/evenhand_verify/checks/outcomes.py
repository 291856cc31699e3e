"""Every row of every roll ended, once, in a way that its outcome file and entry tell alike."""

from __future__ import annotations

import hashlib
from collections import Counter

from evenhand_verify import lists
from evenhand_verify.disclosure import Disclosure, point_path
from evenhand_verify.packed import CONTESTED, EXCEPTION, HELD, MOVED, REFUSED, STATUS, UNCOLLECTED, outcomes
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """The tags of the outcome file are those of roll and lists; statuses and values have their form; totals agree."""
    failures, entries = [], d.by_point("redeemed")
    sums: Counter[int] = Counter()
    for point in sorted(d.rolls.keys() | d.redeemed.keys() | entries.keys()):
        path = point_path("redeemed", point)
        roll, packed, entry = d.rolls.get(point), d.redeemed.get(point), entries.get(point)
        if roll is None or packed is None or entry is None:
            missing = "roll" if roll is None else "outcome file" if packed is None else "entry redeemed"
            failures.append(f"there is no {missing} of point {point}, {path}")
            continue
        if hashlib.sha256(d.data(path)).digest() != entry.sha256:
            failures.append(f"the outcomes are not those that were logged, {path}")
        # What stands in the outcomes alone moved there, or it is a fault: see `moves`.
        odd = sorted({*roll.tags, *lists.listed(d, point)} - set(packed.tags))
        if odd:
            failures.append(f"{len(odd)} tags of the roll have no outcome, {odd[0].hex()}, {path}")
        counts: Counter[int] = Counter()
        for tag, status, value in outcomes(packed):
            counts[status] += 1
            if not _fits(status, value):
                failures.append(f"an outcome that is none, tag {tag.hex()}, {path}")
        sums += counts
        told = [entry.part("rows", int), *(entry.part(name, int) for name in STATUS.values())]
        if told != [len(packed), *(counts[status] for status in STATUS)]:
            failures.append(f"the entry counts other outcomes than the file has, {entry.where}")
    parts = ", ".join(f"{sums[status]:,} {name}" for status, name in STATUS.items())
    return capped(failures) or f"{sum(sums.values()):,} rows ended: {parts}"


def _fits(status: int, value: bytes) -> bool:
    if status in (CONTESTED, UNCOLLECTED):
        return not any(value)
    if status in (EXCEPTION, REFUSED):
        reason = value.rstrip(b"\0")
        return bool(reason) and all(32 <= letter < 127 for letter in reason)
    return status in STATUS and (status not in (HELD, MOVED) or any(value))


CHECK = Check("outcomes", "every row of every roll ended, and the counts agree", run)
