"""Custody: which device may give to a row of a point, and in which order what several devices gave is entered.

A row has one holder at a time. Custody moves in two ways only: a device is replaced (the officers' word, in the log), or it
releases rows to a second device of its point (its own signed word, made without a network).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from evenhand.flow.redemption.errors import RedemptionError
from evenhand.flow.redemption.receipt import CONTROL, NUMBER_MAX, TEXT_MAX, Items, Receipt
from evenhand.formats import cbor, cose

NAME = "evenhand/release/v1"
RANGES_MAX = 500
"""Ranges of tags in one release: half a list is one range, and a QR holds a few dozen single tags."""
ALL = (bytes(16), b"\xff" * 16)
"""The range of every tag."""

Ranges = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Release:
    """The word of `device`: after its first `receipts` receipts of this cycle (the last of them has `head` as its hash) it
    gives to no row of `point` whose tag lies in `ranges` (first and last tag, both included), and `to` does. `reserve`
    (steps by benefit) moves with them: what is not named stays, so that two devices never hand out one reserve twice.

    `number` orders the releases of a device, from 1. `hash` (SHA-256 of the COSE bytes) and `raw` are set by `read_release`.
    """

    number: int
    programme: str
    cycle: str
    point: str
    device: str
    to: str
    receipts: int
    head: bytes | None
    ranges: Ranges
    reserve: Items = ()
    hash: bytes = b""
    raw: bytes = field(default=b"", repr=False)

    def covers(self, tag: bytes) -> bool:
        """Whether it moves this tag."""
        return any(first <= tag <= last for first, last in self.ranges)


def write_release(release: Release, signer: cose.Signer) -> bytes:
    """The release as a COSE_Sign1 by the device that releases. RedemptionError if `read_release` would not accept it."""
    _check(release)
    r = release
    said: list[cbor.Value] = [NAME, r.number, r.programme, r.cycle, r.point, r.device, r.to, r.receipts, r.head]
    return cose.sign1([*said, [list(pair) for pair in r.ranges], [list(pair) for pair in r.reserve]], signer)


def is_release(data: bytes) -> bool:
    """Whether these bytes say that they are a release, whatever else they are."""
    try:
        return cose.parse(data).array()[0] == NAME
    except cose.CoseError:
        return False


def read_release(data: bytes, keys: Mapping[str, bytes]) -> Release:
    """The release of these bytes, signed by the key (in `keys`, by device) of the device that releases. RedemptionError with
    the reason if it is none."""
    try:
        signed = cose.parse(data)
        array = signed.array()
    except cose.CoseError as error:
        raise RedemptionError(f"not a release: {error}") from error
    if array[0] != NAME or len(array) != 11:
        raise RedemptionError(f"not a release: its payload is not {NAME}")
    fields: list[Any] = array[1:]
    for pairs in fields[8:]:
        if not isinstance(pairs, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
            raise RedemptionError("not a release: its ranges and its reserve are not lists of pairs")
    release = Release(*fields[:8], *(tuple((a, b) for a, b in pairs) for pairs in fields[8:]))
    _check(release)
    key = keys.get(release.device)
    if key is None or not cose.verify(signed, key):
        raise RedemptionError(f'the release is not signed by the certified key of device "{release.device}"')
    return replace(release, hash=sha256(data).digest(), raw=data)


def _check(r: Release) -> None:
    numbers = ((r.number, 1), (r.receipts, 0))
    if not all(isinstance(n, int) and not isinstance(n, bool) and least <= n <= NUMBER_MAX for n, least in numbers):
        raise RedemptionError("not a release: a number of it is none")
    for text in (r.programme, r.cycle, r.point, r.device, r.to):
        if not isinstance(text, str) or not 1 <= len(text) <= TEXT_MAX or CONTROL.search(text):
            raise RedemptionError(f"not a release: a name of it is not a plain text of 1 to {TEXT_MAX} characters")
    if r.device == r.to:
        raise RedemptionError("not a release: a device releases to another one")
    if (r.head is None) != (r.receipts == 0) or not (
        r.head is None or (isinstance(r.head, bytes) and len(r.head) == 32)
    ):
        raise RedemptionError("not a release: it names the hash of the last receipt, or null where there is none")
    if not 1 <= len(r.ranges) <= RANGES_MAX:
        raise RedemptionError(f"not a release: it has 1 to {RANGES_MAX} ranges of tags")
    for pair in r.ranges:
        if not all(isinstance(tag, bytes) and len(tag) == 16 for tag in pair) or pair[0] > pair[1]:
            raise RedemptionError("not a release: a range of tags is not two tags, the first not after the last")
    names = [benefit for benefit, _ in r.reserve]
    if not all(isinstance(benefit, str) for benefit in names) or len(set(names)) != len(names):
        raise RedemptionError("not a release: its reserve does not name each benefit once")
    if not all(type(steps) is int and 0 <= steps <= NUMBER_MAX for _, steps in r.reserve):
        raise RedemptionError("not a release: its reserve is not in whole steps")


_Turn = tuple[str, int]
"""A device, and the number of its last receipt that belongs to this turn."""


@dataclass(frozen=True)
class Custody:
    """Point -> the devices that held it in a cycle, the earliest first; and every release known."""

    holders: Mapping[str, Sequence[str]] = field(default_factory=dict)
    releases: Sequence[Release] = ()

    @cached_property
    def _of_point(self) -> dict[str, list[Release]]:
        found: dict[str, list[Release]] = {}
        for release in sorted(self.releases, key=lambda r: (r.receipts, r.number, r.hash)):
            found.setdefault(release.point, []).append(release)
        return found

    @cached_property
    def _turns(self) -> dict[tuple[str, frozenset[bytes]], list[_Turn]]:
        return {}

    def turn(self, r: Receipt) -> int:
        """The place of a receipt among those of its row, from 0: turns follow custody. The first holder's come first, up to
        the receipt after which it released the row; then those of the device it released it to; what a device gave after it
        had released a row follows when everybody after it had their turn; then the next holder's. A device that never had
        the row comes last. Receipts and releases alone decide, in whatever order they became known."""
        holders = self.holders.get(r.point, ())
        if r.point not in self._of_point:
            return holders.index(r.device) if r.device in holders else len(holders)
        moved = [release for release in self._of_point[r.point] if release.covers(r.tag)]
        key = r.point, frozenset(release.hash for release in moved)
        if key not in self._turns:
            self._turns[key] = _walk(holders, moved)
        turns = self._turns[key]
        return next(
            (n for n, (device, upto) in enumerate(turns) if device == r.device and r.sequence <= upto), len(turns)
        )


def _walk(holders: Sequence[str], moved: Sequence[Release]) -> list[_Turn]:
    turns: list[_Turn] = []
    used: set[bytes] = set()
    for holder in holders:
        at, passed = holder, [holder]
        while (release := next((r for r in moved if r.device == at and r.hash not in used), None)) is not None:
            used.add(release.hash)
            turns.append((at, release.receipts))
            at = release.to
            passed.append(at)
        turns += [(device, NUMBER_MAX) for device in dict.fromkeys([at, *passed])]
    return turns
