"""Receipts: what a device signs each time it hands something over, one chain for each (cycle, device)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from evenhand.flow.redemption.errors import RedemptionError
from evenhand.formats import cbor, cose

NAME = "evenhand/receipt/v1"
NUMBER_MAX = 2**53 - 1
"""The counter app counts in JavaScript: no sequence and no quantity is larger than it can hold exactly."""
TEXT_MAX = 64
REASON_MAX = 16
"""The reason of an exception stands in 16 bytes of an outcome file: printable ASCII."""

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")

Items = tuple[tuple[str, int], ...]


class Link(NamedTuple):
    """A receipt as a link of its device's chain: all that merging needs to know of those already stored."""

    device: str
    sequence: int
    hash: bytes
    previous: bytes | None


@dataclass(frozen=True)
class Receipt:
    """One receipt. `proof` is r (16 bytes of a coupon) or the reason of an exception (text). `items` in steps.

    `hash` (SHA-256 of the COSE bytes), `raw` (those bytes) and `signed` are set by `read` only.
    """

    sequence: int
    previous: bytes | None
    programme: str
    cycle: str
    point: str
    device: str
    tag: bytes
    proof: bytes | str
    items: Items
    clerk: str
    hash: bytes = b""
    raw: bytes = field(default=b"", repr=False)
    signed: cose.Signed | None = field(default=None, repr=False)

    @property
    def link(self) -> Link:
        """The receipt's place in its chain."""
        return Link(self.device, self.sequence, self.hash, self.previous)


def write(receipt: Receipt, signer: cose.Signer) -> bytes:
    """The receipt as a COSE_Sign1 by its device. RedemptionError if a field is not what `read` would accept."""
    _check(receipt)
    return cose.sign1(_payload(receipt), signer)


def read(data: bytes) -> Receipt:
    """The receipt of these bytes, its signature not yet verified. RedemptionError with the reason if it is not one."""
    try:
        signed = cose.parse(data)
        array = signed.array()
    except cose.CoseError as error:
        raise RedemptionError(f"not a receipt: {error}") from error
    if array[0] != NAME or len(array) != 11:
        raise RedemptionError(f"not a receipt: its payload is not {NAME}")
    fields: list[Any] = array[1:]
    sequence, previous, programme, cycle, point, device, tag, proof, items, clerk = fields
    if not isinstance(items, list) or any(not isinstance(pair, list) or len(pair) != 2 for pair in items):
        raise RedemptionError("not a receipt: its items are not pairs of benefit and steps")
    pairs = tuple((benefit, steps) for benefit, steps in items)
    digest = sha256(data).digest()
    receipt = Receipt(
        sequence, previous, programme, cycle, point, device, tag, proof, pairs, clerk, digest, data, signed
    )
    _check(receipt)
    return receipt


def split(data: bytes) -> list[bytes]:
    """The items of a file of receipts (a CBOR sequence), each as its bytes. RedemptionError where it breaks off."""
    found: list[bytes] = []
    at = 0
    while at < len(data):
        try:
            _, end = cbor.load_from(data, at)
        except cbor.CborError as error:
            raise RedemptionError(
                f"item {len(found) + 1}, at byte {at}, is not canonical CBOR: {error}",
                "export the receipts from the device again",
            ) from error
        found.append(data[at:end])
        at = end
    return found


def chain(drafts: Iterable[Receipt], signer: cose.Signer, after: Link | None = None) -> list[bytes]:
    """Sign `drafts` in their order as a device's chain: sequence and previous are set here, beginning after `after`."""
    sequence, previous = (after.sequence, after.hash) if after else (0, None)
    made: list[bytes] = []
    for draft in drafts:
        sequence += 1
        made.append(write(replace(draft, sequence=sequence, previous=previous), signer))
        previous = sha256(made[-1]).digest()
    return made


def _payload(r: Receipt) -> list[cbor.Value]:
    head: list[cbor.Value] = [NAME, r.sequence, r.previous, r.programme, r.cycle, r.point, r.device, r.tag, r.proof]
    return [*head, [list(pair) for pair in r.items], r.clerk]


def _check(r: Receipt) -> None:
    if not _is_number(r.sequence, 1):
        raise RedemptionError("not a receipt: its sequence is not a number from 1")
    if (r.previous is None) != (r.sequence == 1) or not (r.previous is None or _is_bytes(r.previous, 32)):
        raise RedemptionError("not a receipt: the first names no receipt before it, every other one the hash of one")
    for name in ("programme", "cycle", "point", "device"):
        if not _is_text(getattr(r, name), 1):
            raise RedemptionError(f"not a receipt: its {name} is not a plain text of 1 to {TEXT_MAX} characters")
    if not _is_text(r.clerk, 0):
        raise RedemptionError(f"not a receipt: its clerk is not a plain text of at most {TEXT_MAX} characters")
    if not _is_bytes(r.tag, 16):
        raise RedemptionError("not a receipt: its tag is not 16 bytes")
    if isinstance(r.proof, str):
        if not 1 <= len(r.proof) <= REASON_MAX or not (r.proof.isascii() and r.proof.isprintable()):
            raise RedemptionError(f"the reason of an exception is not 1 to {REASON_MAX} printable ASCII characters")
    elif not _is_bytes(r.proof, 16):
        raise RedemptionError("not a receipt: its proof is neither 16 bytes of a coupon nor a reason")
    if any(not _is_text(benefit, 1) or not _is_number(steps, 0) for benefit, steps in r.items):
        raise RedemptionError("not a receipt: its items are not benefits with whole steps")
    if len({benefit for benefit, _ in r.items}) != len(r.items):
        raise RedemptionError("not a receipt: a benefit stands twice in its items")


def _is_number(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= NUMBER_MAX


def _is_bytes(value: object, size: int) -> bool:
    return isinstance(value, bytes) and len(value) == size


def _is_text(value: object, least: int) -> bool:
    return isinstance(value, str) and least <= len(value) <= TEXT_MAX and _is_plain(value)


@lru_cache(4096)
def _is_plain(text: str) -> bool:
    # Control characters would reach a terminal or a log through the words of a refusal. A day's receipts say the same few.
    return CONTROL.search(text) is None
