"""A lane closes while a cycle is open: what has not left yet goes another way, within the capacities that were certified.

Where not all of it can be brought, what can be is divided fairly over the points that wait; each is re-cut at its count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import pyarrow.parquet as pq

from evenhand.actions.cycles import find, place, signer_of
from evenhand.actions.noting import sent_of, write_statement
from evenhand.actions.opening import LINES, Bill, packs_of_cycle
from evenhand.actions.stock import append_movements, read_stock, steps_of
from evenhand.core.errors import UsageError
from evenhand.flow.dispatch.reroute import Change, Lanes, reroute
from evenhand.flow.ledger import loads, node, transit
from evenhand.formats import cbor, cose
from evenhand.formats.entry import Entry
from evenhand.store import Store

NAME = "evenhand/closing/v1"


@dataclass(frozen=True)
class Closed:
    """What a closing did: its number, the changed lines, what stays where it lies by (point, benefit), and the steps that
    had left over these lanes before."""

    number: str
    changes: tuple[Change, ...]
    unbrought: dict[tuple[str, str], int]
    gone: int


def close_lanes(store: Store, cycle: str, person: str, passphrase: str, lanes: Sequence[str], reason: str) -> Closed:
    """Close `lanes` for `cycle` and all that follow, signed by `person`; loads that had not left go other ways.

    UsageError for a lane that is unknown or closed, a reason that is none, or a cycle in which nothing is on its way.
    """
    signer = signer_of(store, person, passphrase)
    if not reason.strip() or len(reason) > 200 or not reason.isprintable():
        raise UsageError(
            "a lane closes for a reason of 1 to 200 letters", 'say it: --reason "the bridge at Huichon is gone"'
        )
    with store.transaction("cycle"):
        found = find(store, cycle)
        if found.state not in ("committed", "open"):
            raise UsageError(
                f"cycle {cycle} is {found.state}: nothing of it waits to leave",
                "close the lane by: evenhand import lanes FILE",
            )
        _shut(store, lanes)
        at = (store.programme.id, cycle)
        policy = found.policy()
        steps, stock = steps_of(policy.benefits.values()), read_stock(store)
        rows = store.rows(LINES, {"programme": at[0], "cycle": cycle})
        counted = {row[0] for row in store.rows("select point from count where programme = %s and cycle = %s", at)}
        waits = {row[3] for row in rows} - counted
        left = found.state == "open"
        gone = sent_of(store, cycle, steps)
        waiting = [row for row in rows if not left or row[2] in waits]
        kinds = dict(store.rows("select node, kind from node"))
        held = {
            (name, b): (stock.total(node(name), b) + (stock.total(transit(name), b) if name in waits else 0)) // step
            for name, kind in kinds.items() if kind != "point" for b, step in steps.items()
        }  # fmt: skip
        network = _network(store, cycle, lanes)
        for row in rows:
            network.use(row[1], 0 if row in waiting else gone.get((row[0], row[4]), 0))
        plan = reroute(
            kinds, network, waiting, held, packs_of_cycle(store, cycle, policy), len({r[0] for r in rows}), cycle
        )
        number = _number(store, cycle)
        listed: list[cbor.Value] = [[c.waybill, c.lane, c.benefit, c.steps] for c in plan.changes]
        body: list[cbor.Value] = [NAME, *at, number, sorted(lanes), reason.strip(), listed]
        signed = cose.sign1(body, signer)
        subject = f"{cycle}-C{number:03}"
        write_statement(store, cycle, "closing", subject, signed)
        for c in plan.changes:
            store.execute(
                "insert into reroute (programme, cycle, number, waybill, lane, source, target, benefit, steps)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (*at, number, c.waybill, c.lane, c.source, c.target, c.benefit, c.steps),
            )
        if left:
            # What leaves a node that waits for nothing leaves now; the rest when its node has counted.
            now: list[Bill] = [
                (c.waybill, c.source, c.target, c.benefit, c.steps)
                for c in plan.changes
                if c.steps > 0 and c.source not in waits
            ]
            append_movements(store, cycle, loads(stock, now, steps, cycle))
        store.log.append([Entry("closing", at[0], cycle, subject, sha256(signed).digest())])
    store.log.publish()
    shut = {row[0] for row in rows if network.is_shut(row[1]) and row not in waiting}
    return Closed(subject, plan.changes, plan.unbrought, sum(n for (waybill, _), n in gone.items() if waybill in shut))


def _shut(store: Store, lanes: Sequence[str]) -> None:
    """A new version of each lane, closed: what every later freeze reads."""
    newest = {
        row[0]: row[1:]
        for row in store.rows(
            "select distinct on (lane) lane, source, target, commodity, capacity_base, cost, open from lane_version"
            " order by lane, id desc"
        )
    }
    for lane in lanes:
        if lane not in newest:
            raise UsageError(f'there is no lane "{lane}"', "name it as in the list of lanes")
        if not newest[lane][-1]:
            raise UsageError(f'lane "{lane}" is closed already', "name lanes that are open")
    if not lanes or len(set(lanes)) != len(lanes):
        raise UsageError("no lane, or one lane twice", "name each lane that closes once")
    for lane in lanes:
        store.execute(
            "insert into lane_version (lane, source, target, commodity, capacity_base, cost, open)"
            " values (%s, %s, %s, %s, %s, %s, false)",
            (lane, *newest[lane][:-1]),
        )


def _network(store: Store, cycle: str, closed: Sequence[str]) -> Lanes:
    """The lanes of the cycle as they were certified, less those that are closed now or were closed in it before."""
    tables = place(store, cycle) / "public" / "tables"
    lanes, carried = pq.read_table(tables / "lanes.parquet"), pq.read_table(tables / "carried.parquet")
    shut = set(closed) | {
        row[0]
        for row in store.rows(
            "select lane from (select distinct on (lane) lane, open from lane_version order by lane, id desc) newest"
            " where not open"
        )
    }
    return Lanes(lanes, carried, frozenset(shut))


def _number(store: Store, cycle: str) -> int:
    rows = store.rows(
        "select count(*) from statement where programme = %s and cycle = %s and kind = 'closing'",
        (store.programme.id, cycle),
    )
    return int(rows[0][0]) + 1
