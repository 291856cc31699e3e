"""Plans on DuckDB, in this process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.core.errors import UsageError, input_error
from evenhand.core.plan import Plan
from evenhand.engines.queries import Queries
from evenhand.formats import parquet

BATCH_ROWS = 131_072
CSV = "header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', nullstr = '', strict_mode = true"


class DuckDB:
    """Runs plans. `temp` holds what does not fit into `memory` (such as "2GB"); `threads` None means every core.

    One database in memory serves all runs of an engine (opening one costs more than a small plan); each run has a
    connection of its own, and what it makes there is seen by no other and gone when it ends.
    """

    def __init__(self, temp: Path | None = None, memory: str | None = None, threads: int | None = None) -> None:
        self.temp = temp
        self.memory = memory
        self.threads = threads
        self._lock = Lock()
        self._opened: duckdb.DuckDBPyConnection | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def run(self, plan: Plan, inputs: Mapping[str, Path], out: Path) -> dict[str, Path]:
        """Write `out`/NAME.parquet for each output of `plan`; return the paths."""
        out.mkdir(parents=True, exist_ok=True)
        paths = {name: out / f"{name}.parquet" for name in plan.outputs}
        with self._prepared(plan, inputs) as (connection, queries):
            for name, sql in queries.items():
                with _said(name):
                    parquet.write(connection.sql(sql).to_arrow_reader(BATCH_ROWS), paths[name])
        return paths

    def rows(self, plan: Plan, inputs: Mapping[str, Path]) -> dict[str, Any]:
        """The same with small results, as one pyarrow.Table an output."""
        with self._prepared(plan, inputs) as (connection, queries):
            tables: dict[str, Any] = {}
            for name, sql in queries.items():
                with _said(name):
                    tables[name] = connection.sql(sql).to_arrow_table()
            return tables

    @contextmanager
    def _prepared(
        self, plan: Plan, inputs: Mapping[str, Path]
    ) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, str]]]:
        """A connection in which all that is read more than once stands as a table, and the query of each output."""
        missing = [name for name in plan.inputs if name not in inputs]
        if missing:
            raise UsageError(f"the plan wants a table {missing[0]}", "give it the file")
        connection = self._database().cursor()
        try:
            for name in plan.inputs:
                _attach(connection, name, inputs[name])
            queries = Queries(plan, hint="NOT MATERIALIZED ")
            for name in queries.shared:
                with _said(name):
                    made = connection.execute(f"CREATE TEMP TABLE {name} AS {queries.of(name)}").fetchone()
                if made == (0,):
                    queries.without(name)
            yield connection, {name: queries.ordered(name) for name in plan.outputs}
        finally:
            connection.close()

    def _database(self) -> duckdb.DuckDBPyConnection:
        """The database: no extension is fetched, the clock is UTC, and no statement can change a setting afterwards."""
        with self._lock:
            if self._opened is None:
                self._folder = tempfile.TemporaryDirectory(prefix="evenhand-", dir=self.temp)
                config: dict[str, Any] = {
                    "temp_directory": self._folder.name,
                    "preserve_insertion_order": True,
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                    "enable_external_file_cache": False,
                }
                if self.memory:
                    config["memory_limit"] = self.memory
                if self.threads:
                    config["threads"] = self.threads
                self._opened = duckdb.connect(":memory:", config=config)
                self._opened.execute("SET GLOBAL TimeZone = 'UTC'")
                self._opened.execute("SET lock_configuration = true")
            return self._opened


def _attach(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """A file as a table, its rows counted in `~row`: by the reader of Parquet, which can do so on many cores.

    CSV is read as text whole: what a cell means is the plan's business.
    """
    if not path.is_file():
        raise input_error(str(path), 0, "", None, "there is no such file", "check the path")
    quoted = "'" + str(path).replace("'", "''") + "'"
    try:
        if path.suffix == ".parquet":
            row = "row_number() OVER ()" if "file_row_number" in pq.read_schema(path).names else "file_row_number + 1"
            connection.execute(f'CREATE TEMP VIEW {name} AS SELECT *, {row} AS "~row" FROM read_parquet({quoted})')
        else:
            connection.execute(f'CREATE TEMP TABLE "~{name}" AS SELECT * FROM read_csv({quoted}, {CSV})')
            connection.execute(f'CREATE TEMP VIEW {name} AS SELECT *, rowid + 1 AS "~row" FROM "~{name}"')
    except (duckdb.Error, pa.ArrowInvalid) as error:
        reason = str(error).splitlines()[0]
        raise input_error(
            str(path), 0, "", None, f"it cannot be read: {reason}", "write UTF-8 CSV with a header, or Parquet"
        ) from None


@contextmanager
def _said(name: str) -> Iterator[None]:
    """An engine's error as one that says what it was about."""
    try:
        yield
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise UsageError(
            f"the engine could not compute {name}: {reason}", "look at the columns of the input files"
        ) from None
