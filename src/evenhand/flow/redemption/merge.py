"""Merge: batches of receipts from offline points, in any order, sent twice, forged or lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Protocol

from evenhand.flow.redemption.decide import NOT_ON_ROLL, UNDONE
from evenhand.flow.redemption.device import Device, newest
from evenhand.flow.redemption.errors import RedemptionError
from evenhand.flow.redemption.receipt import Link, Receipt, read
from evenhand.formats import cose
from evenhand.formats.tag import tag_of

CHUNK = 2000


class Pool(Protocol):
    """Something that maps a function over items in order, such as an executor of worker processes."""

    def map(self, function: Callable[[Any], Any], items: Iterable[Any], /) -> Iterable[Any]: ...


@dataclass(frozen=True, order=True)
class Refused:
    """An item of a batch that cannot stand: its place in the batch (from 1), SHA-256 of its bytes, the reason."""

    item: int
    hash: bytes
    reason: str


@dataclass(frozen=True, order=True)
class Fork:
    """A device signed, or built on, different receipts with one sequence. All are kept; somebody has to ask why."""

    device: str
    sequence: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, order=True)
class Gap:
    """Receipts `first` to `last` of a device are missing: later ones are here."""

    device: str
    first: int
    last: int


@dataclass(frozen=True)
class Merged:
    """What became of a batch. len(new) + len(duplicates) + len(refused) is the number of its items.

    `new` is sorted by device, sequence, hash; forks and gaps are those of all the devices known, after the batch.
    """

    new: list[Receipt]
    duplicates: list[bytes]
    refused: list[Refused]
    forks: list[Fork]
    gaps: list[Gap]


def merge(
    known: Iterable[Link | Receipt],
    batch: Iterable[bytes],
    devices: Iterable[Device],
    programme: str,
    cycle: str,
    rolls: Mapping[str, Collection[bytes]],
    holders: Mapping[str, str],
    pool: Pool | None = None,
    whole: Mapping[str, int] | None = None,
    beside: Mapping[str, Collection[str]] | None = None,
    parsed: Sequence[Receipt | str] | None = None,
    late: Mapping[str, Collection[bytes]] | None = None,
) -> Merged:
    """Merge `batch` (each item the bytes of one receipt) with what is `known` of this cycle.

    `rolls`: the tags of each point's roll (those the batch names are enough). `holders`: the device that holds each point.
    `beside`: the other devices whose receipts count there: those it replaced in this cycle, and second devices of the point
    (who gave first is settled later, see `custody`). `whole`: for a device, the number up to which its chain was here
    without a gap before; then `known` need not hold what lies below it, except the receipts of numbers that the batch names
    again. `parsed`: the batch as `parse` reads it, where that was done before. `late`: of `rolls`, the tags that came
    to the point in the middle of the cycle: before that they were strangers there. What is known in the end is the same
    however receipts are split into batches, ordered or repeated; `Refused.reason` says why an item cannot stand.
    """
    links = {receipt.hash: Link(receipt.device, receipt.sequence, receipt.hash, receipt.previous) for receipt in known}
    known_devices = newest(list(devices))
    gate = _Gate(known_devices, programme, cycle, _frozen(rolls), holders, beside or {}, _frozen(late or {}))
    duplicates: list[bytes] = []
    refused: list[Refused] = []
    places: dict[bytes, list[int]] = {}
    waiting: list[bytes] = []
    ready: list[Receipt | str] = []
    for item, raw in enumerate(batch, 1):
        digest = sha256(raw).digest()
        if digest in links:
            duplicates.append(digest)
        elif digest in places:
            places[digest].append(item)
        else:
            places[digest] = [item]
            waiting.append(raw)
            if parsed is not None:
                ready.append(parsed[item - 1])
    keys = {name: device.public_key for name, device in known_devices.items()}
    checked = read_many(waiting, keys, pool) if parsed is None else [_verified(one, keys) for one in ready]
    new: list[Receipt] = []
    for digest, (found, holds) in zip(places, checked, strict=True):
        reason = found if isinstance(found, str) else gate.fault(found)
        if not reason and not holds:
            assert isinstance(found, Receipt)
            reason = f'the signature is not by the certified key of device "{found.device}"'
        if reason:
            refused += [Refused(item, digest, reason) for item in places[digest]]
        else:
            assert isinstance(found, Receipt)
            new.append(found)
            duplicates += [digest] * (len(places[digest]) - 1)
    links |= {receipt.hash: receipt.link for receipt in new}
    new.sort(key=lambda receipt: (receipt.device, receipt.sequence, receipt.hash))
    forks, gaps = _chains(links.values(), whole or {})
    return Merged(new, sorted(duplicates), sorted(refused), forks, gaps)


def _frozen(tags: Mapping[str, Collection[bytes]]) -> dict[str, frozenset[bytes]]:
    return {point: frozenset(found) for point, found in tags.items()}


def read_many(
    batch: Sequence[bytes], keys: Mapping[str, bytes] | None, pool: Pool | None = None
) -> list[tuple[Receipt | str, bool]]:
    """Each item of a batch: the receipt, or the reason why it is none; and whether the key of its device (by name in
    `keys`) signed it; without `keys` nobody asks. With a pool, in chunks by its workers: most of the work of a merge."""
    chunks = [(batch[at : at + CHUNK], keys) for at in range(0, len(batch), CHUNK)]
    mapped = map(_read_chunk, chunks) if pool is None or len(chunks) < 2 else pool.map(_read_chunk, chunks)
    return [one for chunk in mapped for one in chunk]


def _read_chunk(chunk: tuple[Sequence[bytes], Mapping[str, bytes] | None]) -> list[tuple[Receipt | str, bool]]:
    batch, keys = chunk
    checked = (_verified(parse(raw), keys) for raw in batch)
    # What was signed is checked: between processes, and of a million, the receipts alone go on.
    return [(replace(one, signed=None) if isinstance(one, Receipt) else one, holds) for one, holds in checked]


def parse(raw: bytes) -> Receipt | str:
    """The receipt of these bytes, its signature not yet verified, or the reason why it is none."""
    try:
        return read(raw)
    except RedemptionError as error:
        return error.reason


def _verified(found: Receipt | str, keys: Mapping[str, bytes] | None) -> tuple[Receipt | str, bool]:
    if isinstance(found, str):
        return found, False
    key = None if keys is None else keys.get(found.device)
    assert found.signed is not None
    return found, keys is None or (key is not None and cose.verify(found.signed, key))


class _Gate:
    """Everything about a receipt that can be checked without its signature."""

    def __init__(
        self,
        devices: Mapping[str, Device],
        programme: str,
        cycle: str,
        rolls: Mapping[str, frozenset[bytes]],
        holders: Mapping[str, str],
        beside: Mapping[str, Collection[str]],
        late: Mapping[str, frozenset[bytes]],
    ) -> None:
        self._late = late
        self._devices, self._programme, self._cycle = devices, programme, cycle
        self._rolls, self._holders, self._beside = rolls, holders, beside

    def fault(self, receipt: Receipt) -> str:
        """The reason why the receipt cannot stand, or nothing."""
        try:
            self.check(receipt)
        except RedemptionError as error:
            return error.reason
        return ""

    def check(self, r: Receipt) -> None:
        """RedemptionError with the reason if the receipt cannot stand."""
        if r.programme != self._programme:
            raise RedemptionError(f'it is for the programme "{r.programme}", not "{self._programme}"')
        if r.cycle != self._cycle:
            raise RedemptionError(f'it is for the cycle "{r.cycle}", not "{self._cycle}"')
        device = self._devices.get(r.device)
        if device is None:
            raise RedemptionError(f'device "{r.device}" has no certificate')
        if r.point not in device.points:
            raise RedemptionError(f'device "{r.device}" is not certified for point "{r.point}"')
        if self._holders.get(r.point) != r.device and r.device not in self._beside.get(r.point, ()):
            raise RedemptionError(f'device "{r.device}" does not hold the cards of point "{r.point}"')
        if isinstance(r.proof, bytes) and tag_of(r.proof) != r.tag:
            raise RedemptionError("its r does not hash to its tag: no coupon was there")
        on_roll = r.tag in self._rolls.get(r.point, frozenset())
        if not on_roll and r.proof not in (NOT_ON_ROLL, UNDONE):
            raise RedemptionError(f'its tag does not stand on the roll of point "{r.point}"')
        if on_roll and r.proof == NOT_ON_ROLL and r.tag not in self._late.get(r.point, ()):
            raise RedemptionError(f'it says "{NOT_ON_ROLL}", and its tag stands on the roll of point "{r.point}"')


def _chains(links: Iterable[Link], whole: Mapping[str, int]) -> tuple[list[Fork], list[Gap]]:
    # What is claimed to be receipt n: those that say so, and those that receipts n + 1 name as the one before them.
    claims: dict[tuple[str, int], set[bytes]] = {}
    here: dict[str, set[int]] = {}
    for device, sequence, digest, previous in links:
        claims.setdefault((device, sequence), set()).add(digest)
        here.setdefault(device, set()).add(sequence)
        if previous is not None:
            claims.setdefault((device, sequence - 1), set()).add(previous)
    forks = [Fork(*key, tuple(sorted(found))) for key, found in sorted(claims.items()) if len(found) > 1]
    gaps: list[Gap] = []
    for device in sorted(here):
        before = whole.get(device, 0)
        for sequence in sorted(here[device]):
            if sequence > before + 1:
                gaps.append(Gap(device, before + 1, sequence - 1))
            before = max(before, sequence)
    return forks, gaps
