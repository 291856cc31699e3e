"""A household's second factor, so that a phone without a network can test what is said against what was enrolled.

What is tested with is known only to who read the coupon: a roll alone, on a stolen phone, lets nobody guess.
"""

from __future__ import annotations

import hmac
import unicodedata
from hashlib import pbkdf2_hmac, sha256

from evenhand.formats import cbor

DOMAIN = "evenhand/factor/v1"
ROUNDS = 100_000
"""Of PBKDF2: about 30 ms on a server, 0.3 s on a cheap phone. A PIN of four digits is guessed in an hour all the same, by
who has the phone *and* the coupon; nothing that a clerk can wait for would change that."""
WITHOUT_COUPONS = bytes(16)
"""The key of a factor in a programme that runs without coupons."""
_DIGITS = {zero + n: str(n) for zero in (0x660, 0x6F0, 0x966) for n in range(10)}
"""Arabic-Indic (both kinds) and Devanagari digits are the same as 0 to 9."""


def plain(said: str) -> str:
    """What counts of a PIN or an answer: NFKC, digits as 0 to 9, letters small, and nothing but letters, marks, numbers."""
    folded = unicodedata.normalize("NFKC", said).translate(_DIGITS).lower()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LMN")


def stretched(said: str, origin: str, programme: str, card: str) -> bytes:
    """PBKDF2-HMAC-SHA256(plain(said) in UTF-8, CBOR [domain, origin, programme, card number], 100,000 rounds): 32 bytes."""
    return pbkdf2_hmac("sha256", plain(said).encode(), cbor.dumps([DOMAIN, origin, programme, card]), ROUNDS, 32)


def factor_key(r: bytes) -> bytes:
    """SHA-256("evenhand/factor/v1" || r)[:16]: the server keeps it when coupons are printed, the phone has it from r."""
    return sha256(DOMAIN.encode() + r).digest()[:16]


def check(key: bytes, stretched_: bytes) -> bytes:
    """HMAC-SHA-256(key, stretched)[:16]: what the phone is given for a row, and compares with."""
    return hmac.digest(key, stretched_, "sha256")[:16]
