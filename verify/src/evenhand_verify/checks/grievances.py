"""The public figures of complaints are those logged, add up, and tell of nobody alone."""

from __future__ import annotations

import hashlib

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.numbers import many
from evenhand_verify.result import Check, capped

KINDS = ("not-on-list", "wrong-amount", "not-served", "quality", "conduct", "abuse", "other", "several")
NUMBERS = ("received", "decided", "in_time", "upheld")


def run(d: Disclosure) -> str | list[str]:
    """Every number is empty, 0 or at least k, what is left of `decided` too; the entry's sums are those of the table."""
    entry = d.one("grievance-totals", "grievances")
    failures = []
    if hashlib.sha256(d.data("tables/grievances.parquet")).digest() != entry.sha256:
        failures.append(f"the figures of complaints are not those that were logged, {entry.where}")
    sums = dict.fromkeys(NUMBERS, 0)
    for area, kind, received, decided, in_time, upheld in d.table("grievances").rows("area", "kind", *NUMBERS):
        where = f"area {area or 'of all that are too small'}, {kind}"
        row = dict(zip(NUMBERS, (received, decided, in_time, upheld), strict=True))
        if kind not in KINDS or (not area and kind != "several"):
            failures.append(f"no such kind of complaint, {where}")
        for name, number in row.items():
            sums[name] += number or 0
            if number is not None and number != 0 and number < d.meta.k:
                failures.append(f"{name} tells of {number}, fewer than k = {d.meta.k}, {where}")
        for name in ("in_time", "upheld"):
            part = row[name]
            if part is None:
                continue
            rest = -1 if decided is None else decided - part
            if rest < 0:
                failures.append(f"{part} {name} of {decided} decided, {where}")
            elif 0 < rest < d.meta.k:
                failures.append(f"{name} leaves {rest}, fewer than k = {d.meta.k}, {where}")
    told = entry.steps("sums")
    if told != {name: number for name, number in sums.items() if number}:
        failures.append(f"the table adds up to {sums}, and {told} were logged, {entry.where}")
    return capped(failures) or (
        f"{many(sums['received'], 'complaint')} told of, {sums['decided']:,} decided, {sums['in_time']:,} in time, "
        f"{sums['upheld']:,} upheld; what stands for fewer than k is empty"
    )


CHECK = Check("grievances", "figures of complaints are those logged, add up, and tell of nobody alone", run)
