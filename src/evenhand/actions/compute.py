"""Compute: log the event's outcome, run the stages on the frozen snapshots, stage tables and rolls, sign as preparer."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions.approve import check_staged, file_hashes, is_staged, sign_approval, staged_digest, staged_files
from evenhand.actions.cards import KEYS
from evenhand.actions.cycles import (
    Cycle,
    Progress,
    Tamper,
    advance,
    check_role,
    cycles_before,
    done_before,
    find,
    honest,
    person_signer,
    place,
    quiet,
    seed_of,
    staging,
    step_due,
)  # fmt: skip
from evenhand.actions.stock import steps_of
from evenhand.actions.summary import summary
from evenhand.core.engine import Engine
from evenhand.core.errors import UsageError
from evenhand.core.plan import Plan
from evenhand.flow.card import build_rolls, with_debts
from evenhand.flow.cycle.stage import Stage, Terms
from evenhand.flow.cycle.stages import STAGES
from evenhand.flow.disclosure import layout
from evenhand.flow.disclosure.tables import COMPUTED, shape
from evenhand.flow.policy import Policy, load
from evenhand.formats import parquet
from evenhand.formats.entry import Entry
from evenhand.store import Store

DEBTS = ("debts", "owed_ladder", "owed_rungs")


def compute(
    store: Store,
    engine: Engine,
    cycle: str,
    person: str,
    passphrase: str,
    outcome: str,
    progress: Progress = quiet,
    tamper: Tamper = honest,
) -> dict[str, Any]:
    """Compute `cycle` from its freeze and the `outcome` of the event named there; sign the result as preparer: `log_event`,
    `stage` and `sign` in one.

    Returns {"lines": [...], "fill": {benefit: [num, den]}}. UsageError if the outcome differs from the one logged;
    InputError naming every household that cannot be decided.
    """
    person_signer(store, person, passphrase, "preparer")
    if not done_before(store, cycle, "computed"):
        log_event(store, cycle, person, outcome)
        stage(store, engine, cycle, progress, tamper)
        try:
            sign(store, cycle, person, passphrase)
        except UsageError:
            if not done_before(store, cycle, "computed"):  # else the same command, given twice at once, was first there
                raise
    return told(store, cycle)


def told(store: Store, cycle: str) -> dict[str, Any]:
    """What a computed cycle gives, in lines for people and as fill rates."""
    policy = find(store, cycle).policy()
    root = staging(store, cycle)
    steps = steps_of(policy.benefits.values())
    return summary((root if root.exists() else place(store, cycle)) / "public", steps, policy.k)


def log_event(store: Store, cycle: str, person: str, outcome: str) -> None:
    """Write the outcome of the public event into the log. It cannot be written twice: whoever stops afterwards and tries
    again gets the same seed. UsageError if another outcome stands there, or nobody enrolled as preparer says it."""
    check_role(store, person, "preparer")
    with store.transaction("cycle"):
        if step_due(store, cycle, "computed") is not None:
            _log_event(store, cycle, outcome)
    store.log.publish()


def stage(
    store: Store, engine: Engine, cycle: str, progress: Progress = quiet, tamper: Tamper = honest
) -> dict[str, bytes]:
    """Compute the cycle's files, which its preparer then signs; their hashes. It needs nobody's key.

    Everything is computed into a folder beside the data and put in place by one rename, so a crash leaves nothing half done;
    run again, the same files come out. UsageError before the event's outcome is in the log.
    """
    with store.transaction("cycle"):
        due = step_due(store, cycle, "computed")
        if due is None or waits(store, cycle):
            return staged_files(store, cycle)
        _stage_files(store, engine, due, progress, tamper)
        files = file_hashes(staging(store, cycle) / "public")
        before = staged_files(store, cycle)
        if not before:
            store.copy_in(
                "staged_file",
                pa.table(
                    {
                        "programme": [store.programme.id] * len(files),
                        "cycle": [cycle] * len(files),
                        "path": list(files),
                        "sha256": pa.array(files.values(), pa.binary()),
                    }
                ),
            )
        elif before != files:
            raise UsageError(
                f"{cycle} computed again gives other files than the first time",
                "another version of the program? Void the cycle with a reason, and draft the period again",
            )
    return files


def waits(store: Store, cycle: str) -> bool:
    """Whether the cycle's files are computed and lie there to be signed."""
    return staging(store, cycle).exists() and is_staged(store, cycle)


