"""Log entries: canonical CBOR `[1, kind, programme, cycle, subject, sha256, totals, previous]` (DESIGN §7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from evenhand.formats import cbor

VERSION = 1
KINDS = (
    "key", "holder", "policy", "freeze", "event", "approval", "roll", "received", "goods-received", "transfer",
    "release", "sent", "closing", "recut", "supplement", "hold", "redeemed", "stock",
    "grievance-totals", "audit", "publish", "void",
)  # fmt: skip


class EntryError(ValueError):
    """Bytes that are not a log entry."""


@dataclass(frozen=True)
class Entry:
    """One entry. `cycle` is None for keys and policies; `previous` is the SHA-256 of the entry before it of the same
    kind, programme and subject. `totals` are counts, hand-out steps, hashes and names."""

    kind: str
    programme: str
    cycle: str | None
    subject: str
    sha256: bytes
    totals: dict[str, cbor.Value] = field(default_factory=dict)
    previous: bytes | None = None

    def encode(self) -> bytes:
        """The entry's bytes."""
        return cbor.dumps(
            [VERSION, self.kind, self.programme, self.cycle, self.subject, self.sha256, self.totals, self.previous]
        )

    @property
    def hash(self) -> bytes:
        """SHA-256 of the entry's bytes, what `previous` of the next one names."""
        return sha256(self.encode()).digest()


def decode(data: bytes) -> Entry:
    """Read an entry; EntryError unless every field has its type."""
    try:
        value = cbor.loads(data)
    except cbor.CborError as error:
        raise EntryError(str(error)) from error
    if not isinstance(value, list) or len(value) != 8 or value[0] is True or value[0] != VERSION:
        raise EntryError("not an entry of version 1")
    _, kind, programme, cycle, subject, digest, totals, previous = value
    fits = (
        kind in KINDS
        and isinstance(programme, str)
        and (cycle is None or isinstance(cycle, str))
        and isinstance(subject, str)
        and isinstance(digest, bytes)
        and len(digest) == 32
        and isinstance(totals, dict)
        and (previous is None or (isinstance(previous, bytes) and len(previous) == 32))
    )
    if not fits:
        raise EntryError("a field of the entry has the wrong type")
    return Entry(kind, programme, cycle, subject, digest, totals, previous)
