"""Plans on DuckDB, in this process."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from evenhand.core.errors import UsageError, input_error
from evenhand.core.plan import Plan, Select
from evenhand.formats import parquet

BATCH_ROWS = 131_072
CSV = "header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', nullstr = '', strict_mode = true"


class DuckDB:
    """Runs plans. `temp` holds what does not fit into `memory` (such as "2GB"); `threads` None means every core."""

    def __init__(self, temp: Path | None = None, memory: str | None = None, threads: int | None = None) -> None:
        self.temp = temp
        self.memory = memory
        self.threads = threads

    def run(self, plan: Plan, inputs: Mapping[str, Path], out: Path) -> dict[str, Path]:
        """Write `out`/NAME.parquet for each output of `plan`; return the paths."""
        out.mkdir(parents=True, exist_ok=True)
        paths = {name: out / f"{name}.parquet" for name in plan.outputs}
        with self._prepared(plan, inputs) as connection:
            for name, sql in _outputs(plan):
                with _said(name):
                    parquet.write(connection.sql(sql).to_arrow_reader(BATCH_ROWS), paths[name])
        return paths

    def rows(self, plan: Plan, inputs: Mapping[str, Path]) -> dict[str, Any]:
        """The same with small results, as one pyarrow.Table an output."""
        with self._prepared(plan, inputs) as connection:
            tables: dict[str, Any] = {}
            for name, sql in _outputs(plan):
                with _said(name):
                    tables[name] = connection.sql(sql).to_arrow_table()
            return tables

    @contextmanager
    def _prepared(self, plan: Plan, inputs: Mapping[str, Path]) -> Iterator[duckdb.DuckDBPyConnection]:
        missing = [name for name in plan.inputs if name not in inputs]
        if missing:
            raise UsageError(f"the plan wants a table {missing[0]}", "give it the file")
        with tempfile.TemporaryDirectory(prefix="evenhand-", dir=self.temp) as folder:
            config: dict[str, Any] = {
                "temp_directory": folder,
                "preserve_insertion_order": True,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
            if self.memory:
                config["memory_limit"] = self.memory
            if self.threads:
                config["threads"] = self.threads
            connection = duckdb.connect(":memory:", config=config)
            try:
                connection.execute("SET TimeZone = 'UTC'")
                for name in plan.inputs:
                    _attach(connection, name, inputs[name])
                connection.execute("SET lock_configuration = true")
                for select in plan.selects:
                    if select.name not in plan.outputs:
                        kind = "TEMP TABLE" if _uses(select.name, plan) > 1 else "TEMP VIEW"
                        with _said(select.name):
                            connection.execute(f"CREATE {kind} {select.name} AS {select.sql}")
                yield connection
            finally:
                connection.close()


def _attach(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """A file as a table. CSV is read as text whole: what a cell means is the plan's business."""
    if not path.is_file():
        raise input_error(str(path), 0, "", None, "there is no such file", "check the path")
    quoted = "'" + str(path).replace("'", "''") + "'"
    try:
        if path.suffix == ".parquet":
            connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM read_parquet({quoted})")
        else:
            connection.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM read_csv({quoted}, {CSV})")
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise input_error(
            str(path), 0, "", None, f"it cannot be read: {reason}", "write UTF-8 CSV with a header, or Parquet"
        ) from None


def _outputs(plan: Plan) -> Iterator[tuple[str, str]]:
    by_name = {select.name: select for select in plan.selects}
    for name in plan.outputs:
        yield name, _ordered(by_name[name])


def _ordered(select: Select) -> str:
    if select.schema is not None and select.schema.order:
        return f"SELECT * FROM ({select.sql}) ORDER BY {', '.join(select.schema.order)}"
    return select.sql


def _uses(name: str, plan: Plan) -> int:
    return sum(len(re.findall(rf"\b{re.escape(name)}\b", select.sql)) for select in plan.selects if select.name != name)


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
