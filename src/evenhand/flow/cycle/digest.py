"""What two persons sign: one digest over the freeze, the event and every file computed from them (spec/formats.md)."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from evenhand.formats import cbor


def approval_digest(freeze_entry: bytes, event_entry: bytes, files: Mapping[str, bytes]) -> bytes:
    """SHA-256(CBOR [freeze, event, [[path, sha256], ...]]): log entries by their hash, files (path -> SHA-256) sorted."""
    listed: list[cbor.Value] = [[path, digest] for path, digest in sorted(files.items())]
    return sha256(cbor.dumps([sha256(freeze_entry).digest(), sha256(event_entry).digest(), listed])).digest()


def draw_seed(freeze_entry: bytes, outcome: str) -> bytes:
    """The seed of every tie: SHA-256(freeze entry || outcome). Nobody knew it before the freeze was in the log."""
    return sha256(freeze_entry + outcome.encode()).digest()