def sign(store: Store, cycle: str, person: str, passphrase: str) -> bytes:
    """Sign the staged files as preparer; the digest signed. From then on the cycle is computed. UsageError if they are not
    there, or one was changed since."""
    signer = person_signer(store, person, passphrase, "preparer")
    with store.transaction("cycle"):
        if step_due(store, cycle, "computed") is None:
            raise UsageError(f"the preparer of {cycle} has signed already", "a second person approves it")
        if not waits(store, cycle):
            raise UsageError(f"{cycle} is not computed yet", "compute it first")
        digest = staged_digest(store, cycle, check_staged(store, cycle, staging(store, cycle)))
        sign_approval(store, cycle, "preparer", person, signer, digest)
        advance(store, cycle, "computed", person)
    store.log.publish()
    return digest


def _log_event(store: Store, cycle: str, outcome: str) -> None:
    if not outcome.strip():
        raise UsageError("the event has no outcome", 'say what came of it: --outcome "4 6 1 2 5"')
    event = store.rows('select event from "freeze" where programme = %s and cycle = %s', (store.programme.id, cycle))[
        0
    ][0]
    totals = {"event": event, "outcome": outcome}
    digest = sha256(outcome.encode()).digest()
    store.log.append([Entry("event", store.programme.id, cycle, "event", digest, totals)])


def _stage_files(store: Store, engine: Engine, cycle: Cycle, progress: Progress, tamper: Tamper) -> None:
    final = staging(store, cycle.id)
    part = final.with_name(final.name + ".part")
    for old in (part, final):
        shutil.rmtree(old, ignore_errors=True)
    work = part / "work"
    for name in ("work", "private", "public/tables", "public/rolls", "public/policy"):
        (part / name).mkdir(parents=True)
    text = tamper("policy-file", cycle.policy_text)
    policy = load(text, f"policy of {cycle.id}")
    terms = terms_of(store, cycle, tamper("rule", policy))
    bench = Bench(engine, work)
    _load_frozen(store, cycle, bench)
    bench.put("owed_frozen", tamper("owed", bench.get("owed_frozen")))
    for number, stage in enumerate(STAGES):
        progress(f"computing: {stage.name}", number, len(STAGES))
        bench.run(stage, terms)
        if tamper is not honest:
            _lie(stage, terms, bench, tamper)
    progress("computing", len(STAGES), len(STAGES))
    for name in COMPUTED:
        parquet.write(shape(name, bench.get(name)), part / "public" / layout.table_path(name))
    rows, debts = bench.get("rows"), bench.get("debts")
    parquet.write(rows, part / "private" / "rows.parquet")
    parquet.write(debts, part / "private" / "debts.parquet")
    parquet.write(bench.get("on_roll"), part / "private" / "on_roll.parquet")
    (part / "public" / "policy" / f"{policy.id}.toml").write_bytes(text.encode())
    _write_rolls(store, cycle, with_debts(rows, debts), part, progress)
    shutil.rmtree(work)
    part.rename(final)


def terms_of(store: Store, cycle: Cycle, policy: Policy) -> Terms:
    """What the computation of a cycle takes besides tables."""
    before = tuple(find(store, name).period.id for name, _ in cycles_before(store, cycle.id))
    return Terms(store.programme.id, cycle.id, cycle.period, policy, seed_of(store, cycle.id), before)


