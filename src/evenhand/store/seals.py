"""Who complained, and second factors, sealed with a key in `keys/`: a stolen database, or its backup, does not tell."""

from __future__ import annotations

import hmac
import json
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evenhand.core.errors import UsageError
from evenhand.store.files import write_whole
from evenhand.store.locks import held

FILE = "grievance.key"
NONCE = 12


class Seals:
    """Seals and opens with the key of a data folder, made at random the first time. UsageError if others can read it."""

    def __init__(self, data: Path) -> None:
        path = data / "keys" / FILE
        if not path.exists():
            with held(data / "keys" / f"{FILE}.lock", "making the key of complaints", 10):
                if not path.exists():
                    write_whole(path, secrets.token_bytes(32))
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise UsageError(f"{path} can be read by others", f"chmod 600 {path}")
        self._key = path.read_bytes()
        if len(self._key) != 32:
            raise UsageError(f"{path} is damaged", "restore it from its backup")

    def seal(self, reference: str, content: Mapping[str, str]) -> bytes:
        """The sealed bytes of `content`, which open under this reference only."""
        return self.seal_bytes(reference, json.dumps(dict(content), ensure_ascii=False).encode())

    def seal_bytes(self, reference: str, plain: bytes) -> bytes:
        """The same of bytes."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + AESGCM(self._key).encrypt(nonce, plain, reference.encode())

    def open(self, reference: str, sealed: bytes) -> dict[str, str]:
        """What was sealed; UsageError if these bytes are not of this reference, or the key is another."""
        return {str(name): str(value) for name, value in json.loads(self.open_bytes(reference, sealed)).items()}

    def open_bytes(self, reference: str, sealed: bytes) -> bytes:
        """The same of bytes."""
        try:
            return AESGCM(self._key).decrypt(sealed[:NONCE], sealed[NONCE:], reference.encode())
        except InvalidTag as error:
            raise UsageError(
                f"what is sealed with {reference} does not open", f"restore keys/{FILE} from its backup"
            ) from error

    def mark(self, household: str) -> bytes:
        """By which complaints of a household are found again, and by nobody without the key."""
        return hmac.digest(self._key, b"evenhand/grievance/v1" + household.encode(), "sha256")
