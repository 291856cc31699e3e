"""Rolls and outcome files: rows of one size in one file a point."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evenhand_verify import cbor
from evenhand_verify.cards import Keys
from evenhand_verify.result import Malformed

TAG = 16
COMMITMENT = 32
OUTCOME = 33
REDEEMED, EXCEPTION, CONTESTED, UNCOLLECTED, REFUSED, HELD, MOVED = 1, 2, 3, 4, 5, 6, 7
STATUS = {1: "redeemed", 2: "exception", 3: "contested", 4: "uncollected", 5: "refused", 6: "held", 7: "moved"}


@dataclass(frozen=True)
class Packed:
    """A roll or outcome file of a point."""

    where: str
    programme: str
    cycle: str
    point: str
    size: int
    rows: bytes
    tags: list[bytes]

    def __len__(self) -> int:
        return len(self.tags)

    def row(self, index: int) -> bytes:
        """The row at `index`."""
        return self.rows[index * self.size : (index + 1) * self.size]

    def tags_sha256(self) -> bytes:
        """The hash of all tags in order."""
        return hashlib.sha256(b"".join(self.tags)).digest()


def read_packed(data: bytes, where: str) -> Packed:
    """Malformed unless it is canonical, and sorted by tag with no tag twice."""
    try:
        value = cbor.decode(data)
    except cbor.CborError as error:
        raise Malformed(where, f"not canonical CBOR: {error}") from error
    if not (isinstance(value, list) and len(value) == 6 and value[0] == 1 and value[0] is not True):
        raise Malformed(where, "not a roll or outcome file of version 1")
    _, programme, cycle, point, size, rows = value
    texts = all(isinstance(text, str) for text in (programme, cycle, point))
    if not (texts and type(size) is int and isinstance(rows, bytes)) or size < OUTCOME or len(rows) % size:
        raise Malformed(where, "the rows do not fill the file")
    tags = [rows[at : at + TAG] for at in range(0, len(rows), size)]
    for before, after in zip(tags, tags[1:], strict=False):
        if before >= after:
            what = "a tag stands twice" if before == after else "the rows are not sorted by tag"
            raise Malformed(where, f"{what}, tag {after.hex()}")
    return Packed(where, programme, cycle, point, size, rows, tags)


def outcomes(packed: Packed) -> list[tuple[bytes, int, bytes]]:
    """(tag, status, value) of an outcome file's rows."""
    if packed.size != OUTCOME:
        raise Malformed(packed.where, f"rows of {packed.size} bytes, not {OUTCOME}")
    rows, size = packed.rows, OUTCOME
    return [(rows[at : at + TAG], rows[at + TAG], rows[at + TAG + 1 : at + size]) for at in range(0, len(rows), size)]


@dataclass(frozen=True)
class Grant:
    """One benefit of a household's row."""

    benefit: str
    ladder: list[int]
    carry: int
    ration: int
    reasons: list[str]
    owed: list[tuple[str, str, int]]
    """What earlier months still owe: kind, month, base units."""


@dataclass(frozen=True)
class Record:
    """A household's row, opened."""

    card: str
    point: str
    policy: bytes
    grants: list[Grant]


def _whole(value: Any, negative: bool = False) -> bool:
    return type(value) is int and (negative or value >= 0)


def _debt(value: Any) -> bool:
    if not (isinstance(value, list) and len(value) == 3):
        return False
    return all(isinstance(text, str) for text in value[:2]) and _whole(value[2])


def _grant(value: Any, where: str) -> Grant:
    if isinstance(value, list) and len(value) == 6:
        benefit, ladder, carry, ration, reasons, owed = value
        lists = isinstance(ladder, list) and isinstance(reasons, list) and isinstance(owed, list)
        if (
            lists
            and isinstance(benefit, str)
            and all(_whole(rung) for rung in ladder)
            and all(isinstance(reason, str) for reason in reasons)
            and _whole(carry, negative=True)
            and _whole(ration)
            and all(_debt(debt) for debt in owed)
        ):
            return Grant(benefit, ladder, carry, ration, reasons, [(kind, since, base) for kind, since, base in owed])
    raise Malformed(where, "a benefit in the row that is not one")


def open_row(packed: Packed, index: int, keys: Keys, number: str = "1") -> Record:
    """Open a row with its household's keys; `number`: that of the supplementary list it stands on.

    Malformed if they do not open it or it is not what was committed to."""
    row, where = packed.row(index), packed.where
    tag, commitment, sealed = row[:TAG], row[TAG : TAG + COMMITMENT], row[TAG + COMMITMENT :]
    nonce = hashlib.sha256(packed.cycle.encode() + number.encode() + tag).digest()[:12]
    try:
        plain = AESGCM(keys.seal).decrypt(nonce, sealed, tag)
    except (InvalidTag, ValueError) as error:
        raise Malformed(where, f"the code's key does not open its row, tag {tag.hex()}") from error
    length = int.from_bytes(plain[:2], "big")
    record, padding = plain[2 : 2 + length], plain[2 + length :]
    if len(plain) < 2 or len(record) != length or padding.strip(b"\0"):
        raise Malformed(where, f"a sealed row that is not padded with zeros, tag {tag.hex()}")
    if hashlib.sha256(b"evenhand/row/v1" + keys.salt + record).digest() != commitment:
        raise Malformed(where, f"the sealed record is not the one committed to, tag {tag.hex()}")
    try:
        value = cbor.decode(record)
    except cbor.CborError as error:
        raise Malformed(where, f"a record that is not canonical CBOR, tag {tag.hex()}") from error
    if not (isinstance(value, list) and len(value) == 5 and value[0] == 1):
        raise Malformed(where, f"a record that is not one of version 1, tag {tag.hex()}")
    _, card, point, policy, grants = value
    texts = isinstance(card, str) and isinstance(point, str)
    if not (texts and isinstance(policy, bytes) and isinstance(grants, list)):
        raise Malformed(where, f"a record whose parts have other types, tag {tag.hex()}")
    return Record(card, point, policy, [_grant(grant, where) for grant in grants])
