"""Bring in areas, points, depots, lanes, stock, households, members: a file is added as a whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions.reading import Source, identify, read
from evenhand.core import validation
from evenhand.core.benefit import Benefit
from evenhand.core.engine import Engine
from evenhand.core.errors import UsageError
from evenhand.core.plan import Plan
from evenhand.core.schema import Table
from evenhand.flow import network, registry
from evenhand.flow.policy import Policy, load
from evenhand.formats import parquet
from evenhand.store import Store

Progress = Callable[[str, int, int], None]
KINDS = ("areas", "points", "depots", "lanes", "stock", "households", "members")
BATCH = 1 << 17


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
class _Work:
    """What the steps of one import share."""

    store: Store
    engine: Engine
    source: Source
    folder: Path
    policy: Policy | None
    progress: Progress

    @property
    def benefits(self) -> Mapping[str, Benefit]:
        return {} if self.policy is None else self.policy.benefits

    @property
    def rows(self) -> Path:
        return self.folder / "rows.parquet"


def import_file(
    store: Store,
    engine: Engine,
    kind: str,
    path: Path,
    policy: Policy | None,
    progress: Progress = lambda label, done, total: None,
    *,
    generated: bool = False,
) -> Imported:
    """Import one file of `kind` (one of KINDS), CSV or Parquet.

    `policy` is the one in force, None before the first: lanes, stock, households and members are checked against it.
    `generated` says that the rows are made up, as they must be in a demonstration. InputError names everything that is
    wrong, and then nothing was changed. The same bytes again are a no-op (`again`).
    """
    if kind not in KINDS:
        raise UsageError(f'there is nothing to import called "{kind}"', f"name one of {', '.join(KINDS)}")
    if store.programme.demo and not generated:
        raise UsageError(
            "this data folder is a demonstration: its keys can be derived by anybody, so it takes in no real people",
            "make a folder of your own: evenhand init --data FOLDER",
        )
    source = identify(path)
    folder = store.data / "importing"
    with store.transaction(lock="import"):
        before = store.rows("SELECT rows FROM import_file WHERE sha256 = %s AND kind = %s", (source.sha256, kind))
        if before:
            return Imported(kind, before[0][0], 0, before[0][0], again=True)
        shutil.rmtree(folder, ignore_errors=True)  # what a killed import left
        folder.mkdir(mode=0o700)
        try:
            result = _STEPS[kind](_Work(store, engine, source, folder, policy, progress))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        store.execute(
            "INSERT INTO import_file (sha256, kind, programme, rows, at) VALUES (%s, %s, %s, %s, %s)",
            (source.sha256, kind, store.programme.id, result.rows, store.clock()),
        )
    return result


def policy_in_force(store: Store) -> Policy | None:
    """The policy adopted last, loaded; None before the first."""
    rows = store.rows("SELECT text, policy_id FROM policy_text ORDER BY ordinal DESC LIMIT 1")
    return load(rows[0][0], f"policy {rows[0][1]}") if rows else None


def _areas(work: _Work) -> Imported:
    rows = _checked_rows(work, network.AREAS, {"area": "SELECT pcode FROM area"}, own=("area", "pcode"))
    registered = {row[0]: row for row in work.store.rows("SELECT pcode, name, parent, level FROM area")}
    found = network.check_areas(rows, registered)
    return _add(work, "areas", "area", ("pcode", "name", "parent", "level"), rows, found)


NODE = ("node", "name", "kind", "area", "latitude_microdegrees", "longitude_microdegrees")


def _points(work: _Work) -> Imported:
    return _nodes(work, network.POINTS, "point")


def _depots(work: _Work) -> Imported:
    return _nodes(work, network.DEPOTS, "node")


def _nodes(work: _Work, table: Table, key: str) -> Imported:
    rows = _checked_rows(work, table, {"area": "SELECT pcode FROM area"})
    registered = {row[0]: row for row in work.store.rows(f"SELECT {', '.join(NODE)} FROM node")}
    return _add(work, table.name, "node", NODE, rows, network.check_nodes(rows, registered, key))


LANE = ("lane", "source", "target", "commodity", "capacity_base", "cost", "open")


def _lanes(work: _Work) -> Imported:
    rows = _checked_rows(work, network.LANES, {"node": "SELECT node FROM node"})
    newest = work.store.rows(f"SELECT DISTINCT ON (lane) {', '.join(LANE)} FROM lane_version ORDER BY lane, id DESC")
    kinds = dict(work.store.rows("SELECT node, kind FROM node"))
    found = network.check_lanes(rows, {row[0]: row for row in newest}, kinds, work.benefits)
    return _add(work, "lanes", "lane_version", LANE, rows, found)


def _stock(work: _Work) -> Imported:
    rows = _checked_rows(work, network.STOCK, {"node": "SELECT node FROM node"})
    lots = {(lot, benefit): (day, source) for lot, benefit, day, source in work.store.rows(
        "SELECT lot, benefit, best_before, source FROM lot"
    )}  # fmt: skip
    stock, new, faults = network.check_stock(rows, lots, work.benefits)
    _refuse(work, faults)
    sources = {key: matter[1] for key, matter in {**lots, **new}.items()}
    work.store.copy_in(
        "lot",
        pa.table({
            "lot": pa.array([lot for lot, _ in new], pa.string()),
            "benefit": pa.array([benefit for _, benefit in new], pa.string()),
            "best_before": pa.array([day for day, _ in new.values()], pa.date32()),
            "source": pa.array([source for _, source in new.values()], pa.string()),
        }),
    )  # fmt: skip
    ref = f"stock:{work.source.sha256.hex()}"
    work.store.copy_in(
        "movement",
        pa.table({
            "programme": pa.array([work.store.programme.id] * len(stock), pa.string()),
            "cycle": pa.nulls(len(stock), pa.string()),
            "kind": pa.array(["receipt"] * len(stock), pa.string()),
            "source": pa.array([f"source:{sources[row.lot, row.benefit]}" for row in stock], pa.string()),
            "target": pa.array([f"node:{row.node}" for row in stock], pa.string()),
            "benefit": pa.array([row.benefit for row in stock], pa.string()),
            "lot": pa.array([row.lot for row in stock], pa.string()),
            "quantity": pa.array([row.quantity for row in stock], pa.int64()),
            "ref": pa.array([f"{ref}:{row.row}" for row in stock], pa.string()),
        }),
    )  # fmt: skip
    return Imported("stock", len(rows), len(stock), 0)


def _households(work: _Work) -> Imported:
    declared = declared_inputs(work.policy, "household")
    table = registry.household_table(declared)
    count = _check(work, table, {"point": "SELECT node FROM node WHERE kind = 'point'"})
    registered = "SELECT household, point, name, inputs::text AS inputs FROM household"
    add = _planned(work, registry.households_plan(declared), registered)
    start = work.store.rows("SELECT coalesce(max(serial), 0) + 1 FROM household")[0][0]

    # Numbered in the order of the file and not by a sequence: an import that was killed must leave no gap, because card
    # numbers come from these.
    def numbered(batch: pa.RecordBatch, done: int) -> pa.Table:
        serial = pa.array(range(start + done, start + done + batch.num_rows), pa.int64())
        return pa.Table.from_batches([batch]).drop_columns("row").append_column("serial", serial)

    return _copied(work, "household", add, count, numbered)


def _members(work: _Work) -> Imported:
    declared = declared_inputs(work.policy, "member")
    occupations = () if work.policy is None else work.policy.categories.get("occupation", ())
    table = registry.member_table(declared, occupations, _today(work.store))
    count = _check(work, table, {"household": "SELECT household FROM household"})
    registered = "SELECT household, member, birth_date, sex, occupation, name, inputs::text AS inputs FROM member"
    add = _planned(work, registry.members_plan(declared), registered)
    return _copied(work, "member", add, count, lambda batch, done: pa.Table.from_batches([batch]).drop_columns("row"))


def _today(store: Store) -> Any:
    return datetime.fromtimestamp(store.clock(), UTC).astimezone(ZoneInfo(store.programme.zone)).date()


def declared_inputs(policy: Policy | None, scope: str) -> list[registry.Declared]:
    """What `policy` asks of each household or member beside the registry's fixed columns."""
    if policy is None:
        return []
    found = []
    for item in policy.inputs.values():
        if item.of != scope or item.registry:
            continue
        words = policy.categories[item.category] if item.type == "category" else ()
        scale = item.measure.scale * item.parts if item.measure is not None else Fraction(1)
        low, high = (
            None if bound is None
            else bound / scale if isinstance(bound, Fraction)
            else Fraction(bound.year * 10_000 + bound.month * 100 + bound.day)
            for bound in (item.low, item.high)
        )  # fmt: skip
        found.append(registry.Declared(item.name, item.type, words, low, high))
    return found


