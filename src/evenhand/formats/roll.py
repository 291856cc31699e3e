"""Rolls and outcomes: the packed files of a (point, cycle) (DESIGN §7). Sealing and opening a row's record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evenhand.formats import cbor
from evenhand.formats.tag import row_commitment

VERSION = 1
TAG_SIZE, COMMITMENT_SIZE = 16, 32
OUTCOME_SIZE = TAG_SIZE + 1 + 16
REDEEMED, EXCEPTION, CONTESTED, UNCOLLECTED, REFUSED, HELD, MOVED = 1, 2, 3, 4, 5, 6, 7
"""How a row ended. REDEEMED carries r; EXCEPTION and REFUSED a reason in ASCII padded with zeros; HELD the
first 16 bytes of the reason as committed; MOVED the mark of the point in whose file it ended; the others zeros."""


class RollError(ValueError):
    """Bytes that are not a roll, a row or an outcome file."""


@dataclass(frozen=True)
class Grant:
    """What a row says of one benefit: the household's ladder (base units a rung), carry before, ration in steps, and what
    earlier months still owe it: (`undersupplied`, `uncollected` or `remedy`, month, base units)."""

    benefit: str
    ladder: tuple[int, ...]
    carry_micro: int
    ration_steps: int
    reasons: tuple[str, ...]
    owed: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True)
class Record:
    """The sealed matter of a row, which only its household (and the point's device) can read."""

    card: str
    point: str
    policy_sha256: bytes
    grants: tuple[Grant, ...]

    def encode(self) -> bytes:
        """Canonical CBOR of the record."""
        grants: list[cbor.Value] = [
            [g.benefit, g.ladder, g.carry_micro, g.ration_steps, g.reasons, g.owed] for g in self.grants
        ]
        return cbor.dumps([VERSION, self.card, self.point, self.policy_sha256, grants])


def decode_record(data: bytes) -> Record:
    """Read a record; RollError if it is not one."""
    try:
        items: Any = cbor.loads(data)
        _version, card, point, policy, grants = items
        found = Record(
            card, point, policy,
            tuple(Grant(b, tuple(ladder), c, r, tuple(why), tuple(map(tuple, o))) for b, ladder, c, r, why, o in grants),
        )  # fmt: skip
    except (TypeError, ValueError) as error:
        raise RollError("not a record of a roll's row") from error
    fits = isinstance(card, str) and isinstance(point, str) and isinstance(policy, bytes) and len(policy) == 32
    # Encoding again settles the version and every list; what is left is whether each cell has its type.
    if not fits or not all(map(_is_grant, found.grants)) or found.encode() != data:
        raise RollError("not a record of a roll's row")
    return found


def _is_grant(grant: Grant) -> bool:
    amounts = [item[2] for item in grant.owed if len(item) == 3]
    numbers = (*grant.ladder, grant.carry_micro, grant.ration_steps, *amounts)
    return (
        isinstance(grant.benefit, str)
        and len(amounts) == len(grant.owed)
        and all(isinstance(text, str) for item in grant.owed for text in item[:2])
        and all(isinstance(number, int) and not isinstance(number, bool) for number in numbers)
        and all(isinstance(reason, str) for reason in grant.reasons)
    )


def _nonce(cycle: str, tag: bytes, number: str) -> bytes:
    return sha256(cycle.encode() + number.encode() + tag).digest()[:12]


def seal_row(
    record: bytes, padded_size: int, cycle: str, tag: bytes, salt: bytes, seal_key: bytes, number: str = str(VERSION)
) -> bytes:
    """A row: tag || commitment || AES-256-GCM(length in two bytes || record || zeros up to `padded_size`). `number`: that
    of the supplementary list it stands on: one key never seals two records under one nonce."""
    if len(record) > padded_size or len(record) > 0xFFFF:
        raise RollError(f"a record of {len(record)} bytes does not fit in {min(padded_size, 0xFFFF)}")
    plain = len(record).to_bytes(2, "big") + record + bytes(padded_size - len(record))
    return tag + row_commitment(salt, record) + AESGCM(seal_key).encrypt(_nonce(cycle, tag, number), plain, tag)


def open_row(row: bytes, cycle: str, salt: bytes, seal_key: bytes, number: str = str(VERSION)) -> Record:
    """The record of a row; RollError if key, tag or commitment do not fit."""
    tag, commitment = row[:TAG_SIZE], row[TAG_SIZE : TAG_SIZE + COMMITMENT_SIZE]
    try:
        plain = AESGCM(seal_key).decrypt(_nonce(cycle, tag, number), row[TAG_SIZE + COMMITMENT_SIZE :], tag)
    except (InvalidTag, ValueError) as error:
        raise RollError("this key does not open the row") from error
    length = int.from_bytes(plain[:2], "big")
    record = plain[2 : 2 + length]
    if len(record) != length or any(plain[2 + length :]) or row_commitment(salt, record) != commitment:
        raise RollError("the record is not the one committed to")
    return decode_record(record)


@dataclass(frozen=True)
class Packed:
    """A roll or outcome file: rows of one size, sorted by tag, no tag twice."""

    programme: str
    cycle: str
    point: str
    row_size: int
    rows: bytes

    def __len__(self) -> int:
        return len(self.rows) // self.row_size

    def row(self, index: int) -> bytes:
        """The row at `index`."""
        return self.rows[index * self.row_size : (index + 1) * self.row_size]

    def tags(self) -> list[bytes]:
        """All tags in order."""
        return [self.rows[at : at + TAG_SIZE] for at in range(0, len(self.rows), self.row_size)]

    def tags_sha256(self) -> bytes:
        """SHA-256 of the tags one after another: what a device can recompute from its list."""
        return sha256(b"".join(self.tags())).digest()

    def encode(self) -> bytes:
        """The file's bytes: CBOR [1, programme, cycle, point, row size, rows]."""
        return cbor.dumps([VERSION, self.programme, self.cycle, self.point, self.row_size, self.rows])


def pack(programme: str, cycle: str, point: str, rows: Sequence[bytes]) -> Packed:
    """Rows of one size as a file's matter, sorted. RollError for unequal sizes or a tag that stands twice."""
    ordered = sorted(rows)
    size = len(ordered[0]) if ordered else OUTCOME_SIZE
    if any(len(row) != size for row in ordered):
        raise RollError("the rows are not of one size")
    packed = Packed(programme, cycle, point, size, b"".join(ordered))
    tags = packed.tags()
    if any(a == b for a, b in zip(tags, tags[1:], strict=False)):
        raise RollError("a tag stands twice")
    return packed


def unpack(data: bytes) -> Packed:
    """Read a roll or outcome file; RollError unless it is canonical and sorted."""
    try:
        items: Any = cbor.loads(data)
        version, programme, cycle, point, size, rows = items
    except (TypeError, ValueError) as error:
        raise RollError("not a roll") from error
    texts = isinstance(programme, str) and isinstance(cycle, str) and isinstance(point, str)
    if version is True or version != VERSION or not texts or not isinstance(size, int) or not isinstance(rows, bytes):
        raise RollError("not a roll of version 1")
    if size < TAG_SIZE or len(rows) % size:
        raise RollError("the rows do not fill the roll")
    packed = Packed(programme, cycle, point, size, rows)
    tags = packed.tags()
    if any(a >= b for a, b in zip(tags, tags[1:], strict=False)):
        raise RollError("the rows are not sorted by tag, or a tag stands twice")
    return packed


def outcome_row(tag: bytes, status: int, value: bytes = b"") -> bytes:
    """One row of an outcome file: tag || status || value padded to 16 bytes. RollError if a part has another size."""
    if len(tag) != TAG_SIZE or not REDEEMED <= status <= MOVED or len(value) > 16:
        raise RollError("not a row of an outcome file")
    return tag + bytes([status]) + value.ljust(16, b"\0")


def point_mark(point: str) -> bytes:
    """SHA-256("evenhand/point/v1" || id in UTF-8)[:16]: names the point where a row that moved ended."""
    return sha256(b"evenhand/point/v1" + point.encode()).digest()[:16]
