"""Reading tables, CSV or Parquet, into columns; whatever is not exactly as written down is Malformed."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand_verify.exact import Mask, Whole, whole
from evenhand_verify.numbers import NumberError, integer
from evenhand_verify.result import Malformed
from evenhand_verify.schema import Schema

CELLS_MAX = 400_000_000
DIGITS = 18
"""A number of so many digits fits int64 whatever they are."""


class Columns:
    """A table by columns: lists of Python values, or Arrow arrays of text or int64."""

    def __init__(self, where: str, columns: Mapping[str, Any], rows: int) -> None:
        self.where = where
        self.columns = dict(columns)
        self.count = rows
        self._lists: dict[str, list[Any]] = {}
        self._coded: dict[str, tuple[Whole, Any]] = {}
        self._whole: dict[str, Whole] = {}

    @staticmethod
    def of(where: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Columns:
        """A table of these rows."""
        return Columns(where, {name: [row[at] for row in rows] for at, name in enumerate(names)}, len(rows))

    def __len__(self) -> int:
        return self.count

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def __getitem__(self, name: str) -> list[Any]:
        if name not in self._lists:
            column = self.columns[name]
            self._lists[name] = column if isinstance(column, list) else column.to_pylist()
        return self._lists[name]

    def rows(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """The rows, of these columns only."""
        return zip(*(self[name] for name in names), strict=True)

    def coded(self, name: str) -> tuple[Whole, Any]:
        """The column as places among its different values, and these: an Arrow array, or a list where none can hold
        them."""
        if name not in self._coded:
            self._coded[name] = _coded(self.columns[name])
        return self._coded[name]

    def different(self, name: str) -> list[Any]:
        """The column's different values."""
        values = self.coded(name)[1]
        return values if isinstance(values, list) else values.to_pylist()

    def found(self, name: str, among: Any) -> Whole:
        """Where each cell stands among these different values (a list or an Arrow array), -1 where it does not."""
        codes, values = self.coded(name)
        return _positions(values, among)[codes]

    def whole(self, name: str) -> Whole:
        """A column of integers, or of texts that are integers; an empty cell is 0. NumberError for any other text."""
        if name not in self._whole:
            numbers = _numbers(self.columns[name])
            if numbers is None:
                numbers = whole([integer(cell) if isinstance(cell, str) else cell or 0 for cell in self[name]])
            self._whole[name] = numbers
        return self._whole[name]

    def filled(self, name: str) -> Mask:
        """Which cells are not empty."""
        column = self.columns[name]
        if isinstance(column, list):
            return np.array([cell is not None for cell in column], np.bool_)
        return column.is_valid().to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def _coded(column: Any) -> tuple[Whole, Any]:
    try:
        encoded = pa.array(column).dictionary_encode(null_encoding="encode")
        return encoded.indices.to_numpy(), encoded.dictionary
    except (pa.ArrowException, OverflowError):  # integers beyond int64, or nothing but empty cells
        index: dict[Any, int] = {}
        codes = np.array([index.setdefault(cell, len(index)) for cell in column], np.int64)
        return codes, list(index)


def _positions(values: Any, among: Any) -> Whole:
    if isinstance(values, pa.Array) and isinstance(among, pa.Array) and values.type == among.type:
        return pc.fill_null(pc.index_in(values, value_set=among), -1).to_numpy()  # type: ignore[no-any-return]
    plain = [part if isinstance(part, list) else part.to_pylist() for part in (values, among)]
    index = {value: position for position, value in enumerate(plain[1])}
    return np.array([index.get(value, -1) for value in plain[0]], np.int64)


def _numbers(column: Any) -> Whole | None:
    """An Arrow array's numbers at once; None where each cell must be looked at by itself."""
    if isinstance(column, list) or column.null_count:
        return None
    return decimals(column) if column.type == pa.string() else whole(column.to_numpy())


