"""What the steps of one import share: reading, checking as a whole, refusing, copying."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions.reading import Source, read
from evenhand.core import validation
from evenhand.core.benefit import Benefit
from evenhand.core.engine import Engine
from evenhand.core.errors import Problem
from evenhand.core.plan import Plan
from evenhand.core.schema import Table
from evenhand.flow import network
from evenhand.flow.policy import Policy
from evenhand.formats import parquet
from evenhand.store import Store

Progress = Callable[[str, int, int], None]
BATCH = 1 << 17
Found = tuple[list[Problem], int]
"""Problems as listed, and how many there are in all."""


@dataclass(frozen=True)
class Imported:
    """What became of a file: its rows, how many were added and how many were registered already. `again`: the same
    file was imported before, and nothing was done."""

    kind: str
    rows: int
    added: int
    known: int
    again: bool = False


@dataclass(frozen=True)
class Work:
    """One import under way."""

    store: Store
    engine: Engine
    source: Source
    folder: Path
    policy: Policy | None
    progress: Progress
    dry: bool = False
    """Only look what would be added: nothing is written."""

    @property
    def benefits(self) -> Mapping[str, Benefit]:
        """The benefits of the policy in force."""
        return {} if self.policy is None else self.policy.benefits

    @property
    def rows(self) -> Path:
        """The file's rows as texts."""
        return self.folder / "rows.parquet"


def check(
    work: Work,
    table: Table,
    known: Mapping[str, str],
    own: tuple[str, str] | None = None,
    extra: Sequence[tuple[str, str, str]] = (),
) -> tuple[int, Found]:
    """Read the file into `work.rows` and check every cell and reference; how many rows, and what is wrong.

    `known` names the query of what a reference may name. `own` is the table the file itself adds to, and its id.
    `extra` are checks of cells beside those the schema implies.
    """
    work.progress(f"reading {table.name}", 0, 3)
    count = read(work.source, table, work.rows)
    inputs = {"rows": work.rows}
    for name, query in known.items():
        ids = work.store.copy_out(query)
        if own is not None and own[0] == name:
            column = pq.read_table(work.rows, columns=[own[1]])
            ids = pa.concat_tables([ids.rename_columns([own[1]]), column])
        inputs[f"known_{name}"] = work.folder / f"known_{name}.parquet"
        parquet.write(ids, inputs[f"known_{name}"])
    work.progress(f"reading {table.name}", 1, 3)
    found = listed(work, work.engine.rows(validation.check_plan(table, extra), inputs))
    work.progress(f"reading {table.name}", 2, 3)
    return count, found


def listed(work: Work, found: Mapping[str, pa.Table]) -> Found:
    """The outputs `problems` and `tally` of a plan in words."""
    problems = [
        validation.problem(work.source.name, row["row"], row["field"], row["value"], row["code"])
        for row in found["problems"].to_pylist()
    ]
    return problems, found["tally"].column("problems")[0].as_py()


def refuse(found: Found) -> None:
    """Raise what is wrong, if anything is."""
    if found[1]:
        raise validation.ManyProblems(*found)


def checked_rows(
    work: Work, table: Table, known: Mapping[str, str], own: tuple[str, str] | None = None
) -> tuple[list[dict[str, Any]], Found]:
    """The rows of a small file whose cells are right, and what is wrong with the others: so that one run tells all."""
    _, found = check(work, table, known, own)
    wrong = {problem.row for problem in found[0]}
    if found[1] > len(found[0]):
        refuse(found)
    work.progress(f"reading {table.name}", 3, 3)
    return [row for row in pq.read_table(work.rows).to_pylist() if row["row"] not in wrong], found


def refuse_all(work: Work, found: Found, faults: Sequence[network.Fault]) -> None:
    """Raise the problems of cells and of meaning together."""
    meaning = [validation.problem(work.source.name, *fault) for fault in faults]
    refuse((found[0] + meaning, found[1] + len(meaning)))


def add(work: Work, kind: str, table: str, columns: Sequence[str], count: int, found: network.Checked) -> Imported:
    """Insert what is new."""
    names = ", ".join(columns)
    if not work.dry:
        work.store.execute_many(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})", found.add)
    return Imported(kind, count, len(found.add), found.known)


def planned(work: Work, plan: Plan, registered: str) -> Path:
    """Run a registry plan; the file of the rows to add."""
    path = work.folder / "registered.parquet"
    parquet.write(work.store.copy_out(registered), path)
    found = work.engine.run(plan, {"rows": work.rows, "registered": path}, work.folder / "out")
    refuse(listed(work, {name: pq.read_table(found[name]) for name in ("problems", "tally")}))
    return found["add"]


def copied(work: Work, table: str, path: Path, count: int, shape: Callable[[pa.Table, int], pa.Table]) -> Imported:
    """COPY the rows of a file into a table, batch by batch; `shape` gets each batch and how many rows came before."""
    label, done = f"importing {table}s", 0
    with pq.ParquetFile(path) as file:
        total = file.metadata.num_rows
        if work.dry:
            return Imported(f"{table}s", count, total, count - total)
        for batch in file.iter_batches(BATCH):
            work.progress(label, done, total)
            work.store.copy_in(table, shape(pa.Table.from_batches([batch]).drop_columns("row"), done))
            done += batch.num_rows
    work.progress(label, total, total)
    return Imported(f"{table}s", count, total, count - total)
