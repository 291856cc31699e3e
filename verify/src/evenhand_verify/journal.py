"""The log's entries as typed rows, and the certificates among them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evenhand_verify import cbor
from evenhand_verify.result import Malformed
from evenhand_verify.signatures import Cose

KINDS = {
    "key", "holder", "policy", "freeze", "event", "approval", "roll", "received", "goods-received", "transfer",
    "release", "sent", "closing", "recut", "supplement", "hold", "redeemed", "stock",
    "grievance-totals", "audit", "publish", "void",
}  # fmt: skip
TIMELESS = ("key", "holder", "policy")


@dataclass(frozen=True)
class Entry:
    """One entry of the log. `hash` is the SHA-256 of its bytes."""

    index: int
    kind: str
    programme: str
    cycle: str | None
    subject: str
    sha256: bytes
    totals: dict[str, Any]
    previous: bytes | None
    raw: bytes

    @property
    def hash(self) -> bytes:
        """What `previous` of a later entry names."""
        return hashlib.sha256(self.raw).digest()

    @property
    def where(self) -> str:
        """The entry in words."""
        return f"log entry {self.index} ({self.kind} {self.subject})"

    def part(self, name: str, kind: type) -> Any:
        """A part of the totals. Malformed unless it is there with this type."""
        value = self.totals.get(name)
        if type(value) is not kind:
            raise Malformed(self.where, f'"{name}" is missing or of another type')
        return value

    def steps(self, name: str, negative: bool = False) -> dict[str, int]:
        """A part of the totals that maps benefits to whole numbers."""
        value = self.part(name, dict)
        for benefit, count in value.items():
            if not isinstance(benefit, str) or type(count) is not int or (count < 0 and not negative):
                raise Malformed(self.where, f'"{name}" does not map benefits to whole numbers')
        return dict(value)


def read_entry(raw: bytes, index: int) -> Entry:
    """Malformed unless these bytes are an entry in its one form."""
    where = f"log entry {index}"
    try:
        value = cbor.decode(raw)
    except cbor.CborError as error:
        raise Malformed(where, f"not canonical CBOR: {error}") from error
    if not isinstance(value, list) or len(value) != 8 or value[0] != 1 or value[0] is True:
        raise Malformed(where, "not an entry of version 1")
    _, kind, programme, cycle, subject, digest, totals, previous = value
    if not isinstance(kind, str) or kind not in KINDS:
        raise Malformed(where, "an entry of no known kind")
    right = (
        isinstance(programme, str)
        and isinstance(subject, str)
        and (cycle is None if kind in TIMELESS else isinstance(cycle, str))
        and isinstance(digest, bytes)
        and len(digest) == 32
        and isinstance(totals, dict)
        and (previous is None or (isinstance(previous, bytes) and len(previous) == 32))
    )
    if not right:
        raise Malformed(where, "a part of the entry has another type than it should")
    return Entry(index, kind, programme, cycle, subject, digest, totals, previous, raw)


@dataclass(frozen=True)
class Certificate:
    """A key that the root key vouches for, and the entry that made it known."""

    kind: str
    name: str
    roles: tuple[str, ...]
    public_key: bytes
    epoch: int
    index: int


def read_certificate(cose: Cose, entry: Entry, origin: str, root: bytes) -> Certificate:
    """The certificate an entry of kind key names. Malformed unless the root key signed it and it fits the entry."""
    where = f"{cose.where} ({entry.where})"
    if cose.name != "evenhand/certificate/v1" or len(cose.body) != 6:
        raise Malformed(where, "not a certificate")
    if not cose.signed_by(root):
        raise Malformed(where, "the certificate is not signed by the root key")
    for_origin, kind, name, roles, public_key, epoch = cose.body
    typed = (
        isinstance(kind, str)
        and isinstance(name, str)
        and isinstance(roles, list)
        and all(isinstance(role, str) for role in roles)
        and isinstance(public_key, bytes)
        and len(public_key) == 32
        and type(epoch) is int
        and epoch >= 0
    )
    if not typed or kind not in ("log", "person", "device"):
        raise Malformed(where, "a part of the certificate has another type than it should")
    if for_origin != origin:
        raise Malformed(where, f'the certificate is for "{for_origin}", not for this log')
    if entry.subject != ("log" if kind == "log" else f"{kind}:{name}"):
        raise Malformed(where, f'the certificate is of {kind} "{name}" and was logged as "{entry.subject}"')
    return Certificate(kind, name, tuple(roles), public_key, epoch, entry.index)


def certificates(entries: list[Entry], files: Mapping[bytes, Cose], origin: str, root: bytes) -> list[Certificate]:
    """Every certificate of the log, in its order."""
    found: list[Certificate] = []
    for entry in entries:
        if entry.kind == "key" and entry.subject != "root":
            cose = files.get(entry.sha256)
            if cose is None:
                raise Malformed(f"signed/{entry.sha256.hex()}.cose", f"the certificate of {entry.where} is missing")
            found.append(read_certificate(cose, entry, origin, root))
    return found
