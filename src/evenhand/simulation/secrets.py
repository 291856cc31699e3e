"""Secrets and keys of a demo: HKDF-SHA-256 (RFC 5869) of its seed, so that a demo can be repeated to the byte.

Anyone who knows the seed knows all of them. They are made only under an origin that begins with `demo.`, part of
every derivation: no key made here can belong to a real programme.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evenhand.core.errors import UsageError
from evenhand.formats import cbor
from evenhand.formats.cose import Signer

SALT = b"evenhand/simulation/secrets/v1"


class DemoSecrets:
    """What a seed gives under an origin. UsageError unless the origin begins with `demo.`."""

    def __init__(self, seed: int, origin: str) -> None:
        if not origin.startswith("demo."):
            raise UsageError(
                f'the origin "{origin}" is not a demo\'s', 'secrets from a seed are for origins that begin with "demo."'
            )
        self._origin = origin
        self._key = hmac.digest(SALT, cbor.dumps([str(seed), origin]), "sha256")

    def derive(self, kind: str, name: str, size: int = 32) -> bytes:
        """`size` (at most 32) bytes for one purpose: HKDF-Expand with info = CBOR [kind, name]."""
        if not 0 < size <= 32:
            raise ValueError("one block of HKDF gives 1 to 32 bytes")
        return hmac.digest(self._key, cbor.dumps([kind, name]) + b"\x01", "sha256")[:size]

    def cards(self, households: Iterable[str]) -> list[bytes]:
        """The 16-byte card secret of each household, in the order given."""
        return [self.derive("card", household, 16) for household in households]

    def signer(self, kind: str, name: str) -> Signer:
        """The Ed25519 key of a `person`, `device`, `log` or `root`."""
        key = Ed25519PrivateKey.from_private_bytes(self.derive(kind, name))
        return Signer(key.public_key().public_bytes_raw(), key.sign)

    def passphrase(self, name: str) -> str:
        """A passphrase for the wrapped key of `name`."""
        return self.derive("passphrase", name, 12).hex()
