"""Codes that people type, and what a card is for a period."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from evenhand_verify import cbor
from evenhand_verify.result import UsageError

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SPOKEN = {"I": "1", "L": "1", "O": "0"}


def read_code(text: str) -> bytes:
    """The 16 bytes of a code: 26 letters of data, 2 of check. UsageError if it was mistyped."""
    letters = [SPOKEN.get(letter, letter) for letter in text.upper() if letter not in "- "]
    if len(letters) != 28 or any(letter not in LETTERS for letter in letters):
        raise UsageError("a code has 28 letters and digits, as on the slip. What to do: type it again")
    number = 0
    for letter in letters:
        number = number * 32 + LETTERS.index(letter)
    secret, zeros, check = number >> 12, number >> 10 & 3, number & 0x3FF
    raw = secret.to_bytes(16, "big")
    if zeros or int.from_bytes(hashlib.sha256(raw).digest()[:2], "big") >> 6 != check:
        raise UsageError("the code was mistyped: its last letters do not fit. What to do: type it again")
    return raw


def number_fits(text: str) -> bool:
    """Whether ten digits are a card number: ISO 7064 MOD 97-10."""
    digits = len(text) == 10 and text.isascii() and text.isdigit()
    return digits and 98 - int(text[:8]) * 100 % 97 == int(text[8:])


@dataclass(frozen=True)
class Keys:
    """What a card's secret gives for a period."""

    r: bytes
    tag: bytes
    salt: bytes
    seal: bytes


def tag_of(r: bytes) -> bytes:
    """The tag whose preimage is r."""
    return hashlib.sha256(b"evenhand/tag/v1" + r).digest()[:16]


def derive(secret: bytes, origin: str, programme: str, period: str) -> Keys:
    """r, tag, salt and seal key of a period."""

    def purpose(name: str) -> bytes:
        message = cbor.encode(["evenhand/card/v1", origin, programme, period, name])
        return hmac.new(secret, message, hashlib.sha256).digest()

    r = purpose("r")[:16]
    return Keys(r, tag_of(r), purpose("salt")[:16], purpose("seal"))
