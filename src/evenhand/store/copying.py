"""COPY between PostgreSQL and Arrow, through CSV: Arrow writes and reads it in C++, a column at a time."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv
from psycopg import pq, sql

BATCH = 1 << 16
BLOCK_BYTES = 1 << 22

_ARROW = {
    "bool": pa.bool_(), "int2": pa.int16(), "int4": pa.int32(), "int8": pa.int64(), "numeric": pa.int64(),
    "date": pa.date32(), "float8": pa.float64(), "oid": pa.int64(),
}  # fmt: skip
"""PostgreSQL's types as Arrow reads them. numeric is what sum(bigint) gives: an integer, or the reading fails."""


def copy_in(connection: psycopg.Connection[Any], table: str, rows: pa.Table) -> int:
    """COPY `rows` into `table`, columns by name. PostgreSQL copies into no table with row-level security: there the rows
    take the way through a table of this session's own."""
    if connection.execute("SELECT row_security_active(%s)", (table,)).fetchone() == (True,):
        return _copy_through(connection, table, rows)
    return _copy(connection, table, rows)


def _copy_through(connection: psycopg.Connection[Any], table: str, rows: pa.Table) -> int:
    target, columns = sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, rows.column_names))
    with connection.transaction():
        connection.execute(
            sql.SQL("CREATE TEMPORARY TABLE copied ON COMMIT DROP AS SELECT {} FROM {} WHERE false").format(
                columns, target
            )
        )
        _copy(connection, "copied", rows)
        connection.execute(sql.SQL("INSERT INTO {} ({}) SELECT {} FROM copied").format(target, columns, columns))
        connection.execute("DROP TABLE copied")
    return rows.num_rows


def _copy(connection: psycopg.Connection[Any], table: str, rows: pa.Table) -> int:
    columns = sql.SQL(", ").join(map(sql.Identifier, rows.column_names))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(table), columns)
    options = pc_csv.WriteOptions(include_header=False, batch_size=BATCH)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in rows.to_batches(max_chunksize=BATCH):
            texts = pa.table([_text(column) for column in batch.columns], names=rows.column_names)
            sink = pa.BufferOutputStream()
            pc_csv.write_csv(texts, sink, options)
            copy.write(sink.getvalue().to_pybytes())
    return rows.num_rows


def _text(column: pa.Array) -> pa.Array:
    """A column in a form whose CSV PostgreSQL reads as the same values."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if pa.types.is_fixed_size_binary(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _hex(column.cast(pa.binary()))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _braces(column)
    return column


def _hex(column: pa.Array) -> pa.Array:
    """`\\x` and hex digits. Widths are equal almost always (hashes, tags); otherwise value by value."""
    lengths = pc.unique(pc.binary_length(column)).to_pylist()
    if column.null_count or len(lengths) != 1 or lengths[0] == 0:
        return pa.array([None if value is None else "\\x" + value.hex() for value in column.to_pylist()], pa.string())
    width, count = lengths[0], len(column)
    start = column.offset * 4
    first = int.from_bytes(column.buffers()[1][start : start + 4].to_pybytes(), "little")
    raw = column.buffers()[2].slice(first, width * count).to_pybytes()
    text = np.empty((count, 2 * width + 2), np.uint8)
    text[:, 0], text[:, 1] = ord("\\"), ord("x")
    text[:, 2:] = np.frombuffer(raw.hex().encode(), np.uint8).reshape(count, 2 * width)
    offsets = np.arange(count + 1, dtype=np.int32) * (2 * width + 2)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(text))


def _braces(column: pa.Array) -> pa.Array:
    """`{1,2,3}`. Texts in a list are quoted."""
    if pa.types.is_integer(column.type.value_type):
        items = column.cast(pa.list_(pa.string()))
    else:
        quoted = pc.binary_join_element_wise(
            '"', pc.replace_substring_regex(column.flatten().cast(pa.string()), r'(["\\])', r"\\\1"), '"', ""
        )
        offsets = pc.subtract(column.offsets, column.offsets[0]) if len(column) else column.offsets
        items = pa.ListArray.from_arrays(offsets.cast(pa.int32()), quoted)
    joined = pc.binary_join_element_wise("{", pc.binary_join(items, ","), "}", "")
    return pc.if_else(column.is_null(), pa.scalar(None, pa.string()), joined) if column.null_count else joined


def copy_out(
    connection: psycopg.Connection[Any], query: str, params: Sequence[object] | Mapping[str, object]
) -> pa.Table:
    """The rows of `query` by COPY, each column in the Arrow type of its PostgreSQL type; other types as text."""
    bound = psycopg.ClientCursor(connection).mogrify(query.encode(), params or None).rstrip().rstrip(";")
    names, kinds = _describe(connection, bound)
    if "text[]" in kinds:  # PostgreSQL's own notation of text lists is a small language; JSON has a reader
        keys = [f"c{number}" for number in range(len(names))]
        wanted = [f"array_to_json({key})" if kind == "text[]" else key for key, kind in zip(keys, kinds, strict=True)]
        bound = f"SELECT {', '.join(wanted)} FROM ({bound}) AS described ({', '.join(keys)})"
    sink = io.BytesIO()
    _read_all(connection, f"COPY ({bound}) TO STDOUT (FORMAT csv)".encode(), sink)
    unique = [f"c{number}" for number in range(len(names))]
    types = {key: _ARROW.get(kind, pa.string()) for key, kind in zip(unique, kinds, strict=True)}
    if sink.tell() == 0:
        table = pa.table({key: pa.array([], types[key]) for key in unique})
    else:
        table = pc_csv.read_csv(
            pa.py_buffer(sink.getbuffer()),
            pc_csv.ReadOptions(column_names=unique, block_size=BLOCK_BYTES),
            pc_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            pc_csv.ConvertOptions(
                column_types=types, null_values=[""], true_values=["t"], false_values=["f"],
                strings_can_be_null=True, quoted_strings_can_be_null=False,
            ),
        )  # fmt: skip
    columns = [_value(table.column(key), kind) for key, kind in zip(unique, kinds, strict=True)]
    return pa.table(columns, names=names)


def _read_all(connection: psycopg.Connection[Any], statement: bytes, sink: io.BytesIO) -> None:
    """Run a COPY TO STDOUT and write all of it to `sink`. libpq hands out a row at a time: asking it directly takes a
    tenth of the time that a cursor's checks between two rows take."""
    with connection.lock:
        pgconn = connection.pgconn
        started = pgconn.exec_(statement)
        if started.status != pq.ExecStatus.COPY_OUT:
            raise psycopg.errors.error_from_result(started, encoding="utf-8")
        while True:
            size, data = pgconn.get_copy_data(0)
            if size <= 0:
                break
            sink.write(data)
        failed = None
        while (result := pgconn.get_result()) is not None:
            if result.status != pq.ExecStatus.COMMAND_OK:
                failed = result
        if failed is not None:
            raise psycopg.errors.error_from_result(failed, encoding="utf-8")


