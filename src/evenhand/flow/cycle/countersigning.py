"""What two persons sign in an open cycle, and what the log says of it (spec/formats.md)."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from evenhand.formats import cbor
from evenhand.formats.entry import Entry
from evenhand.formats.roll import Packed

Levels = Mapping[str, tuple[int, int, int]]
Signed = Mapping[str, bytes]
"""Role -> SHA-256 of the COSE file."""
HOLD_REASONS = ("duplicate", "identity", "moved", "deceased", "mistake")
"""Why a row may be held: each is a doubt about whose the row is. Nothing that anybody did stands here: food is no
punishment."""


def level_rows(levels: Levels) -> list[cbor.Value]:
    """Levels as digest and log have them."""
    return [[benefit, rungs, str(num), str(den)] for benefit, (rungs, num, den) in sorted(levels.items())]


def supplement_digest(
    programme: str, cycle: str, number: str, roll_sha256: bytes, point: str, levels: Levels, reason: str
) -> bytes:
    """What both persons sign under a supplementary list."""
    said: list[cbor.Value] = [programme, cycle, number, roll_sha256, point, level_rows(levels), reason]
    return sha256(cbor.dumps(said)).digest()


def supplement_entry(packed: Packed, number: str, levels: Levels, reason: str, digest: bytes, signed: Signed) -> Entry:
    """The log entry of a list that both signed. `packed`: its roll file."""
    totals: dict[str, cbor.Value] = {
        "point": packed.point, "rows": len(packed), "tags": packed.tags_sha256(), "levels": level_rows(levels),
        "reason": reason, "digest": digest, "signed": {**signed},
    }  # fmt: skip
    subject = f"{packed.cycle}-{number}"
    return Entry("supplement", packed.programme, packed.cycle, subject, sha256(packed.encode()).digest(), totals)


def committed_reason(salt: bytes, cycle: str, notice: str, reason: str) -> bytes:
    """The reason of a hold as the public sees it: only whoever has the row's salt can tell which it is."""
    return sha256(b"evenhand/hold/v1" + salt + cbor.dumps([cycle, notice, reason])).digest()


def hold_digest(programme: str, cycle: str, notice: str, act: str, point: str, tag: bytes, commitment: bytes) -> bytes:
    """What both persons sign under a hold, or under its lift."""
    return sha256(cbor.dumps([programme, cycle, notice, act, point, tag, commitment])).digest()


def hold_subject(cycle: str, notice: str, act: str) -> str:
    """What the log calls a hold or its lift."""
    return f"{cycle}-{notice}" + ("-lift" if act == "lift" else "")


def hold_entry(
    programme: str, cycle: str, notice: str, act: str, point: str, tag: bytes, commitment: bytes, digest: bytes,
    signed: Signed,
) -> Entry:  # fmt: skip
    """The log entry of a hold or a lift that both signed."""
    totals: dict[str, cbor.Value] = {"act": act, "point": point, "tag": tag, "digest": digest, "signed": {**signed}}
    return Entry("hold", programme, cycle, hold_subject(cycle, notice, act), commitment, totals)
