"""A phone at a point of the simulation: it decides and signs with the functions a real one is bound to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evenhand.flow.redemption import (
    Decision,
    Device,
    Link,
    Presented,
    Receipt,
    Release,
    Row,
    chain,
    decide,
    write_release,
)
from evenhand.formats.cose import Signer
from evenhand.simulation.offline_world import CYCLE, PROGRAMME

NO_COUPON_REASON = "no coupon"


Memory = tuple[dict[bytes, Mapping[str, int]], dict[bytes, dict[str, int]], dict[str, int]]


@dataclass(frozen=True)
class HandedOn:
    """What a phone released: after so many stubs and receipts these rows and this share of the reserve."""

    stubs: int
    receipts: int
    tags: list[bytes]
    share: dict[str, int]


@dataclass
class Phone:
    """One phone: the rows it holds, what it gave, its part of the reserve, its chain, and what is not acknowledged yet.

    `clock_minutes` is how wrong its clock is: it stamps the outbox, and the outbox is sent in the order of the stamps.
    `stubs` is the paper beside it: every coupon torn off and every line ticked, in order.
    """

    name: str
    point: str
    rows: dict[bytes, Mapping[str, int]] = field(repr=False)
    reserve: dict[str, int]
    signs: bool = True
    given: dict[bytes, dict[str, int]] = field(default_factory=dict, repr=False)
    outbox: list[tuple[int, int, bytes]] = field(default_factory=list, repr=False)
    stubs: list[tuple[bytes, Presented]] = field(default_factory=list, repr=False)
    signed: list[bytes] = field(default_factory=list, repr=False)
    last: Link | None = None
    clock_minutes: int = 0
    handed_on: HandedOn | None = None
    emergency: Mapping[str, int] | None = None
    began: Memory = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.began = self.memory()

    @cached_property
    def signer(self) -> Signer:
        """The phone's key; a simulation's is no secret."""
        key = Ed25519PrivateKey.from_private_bytes(sha256(f"offline phone {self.name}".encode()).digest())
        return Signer(key.public_key().public_bytes_raw(), key.sign)

    def device(self) -> Device:
        """What the server knows of it."""
        return Device(self.name, self.signer.public_key, frozenset({self.point}))

    def serve(self, tag: bytes | None, presented: Presented, minute: int) -> Decision:
        """Decide for somebody whose row is `tag` (None: no row of this phone's list), and sign what is handed over."""
        due = self.rows.get(tag) if tag is not None else None
        row = Row(tag, due, self.given.get(tag)) if tag is not None and due is not None else None
        made = decide(row, presented, self.reserve, self.emergency)
        if made.verdict == "refuse":
            return made
        if made.from_reserve:
            for benefit, steps in made.items.items():
                self.reserve[benefit] -= steps
        elif row is not None:
            before = self.given.setdefault(row.tag, {})
            for benefit, steps in made.items.items():
                before[benefit] = before.get(benefit, 0) + steps
        if row is not None:
            self.stubs.append((row.tag, presented))
        if self.signs:
            self._sign(made, minute)
        return made

    def remember(self, r: Receipt) -> None:
        """Take over what a receipt of the phone before this one says: given, or from the reserve."""
        due, before = self.rows[r.tag], self.given.get(r.tag)
        if before is None or any(due[b] > before.get(b, 0) for b in due):
            before = self.given.setdefault(r.tag, {})
            for benefit, steps in r.items:
                before[benefit] = before.get(benefit, 0) + steps
            return
        for benefit, steps in r.items:
            self.reserve[benefit] = max(0, self.reserve[benefit] - steps)

    def release(self, to: Phone) -> bytes:
        """Give up the upper half of the list and half of the reserve to a phone that stands beside this one. The signed
        release goes over by QR, with what was given of these rows so far; nobody needs a network."""
        tags = sorted(self.rows)
        share = {benefit: steps // 2 for benefit, steps in self.reserve.items()}
        receipts = self.last.sequence if self.last else 0
        self.handed_on = HandedOn(len(self.stubs), receipts, tags[len(tags) // 2 :], share)
        to.rows = {tag: self.rows[tag] for tag in self.handed_on.tags}
        to.given = {tag: dict(self.given[tag]) for tag in self.handed_on.tags if tag in self.given}
        to.reserve = dict(share)
        to.began = to.memory()
        self.hand_on(self.handed_on)
        ends = (self.handed_on.tags[0], self.handed_on.tags[-1])
        said = Release(
            1, PROGRAMME, CYCLE, self.point, self.name, to.name, receipts, self.last.hash if self.last else None, (ends,),
            tuple(share.items()),
        )  # fmt: skip
        return write_release(said, self.signer)

    def hand_on(self, what: HandedOn) -> None:
        """These rows, and this share of the reserve, are another phone's from now on."""
        for tag in what.tags:
            del self.rows[tag]
            self.given.pop(tag, None)
        for benefit, steps in what.share.items():
            self.reserve[benefit] = max(0, self.reserve[benefit] - steps)

    def memory(self) -> Memory:
        """What the phone knows, apart from its chain: its rows, what was given of them, its reserve."""
        return dict(self.rows), {tag: dict(n) for tag, n in self.given.items()}, dict(self.reserve)

    def successor(self) -> Phone:
        """A new phone in its place that knows what this one knew when it began."""
        rows, given, reserve = self.began
        new = Phone(f"{self.name}-2", self.point, dict(rows), dict(reserve), self.signs)
        new.given = {tag: dict(n) for tag, n in given.items()}
        return new

    def batch(self) -> list[bytes]:
        """What is not acknowledged, in the order of the phone's own stamps: a clock that jumped turns it around."""
        return [raw for _, _, raw in sorted(self.outbox)]

    def acknowledge(self, receipts: int) -> None:
        """The server has the chain up to this number."""
        self.outbox = [one for one in self.outbox if one[1] > receipts]

    def _sign(self, made: Decision, minute: int) -> None:
        draft = Receipt(
            0, None, PROGRAMME, CYCLE, self.point, self.name, made.tag, made.proof, tuple(made.items.items()), "clerk"
        )
        raw = chain([draft], self.signer, self.last)[0]
        number = (self.last.sequence if self.last else 0) + 1
        self.last = Link(self.name, number, sha256(raw).digest(), self.last.hash if self.last else None)
        self.outbox.append((minute + self.clock_minutes, number, raw))
        self.signed.append(raw)
