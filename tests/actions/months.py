"""The two villages over several months, with a policy of one's choice: who comes is told month by month."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from actions.program import Done, verify
from actions.village import (
    ANA,
    BORIS,
    COUNTS,
    FILES,
    POINT,
    POLICY,
    ROOT,
    SIZES,
    THROW,
    Paper,
    adopted,
    read_paper,
    secret,
    write_files,
)
from folders import clock, make_data, open_folder

from evenhand.actions.approve import approve
from evenhand.actions.cards import issue_cards
from evenhand.actions.close import close
from evenhand.actions.commit import commit
from evenhand.actions.compute import compute
from evenhand.actions.cycles import Tamper, honest
from evenhand.actions.draft import draft
from evenhand.actions.enrol import enrol_device, enrol_person
from evenhand.actions.freeze import freeze
from evenhand.actions.hand_over import hand_over
from evenhand.actions.importing import import_file, policy_in_force
from evenhand.actions.opening import open_cycle, waybills_of
from evenhand.actions.publish import publish
from evenhand.actions.receive import receive
from evenhand.actions.stock import read_stock
from evenhand.cli.card import write_paper
from evenhand.engines.duckdb import DuckDB
from evenhand.flow.ledger import node, transit
from evenhand.store import Store, open_store

PERIODS = ("2008-03", "2008-04", "2008-05", "2008-06", "2008-07")
__all__ = ["COUNTS", "PERIODS", "POLICY", "SIZES", "Months", "months"]


@dataclass
class Months:
    """A programme of the two villages; each month is run by `month`."""

    store: Store
    folder: Path
    paper: Paper
    steps: Mapping[str, int]
    names: list[str] = field(default_factory=list)

    def month(
        self,
        stock: str = "",
        absent: Collection[str] = (),
        lost: Mapping[tuple[str, str], int] | None = None,
        silent: Collection[str] = (),
        tamper: Tamper = honest,
    ) -> Path:
        """The next month: `stock` as "grain 216 kg; oil 10 l" at the mill; all that is sent arrives but what is `lost` on
        the way (steps by point and benefit); everybody comes but `absent`; phones of `silent` points are lost.

        Its disclosure.
        """
        period = PERIODS[len(self.names)]
        self.names.append(period)
        store, cycle = self.store, f"{period}/1"
        if stock:
            path = self.folder / f"stock-{period}.csv"
            goods = [item.split(maxsplit=1) for item in stock.split("; ")]
            rows = "".join(f"Mill,{good},{good}-{period},{amount},2009-12-31,Harvest\n" for good, amount in goods)
            path.write_text(f"node,commodity,lot,quantity,best_before,source\n{rows}")
            import_file(store, DuckDB(), "stock", path, policy_in_force(store))
        draft(store, period, "ana")
        freeze(store, cycle, "ana", ANA, "dice")
        compute(store, DuckDB(), cycle, "ana", ANA, THROW, tamper=tamper)
        approve(store, cycle, "boris", BORIS)
        commit(store, cycle, "boris")
        open_cycle(store, cycle, "boris")
        self._deliver(cycle, lost or {})
        rows = [
            {"point": POINT[h], "card": "", "coupon": self.paper.coupons[h, period], "exception": ""}
            for h in SIZES
            if h not in absent and POINT[h] not in silent
        ]
        hand_over(store, cycle, rows, "handed.csv")
        keys = [store.data / "keys" / f"device-phone-{point}.key" for point in silent]
        kept = [key.read_bytes() for key in keys]
        for key in keys:
            key.unlink()
        close(store, cycle, "boris", tamper=tamper, unclosed=[f"phone-{point}" for point in silent])
        for key, data in zip(keys, kept, strict=True):
            key.write_bytes(data)
            key.chmod(0o600)
        return publish(store, cycle, "boris", self.folder / "out", tamper=tamper)

    def adopt(self, policy: str) -> None:
        """Go on with another policy."""
        path = self.folder / "next.toml"
        path.write_text(policy)
        adopted(self.store, path)
        self.steps = {b.id: b.step_base for b in policy_in_force(self.store).benefits.values()}

    def _deliver(self, cycle: str, lost: Mapping[tuple[str, str], int]) -> None:
        for places in (("Barn",), tuple(sorted(set(POINT.values())))):
            stock = read_stock(self.store)
            coming = {(bill[2], bill[3]) for bill in waybills_of(self.store, cycle)}
            counts: dict[str, dict[str, int]] = {}
            for place in places:
                for benefit, step in self.steps.items():
                    there = stock.total(node(place), benefit) + stock.total(transit(place), benefit)
                    if (place, benefit) in coming or there:
                        counts.setdefault(place, {})[benefit] = there // step - lost.get((place, benefit), 0)
            if counts:
                receive(self.store, cycle, counts, "counts.csv")

    def table(self, period: str, name: str) -> list[dict[str, Any]]:
        """A published table as rows."""
        return list(pq.read_table(self.folder / "out" / period / "tables" / f"{name}.parquet").to_pylist())

    def owed(self, period: str, name: str = "owed", *columns: str) -> set[tuple[Any, ...]]:
        """Rows of `owed` or `left`: point, benefit, kind, since, amount and more columns."""
        wanted = ("point", "benefit", "kind", "since", "amount", *columns)
        return {tuple(row[c] for c in wanted) for row in self.table(period, name)}

    def verify(self, period: str, *more: object) -> Done:
        """The checker on a month, with the month before where there is one."""
        at = PERIODS.index(period)
        before = ("--previous", self.folder / "out" / PERIODS[at - 1]) if at else ()
        return verify(self.folder / "out" / period, *before, *more)

    def card(self, household: str, period: str) -> Done:
        """What a household's own slip opens."""
        return verify("card", self.paper.slips[household], self.folder / "out" / period)

    def rations(self, period: str, benefit: str = "grain") -> dict[str, int]:
        """Steps on the rolls by household, after re-cuts."""
        rows = self.store.rows(
            "select r.household, coalesce(c.rations, r.rations) from roll_row r left join recut_row c"
            " on c.programme = r.programme and c.cycle = r.cycle and c.tag = r.tag where r.cycle = %s",
            (f"{period}/1",),
        )
        index = list(self.steps).index(benefit)
        return {household: found[index] for household, found in rows}


@contextmanager
def months(policy: str = POLICY, points: Mapping[str, str] = POINT) -> Iterator[Months]:
    """The villages set up with a policy, nothing in stock."""
    with open_folder() as folder, open_store(make_data(folder), clock) as store:
        path = folder / "policy.toml"
        path.write_text(policy)
        enrol_person(store, "ana", ["preparer"], ROOT, ANA)
        enrol_person(store, "boris", ["approver"], ROOT, BORIS)
        adopted(store, path)
        for kind, file in write_files(folder, {k: v for k, v in FILES.items() if k != "stock"}).items():
            import_file(store, DuckDB(), kind, file, policy_in_force(store))
        for point in sorted(set(points.values())):
            enrol_device(store, f"phone-{point}", [point], ROOT)
        paper = issue_cards(store, PERIODS, lambda households: [secret(h) for h in households])
        (folder / "paper").mkdir()
        write_paper(folder / "paper", paper.slips.to_pylist(), paper.coupons.to_pylist())
        found = policy_in_force(store)
        steps = {b.id: b.step_base for b in found.benefits.values()}
        yield Months(store, folder, read_paper(folder / "paper"), steps)
