"""In every cycle of the log, each thing stands after what it depends on."""

from __future__ import annotations

from collections import defaultdict

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.journal import Entry
from evenhand_verify.numbers import many
from evenhand_verify.result import Check

STAGES = (
    ("freeze",),
    ("event",),
    ("approval",),
    ("roll",),
    ("sent", "received", "goods-received", "transfer", "closing", "release", "recut", "supplement", "hold"),
    ("redeemed",),
    ("stock",),
    ("grievance-totals",),
    ("publish",),
)
SINGLE = ("freeze", "event", "stock", "grievance-totals", "publish", "void")


def run(d: Disclosure) -> str | list[str]:
    """freeze < event < approvals < rolls < counts and re-cuts < outcomes < stock < complaints < publish; one freeze each."""
    cycles: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in d.entries:
        if entry.cycle is not None:
            cycles[entry.programme, entry.cycle].append(entry)
    failures = []
    for (_, cycle), entries in cycles.items():
        failures += _order(cycle, entries)
    failures += _attempts(d, cycles)
    mine = cycles.get((d.meta.programme, d.meta.cycle), [])
    for kind in ("freeze", "event", "stock", "grievance-totals", "publish"):
        if sum(entry.kind == kind for entry in mine) != 1:
            failures.append(f"not exactly one entry {kind} of this cycle, log")
    if mine and mine[-1].kind != "publish":
        failures.append(f"something of this cycle follows its publication, {mine[-1].where}")
    voided = sum(any(entry.kind == "void" for entry in entries) for entries in cycles.values())
    return failures or f"{many(len(cycles), 'cycle')} in order, {many(voided, 'void attempt')}"


def _order(cycle: str, entries: list[Entry]) -> list[str]:
    place = {kind: number for number, kinds in enumerate(STAGES) for kind in kinds}
    failures, last, seen = [], -1, set()
    for entry in entries:
        if entry.kind in SINGLE and entry.kind in seen:
            failures.append(f"a second entry {entry.kind} of cycle {cycle}, {entry.where}")
        if "void" in seen:
            failures.append(f"cycle {cycle} goes on after it was voided, {entry.where}")
        seen.add(entry.kind)
        if entry.kind == "void" and "roll" in seen:
            failures.append(f"cycle {cycle} was voided after its commitment, {entry.where}")
        if entry.kind in place:
            if place[entry.kind] < last:
                failures.append(f"stands in the log after what must follow it, {entry.where}")
            last = max(last, place[entry.kind])
    return failures


def _attempts(d: Disclosure, cycles: dict[tuple[str, str], list[Entry]]) -> list[str]:
    failures = []
    mine = d.meta.cycle
    start = min((entry.index for entry in cycles.get((d.meta.programme, mine), [])), default=0)
    for (programme, cycle), entries in cycles.items():
        if programme != d.meta.programme or cycle == mine or cycle.partition("/")[0] != d.meta.period:
            continue
        if entries[0].index < start and entries[-1].kind != "void":
            failures.append(f"an earlier attempt {cycle} of this period was never voided, {entries[-1].where}")
    return failures


CHECK = Check("log-order", "freeze before event before approvals before rolls before outcomes before stock", run)
