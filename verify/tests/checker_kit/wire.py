"""Writing what the checker reads: CBOR, COSE, notes, log tiles, sealed rows. Small, and none of it is the checker's."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def head(major: int, n: int) -> bytes:
    if n < 24:
        return bytes([major * 32 + n])
    for low, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if n < 256**size:
            return bytes([major * 32 + low]) + n.to_bytes(size, "big")
    raise ValueError(n)


def cbor(value: Any) -> bytes:
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -value - 1)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(sorted(cbor(k) + cbor(v) for k, v in value.items()))
    return head(4, len(value)) + b"".join(map(cbor, value))


class Key:
    """An Ed25519 key made from a name."""

    def __init__(self, name: str) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(sha(b"test key " + name.encode()))
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def cose(self, payload: list[Any]) -> bytes:
        protected = cbor({1: -8, 4: sha(self.public)[:8]})
        body = cbor(payload)
        signature = self.private.sign(cbor(["Signature1", protected, b"", body]))
        return cbor([protected, {}, body, signature])

    def vkey(self, name: str) -> str:
        key = b"\x01" + self.public
        short = sha(name.encode() + b"\n" + key)[:4].hex()
        return f"{name}+{short}+{b64encode(key).decode()}\n"

    def note(self, name: str, text: str) -> bytes:
        key = b"\x01" + self.public
        signature = sha(name.encode() + b"\n" + key)[:4] + self.private.sign(text.encode())
        return f"{text}\n\u2014 {name} {b64encode(signature).decode()}\n".encode()


def tree(leaves: list[bytes]) -> bytes:
    """RFC 6962, by its recursive definition."""
    if len(leaves) == 1:
        return leaves[0]
    if not leaves:
        return sha(b"")
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha(b"\x01" + tree(leaves[:k]) + tree(leaves[k:]))


def log_files(entries: list[bytes], origin: str, key: Key) -> dict[str, bytes]:
    """The static tree of a log of fewer than 65,536 entries."""
    leaves = [sha(b"\x00" + entry) for entry in entries]
    root = tree(leaves)
    files = {"log/checkpoint": key.note(origin, f"{origin}\n{len(entries)}\n{b64encode(root).decode()}\n")}
    for at in range(0, len(entries), 256):
        part = entries[at : at + 256]
        end = "" if len(part) == 256 else f".p/{len(part)}"
        files[f"log/tile/entries/{at // 256:03d}{end}"] = b"".join(len(e).to_bytes(2, "big") + e for e in part)
        files[f"log/tile/0/{at // 256:03d}{end}"] = b"".join(leaves[at : at + 256])
    full = len(entries) // 256
    if full:
        files[f"log/tile/1/000.p/{full}"] = b"".join(tree(leaves[i * 256 : i * 256 + 256]) for i in range(full))
    return files


def derive(secret: bytes, origin: str, programme: str, period: str, purpose: str) -> bytes:
    return hmac.digest(secret, cbor(["evenhand/card/v1", origin, programme, period, purpose]), "sha256")


def seal(record: bytes, size: int, cycle: str, tag: bytes, salt: bytes, key: bytes, number: str = "1") -> bytes:
    plain = len(record).to_bytes(2, "big") + record + bytes(size - len(record))
    sealed = AESGCM(key).encrypt(sha(cycle.encode() + number.encode() + tag)[:12], plain, tag)
    return tag + sha(b"evenhand/row/v1" + salt + record) + sealed


def code(secret: bytes) -> str:
    bits = f"{int.from_bytes(secret, 'big'):0128b}00" + f"{int.from_bytes(sha(secret)[:2], 'big'):016b}"[:10]
    letters = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[int(bits[i : i + 5], 2)] for i in range(0, 140, 5))
    return "-".join(letters[i : i + 4] for i in range(0, 28, 4))


def pretty(value: Any) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
