"""Claims: read disclosure folders and test on them what is said of the ration. Writes nothing, needs no data folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.core.errors import InputError, Problem, UsageError, input_error
from evenhand.core.period import Period
from evenhand.flow.disclosure import layout
from evenhand.flow.disclosure.claim import Claim
from evenhand.flow.disclosure.claims import claims
from evenhand.flow.disclosure.month import Month, Outcomes
from evenhand.flow.disclosure.package import META_KEYS
from evenhand.flow.disclosure.tables import TABLES, Misshapen, shape
from evenhand.flow.policy import Policy, load
from evenhand.formats import cbor, roll

Progress = Callable[[str, int, int], None]
LARGEST_JSON = 64 << 20


def claims_of(folders: Sequence[Path], progress: Progress = lambda *_: None) -> list[Claim]:
    """The claims over the disclosures in `folders`, in the order of their periods.

    UsageError for a folder that is not there, two of one period, or folders of different programmes; InputError for one
    that cannot be read.
    """
    if not folders:
        raise UsageError(
            "no folder was named", "name one disclosure folder or more: evenhand claims OUT/2008-03 OUT/2008-04"
        )
    months = []
    for number, folder in enumerate(folders):
        progress("reading disclosures", number, len(folders))
        months.append(read_month(folder))
    progress("reading disclosures", len(folders), len(folders))
    first, seen = months[0], dict[Period, str]()
    for month in months:
        for key in ("origin", "programme"):
            if month.meta[key] != first.meta[key]:
                raise UsageError(
                    f"{month.folder} is of {key} {month.meta[key]}, {first.folder} of {first.meta[key]}",
                    "name the folders of one programme",
                )
        if month.period in seen:
            raise UsageError(f"{seen[month.period]} and {month.folder} hold the same period", "name each period once")
        seen[month.period] = month.folder
    try:
        return claims(months)
    except Misshapen as error:
        raise UsageError(str(error), "check the folders: evenhand-verify FOLDER") from error


def read_month(folder: Path) -> Month:
    """The disclosure in `folder` as plain data. UsageError where it is not there, InputError where it cannot be read.

    What is checked here is form only (columns, types, keys); whether it is true is for evenhand-verify.
    """
    if not folder.is_dir():
        raise UsageError(
            f'there is no disclosure folder "{folder}"', "check its name; `evenhand cycle publish` makes it"
        )
    meta = _meta(folder)
    policy = _policy(folder, meta["policy"])
    return Month(
        folder.name, meta, _period(folder, meta["period"]), {name: _table(folder, name) for name in TABLES},
        policy.benefits, frozenset(e.benefit for e in policy.entitlements if e.has_floor), _outcomes(folder),
        _roll_rows(folder),
    )  # fmt: skip


def _fault(folder: Path, path: str, field: str, message: str) -> InputError:
    return input_error(
        str(folder / path), 0, field, None, message, "fetch the disclosure again and check it: evenhand-verify"
    )


def _bytes(folder: Path, path: str) -> bytes:
    try:
        return (folder / path).read_bytes()
    except OSError as error:
        raise _fault(folder, path, "", f"the file cannot be read: {error.strerror}") from error


def _meta(folder: Path) -> dict[str, Any]:
    """What the package holds under "evenhand", its types checked."""
    data = _bytes(folder, layout.DATAPACKAGE)
    try:
        if len(data) > LARGEST_JSON:
            raise ValueError("too large")
        meta = json.loads(data)["evenhand"]
        missing = [key for key in META_KEYS if key not in meta]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _fault(folder, layout.DATAPACKAGE, "evenhand", "this is not the package of a disclosure") from error
    if missing:
        raise _fault(folder, layout.DATAPACKAGE, f"evenhand.{missing[0]}", "this is missing")
    for key in ("origin", "programme", "cycle", "policy"):
        if not isinstance(meta[key], str):
            raise _fault(folder, layout.DATAPACKAGE, f"evenhand.{key}", "this is not a text")
    if not isinstance(meta["k"], int) or isinstance(meta["k"], bool):
        raise _fault(folder, layout.DATAPACKAGE, "evenhand.k", "this is not a whole number")
    return dict(meta)


def _period(folder: Path, written: Any) -> Period:
    try:
        first, last, name = date.fromisoformat(written["first"]), date.fromisoformat(written["last"]), written["id"]
        if not isinstance(name, str) or last < first:
            raise ValueError
    except (ValueError, KeyError, TypeError) as error:
        raise _fault(
            folder, layout.DATAPACKAGE, "evenhand.period", "this is not a period with id, first and last day"
        ) from error
    return Period(first, last, name)


def _policy(folder: Path, path: str) -> Policy:
    parts = path.split("/")
    if parts[0] != layout.POLICY or len(parts) < 2 or any(part in ("", ".", "..") for part in parts):
        raise _fault(folder, layout.DATAPACKAGE, "evenhand.policy", "this is not a file below policy/")
    try:
        text = _bytes(folder, path).decode()
    except UnicodeDecodeError as error:
        raise _fault(folder, path, "", "this is not UTF-8") from error
    return _load(text, str(folder / path))


@lru_cache(maxsize=8)
def _load(text: str, file: str) -> Policy:
    return load(text, file)


def _table(folder: Path, name: str) -> Any:
    path = layout.table_path(name)
    data = _bytes(folder, path)
    try:
        table = shape(name, pq.read_table(pa.BufferReader(data)))
        table.validate(full=True)  # texts are UTF-8
        return table
    except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
        raise _fault(folder, path, "", "this is not a Parquet file that can be read") from error
    except Misshapen as error:
        raise InputError(
            [Problem(str(folder / path), 0, "", "", str(error), "check it: evenhand-verify FOLDER")]
        ) from error


def _files(folder: Path, name: str) -> list[str]:
    if not (folder / name).is_dir():
        return []
    return [f"{name}/{path.name}" for path in sorted((folder / name).iterdir()) if path.suffix == ".cbor"]


def _outcomes(folder: Path) -> dict[str, Outcomes]:
    """How the rows of each point ended, by its outcome file."""
    found = {}
    for path in _files(folder, layout.REDEEMED):
        point, size, rows = _packed(folder, path)
        if size != roll.OUTCOME_SIZE:
            raise _fault(folder, path, "", f"rows of {size} bytes, not {roll.OUTCOME_SIZE}")
        status = np.frombuffer(rows, np.uint8)[roll.TAG_SIZE :: roll.OUTCOME_SIZE]
        counts = np.bincount(status, minlength=256)
        kinds = (roll.REDEEMED, roll.EXCEPTION, roll.CONTESTED, roll.UNCOLLECTED, roll.REFUSED, roll.HELD)
        if sum(int(counts[kind]) for kind in (*kinds, roll.MOVED)) != len(status):
            raise _fault(folder, path, "", "a row ended in a way that is not known")
        found[point] = Outcomes(*(int(counts[kind]) for kind in kinds))
    return found


def _roll_rows(folder: Path) -> dict[str, int]:
    """Rows on the roll of each point."""
    found = {}
    for path in _files(folder, layout.ROLLS):
        point, size, rows = _packed(folder, path)
        found[point] = len(rows) // size
    return found


def _packed(folder: Path, path: str) -> tuple[str, int, bytes]:
    """(point, row size, rows) of a roll or outcome file. Order and tags are for the checker."""
    try:
        _, _, _, point, size, rows = cbor.loads(_bytes(folder, path))  # type: ignore[misc]
        if not (isinstance(point, str) and isinstance(size, int) and isinstance(rows, bytes)) or size < roll.TAG_SIZE:
            raise ValueError
        if len(rows) % size:
            raise ValueError
    except (TypeError, ValueError) as error:
        raise _fault(folder, path, "", "this is not a roll or an outcome file") from error
    return point, size, rows
