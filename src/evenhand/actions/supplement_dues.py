"""What the cycle's policy gives people who came after its freeze, on the rungs as folded at their point."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.actions.compute import Bench, terms_of
from evenhand.actions.cycles import Cycle
from evenhand.actions.freeze import people
from evenhand.core.engine import Engine
from evenhand.core.errors import InputError, Problem
from evenhand.flow.cycle.stage import Terms
from evenhand.flow.cycle.stages import STAGES
from evenhand.flow.cycle.supplementing import Due, places_of
from evenhand.store import Store

Dues = dict[tuple[str, str], Due]
_NO_DEBTS = pa.schema(
    [(name, pa.string()) for name in ("point", "household", "benefit")] + [("rung", pa.int64()), ("amount", pa.int64())]
).empty_table()
_STAGE = {stage.writes[0]: stage for stage in STAGES if stage.writes}


def dues_of(
    store: Store, engine: Engine, cycle: Cycle, point: str, households: Sequence[str], file: str
) -> tuple[pa.Table, Dues]:
    """The households (point, household, card, tag) and what each is due by benefit, on the period's first day.

    InputError naming every household whose entitlement cannot be decided.
    """
    terms = terms_of(store, cycle, cycle.policy())
    found, members = people(store, cycle, households)
    with tempfile.TemporaryDirectory(dir=store.data) as folder:
        there, new = Path(folder) / "there", Path(folder) / "new"
        for part in (there, new):
            part.mkdir()
        tiers = _tiers(store, engine, cycle, point, terms, there)
        bench = Bench(engine, new)
        bench.put("household", found)
        bench.put("member", members)
        bench.put("point", _point(store, cycle, point))
        bench.run(_STAGE["entitlement"], terms)
        _check_decided(bench.get("undecided"), file)
        due = bench.get("entitlement")
        wanted = set(zip(due["benefit"].to_pylist(), due["tier"].to_pylist(), strict=True))
        bench.put(
            "tiers", places_of(tiers, {(b, int(t)) for b, t in wanted if b in terms.steps and t is not None}, point)
        )
        bench.put("owed_ladder", _NO_DEBTS)
        bench.run(_STAGE["ladder"], terms)
        return found, _dues(terms, due, bench.get("ladder"))


def _tiers(store: Store, engine: Engine, cycle: Cycle, point: str, terms: Terms, folder: Path) -> pa.Table:
    """How the tiers of the point were folded: worked out again from its part of the freeze."""
    hashes = _snapshots(store, cycle)
    bench = Bench(engine, folder)
    for name, snapshot in (("household", "households"), ("member", "members")):
        path = store.snapshots.path(hashes[snapshot])
        bench.put(name, pq.read_table(path, filters=pc.field("point") == point))
    bench.put("point", _point(store, cycle, point))
    for name in ("entitlement", "cells", "tiers"):
        bench.run(_STAGE[name], terms)
    return bench.get("tiers")


def _snapshots(store: Store, cycle: Cycle) -> dict[str, str]:
    rows = store.rows(
        'select snapshots from "freeze" where programme = %s and cycle = %s', (store.programme.id, cycle.id)
    )
    return dict(rows[0][0])


def _point(store: Store, cycle: Cycle, point: str) -> pa.Table:
    nodes = store.snapshots.table(_snapshots(store, cycle)["nodes"])
    return nodes.filter(pc.equal(nodes["node"], point)).rename_columns({"node": "point"})


def _check_decided(undecided: pa.Table, file: str) -> None:
    if undecided.num_rows:
        raise InputError(
            Problem(
                file, 0, row["input"], row["household"], "the entitlement cannot be decided without it",
                "fill it in the registry and propose the list again",
            )
            for row in undecided.to_pylist()
        )  # fmt: skip


def _dues(terms: Terms, due: pa.Table, ladder: pa.Table) -> Dues:
    rungs: dict[tuple[str, str], dict[int, int]] = {}
    for row in ladder.to_pylist():
        rungs.setdefault((row["household"], row["benefit"]), {})[row["rung"]] = row["amount"]
    found: Dues = {}
    for row in due.to_pylist():
        key, amount = (row["household"], row["benefit"]), row["amount"]
        held = rungs.get(key, {})
        before = found.get(key, Due(0, (), ()))
        total = before.amount + amount
        divided = tuple(held.get(rung, 0) for rung in range(1, max(held, default=0) + 1))
        whole = (total,) if total else ()
        reasons = before.reasons or tuple(row["reasons"] or ())
        found[key] = Due(total, divided if key[1] in terms.steps else whole, reasons)
    return found
