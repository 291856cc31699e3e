"""COSE_Sign1 (RFC 9052) with Ed25519, untagged, one form: protected {1: -8, 4: kid}, no unprotected headers.

A payload is canonical CBOR of an array whose first item names it, as `["evenhand/freeze/v1", ...]`: the name separates
domains.
The private key is an argument: a function that signs bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evenhand.formats import cbor

EDDSA = -8


class CoseError(ValueError):
    """Bytes that are not a COSE_Sign1 of this form, or a signature that does not hold."""


@dataclass(frozen=True)
class Signer:
    """A public key and the function that signs for it."""

    public_key: bytes
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True)
class Signed:
    """A parsed, not yet verified COSE_Sign1."""

    kid: bytes
    payload: bytes
    signature: bytes

    def array(self) -> list[cbor.Value]:
        """The payload as its array; CoseError if it is not one that begins with a text."""
        try:
            value = cbor.loads(self.payload)
        except cbor.CborError as error:
            raise CoseError(f"the payload is not canonical CBOR: {error}") from error
        if not isinstance(value, list) or not value or not isinstance(value[0], str):
            raise CoseError("the payload does not begin with its name")
        return value


def key_id(public_key: bytes) -> bytes:
    """The kid of an Ed25519 public key: the first 8 bytes of its SHA-256."""
    return sha256(public_key).digest()[:8]


@lru_cache(4096)
def _protected(kid: bytes) -> bytes:
    header: dict[int, cbor.Value] = {1: EDDSA, 4: kid}
    return cbor.dumps(header)


def _to_sign(kid: bytes, payload: bytes) -> bytes:
    return cbor.dumps(["Signature1", _protected(kid), b"", payload])


def sign1(payload: list[cbor.Value], signer: Signer) -> bytes:
    """The COSE_Sign1 of `payload` by `signer`."""
    raw, kid = cbor.dumps(payload), key_id(signer.public_key)
    return cbor.dumps([_protected(kid), {}, raw, signer.sign(_to_sign(kid, raw))])


def parse(data: bytes) -> Signed:
    """Read without verifying. CoseError if the bytes are of any other form."""
    try:
        value = cbor.loads(data)
    except cbor.CborError as error:
        raise CoseError(f"not canonical CBOR: {error}") from error
    return parse_value(value)


def parse_value(value: cbor.Value) -> Signed:
    """The same for an item already decoded from a CBOR sequence."""
    if not isinstance(value, list) or len(value) != 4:
        raise CoseError("not a COSE_Sign1")
    protected, unprotected, payload, signature = value
    if not isinstance(protected, bytes) or unprotected != {} or not isinstance(payload, bytes):
        raise CoseError("not a COSE_Sign1 of Evenhand's form")
    if not isinstance(signature, bytes) or len(signature) != 64:
        raise CoseError("the signature is not one of Ed25519")
    kid = _kid_of(protected)
    if kid is None:
        raise CoseError("the protected header is not {1: -8, 4: kid}")
    return Signed(kid, payload, signature)


@lru_cache(4096)
def _kid_of(protected: bytes) -> bytes | None:
    # A cycle has thousands of receipts of one device and one header: its bytes are taken apart once.
    try:
        header: Any = cbor.loads(protected)
    except cbor.CborError:
        return None
    kid = header.get(4) if isinstance(header, dict) else None
    return kid if isinstance(kid, bytes) and len(kid) == 8 and protected == _protected(kid) else None


@lru_cache(4096)
def _key(public_key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public_key)


def verify(signed: Signed, public_key: bytes) -> bool:
    """Whether `public_key` made this signature."""
    if signed.kid != key_id(public_key):
        return False
    try:
        _key(public_key).verify(signed.signature, _to_sign(signed.kid, signed.payload))
    except (InvalidSignature, ValueError):
        return False
    return True
