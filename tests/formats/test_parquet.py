"""One writer makes the bytes: equal rows are equal files."""

import hashlib
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand.formats import parquet


def four_households() -> pa.Table:
    return pa.table(
        {
            "household": ["h1", "h2", "h3", "h4"],
            "amount": pa.array([500, None, 0, -1], pa.int64()),
            "reasons": [["due.aay"], [], None, ["due.phh", "extra.a"]],
        }
    )


def test_rows_come_back_as_they_went_in() -> None:
    table = four_households()
    assert pq.read_table(io.BytesIO(parquet.encode(table))).to_pydict() == table.to_pydict()


def test_chunks_dictionaries_and_large_strings_do_not_change_a_byte() -> None:
    table = four_households()
    chunked = pa.concat_tables([table.slice(0, 1), table.slice(1, 2), table.slice(3)])
    other = chunked.set_column(0, "household", chunked["household"].dictionary_encode())
    large = table.set_column(0, "household", table["household"].cast(pa.large_string()))
    large = large.replace_schema_metadata({"pandas": "{}"})
    assert parquet.encode(chunked) == parquet.encode(other) == parquet.encode(large) == parquet.encode(table)


def test_row_groups_do_not_depend_on_how_the_rows_arrived(tmp_path: Path) -> None:
    many = pa.table({"n": pa.array(range(parquet.GROUP * 2 + 7), pa.int64())})
    parquet.write(many, tmp_path / "a.parquet")
    reader = pa.RecordBatchReader.from_batches(many.schema, iter(many.to_batches(max_chunksize=50_001)))
    parquet.write(reader, tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes() == parquet.encode(many)
    meta = pq.ParquetFile(tmp_path / "b.parquet").metadata
    assert [meta.row_group(i).num_rows for i in range(meta.num_row_groups)] == [parquet.GROUP, parquet.GROUP, 7]
    assert pq.read_table(tmp_path / "b.parquet").equals(many)


def test_a_table_without_rows_keeps_its_columns() -> None:
    empty = four_households().slice(0, 0)
    back = pq.read_table(io.BytesIO(parquet.encode(empty)))
    assert back.num_rows == 0
    assert back.schema.names == ["household", "amount", "reasons"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write(four_households(), path)
    before = hashlib.sha256(path.read_bytes()).digest()

    def broken():
        yield from four_households().to_batches()
        raise RuntimeError("the engine stopped")

    with pytest.raises(RuntimeError):
        parquet.write(pa.RecordBatchReader.from_batches(four_households().schema, broken()), path)
    assert hashlib.sha256(path.read_bytes()).digest() == before
