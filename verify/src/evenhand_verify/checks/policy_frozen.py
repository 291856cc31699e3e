"""The published policy is the one that was frozen, and it was in the log before the freeze."""

from __future__ import annotations

import hashlib

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """Policy file = snapshot = an earlier policy entry, the newest one of that policy at the freeze."""
    entry = d.one("freeze", "freeze")
    found = hashlib.sha256(d.data(d.meta.policy)).digest()
    failures = []
    if entry.part("snapshot", dict).get("policy") != found:
        failures.append(f"the policy published is not the one that was frozen, {d.meta.policy}")
    logged = [e for e in d.entries if e.kind == "policy" and e.programme == entry.programme and e.sha256 == found]
    before = [e for e in logged if e.index < entry.index]
    if not logged:
        failures.append(f"the policy is not in the log, {d.meta.policy}")
    elif not before:
        failures.append(f"the policy was logged after the freeze, {logged[0].where}")
    elif before[-1].subject != d.policy.id:
        failures.append(f'the policy calls itself "{d.policy.id}", {before[-1].where}')
    return failures or f"{d.policy.id} {found.hex()[:16]}… was logged before the freeze"


CHECK = Check("policy-frozen", "the policy was logged before the freeze, frozen, and published unchanged", run)