def _lie(stage: Stage, terms: Terms, bench: Bench, tamper: Tamper) -> None:
    """Where the demo's lies `privilege`, `inflate` and `early` act; an honest run never comes here."""
    if "debts" in stage.writes:
        debts, ladder, rungs = tamper("debts", tuple(bench.get(name) for name in DEBTS))
        for name, table in zip(DEBTS, (debts, ladder, rungs), strict=True):
            bench.put(name, table)
    if "rations" in stage.writes:
        bench.put("rations", tamper("rations", bench.get("rations")))
    if "ladders" in stage.writes:
        names = {"classes": "classes", "ladders": "ladders", "totals": "people", "places": "places_frozen"}
        honest_tables = {name: bench.get(table) for name, table in names.items()}
        made = tamper("ladders", honest_tables)
        for name, table in names.items():
            if made[name] is not honest_tables[name]:
                bench.put(table, made[name])
        ladders = bench.get("ladders")
        of_divided = pa.compute.is_in(ladders["benefit"], pa.array(list(terms.steps), pa.string()))
        bench.put("ladders_divided", ladders.filter(of_divided))


def _load_frozen(store: Store, cycle: Cycle, bench: Bench) -> None:
    hashes = store.rows(
        'select snapshots from "freeze" where programme = %s and cycle = %s', (store.programme.id, cycle.id)
    )[0][0]
    names = {
        "household": "households", "member": "members", "places_frozen": "nodes", "lanes_frozen": "lanes",
        "stock": "stock", "carry": "carry", "owed_frozen": "owed", "moves": "moves",
    }  # fmt: skip
    for name, snapshot in names.items():
        bench.know(name, store.snapshots.path(hashes[snapshot]))
    nodes = bench.get("places_frozen")
    bench.put("point", nodes.filter(pa.compute.equal(nodes["kind"], "point")).rename_columns({"node": "point"}))


def _write_rolls(store: Store, cycle: Cycle, rows: pa.Table, part: Path, progress: Progress) -> None:
    progress("sealing rolls", 0, 1)
    keys = store.copy_out(
        f"select household, salt, seal_key from {KEYS} k order by household", {"period": cycle.period.id}
    )
    place_of = {household: index for index, household in enumerate(keys["household"].to_pylist())}
    order = pa.array([place_of[household] for household in rows["household"].to_pylist()])
    table = rows.append_column("salt", keys["salt"].take(order)).append_column("seal_key", keys["seal_key"].take(order))
    rolls = build_rolls(table, store.programme.id, cycle.id, cycle.policy_sha256)
    for point, packed in rolls.items():
        (part / "public" / layout.point_file(layout.ROLLS, point)).write_bytes(packed.encode())
    progress("sealing rolls", 1, 1)


class Bench:
    """Tables of a computation by name, in memory or as Parquet files, whichever a stage asks for."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder
        self._paths: dict[str, Path] = {}
        self._tables: dict[str, pa.Table] = {}

    def know(self, name: str, path: Path) -> None:
        """A table that lies in a file."""
        self._paths[name] = path

    def put(self, name: str, table: pa.Table) -> None:
        """A table in memory; a file it had before no longer counts if it differs."""
        if self._tables.get(name) is not table:
            self._paths.pop(name, None)
        self._tables[name] = table

    def get(self, name: str) -> pa.Table:
        """The table itself."""
        if name not in self._tables:
            self._tables[name] = pq.read_table(self._paths[name])
        return self._tables[name]

    def path(self, name: str) -> Path:
        """A file that holds the table."""
        if name not in self._paths:
            self._paths[name] = self._folder / f"{name}.parquet"
            parquet.write(self._tables[name], self._paths[name])
        return self._paths[name]

    def run(self, stage: Stage, terms: Terms) -> None:
        """Run one stage; its tables are known afterwards."""
        named = [name.partition("=") for name in stage.reads]
        if not stage.is_plan:
            made = stage.make(terms, {name: self.get(table or name) for name, _, table in named})
            assert not isinstance(made, Plan)
            for name in stage.writes:
                self.put(name, made[name])
            return
        plan = stage.make(terms, {})
        assert isinstance(plan, Plan)
        inputs = {name: self.path(table or name) for name, _, table in named}
        out = self._folder / stage.name.replace(" ", "-").replace("'", "")
        out.mkdir()
        files = self._engine.run(plan, inputs, out)
        for name, _, output in (name.partition("=") for name in stage.writes):
            self.know(name, files[output or name])
            self._tables.pop(name, None)
