"""The event that seeds the draw is the one the freeze named, and came after it."""

from __future__ import annotations

import hashlib

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, one_line


def run(d: Disclosure) -> str | list[str]:
    """Event name as frozen; the entry's hash is that of the outcome."""
    freeze, entry = d.one("freeze", "freeze"), d.one("event", "event")
    name, outcome = entry.part("event", str), entry.part("outcome", str)
    failures = []
    if name != freeze.part("event", str):
        failures.append(f"the event is not the one that the freeze named, {entry.where}")
    if hashlib.sha256(outcome.encode()).digest() != entry.sha256:
        failures.append(f"the outcome is not the one that was logged, {entry.where}")
    if entry.index < freeze.index:
        failures.append(f"the event stands before the freeze, {entry.where}")
    return failures or f'{one_line(name, 80)}: "{one_line(outcome, 60)}"'


CHECK = Check("event", "the draw was seeded by the event that the freeze had named", run)
