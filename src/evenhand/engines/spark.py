"""Plans on Apache Spark, for tables that outgrow one machine. The same rows in the same order as DuckDB, the same bytes.

Spark computes and sorts; the rows then pass through the one writer of Parquet. Needs `pip install evenhand[spark]` and
Java 17 or later. On a cluster the inputs, `temp` and the outputs must lie where every worker sees them.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from evenhand.core.errors import UsageError, input_error
from evenhand.core.plan import Plan
from evenhand.engines.queries import Queries
from evenhand.engines.spark_sql import translate
from evenhand.formats import parquet

ANSI = "spark.sql.ansi.enabled"
JAVA = "spark.driver.extraJavaOptions"

SETTINGS = {
    ANSI: "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.variable.substitute": "false",
    "spark.sql.caseSensitive": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.ansi.enforceReservedKeywords": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
}
"""What the translation relies on, set in every session."""

LOG = """rootLogger.level = error
rootLogger.appenderRef.stderr.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %p %c{1}: %m%n
"""


class Spark:
    """Runs plans on Spark: `master` is "local[*]" (this machine), "local[2]", or a cluster's address.

    `memory` (such as "4g") is that of the driver, `settings` are further Spark settings. One session serves a process.
    UsageError if pyspark or Java is missing, or if ANSI mode, without which sums wrap in silence, is turned off.
    """

    _started: ClassVar[tuple[Any, tempfile.TemporaryDirectory[str]] | None] = None

    def __init__(
        self,
        master: str = "local[*]",
        temp: Path | None = None,
        memory: str = "2g",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.master = master
        self.temp = temp
        self.memory = memory
        self.settings = dict(settings or {})
        if self.settings.get(ANSI, "true").lower() != "true":
            raise UsageError("Spark's ANSI mode is off: sums would wrap in silence", f"leave {ANSI} on")

    def run(self, plan: Plan, inputs: Mapping[str, Path], out: Path) -> dict[str, Path]:
        """Write `out`/NAME.parquet for each output of `plan`; return the paths."""
        out.mkdir(parents=True, exist_ok=True)
        paths = {name: out / f"{name}.parquet" for name in plan.outputs}
        for name, reader in self._results(plan, inputs):
            parquet.write(reader, paths[name])
        return paths

    def rows(self, plan: Plan, inputs: Mapping[str, Path]) -> dict[str, Any]:
        """The same with small results, as one pyarrow.Table an output."""
        return {name: reader.read_all() for name, reader in self._results(plan, inputs)}

    def close(self) -> None:
        """Stop the process's Spark. Without it Spark stops with the program."""
        if Spark._started is not None:
            session, folder = Spark._started
            Spark._started = None
            session.stop()
            folder.cleanup()

    def _results(self, plan: Plan, inputs: Mapping[str, Path]) -> Iterator[tuple[str, pa.RecordBatchReader]]:
        """Each output in turn, sorted, as a stream of batches."""
        missing = [name for name in plan.inputs if name not in inputs]
        if missing:
            raise UsageError(f"the plan wants a table {missing[0]}", "give it the file")
        queries = Queries(plan, {select.name: translate(select) for select in plan.selects})
        read = " ".join(select.sql for select in plan.selects)
        with tempfile.TemporaryDirectory(prefix="evenhand-", dir=self.temp) as folder:
            work = Path(folder)
            files = {name: _as_parquet(name, inputs[name], work) for name in plan.inputs}
            for name, path in files.items():
                _refuse_floats(inputs[name], path, read)
            session = self._session()
            for name, path in files.items():
                _attach(session, name, path)
            for name in queries.shared:
                with _said(name):
                    session.sql(queries.of(name)).write.parquet((work / f"of-{name}").as_uri())
                    session.read.parquet((work / f"of-{name}").as_uri()).createOrReplaceTempView(name)
            for name in plan.outputs:
                with _said(name):
                    session.sql(queries.ordered(name)).write.parquet((work / f"out-{name}").as_uri())
                yield name, _sorted_parts(work / f"out-{name}")

    def _session(self) -> Any:
        """A session of its own for a run: what it names is seen by no other."""
        if Spark._started is None:
            Spark._started = self._start()
        session = Spark._started[0].newSession()
        for key, value in SETTINGS.items():
            session.conf.set(key, value)
        if session.conf.get(ANSI) != "true":
            raise UsageError("Spark's ANSI mode cannot be turned on: sums would wrap in silence", f"set {ANSI} to true")
        return session

    def _start(self) -> tuple[Any, tempfile.TemporaryDirectory[str]]:
        session_class = _spark_session_class()
        os.environ["PYSPARK_PYTHON"] = sys.executable
        held = tempfile.TemporaryDirectory(prefix="evenhand-spark-", dir=self.temp, ignore_cleanup_errors=True)
        folder = Path(held.name)
        log = folder / "log4j2.properties"
        log.write_text(LOG, encoding="utf-8")
        settings = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.memory": self.memory,
            JAVA: f"-Dlog4j2.configurationFile={log.as_uri()} {self.settings.get(JAVA, '')}",
            "spark.local.dir": str(folder),
            "spark.sql.warehouse.dir": (folder / "warehouse").as_uri(),
            "spark.sql.catalogImplementation": "in-memory",
        }
        if self.master.startswith("local"):
            settings |= {
                "spark.driver.bindAddress": "127.0.0.1",
                "spark.driver.host": "127.0.0.1",
                "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
            }
        builder = session_class.builder.master(self.master).appName("evenhand")
        given = {key: value for key, value in self.settings.items() if key != JAVA}
        for key, value in {**settings, **given, **SETTINGS}.items():
            builder = builder.config(key, value)
        said = folder / "spark.log"
        try:
            with _errors_to(said), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return builder.getOrCreate(), held
        except Exception as error:
            lines = [line for line in said.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
            reason = next((line for line in lines if "rror" in line), str(error).splitlines()[0])
            raise UsageError(
                f"Spark did not start: {reason[:300]}",
                "see that Java 17 or later runs (java -version) and that the master answers",
            ) from None


@contextmanager
def _errors_to(path: Path) -> Iterator[None]:
    """What Java and its children write to the error stream goes to a file: faults are told by `_said`."""
    kept = os.dup(2)
    try:
        with path.open("wb") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _spark_session_class() -> Any:
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pyspark.sql import SparkSession
    except ImportError:
        raise UsageError("the Spark engine is not installed", "run: pip install evenhand[spark]") from None
    home = os.environ.get("JAVA_HOME")
    if not (home and (Path(home) / "bin" / "java").exists()) and shutil.which("java") is None:
        raise UsageError(
            "the Spark engine needs Java, and there is none here",
            "install Java 17 or later (set JAVA_HOME if it is not on the path), and: pip install evenhand[spark]",
        )
    return SparkSession


def _as_parquet(name: str, path: Path, work: Path) -> Path:
    """The input as Parquet. CSV is read as text whole, a blank cell as unknown, as DuckDB is told to."""
    if not path.is_file():
        raise input_error(str(path), 0, "", None, "there is no such file", "check the path")
    try:
        if path.suffix == ".parquet":
            pq.read_schema(path)
            return path.absolute()
        with pacsv.open_csv(path, pacsv.ReadOptions(block_size=1 << 20)) as head:
            names = head.schema.names
        convert = pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        )
        to = work / f"in-{name}.parquet"
        parse = pacsv.ParseOptions(newlines_in_values=True)
        with pacsv.open_csv(path, parse_options=parse, convert_options=convert) as reader:
            parquet.write(pa.RecordBatchReader.from_batches(reader.schema, reader), to)
        return to
    except (pa.ArrowInvalid, OSError) as error:
        reason = str(error).splitlines()[0]
        raise input_error(
            str(path), 0, "", None, f"it cannot be read: {reason}", "write UTF-8 CSV with a header, or Parquet"
        ) from None


