"""Every key was certified by the root key and logged; one key belongs to one name."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.numbers import many
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """The log key comes second; keys are not shared; epochs rise."""
    failures = []
    entries = d.entries
    if len(entries) < 2 or (entries[1].kind, entries[1].subject) != ("key", "log"):
        failures.append("the log key does not follow the root key, log entry 1")
    found = d.certificates
    owners: dict[bytes, tuple[str, str]] = {d.root_key.public_key: ("root", "root")}
    epochs: dict[tuple[str, str], int] = {}
    log_keys = [certificate.public_key for certificate in found if certificate.kind == "log"]
    if not log_keys or log_keys[-1] != d.log_key.public_key:
        failures.append("the log key is not the one that the root key certified last, keys/log.vkey")
    for certificate in found:
        who = certificate.kind, certificate.name
        where = f"log entry {certificate.index} ({certificate.kind} {certificate.name})"
        if owners.setdefault(certificate.public_key, who) != who:
            other = owners[certificate.public_key]
            failures.append(f'the key is already that of {other[0]} "{other[1]}", {where}')
        if certificate.epoch <= epochs.get(who, -1):
            failures.append(f"the epoch does not rise, {where}")
        epochs[who] = certificate.epoch
    persons = len({c.name for c in found if c.kind == "person"})
    devices = len({c.name for c in found if c.kind == "device"})
    return failures or f"{many(persons, 'person')} and {many(devices, 'device')}, each with its own key"


CHECK = Check("certificates", "every key is certified by the root key in the log; nobody shares one", run)
