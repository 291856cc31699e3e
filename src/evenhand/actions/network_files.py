"""The tables of a network from a folder of files, and tables back into one (DESIGN §12)."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from evenhand.actions.reading import identify
from evenhand.core.errors import InputError, Problem, UsageError, input_error
from evenhand.flow.allocation import Input, check_input
from evenhand.flow.allocation.tables import OPTIONAL

INPUT = ("nodes", "supply", "lanes", "demand")


def read_network(folder: Path) -> Input:
    """The checked tables of a folder. InputError for anything wrong in them, UsageError for no folder."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", "name the folder that holds nodes.csv, supply.csv, …")
    there = [name for name in OPTIONAL if _there(folder, name)]
    paths = {name: _find(folder, name) for name in (*INPUT, *there)}
    tables = {name: _read(path) for name, path in paths.items()}
    return check_input(tables, {name: str(path) for name, path in paths.items()})


def read_optional(folder: Path, name: str) -> tuple[pa.Table | None, str]:
    """A table that may be left out, and the name of its file."""
    if not _there(folder, name):
        return None, ""
    path = _find(folder, name)
    return _read(path), str(path)


def _there(folder: Path, name: str) -> bool:
    return any((folder / f"{name}{suffix}").exists() for suffix in (".csv", ".parquet"))


def _find(folder: Path, name: str) -> Path:
    """The CSV or the Parquet file of a table."""
    found = [path for path in (folder / f"{name}.csv", folder / f"{name}.parquet") if path.exists()]
    if not found:
        raise input_error(str(folder / f"{name}.csv"), 0, "", "", "there is no such file", f"add {name}.csv")
    if len(found) > 1:
        raise input_error(str(found[1]), 0, "", "", f"stands beside {found[0].name}", "leave one of the two out")
    return found[0]


def _read(path: Path) -> pa.Table:
    """A table as texts (CSV) or as it is (Parquet); InputError where it cannot be read as a table."""
    identify(path)
    if path.suffix == ".parquet":
        try:
            return pq.read_table(path, partitioning=None)
        except (pa.ArrowException, OSError) as error:
            raise input_error(
                str(path), 0, "", "", "this is not a Parquet file", "write it again as Parquet"
            ) from error
    faults: list[Problem] = []

    def refuse(row: pacsv.InvalidRow) -> str:
        message = f"the row has {row.actual_columns} cells, the header {row.expected_columns}"
        remedy = 'give it as many; a cell that holds a comma stands in "quotation marks"'
        faults.append(Problem(str(path), (row.number or 1) - 1, "", "", message, remedy))
        return "skip"

    try:
        with path.open(encoding="utf-8-sig") as file:
            header = next(csv.reader([file.readline()]), [])
        data = path.read_bytes()
        table = pacsv.read_csv(
            pa.BufferReader(data if data.endswith((b"\n", b"\r")) else data + b"\n"),  # a header alone is a table, too
            pacsv.ReadOptions(use_threads=False, block_size=1 << 26),
            pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=refuse),
            pacsv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False),
        )
    except (pa.ArrowInvalid, csv.Error) as error:
        raise input_error(str(path), 0, "", "", f"cannot be read as a table ({error})", "save it as CSV") from error
    if faults:
        raise InputError(faults)
    return table


def write_tables(tables: Mapping[str, pa.Table], out: Path) -> tuple[Path, ...]:
    """Write tables as CSV: all of them under other names first, so that no half-written set is left behind."""
    paths = [out / f"{name}.csv" for name in tables]
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, table in zip(paths, tables.values(), strict=True):
            with path.with_suffix(".csv.part").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(table.column_names)
                writer.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))
        for path in paths:
            os.replace(path.with_suffix(".csv.part"), path)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}", "name a folder you may write to") from error
    return tuple(paths)
