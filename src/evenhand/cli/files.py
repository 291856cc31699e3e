"""Small CSV files that a command reads itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.core.errors import InputError, Problem, input_error


def read_bytes(path: Path) -> bytes:
    """A file's bytes; an InputError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise input_error(str(path), 0, "", "", "the file cannot be read", "check its name and rights") from error


def read_csv(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> list[dict[str, str]]:
    """The rows of a CSV that has these columns in any order, of `optional` any, and no others; or of a .parquet of the
    same. InputError naming row and field.
    """
    if path.suffix == ".parquet":
        return _read_parquet(path, columns, optional)
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise input_error(str(path), 0, "", "", "the file is not UTF-8", "save it as CSV UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        _check_header(path, header, columns, optional)
        rows, problems = [], []
        for number, cells in enumerate(reader, 1):
            if not cells:  # a blank line, as editors leave at the end
                continue
            if len(cells) != len(header):
                problems.append(
                    Problem(str(path), number, "", "", f"{len(cells)} cells", f"give each row {len(header)} cells")
                )
            else:
                rows.append(dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise input_error(str(path), reader.line_num, "", "", f"not a CSV: {error}", "save it as CSV UTF-8") from error
    if problems:
        raise InputError(problems)
    return rows


def _check_header(path: Path, header: Sequence[str], columns: Sequence[str], optional: Sequence[str]) -> None:
    if sorted(name for name in header if name not in optional) != sorted(columns) or len(set(header)) != len(header):
        remedy = f"use: {', '.join(columns)}" + (f"; if needed: {', '.join(optional)}" if optional else "")
        raise input_error(str(path), 0, "", ",".join(header), "the columns are not those expected", remedy)


def _read_parquet(path: Path, columns: Sequence[str], optional: Sequence[str]) -> list[dict[str, str]]:
    try:
        table = pq.read_table(pa.BufferReader(read_bytes(path)))
    except (pa.ArrowException, OSError) as error:
        raise input_error(str(path), 0, "", "", "this is not a Parquet file", "write it again as Parquet") from error
    _check_header(path, table.column_names, columns, optional)
    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)):
            raise input_error(str(path), 0, name, kind, "neither text nor whole numbers", "write the column as text")
    return [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in table.to_pylist()]


def read_header(path: Path) -> list[str]:
    """The names of a file's columns; empty where it has none that can be read (read_csv says why)."""
    if path.suffix == ".parquet":
        try:
            return list(pq.read_schema(path).names)
        except (pa.ArrowException, OSError):
            return []
    try:
        return next(csv.reader(io.StringIO(read_bytes(path).decode("utf-8-sig"), newline="")), [])
    except (UnicodeDecodeError, csv.Error):
        return []
