"""Heads: how long a device's chain is and where it ends. Device and log key sign it when a cycle closes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evenhand.flow.redemption.errors import RedemptionError
from evenhand.flow.redemption.receipt import NUMBER_MAX, Link, Receipt
from evenhand.formats import cbor, cose

NAME = "evenhand/head/v1"


@dataclass(frozen=True)
class Head:
    """The end of a device's chain: number of receipts, and the hash of the last one (None if there is none)."""

    programme: str
    cycle: str
    device: str
    receipts: int
    hash: bytes | None

    def payload(self) -> list[cbor.Value]:
        """What is signed."""
        return [NAME, self.programme, self.cycle, self.device, self.receipts, self.hash]


def write_head(head: Head, signer: cose.Signer) -> bytes:
    """The head as a COSE_Sign1: by the device, and in a second file by the log key. RedemptionError if it is none."""
    _check(head)
    return cose.sign1(head.payload(), signer)


def read_head(data: bytes, public_key: bytes) -> Head:
    """The head of these bytes, verified. RedemptionError if it is not one or not signed by this key."""
    try:
        signed = cose.parse(data)
        array = signed.array()
    except cose.CoseError as error:
        raise RedemptionError(f"not a head: {error}") from error
    if array[0] != NAME or len(array) != 6:
        raise RedemptionError(f"not a head: its payload is not {NAME}")
    head = Head(*array[1:])  # type: ignore[arg-type]
    _check(head)
    if not cose.verify(signed, public_key):
        raise RedemptionError(f'the head of "{head.device}" is not signed by its key')
    return head


def check_head(head: Head, receipts: Iterable[Link | Receipt]) -> list[str]:
    """What is wrong between a head and the receipts that arrived of its device: nothing, or a line a fault.

    The chain is walked back from the head's hash; receipts beside it (a fork) or after it are named, and so is the
    first one that never came.
    """
    mine = {r.hash: r for r in receipts if r.device == head.device}
    wrong: list[str] = []
    at, sequence = head.hash, head.receipts
    walked: set[bytes] = set()
    while at is not None:
        found = mine.get(at)
        if found is None or found.sequence != sequence:
            wrong.append(f'receipt {sequence} of "{head.device}" never came')
            break
        walked.add(at)
        at, sequence = found.previous, sequence - 1
    aside = [r for r in mine.values() if r.hash not in walked]
    after = sum(r.sequence > head.receipts for r in aside)
    if after:
        wrong.append(f'{after} receipts of "{head.device}" are later than its head')
    if not wrong and aside:
        wrong.append(f'{len(aside)} receipts of "{head.device}" are not on the chain of its head: a fork')
    return wrong


def _check(head: Head) -> None:
    texts = all(isinstance(text, str) and text for text in (head.programme, head.cycle, head.device))
    count = isinstance(head.receipts, int) and not isinstance(head.receipts, bool) and 0 <= head.receipts <= NUMBER_MAX
    if not texts or not count:
        raise RedemptionError("not a head: a field has the wrong type")
    last = head.hash
    if (last is None) != (head.receipts == 0) or not (last is None or (isinstance(last, bytes) and len(last) == 32)):
        raise RedemptionError("not a head: it names the hash of the last receipt, or null where there is none")