def _describe(connection: psycopg.Connection[Any], query: str) -> tuple[list[str], list[str]]:
    cursor = connection.execute(f"SELECT * FROM ({query}) AS described LIMIT 0".encode())
    kinds = []
    for column in cursor.description or ():
        found = connection.adapters.types.get(column.type_code)
        name = "text" if found is None else found.name
        kinds.append(name + "[]" if found is not None and found.array_oid == column.type_code else name)
    return [column.name for column in cursor.description or ()], kinds


def _value(column: pa.ChunkedArray, kind: str) -> pa.ChunkedArray:
    if kind == "bytea":
        return pa.chunked_array([_unhex(chunk) for chunk in column.chunks], pa.binary())
    if kind in ("int2[]", "int4[]", "int8[]"):
        return pa.chunked_array([_lists(chunk, pa.int64()) for chunk in column.chunks], pa.list_(pa.int64()))
    if kind == "text[]":
        return pa.chunked_array([_text_lists(chunk) for chunk in column.chunks], pa.list_(pa.string()))
    return column


def _unhex(texts: pa.Array) -> pa.Array:
    """`\\x` and hex digits back to bytes."""
    lengths = pc.unique(pc.binary_length(texts)).to_pylist()
    if texts.null_count or len(lengths) != 1 or lengths[0] <= 2:
        return pa.array([None if text is None else bytes.fromhex(text[2:]) for text in texts.to_pylist()], pa.binary())
    width, count = lengths[0], len(texts)
    start = texts.offset * 4
    first = int.from_bytes(texts.buffers()[1][start : start + 4].to_pybytes(), "little")
    digits = np.frombuffer(texts.buffers()[2], np.uint8, width * count, first).reshape(count, width)[:, 2:]
    raw = bytes.fromhex(digits.tobytes().decode("ascii"))
    offsets = np.arange(count + 1, dtype=np.int32) * (width // 2 - 1)
    return pa.Array.from_buffers(pa.binary(), count, [None, pa.py_buffer(offsets), pa.py_buffer(raw)])


def _lists(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    """`{1,2,3}` back to a list of integers."""
    inside = pc.utf8_slice_codeunits(texts, 1, -1)
    split = pc.split_pattern(inside, ",")
    empty = pc.equal(inside, "")
    if pc.any(empty).as_py():
        split = pa.array([[] if item == [""] else item for item in split.to_pylist()], pa.list_(pa.string()))
    return split.cast(pa.list_(kind))


def _text_lists(texts: pa.Array) -> pa.Array:
    """JSON arrays back to lists of text: such columns are few and short."""
    return pa.array([None if text is None else json.loads(text) for text in texts.to_pylist()], pa.list_(pa.string()))
