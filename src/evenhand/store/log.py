"""The one log: entries in the database, tiles and checkpoint in `log/` (C2SP tlog-tiles as a static tree)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from evenhand.core.errors import UsageError
from evenhand.formats import note, tlog
from evenhand.formats.entry import Entry, decode
from evenhand.store.database import Database
from evenhand.store.files import write_whole
from evenhand.store.keys import KeyRing


class Log:
    """Append-only. What was once published is extended, never replaced: a restored backup cannot fork it unseen."""

    def __init__(self, database: Database, keys: KeyRing, folder: Path, origin: str, programme: str) -> None:
        self._database, self._keys, self._folder = database, keys, folder
        self._origin, self._programme = origin, programme

    def append(self, entries: Sequence[Entry]) -> list[Entry]:
        """Append entries in order within the caller's transaction, `previous` filled in; the entries as they stand.

        An entry already there with the same content is left as it is (a command run again); with other content it is
        a UsageError, except that a policy may be amended under its own id.
        """
        if not self._database.in_transaction:
            raise RuntimeError("log entries are appended inside a transaction")
        if any(entry.programme != self._programme for entry in entries):
            raise RuntimeError("an entry of another programme")
        # One writer at a time: indexes have no gap.
        self._database.rows("SELECT pg_advisory_xact_lock(hashtextextended('log', 0))")
        said, newest = self._known(entries)
        start = self._size()
        written, added = [], []
        for entry in entries:
            key, chain = (entry.kind, entry.cycle, entry.subject), (entry.kind, entry.subject)
            there = said.get(key)
            if there is not None and replace(there, previous=None) == replace(entry, previous=None):
                written.append(there)
                continue
            if there is not None and entry.kind != "policy":
                raise UsageError(
                    f'the log already says something else of {entry.kind} "{entry.subject}"',
                    "nothing in the log is changed afterwards: void the cycle and begin another attempt",
                )
            before = newest.get(chain)
            chained = replace(entry, previous=None if before is None else before.hash)
            said[key] = newest[chain] = chained
            written.append(chained)
            added.append(chained)
        self._database.execute_many(
            "INSERT INTO log_entry (index, kind, programme, cycle, subject, entry) VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (start + number, new.kind, new.programme, new.cycle, new.subject, new.encode())
                for number, new in enumerate(added)
            ],
        )
        return written

    def _known(
        self, entries: Sequence[Entry]
    ) -> tuple[dict[tuple[str, str | None, str], Entry], dict[tuple[str, str], Entry]]:
        """What the log says already of these subjects: by (kind, cycle, subject), and the newest in any cycle."""
        rows = self._database.rows(
            "SELECT entry FROM log_entry WHERE programme = %s AND kind = ANY(%s) AND subject = ANY(%s) ORDER BY index",
            (self._programme, sorted({entry.kind for entry in entries}), sorted({entry.subject for entry in entries})),
        )
        said, newest = {}, {}
        for row in rows:
            entry = decode(bytes(row[0]))
            said[entry.kind, entry.cycle, entry.subject] = newest[entry.kind, entry.subject] = entry
        return said, newest

    def find(self, kind: str, cycle: str | None, subject: str) -> bytes | None:
        """The bytes of the newest entry of that kind, cycle and subject."""
        found = self._database.rows(
            "SELECT entry FROM log_entry WHERE programme = %s AND kind = %s AND cycle IS NOT DISTINCT FROM %s "
            "AND subject = %s ORDER BY index DESC LIMIT 1",
            (self._programme, kind, cycle, subject),
        )
        return bytes(found[0][0]) if found else None

    def entries(self) -> list[bytes]:
        """All entries in order."""
        return [bytes(row[0]) for row in self._database.rows("SELECT entry FROM log_entry ORDER BY index")]

    def checkpoint(self) -> str | None:
        """The newest signed checkpoint, or None before the first."""
        found = self._database.rows("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
        return str(found[0][0]) if found else None

    def publish(self) -> str:
        """Write the tiles of all committed entries, read them back, and sign the checkpoint over them; the signed note.

        To be called after the transaction that appended. Doing it again gives the same note. UsageError if the entries
        do not extend every checkpoint published before: then a backup was restored, and signing would fork the log.
        """
        if self._database.in_transaction:
            raise RuntimeError("publish the log after the transaction that appended to it")
        with self._database.transaction(lock="log/publish"):
            entries = self.entries()
            hashes = [tlog.leaf_hash(entry) for entry in entries]
            for known in filter(None, (self.checkpoint(), self._on_disk())):
                self._check_extends(known, hashes)
            checkpoint = tlog.Checkpoint(self._origin, len(entries), tlog.root_hash(hashes))
            files = tlog.tiles(entries)
            self._write(files)
            signed = note.sign_note(checkpoint.text(), self._origin, self._keys.log())
            self._database.execute(
                "INSERT INTO checkpoint (size, note) VALUES (%s, %s) ON CONFLICT DO NOTHING", (len(entries), signed)
            )
        # Only after the row is committed: what the world may see is never ahead of what the database remembers.
        if self._on_disk() != signed:
            write_whole(self._folder / "checkpoint", signed.encode(), 0o644)
        self._prune(files)
        return signed

    def _size(self) -> int:
        return int(self._database.rows("SELECT coalesce(max(index) + 1, 0) FROM log_entry")[0][0])

    def _on_disk(self) -> str | None:
        path = self._folder / "checkpoint"
        return path.read_text() if path.exists() else None

    def _check_extends(self, known: str, hashes: list[bytes]) -> None:
        remedy = "restore the newest backup of the whole data folder; a shorter or other log must not be signed"
        try:
            before = tlog.parse_checkpoint(note.open_note(known, self._keys.log_vkey))
        except (note.NoteError, tlog.LogError) as error:
            raise UsageError(f"a published checkpoint cannot be read: {error}", remedy) from error
        if before.size > len(hashes) or tlog.root_hash(hashes[: before.size]) != before.root:
            raise UsageError(
                f"the log here does not extend the checkpoint over {before.size} entries published earlier", remedy
            )

    def _write(self, files: dict[str, bytes]) -> None:
        for name, data in files.items():
            path = self._folder / name
            if path.exists() and path.read_bytes() == data:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data, 0o644)
        for name, data in files.items():  # what will be signed is what can be read
            if sha256((self._folder / name).read_bytes()).digest() != sha256(data).digest():
                raise UsageError(f"log/{name} does not read back as written", "check the disk; nothing was signed")

    def _prune(self, files: dict[str, bytes]) -> None:
        """Remove partial tiles that a fuller one replaced: a disclosure holds no surplus file."""
        wanted = {self._folder / name for name in files}
        for path in sorted((self._folder / "tile").rglob("*"), reverse=True):
            if path.is_file() and path not in wanted:
                path.unlink()
            elif path.is_dir() and not any(path.iterdir()):
                path.rmdir()
