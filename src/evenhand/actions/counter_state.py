"""What a phone at a distribution point is given: how its cycles stand, and the plain rolls of the points it holds.

It gets tags and plain records only: nothing here opens a sealed row, and no r is ever on the server.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.actions.card_moves import asked_of, guests_at
from evenhand.actions.counter_rows import phone_rows
from evenhand.actions.counter_sync import head_of
from evenhand.actions.cycles import Cycle, find, place, seed_of, state_of
from evenhand.actions.factors import factors_at
from evenhand.actions.holding import held_in, phones_at, points_beside, points_held
from evenhand.actions.opening import waybills_of
from evenhand.actions.point_news import point_news
from evenhand.actions.releases import releases_of
from evenhand.actions.stock import steps_of
from evenhand.core.benefit import Benefit
from evenhand.core.errors import UsageError
from evenhand.flow.ledger import node
from evenhand.flow.redemption import Device
from evenhand.formats import cbor
from evenhand.formats.entry import decode
from evenhand.store import Store

SHOWN = ("committed", "open")
"""States of a cycle a phone hears of: rolls may be fetched once they are committed."""


def counter_state(store: Store, device: Device) -> dict[str, cbor.Value]:
    """How everything stands for one phone: the answer to `GET state`, see spec/counter-api.md."""
    held, beside = points_held(store, device.name), points_beside(store, device.name)
    rows = store.rows("select cycle from cycle where programme = %s order by period, attempt", (store.programme.id,))
    shown = [name for (name,) in rows if state_of(store, name) in SHOWN]
    return {
        "now": store.clock(),
        "origin": store.programme.origin,
        "programme": store.programme.id,
        "zone": store.programme.zone,
        "demo": store.programme.demo,
        "device": device.name,
        "points": list(held),
        "second": list(beside),
        "log_key": store.keys.log_vkey.public_key,
        "cycles": [_cycle(store, find(store, name), held + beside, device) for name in shown],
    }


def _cycle(store: Store, cycle: Cycle, points: list[str], device: Device) -> cbor.Value:
    policy, head = cycle.policy(), head_of(store, cycle.id, device.name)
    return {
        "cycle": cycle.id,
        "period": cycle.period.id,
        "first": cycle.period.first.isoformat(),
        "last": cycle.period.last.isoformat(),
        "state": cycle.state,
        "title": policy.title,
        "benefits": [_benefit(benefit) for benefit in policy.benefits.values()],
        "points": [_point(store, cycle, point, device) for point in points],
        "head": {"receipts": head.receipts, "hash": head.hash},
        "second_factor": policy.second_factor,
        "presence": policy.presence,
    }


def _benefit(benefit: Benefit) -> cbor.Value:
    return {
        "id": benefit.id, "title": benefit.title, "kind": benefit.kind, "unit": benefit.unit, "parts": benefit.parts,
        "base_per_unit": benefit.base_per_unit, "step_base": benefit.step_base, "evidence": benefit.evidence,
    }  # fmt: skip


def _point(store: Store, cycle: Cycle, point: str, device: Device) -> cbor.Value:
    programme = store.programme.id
    entry = store.log.find("roll", cycle.id, point)
    counted = store.rows(
        "select counted, cose from count where programme = %s and cycle = %s and point = %s",
        (programme, cycle.id, point),
    )
    names = store.rows("select name from node where node = %s", (point,))
    sent = [(bill, source, benefit, n) for bill, source, to, benefit, n in waybills_of(store, cycle.id) if to == point]
    totals = decode(entry).totals if entry is not None else {}
    factors = factors_at(store, cycle.id, point)
    held, news = held_in(store, cycle.id, point).get(point, ()), point_news(store, cycle, point)
    return {
        "point": point,
        "name": names[0][0] if names else point,
        "rows": totals.get("rows", 0),
        "tags_sha256": totals.get("tags"),
        "expected": [list(line) for line in sent],
        "counted": {b: int(n) for b, n in sorted(dict(counted[0][0]).items())} if counted else None,
        "recut": recut_of(store, cycle.id, point),
        "given": _given(store, cycle.id, point, device),
        "holders": list(held),
        "phones": phones_at(store, point),
        "releases": [release.raw for release in releases_of(store, cycle.id, [point])],
        "lots": _lots(store, cycle, point),
        "supplements": news["supplements"] if held[-1:] == (device.name,) else [],
        "held": news["held"],
        "moves": [list(pair) for pair in asked_of(store, cycle.id, point)],
        "guests": guests_at(store, cycle, point) if held[-1:] == (device.name,) else [],
        "factors": None if factors is None else sha256(factors).digest(),
        "closed": bool(store.rows(
            "select from head where programme = %s and cycle = %s and device = %s", (programme, cycle.id, device.name)
        )),
    }  # fmt: skip


def _given(store: Store, cycle: str, point: str, device: Device) -> cbor.Value:
    """Tags that another device of this point has given to: a phone that replaces it must not refuse them, but contest. What
    a replaced phone gave without a coupon is left out: whoever stole it could sign that for the whole list, and every family
    would then live off the reserve."""
    rows = store.rows(
        "select distinct tag from receipt r where programme = %(programme)s and cycle = %(cycle)s and point = %(point)s"
        " and device <> %(device)s and (exception is null or not exists"
        " (select from holding where point = %(point)s and replaces = r.device)) order by tag",
        {"programme": store.programme.id, "cycle": cycle, "point": point, "device": device.name},
    )
    return [bytes(row[0]) for row in rows]


LOTS = """
select m.benefit, m.lot, l.best_before::text, sum(m.quantity)::bigint, l.pack_base from (
  select benefit, lot, quantity from movement where programme = %(programme)s and target = %(account)s
  union all select benefit, lot, -quantity from movement where programme = %(programme)s and source = %(account)s
) m left join lot l on l.lot = m.lot and l.benefit = m.benefit
group by 1, 2, 3, 5 having sum(m.quantity) > 0 order by 1, 3 nulls last, 2
"""


def _lots(store: Store, cycle: Cycle, point: str) -> cbor.Value:
    """Lots that lie at a point by the ledger, first expired first: benefit, lot, best before, whole steps, steps a pack."""
    steps = steps_of(cycle.policy().benefits.values())
    rows = store.rows(LOTS, {"programme": store.programme.id, "account": node(point)})
    return [
        [benefit, lot, day, quantity // steps[benefit], pack // steps[benefit] if pack else None]
        for benefit, lot, day, quantity, pack in rows
        if benefit in steps
    ]


def recut_of(store: Store, cycle: str, point: str) -> list[cbor.Value]:
    """The re-cut of a point as its log entry lists it; empty if there was none."""
    rows = store.rows(
        "select benefit, counted, reserve, carry_micro, rungs, num, den, units from recut"
        " where programme = %s and cycle = %s and point = %s order by benefit",
        (store.programme.id, cycle, point),
    )
    return [list(row) for row in rows]


def check_holds(store: Store, device: Device, point: str) -> None:
    """UsageError unless a device holds this point, or is a second one there."""
    if point not in points_held(store, device.name) + points_beside(store, device.name):
        raise UsageError(
            f'device "{device.name}" does not hold point "{point}"', "enrol it for this point", "not-holder"
        )


def counter_roll(store: Store, device: Device, cycle: str, point: str) -> bytes:
    """The roll of a point as its phone gets it: canonical CBOR, see spec/counter-api.md. UsageError for a point it does
    not hold, or a cycle that is not committed."""
    check_holds(store, device, point)
    found = find(store, cycle)
    if found.state not in SHOWN:
        raise UsageError(f"cycle {cycle} is {found.state}", "fetch the roll when it is committed", "not-open")
    return _packed_roll(store, found, point)


def _packed_roll(store: Store, cycle: Cycle, point: str) -> bytes:
    root = place(store, cycle.id)
    rows = _rows_of(root / "private" / "rows.parquet", point)
    totals = _table(root / "public" / "tables" / "totals.parquet")
    levels = _table(root / "public" / "tables" / "levels.parquet")
    units = {row["benefit"]: row for row in totals if row["point"] == point}
    level = {row["commodity"]: row for row in levels if row["point"] == point}
    benefits: list[cbor.Value] = []
    for benefit in cycle.policy().benefits.values():
        planned, stands = units.get(benefit.id), level.get(benefit.id)
        benefits.append({
            "id": benefit.id, "step_base": benefit.step_base,
            "units": planned["units"] if planned else None,
            "reserve": planned["reserve"] if planned else None,
            "rungs": stands["rungs"] if stands else 0,
            "num": stands["num"] if stands else "0", "den": stands["den"] if stands else "1",
        })  # fmt: skip
    return cbor.dumps({
        "version": 1, "programme": store.programme.id, "cycle": cycle.id, "point": point,
        "seed": seed_of(store, cycle.id), "benefits": benefits, "rows": phone_rows(store, cycle, point, rows),
    })  # fmt: skip


def _rows_of(path: Path, point: str) -> pa.Table:
    # Rows are sorted by point, so only the row groups that hold it are read.
    return pq.read_table(path, filters=pc.field("point") == point)


@lru_cache(maxsize=8)
def _table(path: Path) -> list[dict[str, Any]]:
    # Committed files never change.
    return list(pq.read_table(path).to_pylist())