def decimals(texts: Any) -> Whole | None:
    """The numbers of an Arrow array of texts, if each is an integer in its one form and of at most DIGITS digits. None
    otherwise: then every cell is read by itself."""
    if texts.null_count:
        return None
    if not len(texts):
        return np.zeros(0, np.int64)
    _, ends, letters = texts.buffers()
    at = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    if at[0] == at[-1]:
        return None
    letter = np.frombuffer(letters, np.uint8)[: at[-1]]
    start, end = at[:-1], at[1:]
    if (start == end).any():
        return None
    minus = letter[start] == ord("-")
    digits = end - start - minus
    if (digits < 1).any() or (digits > DIGITS).any():
        return None
    zero = letter[start + minus] == ord("0")
    if (zero & ((digits > 1) | minus)).any():
        return None
    used = letter[at[0] :]
    if np.count_nonzero((used < ord("0")) | (used > ord("9"))) != np.count_nonzero(minus):
        return None  # a letter that is neither a digit nor a minus at the start
    return texts.cast(pa.int64()).to_numpy()  # type: ignore[no-any-return]


def _check_rows(table: Columns, schema: Schema, ordered: bool) -> None:
    where = table.where
    for name, kind in schema.columns:
        if name not in table:
            continue
        if not kind.endswith("?") and not table.filled(name).all():
            raise Malformed(where, f'an empty cell in column "{name}"')
        if kind == "text?" and "" in table.different(name):
            raise Malformed(where, f'an empty text where nothing is meant, in column "{name}"')
    if not ordered and _all_different([table.coded(name) for name in schema.key]):
        return
    keys = list(table.rows(*schema.key))
    if ordered:
        for before, after in zip(keys, keys[1:], strict=False):
            if before >= after:
                what = "a row stands twice" if before == after else "the rows are not sorted by the key"
                raise Malformed(where, f"{what}, {', '.join(map(str, after))}")
        return
    if len(set(keys)) != len(keys):
        twice = next(key for key, count in Counter(keys).items() if count > 1)
        raise Malformed(where, f"a row stands twice, {', '.join(map(str, twice))}")


def _all_different(key: list[tuple[Whole, Any]]) -> bool:
    """Whether no two rows have the same key. False also where there are too many values to say so in int64."""
    number, size = np.zeros(1, np.int64), 1
    for codes, values in key:
        number, size = number * len(values) + codes, size * max(1, len(values))
    number = np.sort(number)
    return size < 2**62 and bool((number[1:] != number[:-1]).all())


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


def _joined(column: Any) -> Any:
    """The parts of a column of a file as one array."""
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


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
        columns = Columns(where, {name: _joined(table.column(name)) for name in names}, table.num_rows)
        _check_rows(columns, schema, ordered=True)
    except (pa.ArrowException, ValueError) as error:
        raise Malformed(where, "a text is not UTF-8") from error
    return columns


def _plain(cells: Any, kind: str) -> Any:
    """The usual case as an Arrow array: nothing empty, numbers in their one form. None where it is not so."""
    if isinstance(cells, list):
        if not all(type(cell) is str for cell in cells):
            return None
        cells = pa.array(cells, pa.string())
    if cells.null_count:
        return None
    if kind.startswith("text"):
        return cells if cells.type == pa.string() and not (kind == "text?" and _some_empty(cells)) else None
    if cells.type == pa.int64():
        return cells
    numbers = decimals(cells) if cells.type == pa.string() else None
    return None if numbers is None else pa.array(numbers)


def _some_empty(texts: Any) -> bool:
    return bool(pc.any(pc.equal(texts, "")).as_py())


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


def _loose(path: Path) -> tuple[list[str], list[Any]]:
    where = path.name
    data = path.read_bytes()
    if path.suffix == ".parquet":
        table = _arrow(data, where)
        plain = (pa.string(), pa.int64())
        return list(table.column_names), [_joined(c) if c.type in plain else c.to_pylist() for c in table.columns]
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
    columns: dict[str, Any] = {}
    for column, cells in zip(header, values, strict=True):
        if column not in needed:
            continue
        found = _plain(cells, kinds[column])
        columns[column] = _each(cells, kinds[column], paths[0].name, column) if found is None else found
    table = Columns(paths[0].name, columns, len(values[0]) if values else 0)
    _check_rows(table, schema, ordered=False)
    return table


def _each(cells: Any, kind: str, where: str, column: str) -> list[Any]:
    """The column cell by cell. Malformed names the first that is not of its kind."""
    found = []
    for number, cell in enumerate(cells if isinstance(cells, list) else cells.to_pylist(), start=1):
        try:
            found.append(_cell(cell, kind))
        except NumberError as error:
            raise Malformed(f'{where} row {number}, field "{column}"', str(error)) from error
    return found