_STEPS: dict[str, Callable[[_Work], Imported]] = {
    "areas": _areas, "points": _points, "depots": _depots, "lanes": _lanes, "stock": _stock,
    "households": _households, "members": _members,
}  # fmt: skip


def _check(work: _Work, table: Table, known: Mapping[str, str], own: tuple[str, str] | None = None) -> int:
    """Read the file into `work.rows` and check every cell and reference; how many rows. `own` is the table the file may
    itself be referred to as, and its id."""
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
    found = work.engine.rows(validation.check_plan(table), inputs)
    _refuse_found(work, found)
    work.progress(f"reading {table.name}", 2, 3)
    return count


def _refuse_found(work: _Work, found: Mapping[str, pa.Table]) -> None:
    total = found["tally"].column("problems")[0].as_py()
    if total:
        problems = [
            validation.problem(work.source.name, row["row"], row["field"], row["value"], row["code"])
            for row in found["problems"].to_pylist()
        ]
        raise validation.ManyProblems(problems, total)


def _refuse(work: _Work, faults: list[tuple[int, str, str | None, str]]) -> None:
    if faults:
        problems = [validation.problem(work.source.name, *fault) for fault in faults]
        raise validation.ManyProblems(problems, len(problems))


def _checked_rows(
    work: _Work, table: Table, known: Mapping[str, str], own: tuple[str, str] | None = None
) -> list[dict[str, Any]]:
    _check(work, table, known, own)
    work.progress(f"reading {table.name}", 3, 3)
    return list(pq.read_table(work.rows).to_pylist())


