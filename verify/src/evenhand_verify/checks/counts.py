"""What arrived at a point was counted and signed by the device that holds it, or by an officer who says why."""

from __future__ import annotations

from evenhand_verify import facts, papers
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, Malformed, capped

OFFICER = "evenhand/officer-count/v1"


def run(d: Disclosure) -> str | list[str]:
    """Every received entry: the count's signature, role and figures; and the ledger agrees with the count."""
    failures, officers, entries = [], [], d.by_point("received")
    totals, books = facts.totals(d), facts.books(d)
    points = {point for point, _ in totals}
    for point, entry in entries.items():
        try:
            by_officer = _by_officer(d, entry.sha256)
            if by_officer:
                cose = d.signed_file(entry.sha256, OFFICER, 5, entry.where)
                officers.append(f"{d.signer(cose, 'person', entry.index).name} at {point}")
                if not (isinstance(cose.body[4], str) and cose.body[4].strip()):
                    failures.append(f"an officer counted without a reason, {cose.where}")
            else:
                cose = d.signed_file(entry.sha256, "evenhand/count/v1", 4, entry.where)
                device = d.signer(cose, "device", entry.index)
                if f"point:{point}" not in device.roles:
                    failures.append(f'the device "{device.name}" is not certified for point {point}, {cose.where}')
        except Malformed as error:
            failures.append(str(error))
            continue
        if cose.body[:3] != [entry.programme, entry.cycle, point]:
            failures.append(f"the count is of another programme, cycle or point, {cose.where}")
        counted = entry.steps("counted")
        if cose.body[3] != counted:
            failures.append(f"the count that was signed is not the one logged, {entry.where}")
        if point not in points:
            failures.append(f"a count of a point without totals, {entry.where}")
        for benefit, steps in counted.items():
            step = d.policy.benefit(benefit).step
            key = point, benefit
            late, early = papers.after_count(d, point, benefit, entry.index)
            there = books.at_freeze(point, benefit) + books.arrive.get(key, 0) - (late + early) * step
            if steps * step > there:
                failures.append(f"{steps} steps of {benefit} were counted, more than ever came, point {point}")
            elif steps < (there - books.lost_here.get(key, 0)) // step:
                failures.append(
                    f"{steps} steps of {benefit} were counted, and the ledger has more there, point {point}"
                )
    silent = len(points - entries.keys())
    note = f", {silent:,} points sent none" if silent else ""
    if officers:
        more = f" and {len(officers) - 3:,} more" if len(officers) > 3 else ""
        note += f"; {len(officers):,} counted by an officer, with a reason: {', '.join(sorted(officers)[:3])}{more}"
    counted_there = len(entries) - len(officers)
    return capped(failures) or f"{counted_there:,} counts signed by the devices that hold the points{note}"


def _by_officer(d: Disclosure, digest: bytes) -> bool:
    cose = d.signed.get(digest)
    return cose is not None and cose.name == OFFICER


CHECK = Check(
    "counts", "what arrived was counted and signed by the point's own device, or by an officer who says why", run
)