def _refuse_floats(given: Path, path: Path, sql: str) -> None:
    """A column of floating point numbers is spelled otherwise by every engine; a plan that reads one is refused."""
    for field in pq.read_schema(path):
        if pa.types.is_floating(field.type) and f'"{field.name}"' in sql:
            raise input_error(
                str(given), 0, field.name, None, "the Spark engine does not read floating point numbers",
                "write the column as decimals, integers or text",
            )  # fmt: skip


def _attach(session: Any, name: str, path: Path) -> None:
    """A file as a view that counts its rows."""
    with _said(name):
        frame = session.read.parquet(path.as_uri())
        frame.selectExpr("*", "_metadata.row_index + 1 AS `~row`").createOrReplaceTempView(name)


def _sorted_parts(folder: Path) -> pa.RecordBatchReader:
    """What Spark wrote, part after part: parts are numbered in the order of the rows."""
    parts = sorted(path for path in folder.iterdir() if path.name.startswith("part-"))
    schema = pq.read_schema(parts[0])
    schema = pa.schema([pa.field(field.name, parquet.plain(field.type)) for field in schema])

    def batches() -> Iterator[pa.RecordBatch]:
        for part in parts:
            for batch in pq.ParquetFile(part).iter_batches(parquet.GROUP):
                columns = [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)]
                yield pa.record_batch(columns, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


@contextmanager
def _said(name: str) -> Iterator[None]:
    """Spark's error as one that says what it was about."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        reason = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise UsageError(
            f"the engine could not compute {name}: {reason[:300]}", "look at the columns of the input files"
        ) from None
    except Exception as error:
        if type(error).__module__.startswith("py4j"):
            reason = str(getattr(error, "java_exception", error)).splitlines()[0]
            raise UsageError(f"Spark stopped at {name}: {reason[:300]}", "see Spark's own messages above") from None
        raise
