"""Files of households and members as a policy reads them, and its results as files."""

from __future__ import annotations

import mmap
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from evenhand.actions import reading
from evenhand.core.engine import Engine
from evenhand.core.errors import InputError, Problem, UsageError, input_error
from evenhand.core.schema import Column, Table
from evenhand.flow.policy import Policy
from evenhand.flow.policy.sheet import nearest


def absent_inputs(policy: Policy, wanted: Sequence[str], head: Sequence[str]) -> set[str]:
    """The inputs whose column is not there, and whose blank cells the policy fills.

    UsageError for a column that only looks like one of them: what stands in it would be passed over.
    """
    absent = {name for name in wanted if name not in head and policy.inputs[name].assume is not None}
    for column in head:
        meant = re.sub(r"[^a-z0-9]+", "_", column.strip().lower())
        if meant in absent:
            raise UsageError(f'there is a column "{column}", and the policy reads "{meant}"', f'call it "{meant}"')
    return absent


def header_of(path: Path) -> list[str]:
    """The columns of a file; InputError if it cannot be read as a table."""
    if path.suffix.lower() == ".parquet":
        try:
            return list(pq.read_schema(path).names)
        except (OSError, pa.ArrowInvalid):
            raise input_error(
                str(path), 0, "", None, "it cannot be read as Parquet", "check the path, or give a CSV"
            ) from None
    reading.identify(path)
    try:
        with pacsv.open_csv(
            path, pacsv.ReadOptions(block_size=1 << 20), pacsv.ParseOptions(newlines_in_values=True)
        ) as reader:
            return list(reader.schema.names)
    except pa.ArrowInvalid:
        with path.open(encoding="utf-8-sig") as file:
            return [name.strip().strip('"') for name in file.readline().rstrip("\r\n").split(",")]


def as_table(path: Path, name: str, keys: Sequence[str], inputs: Sequence[str], work: Path) -> Path:
    """The file as the engine reads it: Parquet as it is, CSV with every cell checked to be where its header is."""
    head = header_of(path)
    missing = [column for column in (*keys, *inputs) if column not in head]
    others = [column for column in head if column not in (*keys, *inputs)]
    if missing and head in ([], [""]):
        raise input_error(str(path), 0, "", "", "the file is empty", f"begin it with a header: {','.join(missing)}")
    if missing and len(head) == 1 and any(mark in head[0] for mark in ";\t|"):
        raise input_error(str(path), 0, "", head[0][:60], "the cells are not separated by commas", "save it as CSV")
    if missing:
        raise InputError(
            Problem(
                str(path),
                0,
                column,
                "",
                "the column is missing",
                nearest(column, others, "add it; the policy reads it"),
            )
            for column in missing
        )
    if len({column.lower() for column in head}) != len(head):
        raise input_error(str(path), 0, "", ",".join(head), "a column stands twice", "leave one of them out")
    if path.suffix.lower() == ".parquet":
        return path
    columns = tuple(Column(column, "text", "", required=False) for column in head if column != "row")
    if len(columns) != len(head):
        raise input_error(str(path), 0, "row", None, 'a column may not be called "row"', "rename it")
    to = work / f"{name}.parquet"
    reading.read(reading.identify(path), Table(name, columns, tuple(keys), ""), to)
    return to


def kinds_of(path: Path) -> dict[str, str]:
    """What kind of column a Parquet file has, by name, in the words of flow/entitlement/inputs; other types are left out."""
    found = {}
    for field in pq.read_schema(path):
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            found[field.name] = "text"
        elif pa.types.is_boolean(kind):
            found[field.name] = "bool"
        elif pa.types.is_date32(kind):
            found[field.name] = "date"
        elif pa.types.is_signed_integer(kind):
            found[field.name] = "int"
        elif pa.types.is_decimal128(kind) and kind.scale >= 0:
            found[field.name] = f"decimal {kind.precision} {kind.scale}"
    return found


MOST_HITS = 10_000
"""Lines looked at more closely; a key so short that more fit is searched for by the engine."""


def lines_of(path: Path, household: str, head: Sequence[str], work: Path) -> Path:
    """A CSV of the header and the lines that may be of one household; `path` itself where lines cannot be told from rows.

    Where no cell is quoted a row is a line, and a line is found without reading the others: seconds at national size.
    """
    if path.suffix.lower() == ".parquet" or not household or path.stat().st_size == 0:
        return path
    at, last = head.index("household"), len(head) - 1
    key = (b"," if at else b"\n") + household.encode() + (b"" if at == last else b",")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        hit = data.find(b"\n")
        if hit < 0 or data.find(b'"') >= 0 or b"\n" in key[1:]:
            return path
        lines = [data[:hit]]
        hit = data.find(key, hit)
        while hit >= 0:
            start, end = data.rfind(b"\n", 0, hit + 1) + 1, data.find(b"\n", hit + 1)
            end = len(data) if end < 0 else end
            lines.append(data[start:end])
            if len(lines) > MOST_HITS:
                return path
            hit = data.find(key, end)
    found = work / f"{path.stem}-lines.csv"
    found.write_bytes(b"".join(line.rstrip(b"\r") + b"\n" for line in lines))
    return found


def same_keys(files: dict[str, Path], work: Path) -> None:
    """Households whose ids are numbers in one file and texts in another get texts in both."""
    kinds = {name: pq.read_schema(path).field("household").type for name, path in files.items()}
    numbered = [name for name, kind in kinds.items() if pa.types.is_integer(kind)]
    if len(numbered) in (0, len(kinds)):
        return
    for name in numbered:
        source = pq.ParquetFile(files[name])
        at = source.schema_arrow.get_field_index("household")
        schema = source.schema_arrow.set(at, pa.field("household", pa.string()))
        files[name] = work / f"{name}-keys.parquet"
        with pq.ParquetWriter(files[name], schema) as writer:
            for batch in source.iter_batches(1 << 16):
                writer.write_batch(batch.set_column(at, schema.field(at), batch.column(at).cast(pa.string())))


_FAULTS = {
    "unreadable": ("it cannot be read", "write 12.50, 2008-03-01, true or false; leave unknown cells empty"),
    "blank": ("the key is empty", "give every row its key"),
    "twice": ("it stands twice", "keep one row of each"),
    "unknown household": ("there is no such household", "add it to the households, or remove the member"),
}  # fmt: skip


def refuse_faults(engine: Engine, faults: Any, files: dict[str, Path], path: Path) -> None:
    found = engine.rows(faults, files)["faults"].to_pylist()
    if found:
        raise InputError(
            Problem(str(path), row["row"], row["field"], row["value"][:60], *_FAULTS[row["fault"]]) for row in found
        )


def publish(made: Path, out: Path) -> Path:
    """Put a result where the user wants it, as CSV or Parquet: under another name first, then whole."""
    part = out.with_name(out.name + ".part")
    if out.suffix == ".parquet":
        part.write_bytes(made.read_bytes())
    else:
        file = pq.ParquetFile(made)
        schema = pa.schema(
            [(field.name, pa.string() if pa.types.is_list(field.type) else field.type) for field in file.schema_arrow]
        )
        options = pacsv.WriteOptions(quoting_style="needed")
        with pacsv.CSVWriter(part, schema, write_options=options) as writer:
            for batch in file.iter_batches(1 << 16):
                columns = [
                    pc.binary_join(column, " ") if pa.types.is_list(column.type) else column for column in batch.columns
                ]
                writer.write_batch(pa.record_batch(columns, schema=schema))
    part.replace(out)
    return out
