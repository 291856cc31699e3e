"""Parquet files named by the SHA-256 of their bytes."""

from __future__ import annotations

import os
import re
from hashlib import file_digest, sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.core.errors import UsageError
from evenhand.formats import parquet
from evenhand.store.files import sync_folder, write_whole


class Snapshots:
    """What is frozen: it can be put and read, never changed. The same rows give the same name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, table: pa.Table) -> str:
        """Keep a table; its name (64 hex digits)."""
        data = parquet.encode(table)
        name = sha256(data).hexdigest()
        if not self._place(name).exists():
            write_whole(self._place(name), data)
        return name

    def put_file(self, path: Path) -> str:
        """Keep a copy of a file, whatever is in it; its name."""
        beside = self._folder / f".{os.getpid()}.part"
        with path.open("rb") as source, beside.open("wb") as target:
            while block := source.read(1 << 20):
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
        beside.chmod(0o600)
        with beside.open("rb") as copy:  # of the copy, not of the original, which may have changed meanwhile
            name = file_digest(copy, "sha256").hexdigest()
        os.replace(beside, self._place(name))
        sync_folder(self._folder)
        return name

    def path(self, name: str) -> Path:
        """Where a snapshot lies. UsageError if it is not there, or its bytes are no longer those it is named by."""
        place = self._place(name)
        try:
            with place.open("rb") as file:
                found = file_digest(file, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise UsageError(f"snapshot {name} is missing", "restore the data folder from its backup") from error
        if found != name:
            raise UsageError(
                f"snapshot {name} was changed after it was made", "restore the data folder from its backup"
            )
        return place

    def table(self, name: str) -> pa.Table:
        """A snapshot's rows."""
        return pq.read_table(self.path(name))

    def _place(self, name: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", name):
            raise UsageError(f'"{name}" does not name a snapshot', "a snapshot is named by 64 hex digits")
        return self._folder / f"{name}.parquet"
