"""The root key is the one the reader trusts, and the log begins with it."""

from __future__ import annotations

import hashlib

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """Entry 0 is the root key of keys/root.vkey; with --root it is the reader's."""
    failures = []
    root, entries = d.root_key, d.entries
    if d.trusted_root is not None and d.trusted_root != root:
        failures.append(
            "the root key is not the one given by --root: this was not made by whom you trust, keys/root.vkey"
        )
    first = entries[0] if entries else None
    if first is None or (first.kind, first.subject) != ("key", "root") or first.sha256 != _hash(root.public_key):
        failures.append("the log does not begin with the root key of keys/root.vkey, log entry 0")
    if sum((entry.kind, entry.subject) == ("key", "root") for entry in entries) > 1:
        failures.append("a second root key is in the log, log")
    return failures or root.line


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


CHECK = Check("root-key", "the log begins with the root key, which is the one given by --root", run)
