"""The server of the simulation: what arrives is merged by the real function, device by device, as a phone's sync does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

import pyarrow as pa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evenhand.flow.redemption import (
    Custody,
    Device,
    Link,
    Receipt,
    Release,
    Settlement,
    merge,
    read,
    read_release,
    settle,
    write,
)
from evenhand.formats.cose import Signer
from evenhand.simulation.offline_phone import Phone
from evenhand.simulation.offline_world import BENEFITS, CYCLE, EARLIER, OTHER_PROGRAMME, PROGRAMME, World


@dataclass
class Server:
    """What is known of every device, and a count of what became of every item that was ever sent."""

    rolls: Mapping[str, Collection[bytes]] = field(repr=False)
    devices: dict[str, Device] = field(default_factory=dict, repr=False)
    holders: dict[str, list[str]] = field(default_factory=dict, repr=False)
    beside: dict[str, set[str]] = field(default_factory=dict, repr=False)
    late: dict[str, set[bytes]] = field(default_factory=dict, repr=False)
    releases: list[Release] = field(default_factory=list, repr=False)
    links: dict[str, list[Link]] = field(default_factory=dict, repr=False)
    receipts: dict[bytes, Receipt] = field(default_factory=dict, repr=False)
    sent: int = 0
    duplicates: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    forks: int = 0
    gaps_seen: int = 0

    def enrol(self, phone: Phone, holds: bool) -> None:
        """Certify a phone for its point: as its next holder, or beside the holder."""
        self.devices[phone.name] = phone.device()
        if holds:
            self.holders.setdefault(phone.point, []).append(phone.name)
        self.beside.setdefault(phone.point, set()).add(phone.name)

    def hear(self, release: bytes) -> None:
        """Take in a phone's word that it gave rows to another one; either of the two brings it."""
        self.releases.append(read_release(release, {name: d.public_key for name, d in self.devices.items()}))

    def revoke(self, name: str) -> None:
        """A stolen phone: nothing it signs is taken any more."""
        del self.devices[name]

    def take(self, name: str, batch: Sequence[bytes]) -> int:
        """Merge a batch sent in the name of a device; returns the number up to which its chain is here."""
        device = self.devices.get(name)
        current = {point: names[-1] for point, names in self.holders.items()}
        known = self.links.setdefault(name, [])
        found = merge(
            known, batch, [device] if device else [], PROGRAMME, CYCLE,
            self.rolls, current, beside=self.beside, late=self.late,
        )  # fmt: skip
        self.sent += len(batch)
        self.duplicates += len(found.duplicates)
        self.refused.update(_kind(one.reason) for one in found.refused)
        self.gaps_seen += len(found.gaps)
        self.forks += len(found.forks)
        known += [receipt.link for receipt in found.new]
        self.receipts |= {receipt.hash: receipt for receipt in found.new}
        if found.gaps:
            return found.gaps[0].first - 1
        return max((link.sequence for link in known), default=0)

    def of(self, name: str) -> list[Receipt]:
        """The receipts of a device that are here, in the order of its chain."""
        return sorted((r for r in self.receipts.values() if r.device == name), key=lambda r: r.sequence)

    def settle(self, world: World, receipts: Sequence[Receipt]) -> Settlement:
        """The settlement of `receipts`, in whatever order they are given."""
        rolls = pa.table(
            {
                "tag": pa.array(world.tags, pa.binary()),
                "point": pa.array([world.points[p] for p in world.home], pa.string()),
                "rations": pa.array(world.rations, pa.list_(pa.int64())),
            }
        )
        reserve = {
            (name, benefit): steps for p, name in enumerate(world.points) for benefit, steps in world.reserve(p).items()
        }
        return settle(rolls, BENEFITS, receipts, reserve, Custody(self.holders, self.releases))


def hostile(honest: Sequence[bytes], phone: Phone, other: str) -> list[bytes]:
    """Items that must be refused, each for another reason, made from receipts that are genuine elsewhere."""
    good = replace(read(honest[0]), signed=None)
    thief = Ed25519PrivateKey.from_private_bytes(sha256(b"offline thief").digest())
    false = Signer(thief.public_key().public_bytes_raw(), thief.sign)
    return [
        write(replace(good, cycle=f"{EARLIER}/1"), phone.signer),
        write(replace(good, programme=OTHER_PROGRAMME), phone.signer),
        write(replace(good, device=other), false),
        write(replace(good, sequence=good.sequence + 1, previous=good.hash), false),
        write(replace(good, proof=bytes(16)), phone.signer),
        write(replace(good, point=f"{good.point}x"), phone.signer),
        honest[0][:-9],
    ]


KINDS = (
    ("programme", "another programme"), ("cycle", "another cycle"), ("has no certificate", "a device without a certificate"),
    ("certified key", "another key"), ("hash to its tag", "a coupon that was not there"),
    ("not certified for point", "a point it is not certified for"), ("not a receipt", "no receipt"),
)  # fmt: skip


def _kind(reason: str) -> str:
    return next((kind for words, kind in KINDS if words in reason), reason)
