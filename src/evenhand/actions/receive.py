"""Receive: what was counted at a depot or point after its lorries came. A point that got less is re-cut at once, before
its first household, by the same pure function a phone without a network uses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions.cycles import Cycle, Progress, find, place, quiet, seed_of
from evenhand.actions.opening import Bill, onward, waybills_of
from evenhand.actions.stock import append_movements, read_stock, steps_of
from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.flow.cycle.recutting import Cut, recut_point
from evenhand.flow.ledger import Movement, Stock, counted, loads, node, transit
from evenhand.formats import cbor, cose, parquet
from evenhand.formats.cose import Signer
from evenhand.formats.entry import Entry
from evenhand.store import Store

Counts = Mapping[str, Mapping[str, int]]
"""Node -> benefit -> steps counted there, all in all, once its goods had come."""


@dataclass(frozen=True)
class Received:
    """What a batch of counts did: nodes counted now, nodes known already, points re-cut."""

    counted: tuple[str, ...]
    known: tuple[str, ...]
    recut: tuple[str, ...]


def receive(store: Store, cycle: str, counts: Counts, file: str = "counts", progress: Progress = quiet) -> Received:
    """Enter the counts of nodes in an open cycle, all or none. The same count again changes nothing.

    Every benefit on the way to a node must be counted (0 if none came). InputError for an unknown node or benefit, a
    count that differs from one entered before, more than can have come, or a point that has begun to hand out.
    """
    with store.transaction("cycle"):
        found = find(store, cycle)
        if found.state != "open":
            raise UsageError(f"cycle {cycle} is {found.state}, not open", f"see: evenhand cycle show {cycle}")
        work = _Work(store, found, file)
        fresh = work.check(counts)
        kinds = dict(store.rows("select node, kind from node"))
        order = sorted(fresh, key=lambda name: (kinds[name] == "point", name))
        for number, name in enumerate(order):
            progress("counting in", number, len(order))
            work.enter(name, counts[name], kinds[name] == "point")
        progress("counting in", len(order), len(order))
        work.write()
    store.log.publish()
    known = tuple(sorted(set(counts) - set(fresh)))
    return Received(tuple(sorted(fresh)), known, tuple(sorted({cut[0] for cut in work.cuts})))


class _Work:
    """One batch: the stock as it changes, and what will be appended at the end."""

    def __init__(self, store: Store, cycle: Cycle, file: str) -> None:
        self.store, self.cycle, self.file = store, cycle, file
        self.policy = cycle.policy()
        self.steps = steps_of(self.policy.benefits.values())
        self.stock: Stock = read_stock(store)
        self.bills: list[Bill] = waybills_of(store, cycle.id)
        self.movements: list[Movement] = []
        self.entries: list[Entry] = []
        self.counts: list[tuple[str, dict[str, int], bytes | None]] = []
        self.cuts: list[tuple[str, str, Cut]] = []
        self.rows: list[pa.Table] = []
        root = place(store, cycle.id)
        self.all_rows = pq.read_table(root / "private" / "rows.parquet")
        totals = pq.read_table(root / "public" / "tables" / "totals.parquet").to_pylist()
        self.units = {(row["point"], row["benefit"]): row for row in totals}
        levels = pq.read_table(root / "public" / "tables" / "levels.parquet").to_pylist()
        self.levels = {(row["point"], row["commodity"]): row for row in levels}
        self.signers = _devices(store)
        self.seed = seed_of(store, cycle.id)

    def check(self, counts: Counts) -> list[str]:
        """Nodes not counted yet; InputError naming everything wrong with the batch."""
        store, problems, fresh = self.store, [], []
        kinds = dict(store.rows("select node, kind from node"))
        before = dict(
            store.rows(
                "select point, counted from count where programme = %s and cycle = %s",
                (store.programme.id, self.cycle.id),
            )
        )
        begun = {
            row[0]
            for row in store.rows(
                "select distinct point from receipt where programme = %s and cycle = %s",
                (store.programme.id, self.cycle.id),
            )
        }
        for name, steps in sorted(counts.items()):

            def wrong(field: str, value: object, message: str, remedy: str, name: str = name) -> None:
                problems.append(Problem(self.file, 0, field, str(value), f"node {name}: {message}", remedy))

            if name not in kinds:
                wrong("node", name, "there is no such node", "use the id of a depot or point")
                continue
            for benefit, quantity in steps.items():
                if benefit not in self.steps:
                    wrong("commodity", benefit, "not a stocked benefit", f"use one of {', '.join(self.steps)}")
                elif quantity < 0:
                    wrong("counted", quantity, "a count below zero", "count again")
            if name in before:
                if dict(before[name]) != dict(steps):
                    wrong(
                        "counted", dict(steps), "was counted otherwise before", "a count stands; correct it next cycle"
                    )
            elif name in begun:
                wrong("node", name, "has begun to hand out", "a point is counted and re-cut before its first household")
            else:
                expected = {bill[3] for bill in self.bills if bill[2] == name}
                for benefit in sorted(expected - steps.keys()):
                    wrong("commodity", benefit, "is on the way and not counted", "enter 0 if none came")
                if kinds[name] == "point" and name not in self.signers:
                    wrong("node", name, "no device holds the point", f"run: evenhand enrol device NAME --point {name}")
                fresh.append(name)
        if problems:
            raise InputError(problems)
        return fresh

    def enter(self, name: str, steps: Mapping[str, int], is_point: bool) -> None:
        """One node's count: movements; for a depot its onward loads; for a point its signed count and its re-cut."""
        full = dict(sorted(steps.items()))
        if is_point:
            for benefit in self.steps:
                if benefit not in full and (self.stock.total(node(name), benefit) or self._units(name, benefit)):
                    full[benefit] = self.stock.total(node(name), benefit) // self.steps[benefit]
        self._not_more_than_sent(name, full)
        self.movements += counted(self.stock, name, full, self.steps, self.cycle.id)
        if not is_point:
            made = onward(self.bills, name, self.stock, self.steps)
            self.movements += loads(self.stock, made, self.steps, self.cycle.id)
            self.counts.append((name, dict(steps), None))
            return
        programme = self.store.programme.id
        totals = {b: full[b] for b in sorted(full)}
        signed = cose.sign1(["evenhand/count/v1", programme, self.cycle.id, name, totals], self.signers[name])
        self.counts.append((name, dict(steps), signed))
        digest = sha256(signed).digest()
        self.entries.append(Entry("received", programme, self.cycle.id, name, digest, {"counted": totals}))
        self._recut(name, totals)

    def _units(self, point: str, benefit: str) -> int:
        row = self.units.get((point, benefit))
        return int(row["units"]) if row else 0

    def _not_more_than_sent(self, name: str, full: Mapping[str, int]) -> None:
        for benefit, quantity in full.items():
            step = self.steps[benefit]
            most = self.stock.total(node(name), benefit) // step + self.stock.total(transit(name), benefit) // step
            if quantity > most:
                raise InputError(
                    [
                        Problem(
                            self.file, 0, "counted", str(quantity),
                            f"node {name}: more {benefit} than lay there and was sent ({most} steps)",
                            "count again; goods from outside come in with `evenhand import stock`",
                        )
                    ]
                )  # fmt: skip

    def _recut(self, point: str, totals: Mapping[str, int]) -> None:
        rows, changed = None, {}
        for benefit, counted_steps in totals.items():
            planned = self.units.get((point, benefit))
            if planned is None or counted_steps >= planned["units"]:
                continue
            if rows is None:
                rows = self.all_rows.filter(pa.compute.equal(self.all_rows["point"], point))
            level = self.levels[point, benefit]
            cut = recut_point(
                rows.filter(pa.compute.equal(rows["benefit"], benefit)), counted_steps, planned["units"],
                planned["reserve"], (level["rungs"], int(level["num"]), int(level["den"])), self.steps[benefit], self.seed,
            )  # fmt: skip
            changed[benefit] = cut
            self.cuts.append((point, benefit, cut))
        if rows is None:
            return
        listed: list[cbor.Value] = [
            [b, totals[b], cut.reserve, cut.carry_micro, cut.rungs, str(cut.num), str(cut.den), cut.units]
            for b, cut in sorted(changed.items())
        ]
        entry_totals = {"units": {b: cut.units for b, cut in sorted(changed.items())}}
        digest = sha256(cbor.dumps(listed)).digest()
        self.entries.append(Entry("recut", self.store.programme.id, self.cycle.id, point, digest, entry_totals))
        self.rows.append(apply_cuts(rows, changed))
        # Written before the commit, under a name of its own: read only once the database has the re-cut.
        folder = place(self.store, self.cycle.id) / "private" / "recut"
        folder.mkdir(exist_ok=True)
        parquet.write(self.rows[-1], folder / f"{file_name(point)}.parquet")

    def write(self) -> None:
        """Append everything of the batch."""
        store, programme, cycle = self.store, self.store.programme.id, self.cycle.id
        append_movements(store, cycle, self.movements)
        for name, steps, signed in self.counts:
            store.execute(
                "insert into count (programme, cycle, point, counted, cose) values (%s, %s, %s, %s, %s)",
                (programme, cycle, name, json.dumps(steps, sort_keys=True), signed or b""),
            )
        for point, benefit, cut in self.cuts:
            store.execute(
                "insert into recut (programme, cycle, point, benefit, counted, reserve, carry_micro, rungs, num, den, units)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    programme, cycle, point, benefit, cut.counted, cut.reserve, cut.carry_micro, cut.rungs, str(cut.num),
                    str(cut.den), cut.units,
                ),
            )  # fmt: skip
        if self.rows:
            wide = roll_rations(pa.concat_tables(self.rows))
            count = len(wide)
            store.copy_in(
                "recut_row",
                pa.table(
                    {
                        "programme": pa.array([programme] * count, pa.string()),
                        "cycle": pa.array([cycle] * count, pa.string()),
                        "tag": wide["tag"],
                        "rations": wide["ration_steps_list"],
                    }
                ),
            )
        store.log.append(self.entries)


