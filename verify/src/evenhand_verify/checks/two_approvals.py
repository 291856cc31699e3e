"""Two different people with different keys signed the digest of what is published."""

from __future__ import annotations

import hashlib

from evenhand_verify import cbor
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.journal import Certificate
from evenhand_verify.result import Check, Malformed
from evenhand_verify.schema import SCHEMAS

ROLES = ("preparer", "approver")


def digest(d: Disclosure) -> bytes:
    """SHA-256(CBOR [freeze, event, [[path, sha256], ...]]) over policy, rolls and computed tables."""
    computed = {f"tables/{name}.parquet" for name, schema in SCHEMAS.items() if schema.computed}
    paths = [p for p in d.package.files if p.startswith(("policy/", "rolls/")) or p in computed]
    missing = computed - set(paths)
    if missing:
        raise Malformed(sorted(missing)[0], "a computed table is missing")
    files = [[path, hashlib.sha256(d.raw(path)).digest()] for path in sorted(paths)]
    freeze, event = d.one("freeze", "freeze"), d.one("event", "event")
    return hashlib.sha256(cbor.encode([freeze.hash, event.hash, files])).digest()


def run(d: Disclosure) -> str | list[str]:
    """Both approvals: right digest, certified signers, roles that fit, two people."""
    expected, failures = digest(d), []
    people: dict[str, Certificate] = {}
    for role in ROLES:
        entry = d.one("approval", role)
        cose = d.signed_file(entry.sha256, "evenhand/approval/v1", 4, entry.where)
        person = d.signer(cose, "person", entry.index)
        people[role] = person
        if cose.body[:3] != [entry.programme, entry.cycle, role]:
            failures.append(f"the approval is of another programme, cycle or role, {cose.where}")
        if role not in person.roles:
            failures.append(f'"{person.name}" is not certified as {role}, {entry.where}')
        if cose.body[3] != entry.part("digest", bytes):
            failures.append(f"the digest signed is not the one logged, {entry.where}")
        if cose.body[3] != expected:
            failures.append(f"the {role} signed other files than these (digest), {entry.where}")
    if len(d.of_cycle("approval")) != len(ROLES):
        failures.append("there are more approvals than two, log")
    first, second = people["preparer"], people["approver"]
    if first.name == second.name or first.public_key == second.public_key:
        failures.append(f'one person signed both approvals: "{first.name}", {d.one("approval", "approver").where}')
    return failures or f"{first.name} and {second.name} signed {expected.hex()[:16]}…"


CHECK = Check("two-approvals", "two different certified people signed exactly these files", run)
