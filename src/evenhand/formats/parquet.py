"""The one writer of Parquet: equal rows are equal bytes, whatever engine or chunking they came from.

zstd, row groups of `GROUP` rows, no pandas or Arrow metadata; large and dictionary types are written as plain ones.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

GROUP = 131_072
"""Rows a row group. Part of the format: another number would change every hash."""


def encode(table: pa.Table) -> bytes:
    """The bytes of `table` as a Parquet file."""
    sink = io.BytesIO()
    _write(table, sink)
    return sink.getvalue()


def write(table: pa.Table | pa.RecordBatchReader, path: Path) -> None:
    """Write `path` whole: under another name first, so that a killed program leaves no half file behind its name.

    A `RecordBatchReader` is written as it is read: a national table never stands in memory as a whole.
    """
    part = path.with_name(path.name + ".part")
    with part.open("wb") as sink:
        _write(table, sink)
        sink.flush()
        os.fsync(sink.fileno())
    part.replace(path)


def _write(table: pa.Table | pa.RecordBatchReader, sink: IO[bytes]) -> None:
    schema = pa.schema(
        [pa.field(name, plain(type_)) for name, type_ in zip(table.schema.names, table.schema.types, strict=True)]
    )
    batches = table.to_batches() if isinstance(table, pa.Table) else table
    with pq.ParquetWriter(
        sink, schema, version="2.6", compression="zstd", compression_level=3, store_schema=False, write_statistics=True
    ) as writer:
        for group in _groups(batches, table.schema):
            columns = [column.cast(field.type) for column, field in zip(group.columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema).combine_chunks(), row_group_size=GROUP)


def _groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """The rows of `batches` in groups of exactly `GROUP` (the last may be shorter)."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        offset = 0
        while rows + batch.num_rows - offset >= GROUP:
            taken = GROUP - rows
            held.append(batch.slice(offset, taken))
            yield pa.Table.from_batches(held, schema=schema)
            held, rows, offset = [], 0, offset + taken
        if offset < batch.num_rows:
            held.append(batch.slice(offset))
            rows += batch.num_rows - offset
    if rows:
        yield pa.Table.from_batches(held, schema=schema)


def plain(type_: Any) -> Any:
    """The type a value is written as."""
    if pa.types.is_dictionary(type_):
        return plain(type_.value_type)
    if pa.types.is_large_string(type_) or pa.types.is_string_view(type_):
        return pa.string()
    if pa.types.is_large_binary(type_) or pa.types.is_binary_view(type_):
        return pa.binary()
    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        return pa.list_(plain(type_.value_type))
    return type_
