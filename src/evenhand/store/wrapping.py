"""A private key in a file, sealed by a passphrase: scrypt, then AES-256-GCM. Nothing here is invented."""

from __future__ import annotations

import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from evenhand.core.errors import UsageError

COST, BLOCK, LANES = 1 << 15, 8, 1
"""scrypt's N, r, p: 32 MiB and about a tenth of a second for each guess."""


def wrap(private: bytes, passphrase: str, label: str) -> bytes:
    """The file's bytes. `label` (whose key it is) is bound in: a file put under another name does not open."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_key(passphrase, salt, COST)).encrypt(nonce, private, label.encode())
    content = {
        "version": 1,
        "kdf": "scrypt",
        "n": COST,
        "salt": salt.hex(),
        "nonce": nonce.hex(),
        "sealed": sealed.hex(),
    }
    return (json.dumps(content) + "\n").encode()


def unwrap(data: bytes, passphrase: str, label: str) -> bytes:
    """The private key; UsageError where the passphrase does not open the file."""
    try:
        content = json.loads(data)
        salt, nonce, sealed = (bytes.fromhex(content[name]) for name in ("salt", "nonce", "sealed"))
        cost = int(content["n"])
        if content["version"] != 1 or content["kdf"] != "scrypt" or not 1 << 14 <= cost <= 1 << 20 or cost & cost - 1:
            raise ValueError
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"the key file of {label} is damaged", "restore it from its backup") from error
    try:
        return AESGCM(_key(passphrase, salt, cost)).decrypt(nonce, sealed, label.encode())
    except InvalidTag as error:
        raise UsageError(f"the passphrase does not open the key of {label}", "type it again") from error


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    if not passphrase:
        raise UsageError("the passphrase is empty", "choose one, and keep it apart from the data folder")
    return Scrypt(salt=salt, length=32, n=cost, r=BLOCK, p=LANES).derive(passphrase.encode())
