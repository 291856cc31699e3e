"""Every entry is canonical and names the one before it of its kind and subject."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """`previous` is the hash of the newest earlier entry of the same (kind, programme, subject), or null."""
    newest: dict[tuple[str, str, str], bytes] = {}
    failures = []
    for entry in d.entries:
        key = entry.kind, entry.programme, entry.subject
        if entry.previous != newest.get(key):
            failures.append(f"does not name the entry before it of its kind and subject, {entry.where}")
        newest[key] = entry.hash
    return failures or f"{len(d.entries):,} entries, each naming the one before it"


CHECK = Check("log-entries", "entries are canonical and chained by kind and subject", run)
