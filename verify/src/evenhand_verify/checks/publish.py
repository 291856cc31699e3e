"""The datapackage is the one whose hash the log's publish entry holds."""

from __future__ import annotations

import hashlib

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.package import NAME
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """publish = SHA-256 of datapackage.json."""
    entry = d.one("publish", "publish")
    found = hashlib.sha256(d.raw(NAME)).digest()
    if entry.sha256 != found:
        return [f"the log published another datapackage.json, {entry.where}"]
    return f"datapackage.json {found.hex()[:16]}… is what the log published"


CHECK = Check("publish", "the log's publish entry holds the hash of datapackage.json", run)
