"""The log only grew since the disclosure before: it begins with everything that was in it then."""

from __future__ import annotations

import hashlib

from evenhand_verify import merkle
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.package import NAME
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """The earlier root is the root of the first entries of this log; the same origin, programme and root key."""
    before = d.previous
    if before is None:
        return "not asked (--previous)"
    failures = []
    if (before.meta.origin, before.meta.programme) != (d.meta.origin, d.meta.programme):
        failures.append("the folder before is of another origin or programme, datapackage.json")
    if before.root_key != d.root_key:
        failures.append("the folder before has another root key, keys/root.vkey")
    if not before.meta.first < d.meta.first:
        failures.append(f"the folder before is of {before.meta.period}, which is not earlier, datapackage.json")
    old = before.checkpoint
    if old.size > len(d.raw_entries):
        failures.append(f"the log had {old.size} entries and now has {len(d.raw_entries)}: it was cut, log/checkpoint")
    elif merkle.root([merkle.leaf(raw) for raw in d.raw_entries[: old.size]]) != old.root:
        failures.append(f"the first {old.size} entries are not those of the folder before: the log was rewritten, log")
    failures += _published(d, before)
    return failures or f"{old.size:,} entries then, {len(d.raw_entries):,} now, the same beginning"


def _published(d: Disclosure, before: Disclosure) -> list[str]:
    """The folder before is the one this log published, and no cycle lies between."""
    cycle = before.meta.cycle
    mine = [entry for entry in d.entries if entry.programme == d.meta.programme]
    digests = [entry.sha256 for entry in mine if (entry.kind, entry.cycle) == ("publish", cycle)]
    failures = []
    if digests != [hashlib.sha256(before.raw(NAME)).digest()]:
        failures.append(f"the folder before is not the one that this log published for {cycle}, {NAME}")
    end = d.one("stock", "stock").index
    closed = [entry.cycle for entry in mine if entry.kind == "stock" and entry.index < end]
    if closed and closed[-1] != cycle:
        failures.append(f"the cycle before is {closed[-1]}, and the folder before is of {cycle}, {NAME}")
    return failures


CHECK = Check("previous-log", "the log begins with everything that the folder before had in it", run)
