"""The freeze is signed by a certified preparer, and says what its entry says."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check

SNAPSHOTS = ("carry", "households", "lanes", "members", "moves", "nodes", "owed", "policy", "stock")


def run(d: Disclosure) -> str | list[str]:
    """Signature, programme, cycle, snapshots, event name."""
    entry = d.one("freeze", "freeze")
    cose = d.signed_file(entry.sha256, "evenhand/freeze/v1", 4, entry.where)
    person = d.signer(cose, "person", entry.index)
    programme, cycle, snapshots, event = cose.body
    failures = []
    if (programme, cycle) != (entry.programme, entry.cycle):
        failures.append(f"the freeze is of another programme or cycle, {cose.where}")
    if snapshots != entry.part("snapshot", dict) or event != entry.part("event", str):
        failures.append(f"what was signed is not what was logged, {cose.where}")
    names = sorted(name for name in snapshots if isinstance(name, str)) if isinstance(snapshots, dict) else []
    if names != list(SNAPSHOTS) or not all(isinstance(h, bytes) and len(h) == 32 for h in snapshots.values()):
        failures.append(f"the freeze does not name exactly {', '.join(SNAPSHOTS)}, {cose.where}")
    if "preparer" not in person.roles and "approver" not in person.roles:
        failures.append(f'"{person.name}" has no role that may freeze, {cose.where}')
    return failures or f"frozen by {person.name}, {len(names)} snapshots by hash"


CHECK = Check("freeze", "the freeze is signed by a certified person and logged as signed", run)
