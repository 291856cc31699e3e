"""Signed notes and verifier keys (C2SP signed-note), with Ed25519."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evenhand.formats.cose import Signer

ED25519 = b"\x01"


class NoteError(ValueError):
    """A text that is not a signed note or verifier key, or a signature that does not hold."""


@dataclass(frozen=True)
class VerifierKey:
    """A key name and an Ed25519 public key: the line `name+hash+base64`."""

    name: str
    public_key: bytes

    @property
    def key_hash(self) -> bytes:
        """The four bytes that name this key on a signature line."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:4]

    def line(self) -> str:
        """The verifier key as text."""
        return f"{self.name}+{self.key_hash.hex()}+{b64encode(ED25519 + self.public_key).decode()}"


def parse_vkey(text: str) -> VerifierKey:
    """Read a verifier key line. NoteError unless it is exactly what `line` would write."""
    parts = text.strip().split("+", 2)
    try:
        raw = b64decode(parts[2], validate=True)
        key = VerifierKey(parts[0], raw[1:])
    except (IndexError, ValueError) as error:
        raise NoteError("not a verifier key line") from error
    if raw[:1] != ED25519 or len(raw) != 33 or key.line() != text.strip():
        raise NoteError("not a verifier key line of Ed25519")
    return key


def sign_note(text: str, name: str, signer: Signer) -> str:
    """`text` (ending in a newline) with a blank line and one signature line."""
    key = VerifierKey(name, signer.public_key)
    signature = b64encode(key.key_hash + signer.sign(text.encode())).decode()
    return f"{text}\n\u2014 {name} {signature}\n"


def open_note(note: str, key: VerifierKey) -> str:
    """The text of a note that carries exactly one signature line, by `key`. NoteError otherwise."""
    text, blank, lines = note.rpartition("\n\n")
    prefix = f"\u2014 {key.name} "
    if not blank or not lines.startswith(prefix) or not lines.endswith("\n") or lines.count("\n") != 1:
        raise NoteError("not a note with one signature line of this key")
    text += "\n"
    encoded = lines[len(prefix) : -1]
    try:
        raw = b64decode(encoded, validate=True)
    except ValueError as error:
        raise NoteError("the signature line is not base64") from error
    if b64encode(raw).decode() != encoded or len(raw) != 68 or raw[:4] != key.key_hash:
        raise NoteError("the signature line is not of this key")
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(raw[4:], text.encode())
    except (InvalidSignature, ValueError) as error:
        raise NoteError("the signature does not hold") from error
    return text
