"""Lanes that closed in the middle: what changed is signed, over lanes that were open, within what was certified."""

from __future__ import annotations

from collections import defaultdict

from evenhand_verify import facts, papers
from evenhand_verify.checks import waybills
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, Malformed, capped


def run(d: Disclosure) -> str | list[str]:
    """Every closing: a person's signature, a reason; no load on a closed lane after it; no waybill below nothing; each
    lane within capacity + carried; no point gets more than it was approved to."""
    lanes, failures, shut = d.case.problem.lanes, [], set()
    stands: dict[tuple[str, str, str], int] = defaultdict(int)
    for waybill, lane, benefit, quantity in d.table("waybills").rows("waybill", "lane", "commodity", "quantity"):
        stands[waybill, lane, benefit] += quantity
    for one in papers.closings(d):
        try:
            d.signer(one.cose, "person", one.entry.index)
        except Malformed as error:
            failures.append(str(error))
        if not one.reason.strip() or not one.lanes:
            failures.append(f"no lane or no reason, {one.entry.where}")
        shut |= set(one.lanes)
        for waybill, name, benefit, steps in one.lines:
            lane = lanes.get(name)
            if lane is None or lane.commodity not in (None, benefit) or benefit not in d.policy.divided:
                failures.append(f"a load of {benefit} on a lane that cannot take it, lane {name}, {one.entry.where}")
                continue
            whole, _, part = name.rpartition("/")
            if steps > 0 and (name in shut or (whole in shut and part == lane.commodity)):
                failures.append(f"a load on a lane that had closed, lane {name}, {one.entry.where}")
            if any(w == waybill and ln != name for w, ln, _ in stands):
                failures.append(f"waybill {waybill} would go over two lanes, {one.entry.where}")
            stands[waybill, name, benefit] += steps
            if steps == 0 or stands[waybill, name, benefit] < 0:
                failures.append(
                    f"{waybill} would carry {stands[waybill, name, benefit]} of {benefit}, {one.entry.where}"
                )
    if not failures:
        failures += _bounds(d)
    count = len(papers.closings(d))
    steps = sum(n for n in papers.changed(d).values() if n > 0)
    said = (
        f"{count:,} closings ({', '.join(sorted(shut))}), {steps:,} steps went another way"
        if count
        else "no lane closed"
    )
    return capped(failures) or said


def _bounds(d: Disclosure) -> list[str]:
    lanes, failures = d.case.problem.lanes, []
    by_lane, _, _ = facts.carried(d)
    aside: dict[str, int] = defaultdict(int)
    for (name, _), quantity in by_lane.items():
        aside[name] += quantity
    planned = waybills.loads(d)
    net: dict[facts.Key, int] = defaultdict(int)
    for (name, benefit), steps in papers.changed(d).items():
        lane, total = lanes[name], planned.get((name, benefit), 0) + steps
        if lane.capacity is not None and steps > 0 and total > lane.capacity + aside.get(name, 0):
            failures.append(f"{total} steps of {benefit} are more than the lane takes, lane {name}")
        net[lane.target, benefit] += steps
        net[lane.source, benefit] -= steps
    for (node, benefit), steps in sorted(net.items()):
        if steps > 0 and d.case.problem.kinds.get(node) == "point":
            failures.append(f"the closing brings {steps} steps of {benefit} more than was approved, point {node}")
    return failures


CHECK = Check("closings", "when lanes closed only what was certified went another way, signed and with its reason", run)
