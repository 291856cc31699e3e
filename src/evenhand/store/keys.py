"""The keys of a data folder: `keys/`, mode 0700, every file in it 0600.

The root key is sealed by a passphrase and certifies the others; each person's key is sealed by that person's own. The
log's key and the server's own devices sign unattended, so only the file's mode guards them. With a `seed` (the demo)
every key is derived from it, so that the same seed gives the same roots; without one they are random.
"""

from __future__ import annotations

import re
import stat
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from evenhand.core.errors import UsageError
from evenhand.formats.cose import Signer
from evenhand.formats.note import VerifierKey, parse_vkey
from evenhand.store.files import write_whole
from evenhand.store.wrapping import unwrap, wrap

NAME_LENGTH_MAX = 64


def check_name(name: str) -> str:
    """A person's or device's name: 1 to 64 printable characters, no blanks at its ends."""
    if not 0 < len(name) <= NAME_LENGTH_MAX or not name.isprintable() or name != name.strip():
        raise UsageError(f"{name!r} cannot be a name", "use 1 to 64 printable characters, without blanks at the ends")
    return name


def file_name(name: str) -> str:
    """A name as part of a file name: percent-encoded; a long one by its hash (`=` never stands in the encoded form)."""
    encoded = quote(name, safe="").replace(".", "%2E")
    return encoded if len(encoded) <= 128 else "=" + sha256(name.encode()).hexdigest()


class KeyRing:
    """Creates and opens the keys in `folder`. Private halves never leave it; callers get functions that sign."""

    def __init__(self, folder: Path, origin: str, seed: bytes | None = None) -> None:
        mode = folder.stat().st_mode
        if mode & 0o077:
            raise UsageError(
                f"{folder} can be entered by others (mode {stat.S_IMODE(mode):04o})", f"chmod 700 {folder}"
            )
        self._folder, self._origin, self._seed = folder, origin, seed
        self._open: dict[tuple[str, str], Signer] = {}

    def create_root(self, passphrase: str) -> Signer:
        """Make the root key, or open it if an earlier, interrupted run made it."""
        signer = self._create_sealed("root", "root", passphrase)
        self._put_vkey("root", VerifierKey(f"{self._origin}/root", signer.public_key))
        return signer

    def root(self, passphrase: str) -> Signer:
        """The root key; UsageError for a wrong passphrase."""
        return self._open_sealed("root", "root", passphrase)

    @property
    def root_vkey(self) -> VerifierKey:
        """What outsiders are told: the root's name and public key."""
        return self._vkey("root")

    def create_log(self) -> Signer:
        """Make the log's key, or open it."""
        signer = self._create_plain("log", "log")
        self._put_vkey("log", VerifierKey(self._origin, signer.public_key))
        return signer

    def log(self) -> Signer:
        """The log's key, which signs checkpoints and acknowledged heads unattended."""
        return self._open_plain("log", "log")

    @property
    def log_vkey(self) -> VerifierKey:
        """The log's verifier key; its name is the origin."""
        return self._vkey("log")

    def create_person(self, name: str, passphrase: str) -> Signer:
        """Make a person's key, or open it if it exists and the passphrase fits."""
        return self._create_sealed("person", check_name(name), passphrase)

    def put_public(self, name: str, public: bytes) -> None:
        """Keep the public half of a person's key beside it, for whoever certifies it."""
        write_whole(self._path("person", name).with_suffix(".pub"), public)

    def publics(self) -> dict[str, bytes]:
        """Person -> public half, of those kept so."""
        found = {
            unquote(path.stem.removeprefix("person-")): path.read_bytes() for path in self._folder.glob("person-*.pub")
        }
        return dict(sorted(found.items()))

    def person(self, name: str, passphrase: str) -> Signer:
        """A person's key; UsageError for an unknown name or a wrong passphrase."""
        return self._open_sealed("person", check_name(name), passphrase)

    def create_device(self, name: str) -> Signer:
        """Make the key of a device that the server itself holds, or open it."""
        return self._create_plain("device", check_name(name))

    def device(self, name: str) -> Signer:
        """A device's key; UsageError for an unknown name."""
        return self._open_plain("device", check_name(name))

    def _path(self, kind: str, name: str) -> Path:
        return self._folder / (f"{kind}.key" if kind == name else f"{kind}-{file_name(name)}.key")

    def _label(self, kind: str, name: str) -> str:
        return kind if kind == name else f"{kind} {name}"

    def _new(self, kind: str, name: str) -> Ed25519PrivateKey:
        if self._seed is None:
            return Ed25519PrivateKey.generate()
        info = f"evenhand/key/v1/{self._origin}/{kind}/{name}".encode()
        return Ed25519PrivateKey.from_private_bytes(HKDF(SHA256(), 32, None, info).derive(self._seed))

    def _create_sealed(self, kind: str, name: str, passphrase: str) -> Signer:
        path = self._path(kind, name)
        if not path.exists():
            private = self._new(kind, name).private_bytes_raw()
            write_whole(path, wrap(private, passphrase, self._label(kind, name)))
        return self._open_sealed(kind, name, passphrase)

    def _open_sealed(self, kind: str, name: str, passphrase: str) -> Signer:
        # What was opened is kept only under the passphrase that opened it: another one must be tried, and fail.
        memory = (str(self._path(kind, name)), sha256(passphrase.encode()).hexdigest())
        if memory not in self._open:
            private = unwrap(self._read(kind, name), passphrase, self._label(kind, name))
            self._open[memory] = _signer(private)
        return self._open[memory]

    def _create_plain(self, kind: str, name: str) -> Signer:
        path = self._path(kind, name)
        if not path.exists():
            write_whole(path, self._new(kind, name).private_bytes_raw())
        return self._open_plain(kind, name)

    def _open_plain(self, kind: str, name: str) -> Signer:
        private = self._read(kind, name)
        if len(private) != 32:
            raise UsageError(f"the key file of {self._label(kind, name)} is damaged", "restore it from its backup")
        return _signer(private)

    def _read(self, kind: str, name: str) -> bytes:
        path = self._path(kind, name)
        try:
            mode = path.stat().st_mode
            data = path.read_bytes()
        except FileNotFoundError as error:
            remedy = "evenhand init" if kind == name else f"evenhand enrol {kind} {name!r}"
            raise UsageError(f"there is no key of {self._label(kind, name)} here", remedy) from error
        if mode & 0o077:
            raise UsageError(f"{path} can be read by others (mode {stat.S_IMODE(mode):04o})", f"chmod 600 {path}")
        return data

    def _put_vkey(self, name: str, key: VerifierKey) -> None:
        path = self._folder / f"{name}.vkey"
        line = (key.line() + "\n").encode()
        if not path.exists() or path.read_bytes() != line:
            write_whole(path, line)

    def _vkey(self, name: str) -> VerifierKey:
        try:
            return parse_vkey((self._folder / f"{name}.vkey").read_text())
        except FileNotFoundError as error:
            raise UsageError(f"keys/{name}.vkey is missing", "evenhand init, or restore it from its backup") from error


def _signer(private: bytes) -> Signer:
    key = Ed25519PrivateKey.from_private_bytes(private)
    return Signer(key.public_key().public_bytes_raw(), key.sign)


def check_origin(origin: str) -> str:
    """A log's origin: a host name, and perhaps a path, without scheme, blanks or plus signs (C2SP signed-note)."""
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(/[A-Za-z0-9._~-]+)*", origin) or len(origin) > 200:
        raise UsageError(f"{origin!r} cannot be an origin", "use a name you own, such as ration.example.org/log")
    return origin
