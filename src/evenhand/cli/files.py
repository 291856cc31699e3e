"""Small CSV files that a command reads itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from evenhand.core.errors import InputError, Problem, input_error


def read_bytes(path: Path) -> bytes:
    """A file's bytes; an InputError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise input_error(str(path), 0, "", "", "the file cannot be read", "check its name and rights") from error


def read_csv(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV that has exactly these columns, in any order. InputError naming row and field."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise input_error(str(path), 0, "", "", "the file is not UTF-8", "save it as CSV UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if sorted(header) != sorted(columns):
            raise input_error(
                str(path), 0, "", ",".join(header), "the columns are not those expected", f"use: {', '.join(columns)}"
            )
        rows, problems = [], []
        for number, cells in enumerate(reader, 1):
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
