"""COSE_Sign1 in Evenhand's one form, signed notes and verifier keys, all Ed25519."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evenhand_verify import cbor
from evenhand_verify.result import Malformed


def holds(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this Ed25519 signature of `message` is of this key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True)
class Cose:
    """A COSE_Sign1: who says to have signed, what, and the signature."""

    where: str
    sha256: bytes
    kid: bytes
    name: str
    body: list[Any]
    payload: bytes
    signature: bytes
    protected: bytes

    def signed_by(self, public_key: bytes) -> bool:
        """Whether `public_key` made the signature."""
        if hashlib.sha256(public_key).digest()[:8] != self.kid:
            return False
        return holds(public_key, self.signature, cbor.encode(["Signature1", self.protected, b"", self.payload]))


def read_cose(data: bytes, where: str) -> Cose:
    """Parse without checking the signature. Malformed if it has any other form."""
    try:
        value = cbor.decode(data)
        if not (isinstance(value, list) and len(value) == 4):
            raise Malformed(where, "not a COSE_Sign1")
        protected, unprotected, payload, signature = value
        if not (isinstance(protected, bytes) and isinstance(payload, bytes) and isinstance(signature, bytes)):
            raise Malformed(where, "not a COSE_Sign1")
        header = cbor.decode(protected)
        kid = header.get(4) if isinstance(header, dict) else None
        if unprotected != {} or not isinstance(kid, bytes) or len(kid) != 8 or header != {1: -8, 4: kid}:
            raise Malformed(where, "headers other than {1: -8, 4: kid}")
        if len(signature) != 64:
            raise Malformed(where, "a signature that is not one of Ed25519")
        body = cbor.decode(payload)
    except cbor.CborError as error:
        raise Malformed(where, f"not canonical CBOR: {error}") from error
    if not (isinstance(body, list) and body and isinstance(body[0], str)):
        raise Malformed(where, "a payload that does not begin with its name")
    return Cose(where, hashlib.sha256(data).digest(), kid, body[0], body[1:], payload, signature, protected)


@dataclass(frozen=True)
class NoteKey:
    """A verifier key: `name+hash+base64`."""

    name: str
    public_key: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before a signature of this key."""
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public_key).digest()[:4]

    @property
    def line(self) -> str:
        """The key as its line."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([1]) + self.public_key).decode()}"


def _base64(text: str, where: str) -> bytes:
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise Malformed(where, "not base64") from error
    if base64.b64encode(raw).decode() != text:
        raise Malformed(where, "base64 that is not in its one form")
    return raw


def read_key(text: str, where: str) -> NoteKey:
    """A verifier key of Ed25519, in its one form."""
    name, plus, rest = text.partition("+")
    shown, second, encoded = rest.partition("+")
    if not (plus and second and name) or any(letter.isspace() for letter in name):
        raise Malformed(where, "not a verifier key line (name+hash+key)")
    raw = _base64(encoded, where)
    key = NoteKey(name, raw[1:])
    if len(raw) != 33 or raw[0] != 1 or key.id.hex() != shown:
        raise Malformed(where, "not a verifier key of Ed25519 whose hash fits")
    return key


def signature_of(line: str, key: NoteKey, where: str) -> bytes:
    """The signature in a note's signature line. Malformed if the line is not of this key, in its one form."""
    prefix = f"\u2014 {key.name} "
    if not line.startswith(prefix):
        raise Malformed(where, "the signature line is not of the log's key")
    raw = _base64(line[len(prefix) :], where)
    if len(raw) != 68 or raw[:4] != key.id:
        raise Malformed(where, "the signature line is not of the log's key")
    return raw[4:]


@dataclass(frozen=True)
class Checkpoint:
    """What a log's signed note says."""

    origin: str
    size: int
    root: bytes


def read_checkpoint(data: bytes, key: NoteKey, where: str) -> Checkpoint:
    """The checkpoint of a note with exactly one signature line, by `key`, every part in its one form."""
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(where, "not UTF-8") from error
    lines = note.split("\n")
    if len(lines) != 6 or lines[3] != "" or lines[5] != "":
        raise Malformed(where, "not three lines, a blank one and exactly one signature line")
    signature = signature_of(lines[4], key, where)
    if not holds(key.public_key, signature, "\n".join(lines[:3]).encode() + b"\n"):
        raise Malformed(where, "the signature does not hold")
    if not lines[1].isascii() or not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        raise Malformed(where, "the size is not a number in its one form")
    root = _base64(lines[2], where)
    if len(root) != 32:
        raise Malformed(where, "the root is not a hash")
    return Checkpoint(lines[0], int(lines[1]), root)
