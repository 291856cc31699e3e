"""Derivations from a card's secret (DESIGN §7). Derived here, called only by `flow/card`."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256

from evenhand.formats import cbor

DOMAIN = "evenhand/card/v1"


@dataclass(frozen=True)
class PeriodKeys:
    """What a card is for one period: `r` stands on the coupon; the server keeps tag, salt and seal key, never r."""

    r: bytes
    tag: bytes
    salt: bytes
    seal_key: bytes


def tag_of(r: bytes) -> bytes:
    """The tag of a coupon: SHA-256("evenhand/tag/v1" || r), 16 bytes."""
    return sha256(b"evenhand/tag/v1" + r).digest()[:16]


class Deriver:
    """The derivations of one period: the three messages are encoded once, then serve every card."""

    def __init__(self, origin: str, programme: str, period: str) -> None:
        self._r, self._salt, self._seal = (
            cbor.dumps([DOMAIN, origin, programme, period, purpose]) for purpose in ("r", "salt", "seal")
        )

    def derive(self, secret: bytes) -> PeriodKeys:
        """HMAC-SHA-256(secret, CBOR[domain, origin, programme, period, purpose]) for purposes r, salt and seal."""
        r = hmac.digest(secret, self._r, "sha256")[:16]
        salt = hmac.digest(secret, self._salt, "sha256")[:16]
        return PeriodKeys(r, tag_of(r), salt, hmac.digest(secret, self._seal, "sha256"))


def derive(secret: bytes, origin: str, programme: str, period: str) -> PeriodKeys:
    """What a card is for one period: for many cards keep a `Deriver`."""
    return Deriver(origin, programme, period).derive(secret)


def card_id(secret: bytes, origin: str, programme: str) -> bytes:
    """The id in the QR of the card whose secret this is: 16 bytes that tell nothing of the household or the secret."""
    return hmac.digest(secret, cbor.dumps([DOMAIN, origin, programme, None, "id"]), "sha256")[:16]


def card_mark(card: bytes) -> bytes:
    """What the server keeps of a card's id: SHA-256("evenhand/card-id/v1" || id), 16 bytes."""
    return sha256(b"evenhand/card-id/v1" + card).digest()[:16]


def row_commitment(salt: bytes, record: bytes) -> bytes:
    """SHA-256("evenhand/row/v1" || salt || record)."""
    return sha256(b"evenhand/row/v1" + salt + record).digest()


def tie(seed: bytes, tag: bytes, benefit: str) -> bytes:
    """The tie-break of a row: SHA-256(seed || tag || benefit); the smallest goes first."""
    return sha256(seed + tag + benefit.encode()).digest()
