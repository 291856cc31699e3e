"""What went from one point to another is signed, has its reason, and is what the ledger moved."""

from __future__ import annotations

from collections import defaultdict

from evenhand_verify import facts, papers
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, Malformed, capped


def run(d: Disclosure) -> str | list[str]:
    """Every transfer: a person's signature, two points, a reason; the ledger's transfers are these and no others."""
    failures, kinds = [], d.case.problem.kinds
    told: dict[tuple[str, str, str], int] = defaultdict(int)
    lost: dict[facts.Key, int] = defaultdict(int)
    for one in papers.transfers(d):
        try:
            d.signer(one.cose, "person", one.entry.index)
        except Malformed as error:
            failures.append(str(error))
        if {kinds.get(one.source), kinds.get(one.target)} != {"point"} or one.source == one.target:
            failures.append(f"from {one.source} to {one.target} is not from one point to another, {one.entry.where}")
        if not one.reason.strip() or not one.lines:
            failures.append(f"no reason, or nothing moved, {one.entry.where}")
        for benefit, (steps, received) in one.lines.items():
            if benefit not in d.policy.divided:
                failures.append(f"{benefit} is not stocked, {one.entry.where}")
                continue
            if steps <= 0 or not 0 <= (received or 0) <= steps:
                failures.append(f"{received} of {steps} steps of {benefit} came, {one.entry.where}")
            base = d.policy.benefit(benefit).step
            account = f"{'transit' if one.on_the_way else 'node'}:{one.source}"
            told[account, one.target, benefit] += steps * base
            if received is not None:
                lost[one.target, benefit] += (steps - received) * base
    moved = facts.books(d).transfer
    for source, target, benefit in sorted(told.keys() | moved.keys()):
        want, found = told.get((source, target, benefit), 0), moved.get((source, target, benefit), 0)
        if want != found:
            failures.append(f"{found:,} base units of {benefit} were moved and {want:,} signed, {source} to {target}")
    for (target, benefit), quantity in lost.items():
        if facts.books(d).lost_on_way.get((target, benefit), 0) < quantity:
            failures.append(f"{quantity:,} base units of {benefit} were lost in transfers and not told, point {target}")
    ends = sorted({f"{one.source} to {one.target} ({one.reason})" for one in papers.transfers(d)})
    told_ends = "; ".join(ends[:3]) + (f" and {len(ends) - 3} more" if len(ends) > 3 else "")
    return capped(failures) or (f"{len(papers.transfers(d)):,} transfers: {told_ends}" if ends else "no transfers")


CHECK = Check("transfers", "goods that changed their point did so by a signed transfer with its reason", run)
