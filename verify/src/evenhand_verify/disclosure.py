"""A disclosure folder, read lazily: every part is read once, and raises Malformed wherever it is not what it should be.

A file that the datapackage lists is only ever given out if its bytes have the listed hash.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from evenhand_verify import journal, merkle, rules, signatures
from evenhand_verify.allocation import answer, problem
from evenhand_verify.case import Case
from evenhand_verify.columns import Columns, parquet
from evenhand_verify.journal import Certificate, Entry
from evenhand_verify.package import NAME, Meta, Package, read_package
from evenhand_verify.packed import Packed, read_packed
from evenhand_verify.policy import Policy, read_policy
from evenhand_verify.result import Malformed, UsageError
from evenhand_verify.schema import ANSWER_TABLES, INPUT_TABLES, SCHEMAS

Value = TypeVar("Value")


def point_path(folder: str, point: str) -> str:
    """Where the file of a point stands."""
    return f"{folder}/{quote(point, safe='')}.cbor"


class Disclosure:
    """A folder, the root key that the reader trusts (or None), and the disclosure before it (or None)."""

    def __init__(
        self, folder: Path, root: signatures.NoteKey | None = None, previous: Disclosure | None = None
    ) -> None:
        if not folder.is_dir():
            raise UsageError(f"there is no folder {folder}. What to do: name the folder of a disclosure")
        self.folder = folder
        self.trusted_root = root
        self.previous = previous
        self._memory: dict[str, object] = {}

    def once(self, name: str, make: Callable[[], Value]) -> Value:
        """Make something once (`name` says what), and fail in the same way each time."""
        if name not in self._memory:
            try:
                self._memory[name] = make()
            except Malformed as error:
                self._memory[name] = error
        found = self._memory[name]
        if isinstance(found, Malformed):
            raise Malformed(found.where, found.what)
        return found  # type: ignore[return-value]

    # Files

    @cached_property
    def listing(self) -> tuple[set[str], list[str]]:
        """Paths of all plain files, and of whatever else lies in the folder (links, devices)."""
        plain, strange = set(), []
        for base, folders, files in os.walk(self.folder, followlinks=False):
            for name in [*folders, *files]:
                full = Path(base, name)
                path = full.relative_to(self.folder).as_posix()
                if full.is_symlink() or not (full.is_file() or full.is_dir()):
                    strange.append(path)
                elif name in files:
                    plain.add(path)
        return plain, sorted(strange)

    def raw(self, path: str) -> bytes:
        """The bytes of a file, whatever they are."""
        full = self.folder / path
        if full.is_symlink() or not full.is_file():
            raise Malformed(path, "the file is not there")
        try:
            return full.read_bytes()
        except OSError as error:
            raise Malformed(path, f"the file cannot be read ({type(error).__name__})") from error

    def data(self, path: str) -> bytes:
        """The bytes of a listed file. Malformed unless they are those that the datapackage names."""
        listed = self.package.files.get(path)
        if listed is None:
            raise Malformed(path, "the file is not in datapackage.json")
        data = self.raw(path)
        if hashlib.sha256(data).digest() != listed[1]:
            raise Malformed(path, "the bytes are not those that datapackage.json names")
        return data

    def paths(self, folder: str) -> list[str]:
        """The listed files below a folder, sorted."""
        return sorted(path for path in self.package.files if path.startswith(f"{folder}/"))

    @property
    def package(self) -> Package:
        """`datapackage.json`."""
        return self.once("package", lambda: read_package(self.raw(NAME)))

    @property
    def meta(self) -> Meta:
        """What the datapackage says of the cycle."""
        return self.package.meta

    # Keys, log, signatures

    def _key(self, name: str) -> signatures.NoteKey:
        path = f"keys/{name}.vkey"
        try:
            text = self.data(path).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed(path, "not UTF-8") from error
        if not text.endswith("\n") or text.count("\n") != 1:
            raise Malformed(path, "not one line")
        return signatures.read_key(text[:-1], path)

    @property
    def root_key(self) -> signatures.NoteKey:
        """`keys/root.vkey`."""
        return self.once("root", lambda: self._key("root"))

    @property
    def log_key(self) -> signatures.NoteKey:
        """`keys/log.vkey`."""
        return self.once("log-key", lambda: self._key("log"))

    @property
    def checkpoint(self) -> signatures.Checkpoint:
        """The log's checkpoint, its signature checked."""
        path = "log/checkpoint"
        return self.once("checkpoint", lambda: signatures.read_checkpoint(self.raw(path), self.log_key, path))

    @property
    def raw_entries(self) -> list[bytes]:
        """The bytes of all entries, the tree checked against the checkpoint."""
        return self.once("raw-entries", self._read_log)

    def _read_log(self) -> list[bytes]:
        paths = [path for path in self.listing[0] if path.startswith("log/")]
        files = {path.removeprefix("log/"): self.raw(path) for path in paths}
        return merkle.read_log(files, self.checkpoint.size, self.checkpoint.root)

    @property
    def entries(self) -> list[Entry]:
        """All entries of the log."""
        return self.once("entries", lambda: [journal.read_entry(raw, i) for i, raw in enumerate(self.raw_entries)])

    def of_cycle(self, kind: str) -> list[Entry]:
        """This cycle's entries of a kind."""
        programme, cycle = self.meta.programme, self.meta.cycle
        return [e for e in self.entries if (e.kind, e.programme, e.cycle) == (kind, programme, cycle)]

    def one(self, kind: str, subject: str) -> Entry:
        """This cycle's only entry of a kind and subject."""
        found = [entry for entry in self.of_cycle(kind) if entry.subject == subject]
        if len(found) != 1:
            raise Malformed("log", f"there are {len(found)} entries {kind} {subject} of this cycle where one should be")
        return found[0]

    def by_point(self, kind: str) -> dict[str, Entry]:
        """This cycle's entries of a kind by point, one each."""
        found: dict[str, Entry] = {}
        for entry in self.of_cycle(kind):
            if entry.subject in found:
                raise Malformed(entry.where, f"a second entry {kind} of point {entry.subject} in this cycle")
            found[entry.subject] = entry
        return found

    @property
    def signed(self) -> dict[bytes, signatures.Cose]:
        """All files of signed/ by hash, parsed but not verified."""
        return self.once("signed", self._read_signed)

    def _read_signed(self) -> dict[bytes, signatures.Cose]:
        found = {}
        for path in self.paths("signed"):
            cose = signatures.read_cose(self.data(path), path)
            if path != f"signed/{cose.sha256.hex()}.cose":
                raise Malformed(path, "the file is not named by its own hash")
            found[cose.sha256] = cose
        return found

    def signed_file(self, digest: bytes, name: str, length: int, where: str) -> signatures.Cose:
        """The file with this hash, of this payload. Malformed if it is missing or another."""
        cose = self.signed.get(digest)
        if cose is None:
            raise Malformed(f"signed/{digest.hex()}.cose", f"what {where} names is missing")
        if cose.name != name or len(cose.body) != length:
            raise Malformed(cose.where, f"not a {name}")
        return cose

    @property
    def certificates(self) -> list[Certificate]:
        """Every certificate of the log, signed by the root key."""
        return self.once(
            "certificates",
            lambda: journal.certificates(self.entries, self.signed, self.meta.origin, self.root_key.public_key),
        )

    def signer(self, cose: signatures.Cose, kind: str, before: int) -> Certificate:
        """The newest certificate of who signed, known to the log before entry `before`. Malformed if there is none."""
        newest: dict[str, Certificate] = {}
        for certificate in self.certificates:
            if certificate.kind == kind and certificate.index < before:
                newest[certificate.name] = certificate
        for certificate in newest.values():
            if cose.signed_by(certificate.public_key):
                return certificate
        raise Malformed(cose.where, f"not signed by any {kind} that the root key had certified in the log by then")

    @property
    def seed(self) -> bytes:
        """The seed of every tie: SHA-256(freeze entry || outcome)."""
        outcome = self.one("event", "event").part("outcome", str)
        return hashlib.sha256(self.one("freeze", "freeze").raw + outcome.encode()).digest()

    # Tables, policy, rolls

    def table(self, name: str) -> Columns:
        """A table by name."""
        path = f"tables/{name}.parquet"
        return self.once(path, lambda: parquet(self.data(path), path, SCHEMAS[name]))

    @property
    def case(self) -> Case:
        """The allocation with its certificate."""
        return self.once("case", self._read_case)

    def _read_case(self) -> Case:
        tables = {name: self.table(name) for name in (*INPUT_TABLES, *ANSWER_TABLES)}
        return Case(problem(tables), answer(tables))

    @property
    def judged(self) -> Case:
        """The allocation as its certificate judges it: where the policy chose another rule than leximin, by the ladders
        of that rule and the levels on them."""
        return self.once("judged", lambda: rules.judged(self))

    @property
    def policy(self) -> Policy:
        """The policy the cycle was computed with."""
        return self.once("policy", lambda: read_policy(self.data(self.meta.policy), self.meta.policy))

    def _packed(self, folder: str) -> dict[str, Packed]:
        found = {}
        for path in self.paths(folder):
            packed = read_packed(self.data(path), path)
            if path != point_path(folder, packed.point):
                raise Malformed(path, f"the file says it is of point {packed.point}")
            if (packed.programme, packed.cycle) != (self.meta.programme, self.meta.cycle):
                raise Malformed(path, "the file is of another programme or cycle")
            found[packed.point] = packed
        return found

    @property
    def rolls(self) -> dict[str, Packed]:
        """The rolls by point."""
        return self.once("rolls", lambda: self._packed("rolls"))

    @property
    def redeemed(self) -> dict[str, Packed]:
        """The outcome files by point."""
        return self.once("redeemed", lambda: self._packed("redeemed"))
