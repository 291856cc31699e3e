"""Custody: which device may give to a row of a point, and in which order what several devices gave is entered.

A row has one holder at a time. Custody moves in two ways only: a device is replaced (the officers' word, in the log), or it
releases rows (its own signed word, made without a network): to a second device of its point, or to another point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from evenhand.flow.redemption.errors import RedemptionError
from evenhand.flow.redemption.receipt import CONTROL, NUMBER_MAX, TEXT_MAX, Items, Receipt
from evenhand.formats import cbor, cose

NAME = "evenhand/release/v1"
RANGES_MAX = 500
"""Ranges of tags in one release: half a list is one range, and a QR holds a few dozen single tags."""
POINT = "point:"
"""A release to this and the id of a point: the row leaves, and whoever holds that point gives to it."""
MOVES_MAX = 16
"""So often a row goes from point to point in a cycle; a release after that moves nothing."""
ALL = (bytes(16), b"\xff" * 16)
"""The range of every tag."""

Ranges = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Release:
    """The word of `device`: after its first `receipts` receipts of this cycle (the last of them has `head` as its hash) it
    gives to no row of `point` whose tag lies in `ranges` (first and last tag, both included), and `to` does. `reserve`
    (steps by benefit) moves with them: what is not named stays, so that two devices never hand out one reserve twice.

    Where `to` is `point:ID` its rows, each named alone, leave for that point, and no reserve goes with them.

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

    @property
    def target(self) -> str | None:
        """The point its rows leave for; None where they stay at theirs."""
        return self.to.removeprefix(POINT) if self.to.startswith(POINT) else None

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
    if r.target is not None and (r.target in ("", r.point) or r.reserve or any(a != b for a, b in r.ranges)):
        raise RedemptionError("not a release: to another point go single rows, and nothing of the reserve")
    names = [benefit for benefit, _ in r.reserve]
    if not all(isinstance(benefit, str) for benefit in names) or len(set(names)) != len(names):
        raise RedemptionError("not a release: its reserve does not name each benefit once")
    if not all(type(steps) is int and 0 <= steps <= NUMBER_MAX for _, steps in r.reserve):
        raise RedemptionError("not a release: its reserve is not in whole steps")


class _Turn(NamedTuple):
    """A device at a point, and the number of its last receipt that belongs to this turn."""

    point: str
    device: str
    upto: int


@dataclass(frozen=True)
class Path:
    """Where a row was, in the order of custody: its turns, and the points it was at, the last of them where it ends."""

    turns: tuple[_Turn, ...]
    points: tuple[str, ...]


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
    def leaving(self) -> frozenset[bytes]:
        """Tags of rows that a release, of whoever, sends to another point."""
        return frozenset(tag for r in self.releases if r.target is not None for tag, _ in r.ranges)

    @cached_property
    def _paths(self) -> dict[tuple[str, frozenset[bytes]], Path]:
        return {}

    def path(self, home: str, tag: bytes) -> Path:
        """Where the row of this tag on the roll of `home` was, and is."""
        points = self._of_point if tag in self.leaving else (home,)
        moved = [release for point in points for release in self._of_point.get(point, ()) if release.covers(tag)]
        key = home, frozenset(release.hash for release in moved)
        if key not in self._paths:
            walk = _Walk(self.holders, moved)
            turns = walk.at(home)
            self._paths[key] = Path(tuple(turns), tuple(walk.points(home)))
        return self._paths[key]

    def turn(self, r: Receipt, home: str | None = None) -> int:
        """The place of a receipt among those of its row, from 0: turns follow custody. The first holder's come first, up to
        the receipt after which it released the row; then those of the device, or of the point, it released it to; what a
        device gave after it had released a row follows when everybody after it had their turn; then the next holder's. A
        device that never had the row comes last. `home`: the point on whose roll the row is, if not the receipt's own.
        Receipts and releases alone decide, in whatever order they became known."""
        home = r.point if home is None else home
        if home not in self._of_point:
            holders = self.holders.get(home, ())
            return holders.index(r.device) if r.device in holders else len(holders)
        turns = self.path(home, r.tag).turns
        mine = ((n, turn) for n, turn in enumerate(turns) if (turn.point, turn.device) == (r.point, r.device))
        return next((n for n, turn in mine if r.sequence <= turn.upto), len(turns))


class _Walk:
    """The way of one row, given the releases that cover it; each is used once."""

    def __init__(self, holders: Mapping[str, Sequence[str]], moved: Sequence[Release]) -> None:
        self._holders = holders
        self._of: dict[tuple[str, str], list[Release]] = {}
        for release in reversed(moved):
            self._of.setdefault((release.point, release.device), []).append(release)
        self._left: list[Release] = []

    def at(self, point: str) -> list[_Turn]:
        """The turns of the row from when it came to a point on."""
        turns: list[_Turn] = []
        for holder in self._holders.get(point, ()):
            device, passed = holder, [holder]
            while waiting := self._of.get((point, device)):
                release = waiting.pop()
                if release.target is None:
                    turns.append(_Turn(point, device, release.receipts))
                    device = release.to
                    passed.append(device)
                elif len(self._left) < MOVES_MAX:
                    turns.append(_Turn(point, device, release.receipts))
                    self._left.append(release)
                    turns += self.at(release.target)
                    break
            turns += [_Turn(point, one, NUMBER_MAX) for one in dict.fromkeys([device, *passed])]
        return turns

    def points(self, home: str) -> list[str]:
        """The points the row was at. Once it left a point, no other device there can send it elsewhere."""
        found = [home]
        for release in self._left:
            if release.target is not None and release.point == found[-1]:
                found.append(release.target)
        return found
