"""The world a demo plays: its people, stock, lorries, points, and the actions it takes to tell the programme of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions.adopt import adopt, propose
from evenhand.actions.cards import Paper, issue_cards
from evenhand.actions.close import final_rolls, reserves
from evenhand.actions.cycles import Progress
from evenhand.actions.enrol import enrol_device, enrol_person
from evenhand.actions.importing import import_file
from evenhand.actions.init import init
from evenhand.actions.opening import waybills_of
from evenhand.actions.policy import read_policy_text
from evenhand.actions.receive import receive
from evenhand.actions.redeem import redeem
from evenhand.actions.stock import read_stock, steps_of
from evenhand.core.engine import Engine
from evenhand.core.period import Period, month, month_after
from evenhand.core.quantity import ceil_div
from evenhand.flow import entitlement
from evenhand.flow.ledger import node, transit
from evenhand.flow.policy import Policy
from evenhand.flow.redemption import split
from evenhand.flow.redemption.merge import Pool
from evenhand.formats import code
from evenhand.formats.parquet import write as write_parquet
from evenhand.simulation import points, shocks
from evenhand.simulation.deceit import Deceit
from evenhand.simulation.population import Country, write_csv
from evenhand.simulation.secrets import DemoSecrets
from evenhand.simulation.tables import Tables
from evenhand.store import Store, open_store

ORIGIN = "demo.evenhand.example/dprk-2008"
PROGRAMME = "dprk-2008"
ZONE = "Asia/Pyongyang"
FIRST = "2008-03"
PREPARER, APPROVER = "ana", "boris"
OFFICE = {"registrar": ["preparer"], "store": ["store"]}
"""Who else has a key where the demo is served, and for what: whoever holds rows, and whoever signs what leaves a store."""
SLIPS = 5
"""Families whose slips are written out, so that somebody can check one."""


@dataclass(frozen=True)
class Wish:
    """What a demo is asked for. `ahead`: further months, computed and left for somebody to approve (0 or 1)."""

    people: int
    months: int
    seed: int
    data: Path
    out: Path
    examples: Path
    lie: str = ""
    ahead: int = 0


@dataclass
class World:
    """Everything outside the programme's own records. `work` is a folder for its files."""

    wish: Wish
    engine: Engine
    pool: Pool | None
    progress: Progress
    tables: Tables
    policy: Policy
    country: Country
    secrets: DemoSecrets
    deceit: Deceit
    work: Path

    def periods(self) -> list[Period]:
        """The months of the demo, the one ahead with them."""
        found = [month(FIRST)]
        while len(found) < self.wish.months + self.wish.ahead:
            found.append(month_after(found[-1]))
        return found

    def big_pool(self) -> Pool | None:
        """Worker processes where there is work for them: starting them costs a second."""
        return self.pool if self.wish.people > 80_000 else None

    def word(self, name: str) -> str:
        """A demo person's passphrase."""
        return self.secrets.passphrase(name)

    @contextmanager
    def set_up(self, policy_file: Path, clock: Callable[[], int]) -> Iterator[Store]:
        """Init, enrol, adopt, import, issue cards; the open store."""
        seed = self.secrets.derive("keyring", "seed")
        init(self.wish.data, PROGRAMME, ORIGIN, ZONE, self.word("root"), clock, demo=True, seed=seed)
        with open_store(self.wish.data, clock, seed=seed) as store:
            self._fill(store, policy_file)
            yield store

    def _fill(self, store: Store, policy_file: Path) -> None:
        for name, roles in ((PREPARER, ["preparer"]), (APPROVER, ["approver"])):
            enrol_person(store, name, roles, self.word("root"), self.word(name))
        digest = propose(store, read_policy_text(policy_file), PREPARER, self.word(PREPARER), str(policy_file))
        adopt(store, digest, APPROVER, self.word(APPROVER))
        files = self.country.write(self.work)
        for kind in ("areas", "points", "depots", "lanes", "households", "members"):
            self._import(store, kind, files[kind])
        for point in self.country.points["point"].to_pylist():
            enrol_device(store, f"phone-{point}", [point], self.word("root"))
        self.paper: Paper = issue_cards(store, [p.id for p in self.periods()], self.secrets.cards, self.progress)
        self.coupons = _by_period(self.paper.coupons)
        write_parquet(self.country.households, self.work / "household.parquet")
        write_parquet(self.country.members, self.work / "member.parquet")
        named = self.country.points.select(["point", "area"])
        write_parquet(named, self.work / "point.parquet")

    def enrol_office(self, store: Store) -> None:
        """Keys of those who work in the console after the demo's months; those months do not know them."""
        for name, roles in OFFICE.items():
            enrol_person(store, name, roles, self.word("root"), self.word(name))

    def _import(self, store: Store, kind: str, path: Path) -> None:
        import_file(store, self.engine, kind, path, self.policy, self.progress, generated=True)

    def lay_in_stock(self, store: Store, number: int, period: Period) -> None:
        """What the ports and mills received before the freeze of this month, and lanes that a flood closed."""
        out = self.work / f"due-{period.id}"
        out.mkdir()
        inputs = {name: self.work / f"{name}.parquet" for name in ("household", "member", "point")}
        path = self.engine.run(entitlement.plan(self.policy, period), inputs, out)["entitlement"]
        sums = pq.read_table(path).group_by("benefit").aggregate([("amount", "sum")]).to_pylist()
        reserve = 1 + self.policy.reserve
        steps = steps_of(self.policy.benefits.values())
        due = {
            r["benefit"]: ceil_div(r["amount_sum"] * reserve.numerator, reserve.denominator)
            for r in sums
            if r["benefit"] in steps
        }
        held = read_stock(store)
        names = [*self.country.depots["node"].to_pylist(), *self.country.points["point"].to_pylist()]
        on_hand = {b: sum(held.total(node(name), b) for name in names) for b in steps}
        arriving = shocks.stock(self.tables, self.country.sites, number, period, due, on_hand)
        self._import_table(store, "stock", arriving, f"stock-{period.id}")
        if number == 3:
            self._import_table(store, "lanes", shocks.flood(self.tables, self.country.sites), f"flood-{period.id}")
        if number == 4:
            self._import_table(store, "lanes", shocks.recede(self.tables, self.country.sites), f"recede-{period.id}")

    def _import_table(self, store: Store, kind: str, table: pa.Table, name: str) -> None:
        if table.num_rows:
            write_csv(table, self.work / f"{name}.csv")
            self._import(store, kind, self.work / f"{name}.csv")

    def deliver(self, store: Store, cycle: str, number: int) -> None:
        """The lorries: depots first, then points; some come short."""
        steps = steps_of(self.policy.benefits.values())
        bills = waybills_of(store, cycle)
        kinds = dict(store.rows("select node, kind from node"))
        depots = sorted({bill[2] for bill in bills if kinds[bill[2]] != "point"})
        while depots:
            stock = read_stock(store)
            ready = [d for d in depots if not any(b[2] == d and b[1] in depots for b in bills)]
            counts = {d: _all_there(stock, d, steps) for d in ready}
            receive(store, cycle, counts, "depots", self.progress)
            depots = [d for d in depots if d not in ready]
        stock = read_stock(store)
        names = [n for n, kind in sorted(kinds.items()) if kind == "point"]
        sent = {p: {b: stock.total(transit(p), b) // step for b, step in steps.items()} for p in names}
        counts = {}
        for arrival in points.arrivals(self.wish.seed, number, sent):
            here = {b: stock.total(node(arrival.point), b) // step for b, step in steps.items()}
            counts[arrival.point] = {b: here[b] + arrival.received[b] for b in steps}
        receive(store, cycle, counts, "points", self.progress)

    def people_come(self, store: Store, cycle: str, number: int, period: Period) -> None:
        """The points' days, and their receipts as they come in."""
        rolls, left = final_rolls(store, cycle), reserves(store, cycle)
        households = dict(
            store.rows("select tag, household from roll_row where programme = %s and cycle = %s", (PROGRAMME, cycle))
        )
        rows: dict[str, list[tuple[bytes, bytes, Any]]] = {}
        coupons = self.coupons[period.id]
        for tag, point, rations in zip(
            rolls["tag"].to_pylist(), rolls["point"].to_pylist(), rolls["rations"].to_pylist(), strict=True
        ):
            rows.setdefault(point, []).append((tag, coupons[households[tag]], rations))
        benefits = tuple(self.policy.benefits)
        days = [
            points.Day(
                PROGRAMME, cycle, point, f"phone-{point}", self._device_key(store, f"phone-{point}"), benefits,
                rows[point], {b: left.get((point, b), 0) for b in benefits},
            )
            for point in sorted(rows)
        ]  # fmt: skip
        self.progress("people come to the points", 0, 1)
        pool = self.big_pool()
        served = points.open_month(self.wish.seed, number, days, pool=pool)
        self.progress("people come to the points", 1, 1)
        for batch in served.batches:
            redeem(store, cycle, split(batch), self.progress, pool)

    def _device_key(self, store: Store, name: str) -> Any:
        """A phone's private key. The demo plays the phones, so it may read what a server would never have."""
        path = store.data / "keys" / f"device-{name}.key"
        return path.read_bytes()

    def write_slips(self, store: Store) -> Path:
        """Card and code of a few families, one of them short-changed where the operator lied so."""
        chosen = self.deceit.families(self.paper.slips["household"].to_pylist(), SLIPS)
        cards = {row["household"]: row for row in self.paper.slips.to_pylist() if row["household"] in set(chosen)}
        path = self.wish.out / "slips.csv"
        lines = ["household,card,code", *(f"{h},{cards[h]['card']},{code.encode(cards[h]['secret'])}" for h in chosen)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path


def _all_there(stock: Any, place: str, steps: Mapping[str, int]) -> dict[str, int]:
    """Everything on hand at and on the way to `place`, in steps."""
    return {b: (stock.total(node(place), b) + stock.total(transit(place), b)) // step for b, step in steps.items()}


def _by_period(coupons: pa.Table) -> dict[str, dict[str, bytes]]:
    found: dict[str, dict[str, bytes]] = {}
    columns = (coupons[name].to_pylist() for name in ("period", "household", "r"))
    for period, household, r in zip(*columns, strict=True):
        found.setdefault(period, {})[household] = r
    return found
