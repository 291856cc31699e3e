"""Writing small results: under another name first, so that no half-written file is left behind."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pyarrow as pa

from evenhand.core.errors import UsageError


def write_csv(path: Path, table: pa.Table) -> Path:
    """Write a table as CSV (UTF-8, a header, lines end with a line feed). UsageError where it cannot be written."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.column_names)
    writer.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return write_text(path, text.getvalue())


def write_text(path: Path, text: str) -> Path:
    """Write a text file in UTF-8, its folder made if needed. UsageError where it cannot be written."""
    return write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> Path:
    """Write a file, its folder made if needed. UsageError where it cannot be written."""
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        os.replace(part, path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "name a place you may write to") from error
    return path
