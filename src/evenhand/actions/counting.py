"""One batch of counts or goods received notes: checked as a whole, then node by node as movements, counts, re-cuts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions.cycles import Cycle, place, seed_of
from evenhand.actions.noting import Noted, Notes, sent_of
from evenhand.actions.opening import Bill, onward, waybills_of
from evenhand.actions.recuts import apply_cuts, file_name, roll_rations
from evenhand.actions.signing import Desk, Officer
from evenhand.actions.stock import append_movements, read_stock, steps_of
from evenhand.core.errors import InputError, Problem
from evenhand.flow.cycle.recutting import Cut, recut_point
from evenhand.flow.ledger import Movement, Stock, counted, loads, node, transit
from evenhand.formats import cbor, parquet
from evenhand.formats.entry import Entry
from evenhand.store import Store

Counts = Mapping[str, Mapping[str, int]]
"""Node -> benefit -> steps counted there, all in all, once its goods had come."""


class Batch:
    """One batch: the stock as it changes, and what will be appended at the end."""

    def __init__(
        self, store: Store, cycle: Cycle, file: str, notes: Mapping[str, Notes], signed: Mapping[str, bytes],
        officer: Officer | None = None,
    ) -> None:  # fmt: skip
        self.store, self.cycle, self.file = store, cycle, file
        self.policy = cycle.policy()
        self.steps = steps_of(self.policy.benefits.values())
        self.stock: Stock = read_stock(store)
        self.bills: list[Bill] = waybills_of(store, cycle.id)
        self.sent = sent_of(store, cycle.id, self.steps) if notes else {}  # a country's loads: read only where needed
        self.notes = notes
        self.noted: list[Noted] = []
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
        self.desk = Desk(store, cycle.id, signed, file, officer)
        self.seed = seed_of(store, cycle.id)

    def check(self, counts: Counts) -> list[str]:
        """Nodes not counted yet; InputError naming everything wrong with the batch. What stands on a goods received note
        is looked at when its node is entered."""
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
        awaited = {bill[2] for bill in self.bills}
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
                if name not in self.notes and dict(before[name]) != dict(steps):
                    wrong(
                        "counted", dict(steps), "was counted otherwise before", "a count stands; correct it next cycle"
                    )
            elif name in begun:
                wrong("node", name, "has begun to hand out", "a point is counted and re-cut before its first household")
            else:
                expected = {bill[3] for bill in self.bills if bill[2] == name}
                expected |= {benefit for benefit in self.steps if self.stock.total(transit(name), benefit)}
                for benefit in sorted(expected - steps.keys()) if name not in self.notes else ():
                    wrong("commodity", benefit, "is on the way and not counted", "enter 0 if none came")
                for waiting in sorted(
                    {b[1] for b in self.bills if b[2] == name} & awaited - before.keys() - counts.keys()
                ):
                    wrong("node", name, f"its goods wait at {waiting}, not counted in yet", f"count {waiting} first")
                if kinds[name] == "point" and (cannot := self.desk.cannot_sign(name)):
                    wrong("node", name, *cannot)
                fresh.append(name)
        if problems:
            raise InputError(problems)
        return fresh

    def enter(self, name: str, steps: Mapping[str, int], is_point: bool) -> None:
        """One node's count: movements; for a depot its onward loads; for a point its signed count and its re-cut."""
        if name in self.notes:
            noted = Noted(name, self.notes[name], self.sent, self.file)
            self.movements += noted.enter(self.stock, self.steps, self.cycle.id)
            self.noted.append(noted)
            steps = {b: self.stock.total(node(name), b) // self.steps[b] for b in noted.benefits}
        full = dict(sorted(steps.items()))
        if is_point and not self.desk.is_signed(name):
            for benefit in self.steps:
                if benefit not in full and (self.stock.total(node(name), benefit) or self._units(name, benefit)):
                    full[benefit] = self.stock.total(node(name), benefit) // self.steps[benefit]
        if name not in self.notes:
            self._not_more_than_sent(name, full)
            self.movements += counted(self.stock, name, full, self.steps, self.cycle.id)
        if not is_point:
            made = onward(self.bills, name, self.stock, self.steps)
            self.movements += loads(self.stock, made, self.steps, self.cycle.id)
            self.sent |= {(bill[0], bill[3]): bill[4] for bill in made}
            self.counts.append((name, dict(steps), None))
            return
        programme = self.store.programme.id
        totals = {b: full[b] for b in sorted(full)}
        signed = self.desk.count(name, totals)
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
            # Where only earlier months are owed something, nothing is due and no level is planned.
            level = self.levels.get((point, benefit), {"rungs": 0, "num": "0", "den": "1"})
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
        for noted in self.noted:
            self.entries.append(noted.write(store, cycle, self.desk))
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
