"""Reading tables, CSV or Parquet, into plain columns; whatever is not exactly as written down is Malformed."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand_verify.numbers import NumberError, integer
from evenhand_verify.result import Malformed
from evenhand_verify.schema import Schema

CELLS_MAX = 400_000_000


class Columns:
    """A table as columns of Python values."""

    def __init__(self, where: str, columns: dict[str, list[Any]], rows: int) -> None:
        self.where = where
        self.columns = columns
        self.count = rows

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, name: str) -> list[Any]:
        return self.columns[name]

    def rows(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """The rows, of these columns only."""
        return zip(*(self.columns[name] for name in names), strict=True)


def _check_rows(where: str, schema: Schema, columns: dict[str, list[Any]], ordered: bool) -> None:
    for name, kind in schema.columns:
        if name in columns and not kind.endswith("?") and None in columns[name]:
            raise Malformed(where, f'an empty cell in column "{name}"')
        if name in columns and kind.endswith("?") and kind.startswith("text") and "" in columns[name]:
            raise Malformed(where, f'an empty text where nothing is meant, in column "{name}"')
    keys = list(zip(*(columns[name] for name in schema.key), strict=True))
    if ordered:
        for before, after in zip(keys, keys[1:], strict=False):
            if before >= after:
                what = "a row stands twice" if before == after else "the rows are not sorted by the key"
                raise Malformed(where, f"{what}, {', '.join(map(str, after))}")
        return
    if len(set(keys)) != len(keys):
        twice = next(key for key, count in Counter(keys).items() if count > 1)
        raise Malformed(where, f"a row stands twice, {', '.join(map(str, twice))}")


def _arrow(data: bytes, where: str) -> pa.Table:
    try:
        file = pq.ParquetFile(BytesIO(data))
        if file.metadata.num_rows * max(1, file.metadata.num_columns) > CELLS_MAX:
            raise Malformed(where, "more cells than any honest table has")
        table = file.read()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError) as error:
        raise Malformed(where, f"not a Parquet file that can be read ({type(error).__name__})") from error
    return table


def parquet(data: bytes, where: str, schema: Schema) -> Columns:
    """A table of a disclosure: exactly the columns and types written down, sorted by its key, no row twice."""
    table = _arrow(data, where)
    names = tuple(name for name, _ in schema.columns)
    if tuple(table.column_names) != names:
        raise Malformed(where, f"the columns are {', '.join(table.column_names)}, not {', '.join(names)}")
    for name, kind in schema.columns:
        found, wanted = table.schema.field(name).type, kind.rstrip("?")
        if found != (pa.int64() if wanted == "int" else pa.string()):
            raise Malformed(where, f'column "{name}" holds {found}, not {"int64" if wanted == "int" else "text"}')
    try:
        columns = {name: table.column(name).to_pylist() for name in names}
    except (pa.ArrowException, ValueError) as error:
        raise Malformed(where, "a text is not UTF-8") from error
    _check_rows(where, schema, columns, ordered=True)
    return Columns(where, columns, table.num_rows)


def _plain(cells: list[Any], kind: str) -> list[Any] | None:
    """The usual case at the speed of built-ins: nothing empty, numbers in their one form. None where it is not so."""
    if not all(type(cell) is str for cell in cells):
        return None
    if kind.startswith("text"):
        return cells if kind == "text" or "" not in cells else None
    try:
        numbers = list(map(int, cells))
    except ValueError:
        return None
    return numbers if list(map(str, numbers)) == cells else None


def _cell(value: object, kind: str) -> Any:
    if value is None or (value == "" and kind.endswith("?")):
        return None
    if kind.startswith("int"):
        return value if isinstance(value, int) and not isinstance(value, bool) else integer(value)
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        raise NumberError(f'"{value}" is not a text')
    return value


def _loose(path: Path) -> tuple[list[str], list[list[Any]]]:
    where = path.name
    data = path.read_bytes()
    if path.suffix == ".parquet":
        table = _arrow(data, where)
        return list(table.column_names), [column.to_pylist() for column in table.columns]
    try:
        text = data.decode("utf-8-sig")
        lines = list(csv.reader(StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Malformed(where, f"not a CSV file in UTF-8 ({error})") from error
    lines = [line for line in lines if line]
    if not lines:
        raise Malformed(where, "there is no header")
    header = lines[0]
    if set(map(len, lines)) != {len(header)}:
        number, line = next((n, line) for n, line in enumerate(lines) if len(line) != len(header))
        raise Malformed(f"{where} row {number}", f"{len(line)} cells where the header has {len(header)}")
    return header, [list(column) for column in zip(*lines[1:], strict=True)] or [[] for _ in header]


def loose(folder: Path, name: str, schema: Schema, needed: tuple[str, ...], only: bool) -> Columns:
    """`name`.csv or `name`.parquet of a folder; columns by name in any order; `only`: and no others."""
    paths = [path for path in (folder / f"{name}.csv", folder / f"{name}.parquet") if path.is_file()]
    if len(paths) != 1:
        what = "stands there twice, as CSV and as Parquet" if paths else "is not there"
        raise Malformed(folder.name, f"{name}.csv {what}")
    try:
        header, values = _loose(paths[0])
    except (ValueError, OSError) as error:
        raise Malformed(paths[0].name, f"cannot be read ({error})") from error
    kinds = dict(schema.columns)
    for column in needed:
        if header.count(column) != 1:
            raise Malformed(paths[0].name, f'column "{column}" must stand there once')
    if only and set(header) != set(kinds):
        raise Malformed(paths[0].name, f"the columns are {', '.join(header)}, not {', '.join(kinds)}")
    columns: dict[str, list[Any]] = {}
    for column, cells in zip(header, values, strict=True):
        if column not in needed:
            continue
        found = _plain(cells, kinds[column])
        if found is not None:
            columns[column] = found
            continue
        found = []
        for number, cell in enumerate(cells, start=1):
            try:
                found.append(_cell(cell, kinds[column]))
            except NumberError as error:
                raise Malformed(f'{paths[0].name} row {number}, field "{column}"', str(error)) from error
        columns[column] = found
    _check_rows(paths[0].name, schema, columns, ordered=False)
    return Columns(paths[0].name, columns, len(values[0]) if values else 0)