def _add(
    work: _Work, kind: str, table: str, columns: tuple[str, ...], rows: list[dict[str, Any]], found: network.Checked
) -> Imported:
    """Refuse the file, or insert what is new."""
    _refuse(work, found.faults)
    names = ", ".join(columns)
    work.store.execute_many(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})", found.add)
    return Imported(kind, len(rows), len(found.add), found.known)


def _planned(work: _Work, plan: Plan, registered: str) -> Path:
    """Run a registry plan; the file of the rows to add."""
    path = work.folder / "registered.parquet"
    parquet.write(work.store.copy_out(registered), path)
    found = work.engine.run(plan, {"rows": work.rows, "registered": path}, work.folder / "out")
    _refuse_found(work, {name: pq.read_table(found[name]) for name in ("problems", "tally")})
    return found["add"]


def _copied(
    work: _Work, table: str, path: Path, count: int, shape: Callable[[pa.RecordBatch, int], pa.Table]
) -> Imported:
    """COPY the rows of a file into a table, batch by batch."""
    label, done = f"importing {table}s", 0
    with pq.ParquetFile(path) as file:
        total = file.metadata.num_rows
        for batch in file.iter_batches(BATCH):
            work.progress(label, done, total)
            work.store.copy_in(table, shape(batch, done))
            done += batch.num_rows
    work.progress(label, total, total)
    return Imported(f"{table}s", count, total, count - total)