def apply_cuts(rows: pa.Table, cuts: Mapping[str, Cut]) -> pa.Table:
    """Rows of one point with the rations and arrears of the benefits that were cut replaced."""
    rations, carry = rows["ration_steps"].to_pylist(), rows["carry_after"].to_pylist()
    cursor = dict.fromkeys(cuts, 0)
    for index, benefit in enumerate(rows["benefit"].to_pylist()):
        if benefit in cuts:
            at = cursor[benefit]
            rations[index], carry[index] = int(cuts[benefit].rations[at]), int(cuts[benefit].carry_after[at])
            cursor[benefit] = at + 1
    for name, values in (("ration_steps", rations), ("carry_after", carry)):
        index = rows.schema.get_field_index(name)
        rows = rows.set_column(index, name, pa.array(values, pa.int64()))
    return rows


def roll_rations(rows: pa.Table) -> pa.Table:
    """One row a household: point, household, tag, and the list of its rations in the roll's order of benefits."""
    return rows.group_by(["point", "household", "tag"], use_threads=False).aggregate([("ration_steps", "list")])


def file_name(point: str) -> str:
    """A point's id as a file name: percent-encoded like a segment of a URL."""
    return quote(point, safe="")


def recut_rows(store: Store, cycle: str) -> pa.Table | None:
    """Every row of the points that were re-cut, with rations and arrears as the re-cut left them; None if none was."""
    points = store.rows(
        "select distinct point from recut where programme = %s and cycle = %s order by point",
        (store.programme.id, cycle),
    )
    folder = place(store, cycle) / "private" / "recut"
    tables = [pq.read_table(folder / f"{file_name(row[0])}.parquet") for row in points]
    return pa.concat_tables(tables) if tables else None


def _devices(store: Store) -> dict[str, Signer]:
    """Point -> signer of the device that holds it and whose key this server keeps."""
    signers: dict[str, Signer] = {}
    for name, roles in store.rows("select name, roles from certificate where kind = 'device' order by name"):
        signer = store.keys.device(name)
        for role in roles:
            if role.startswith("point:"):
                signers.setdefault(role.removeprefix("point:"), signer)
    return signers


def counts_from_rows(rows: Sequence[Mapping[str, str]], file: str) -> dict[str, dict[str, int]]:
    """Counts from the rows of a CSV with node, commodity, steps. InputError naming row and field."""
    counts: dict[str, dict[str, int]] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows, 1):
        name, benefit, text = (row.get("node") or "", row.get("commodity") or "", (row.get("steps") or "").strip())
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            problems.append(
                Problem(file, number, "steps", text, "not a whole number of steps", "count whole hand-out steps")
            )
        elif benefit in counts.setdefault(name, {}):
            problems.append(Problem(file, number, "commodity", benefit, f"stands twice for {name}", "leave one out"))
        else:
            counts[name][benefit] = int(text)
    if problems:
        raise InputError(problems)
    return counts
