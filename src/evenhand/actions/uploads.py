"""Lists that somebody sends with a browser: kept aside, looked at as a whole, brought in when their sender says so.

A file lies in `uploads/` under a name nobody can guess, with what was found beside it (`NAME.json`), for a day. What it is
shows by its bytes and not by its name: text in UTF-8, or Parquet that does not unpack to more than it may.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions.accounts import roles_of
from evenhand.actions.importing import check_file, import_file, policy_in_force
from evenhand.core.engine import Engine
from evenhand.core.errors import InputError, UsageError
from evenhand.store import Store
from evenhand.store.files import write_whole

KINDS = ("households", "members", "proxies", "areas", "points", "depots", "lanes")
"""What the registry takes in by a browser. Stock has its own page."""
BYTES_MAX = 1 << 30
UNPACKED_BYTES_MAX = 8 << 30
ROWS_MAX = 50_000_000
KEPT_SECONDS = 86_400
SHOWN = 5
_NAME = re.compile(r"[a-f0-9]{32}\.(csv|parquet)")
_PARQUET = b"PAR1"


@dataclass(frozen=True)
class Upload:
    """A file that was sent: by whom, as what, and what was found. `problems`: what is wrong, at most 1,000 of `wrong`."""

    name: str
    person: str
    kind: str
    sent_as: str
    size: int
    state: str = "sent"
    rows: int = 0
    added: int = 0
    known: int = 0
    again: bool = False
    head: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
    wrong: int = 0
    problems: tuple[dict[str, Any], ...] = ()


def keep(store: Store, person: str, kind: str, sent_as: str, chunks: Iterable[bytes]) -> Upload:
    """Keep a file that is being sent. UsageError for somebody who brings in no lists, an unknown kind, a file that is too
    large, empty, or is neither CSV in UTF-8 nor Parquet."""
    if None not in roles_of(store, person).get("registrar", ()):
        raise UsageError(f"{person} is no registrar of the whole programme", "let one who is bring the list in")
    if kind not in KINDS:
        raise UsageError("what does the list hold?", f"choose one of {', '.join(KINDS)}")
    folder = store.data / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    _sweep(folder, store.clock())
    part = folder / f"{secrets.token_hex(16)}.part"
    try:
        size = 0
        with part.open("xb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > BYTES_MAX:
                    raise UsageError(
                        "the file is too large", f"send at most {BYTES_MAX >> 20} MB: Parquet is smaller than CSV"
                    )
                file.write(chunk)
        path = part.with_suffix(_form(part, size))
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    shown = "".join(letter for letter in sent_as if letter.isprintable())[-80:]
    return _write(store, Upload(path.name, person, kind, shown, size))


def find(store: Store, name: str, person: str) -> Upload | None:
    """An upload of this person; None where there is none, or its day is over."""
    path = store.data / "uploads" / f"{name}.json"
    if not _NAME.fullmatch(name) or not path.exists():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    found |= {
        "head": tuple(found["head"]),
        "sample": tuple(map(tuple, found["sample"])),
        "problems": tuple(found["problems"]),
    }
    upload = Upload(**found)
    return upload if upload.person == person else None


def look(
    store: Store, engine: Engine, name: str, person: str, progress: Any = lambda label, done, total: None
) -> Upload:
    """Check an upload as a whole and write down what was found: `checked`, or `wrong` with its problems."""
    upload = _mine(store, name, person)
    try:
        done = check_file(store, engine, upload.kind, store.data / "uploads" / name, progress)
    except InputError as error:
        problems = tuple(
            {"row": p.row, "field": p.field, "value": p.value, "message": p.message, "remedy": p.remedy}
            for p in error.problems
        )
        total = getattr(error, "total", len(problems))
        return _write(store, Upload(**{**vars(upload), "state": "wrong", "wrong": total, "problems": problems}))
    head, sample = _first(store.data / "uploads" / name)
    found = {"state": "checked", "rows": done.rows, "added": done.added, "known": done.known, "again": done.again}
    return _write(store, Upload(**{**vars(upload), **found, "head": head, "sample": sample}))


def bring(
    store: Store, engine: Engine, name: str, person: str, progress: Any = lambda label, done, total: None
) -> Upload:
    """Bring a checked upload in. UsageError where it was not checked; InputError where it no longer fits."""
    upload = _mine(store, name, person)
    if upload.state not in ("checked", "in"):
        raise UsageError("this list was not checked, or something is wrong with it", "send it again")
    path = store.data / "uploads" / name
    done = import_file(store, engine, upload.kind, path, policy_in_force(store), progress)
    path.unlink(missing_ok=True)
    return _write(
        store, Upload(**{**vars(upload), "state": "in", "added": done.added, "known": done.known, "sample": ()})
    )


def _mine(store: Store, name: str, person: str) -> Upload:
    found = find(store, name, person)
    if found is None:
        raise UsageError("this file is not here any more", "send it again")
    return found


def _form(path: Path, size: int) -> str:
    """`.csv` or `.parquet` by what the file is. UsageError for anything else."""
    if not size:
        raise UsageError("the file is empty", "send a list with a header and a row for each")
    with path.open("rb") as file:
        first = file.read(4)
        file.seek(max(0, size - 4))
        last = file.read(4)
    if first != _PARQUET:
        if b"\0" in first or first[:2] in (b"PK", b"\x1f\x8b", b"BZ") or first in (b"%PDF", b"\xd0\xcf\x11\xe0"):
            raise UsageError("this is no list in text", "save the sheet as CSV in UTF-8, and send that")
        return ".csv"
    try:
        if last != _PARQUET:
            raise UsageError("the Parquet file is cut off", "send it again")
        with pq.ParquetFile(path) as file:
            meta = file.metadata
            unpacked = sum(meta.row_group(index).total_byte_size for index in range(meta.num_row_groups))
            if meta.num_rows > ROWS_MAX or unpacked > UNPACKED_BYTES_MAX:
                raise UsageError("the file unpacks to more than a list may hold", f"send at most {ROWS_MAX:,} rows")
    except (pa.ArrowInvalid, OSError) as error:
        raise UsageError("the Parquet file cannot be read", "write it again") from error
    return ".parquet"


def _first(path: Path) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The header and the first rows, as texts."""
    if path.suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            batch = next(file.iter_batches(SHOWN))
    else:
        from pyarrow import csv

        with csv.open_csv(
            path, csv.ReadOptions(block_size=1 << 23), csv.ParseOptions(newlines_in_values=True)
        ) as reader:
            batch = reader.read_next_batch().slice(0, SHOWN)
    rows = [tuple("" if cell is None else str(cell)[:60] for cell in row.values()) for row in batch.to_pylist()]
    return tuple(batch.schema.names), tuple(rows)


def _sweep(folder: Path, now: int) -> None:
    for path in folder.iterdir():
        if path.stat().st_mtime < now - KEPT_SECONDS:
            path.unlink(missing_ok=True)


def _write(store: Store, upload: Upload) -> Upload:
    write_whole(store.data / "uploads" / f"{upload.name}.json", json.dumps(vars(upload), ensure_ascii=False).encode())
    return upload
