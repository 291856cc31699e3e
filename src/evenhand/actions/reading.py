"""Reading a user's table: CSV or Parquet of any size in, a Parquet file of texts out, with its row numbers.

Nothing is guessed: cells stay the texts they are. What cannot be read as a table at all is told here; what the cells
hold is for `core/validation`.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from evenhand.core.errors import InputError, Problem, input_error
from evenhand.core.schema import Table
from evenhand.core.validation import printable
from evenhand.formats import parquet

BLOCK_BYTES = 1 << 23
"""No row may be longer than this."""
_INTEGERS = (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())


@dataclass(frozen=True)
class Source:
    """A file: its name as the user wrote it, and the SHA-256 of its bytes."""

    path: Path
    name: str
    sha256: bytes


def identify(path: Path) -> Source:
    """Read a file once: its hash; InputError where it cannot be read or is not text."""
    try:
        return Source(path, str(path), _hash(path, text=path.suffix.lower() != ".parquet"))
    except IsADirectoryError as error:
        raise _whole(path, "this is a folder", "name a file") from error
    except FileNotFoundError as error:
        raise _whole(path, "there is no such file", "check its name") from error
    except PermissionError as error:
        raise _whole(path, "the file may not be read", "allow it: chmod u+r") from error
    except OSError as error:
        raise _whole(path, f"the file cannot be read: {error.strerror}", "check the disk") from error


def _whole(path: Path, message: str, remedy: str) -> InputError:
    return input_error(str(path), 0, "", "", message, remedy)


def _hash(path: Path, text: bool) -> bytes:
    digest, decoder = sha256(), codecs.getincrementaldecoder("utf-8")()
    lines = quotes = 0
    with path.open("rb") as file:
        while block := file.read(1 << 22):
            digest.update(block)
            if not text:
                continue
            lines_before = lines
            if b"\0" in block:
                row = lines_before + block[: block.index(b"\0")].count(b"\n")
                raise input_error(str(path), row, "", "", "the file holds a zero byte", "save it as UTF-8 text (CSV)")
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                row = lines_before + bytes(error.object[: error.start]).count(b"\n")
                raise input_error(
                    str(path), row, "", "", "the text here is not UTF-8", "save the file as CSV in UTF-8"
                ) from error
            lines += block.count(b"\n")
            quotes += block.count(b'"')
        if text:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError as error:
                raise _whole(path, "the file ends within a character", "save the file as CSV in UTF-8") from error
    if quotes % 2:
        row = _open_quote(path)
        raise input_error(str(path), row, "", "", "a quotation mark is not closed", 'write a " within a cell as ""')
    return digest.digest()


def _open_quote(path: Path) -> int:
    """The first data row with an odd number of quotation marks."""
    with path.open("rb") as file:
        return next((number for number, line in enumerate(file) if line.count(b'"') % 2), 0)


def read(source: Source, table: Table, to: Path) -> int:
    """Write `source` as texts to the Parquet file `to`: the columns of `table` and `row`; the number of rows.

    InputError for a header that does not fit and for rows that are not as long as it, all at once.
    """
    schema = pa.schema([("row", pa.int64()), *((column, pa.string()) for column in table.names)])
    count = [0]
    faults: list[Problem] = []
    parts = _parquet(source, table) if source.path.suffix.lower() == ".parquet" else _csv(source, table, faults)

    def batches() -> Iterator[pa.RecordBatch]:
        for numbers, cells in parts:
            count[0] += len(numbers)
            empty = pa.nulls(len(numbers), pa.string())
            yield pa.record_batch([numbers, *(cells.get(column, empty) for column in table.names)], schema=schema)

    try:
        parquet.write(pa.RecordBatchReader.from_batches(schema, batches()), to)
    except pa.ArrowInvalid as error:
        if "straddling" in str(error):
            remedy = "look for a quotation mark that is not closed"
            raise _whole(source.path, "a row is longer than 8 MB", remedy) from error
        raise _whole(source.path, f"the file cannot be read: {error}", "save it again as CSV in UTF-8") from error
    if faults:
        raise InputError(faults)
    if not count[0]:
        raise _whole(source.path, "the file has no rows", "write a row for each of what it lists, below the header")
    return count[0]


Part = tuple[pa.Array, dict[str, pa.Array]]


def _csv(source: Source, table: Table, faults: list[Problem]) -> Iterator[Part]:
    bad: set[int] = set()

    def refuse(row: pacsv.InvalidRow) -> str:
        number = row.number - 1  # the header is row 0
        bad.add(number)
        text = row.text if isinstance(row.text, str) else ""
        if len(faults) < 1000:
            faults.append(
                Problem(
                    source.name, number, "", printable(text),
                    f"the row has {row.actual_columns} cells, the header {row.expected_columns}",
                    'give it as many; a cell that holds a comma stands in "quotation marks"',
                )
            )  # fmt: skip
        return "skip"

    try:
        # One thread, because only then are refused rows numbered.
        reader = pacsv.open_csv(
            source.path,
            pacsv.ReadOptions(block_size=BLOCK_BYTES, use_threads=False),
            pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=refuse),
            pacsv.ConvertOptions(
                column_types=dict.fromkeys(table.names, pa.string()), null_values=[""], strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid as error:
        if "straddling" in str(error):
            raise
        raise _whole(source.path, "the file is empty", f"begin it with a header: {','.join(table.names)}") from error
    check_header(source, reader.schema.names, table)
    next_row = 1
    for batch in reader:
        if not batch.num_rows:
            continue
        numbers = []
        while len(numbers) < batch.num_rows:
            more = range(next_row, next_row + batch.num_rows - len(numbers))
            numbers += [number for number in more if number not in bad] if bad else more
            next_row = more.stop
        yield pa.array(numbers, pa.int64()), {name: batch.column(name) for name in batch.schema.names}


def check_header(source: Source, header: list[str], table: Table) -> None:
    """InputError unless `header` names each required column of `table`, no column twice, and no other column."""
    faults = []
    for position, column in enumerate(header):
        if column in header[:position]:
            faults.append(
                Problem(source.name, 0, printable(column), "", "the column stands twice", "leave one of them out")
            )
        elif column not in table.names:
            shown = printable(column)
            if any(mark in column for mark in ";\t|"):
                raise input_error(source.name, 0, shown, "", "the cells are not separated by commas", "save it as CSV")
            remedy = f"the columns are {', '.join(table.names)}"
            faults.append(Problem(source.name, 0, shown, "", "there is no such column in this table", remedy))
    for wanted in table.columns:
        if wanted.required and wanted.name not in header:
            faults.append(Problem(source.name, 0, wanted.name, "", "the column is missing", f"add it: {wanted.doc}"))
    if faults:
        raise InputError(faults)


def _parquet(source: Source, table: Table) -> Iterator[Part]:
    try:
        file = pq.ParquetFile(source.path)
    except (pa.ArrowInvalid, OSError) as error:
        raise _whole(source.path, "this is not a Parquet file", "write it again, or give a CSV") from error
    check_header(source, file.schema_arrow.names, table)
    for field in file.schema_arrow:
        if not _is_plain(field.type):
            remedy = "write text, int64, date32 or bool"
            raise input_error(source.name, 0, field.name, str(field.type), "this type is not read", remedy)
    next_row = 1
    try:
        for batch in file.iter_batches(1 << 16):
            cells = {name: _texts(batch.column(name)) for name in batch.schema.names}
            yield pa.array(range(next_row, next_row + batch.num_rows), pa.int64()), cells
            next_row += batch.num_rows
    except OSError as error:
        raise _whole(source.path, "this Parquet file is damaged", "write it again, or give a CSV") from error


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    other = pa.types.is_date32(kind) or pa.types.is_boolean(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind)
    return text or other or kind in _INTEGERS


def _texts(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_boolean(column.type):
        return pc.if_else(column, "yes", "no")
    texts = column.cast(pa.string())
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
