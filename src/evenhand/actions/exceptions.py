"""What needs somebody now: the rows that `flow.cycle.exceptions` judges, the signatures that wait, how the cycle stands."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow.parquet as pq

from evenhand.actions.cycles import find, newest, place, state_of
from evenhand.actions.holding import holders
from evenhand.actions.noting import sent_of
from evenhand.actions.opening import waybills_of
from evenhand.actions.stock import steps_of
from evenhand.core.errors import UsageError
from evenhand.flow.cycle.exceptions import HOUR_SECONDS, Exception_, PointNow, exceptions
from evenhand.flow.disclosure.layout import table_path
from evenhand.store import Store

POINTS = """
select n.node, n.name, r.rows, c.counted,
  coalesce((select array_agg(benefit order by benefit) from recut
            where programme = r.programme and cycle = r.cycle and point = r.point), '{}'),
  coalesce(g.given, 0)
from roll r join node n on n.node = r.point
left join count c on c.programme = r.programme and c.cycle = r.cycle and c.point = r.point
left join (select point, count(distinct tag) as given from receipt
           where programme = %(programme)s and cycle = %(cycle)s group by point) g on g.point = r.point
where r.programme = %(programme)s and r.cycle = %(cycle)s order by n.node
"""


@dataclass(frozen=True)
class Waiting:
    """A signature somebody has to give: the cycle, what is to be signed (`approve`), who prepared it, when (UTC seconds)."""

    cycle: str
    step: str
    prepared_by: str
    at: int


@dataclass(frozen=True)
class Morning:
    """How things stand: the newest cycle (None before the first) and its state, when each state was reached, the points of
    its roll, those that need somebody, signatures that wait, and how many households were served."""

    cycle: str | None
    state: str
    reached: dict[str, int]
    points: list[PointNow]
    troubles: list[Exception_]
    waiting: list[Waiting]
    served: int
    unknown: int
    to_come: int


def hear(store: Store, device: str) -> None:
    """Write down that a device called; one row an hour is kept."""
    now = store.clock()
    store.execute(
        "insert into heard (device, hour, at) values (%s, %s, %s) on conflict do nothing",
        (device, now // HOUR_SECONDS, now),
    )


def morning(store: Store, seen: Set[str] | None = None) -> Morning:
    """How things stand at the points in `seen` (None: everywhere), now."""
    try:
        cycle = newest(store)
    except UsageError:
        return Morning(None, "", {}, [], [], [], 0, 0, 0)
    state = state_of(store, cycle)
    points = points_now(store, cycle) if state == "open" else []
    points = [p for p in points if seen is None or p.point in seen]
    troubles = exceptions(points, store.clock())
    quiet = {one.point.point for one in troubles if one.kind.name == "SILENT"}
    return standing(
        store, cycle, points, troubles, sum(p.given for p in points),
        sum(p.households - p.given for p in points if p.point in quiet),
        sum(p.households - p.given for p in points if p.point not in quiet),
    )  # fmt: skip


def standing(
    store: Store,
    cycle: str,
    points: list[PointNow],
    troubles: list[Exception_],
    served: int,
    unknown: int,
    to_come: int,
) -> Morning:
    """The morning of a cycle whose points were looked at."""
    rows = _events(store, cycle)
    state = rows[-1][0]
    waiting = [Waiting(cycle, "approve", rows[-1][2], rows[-1][1])] if state == "computed" else []
    reached = {name: at for name, at, _ in rows}
    return Morning(cycle, state, reached, points, troubles, waiting, served, unknown, to_come)


def points_now(store: Store, cycle: str) -> list[PointNow]:
    """Every point of a committed cycle's rolls, as its rows tell it."""
    at = {"programme": store.programme.id, "cycle": cycle}
    planned: dict[str, dict[str, int]] = {}
    sent: dict[str, dict[str, int]] = {}
    left = sent_of(store, cycle, steps_of(find(store, cycle).policy().benefits.values()))
    for waybill, _, target, benefit, steps in waybills_of(store, cycle):
        planned.setdefault(target, {}).setdefault(benefit, 0)
        planned[target][benefit] += steps
        sent.setdefault(target, {}).setdefault(benefit, 0)
        sent[target][benefit] += left.get((waybill, benefit), 0)
    lying = _lying(place(store, cycle))
    held = holders(store)
    heard = dict(store.rows("select device, max(at) from heard group by device"))
    phones = {row[0] for row in store.rows("select device from counter_invitation")}
    return [
        PointNow(
            point, name, households, planned.get(point, {}), sent.get(point, {}),
            None if counted is None else {benefit: int(steps) for benefit, steps in counted.items()},
            tuple(recut), given, heard.get(held.get(point)), held.get(point, ""), held.get(point) in phones,
            lying.get(point, {}),
        )
        for point, name, households, counted, recut, given in store.rows(POINTS, at)
    ]  # fmt: skip


@lru_cache(maxsize=2)
def _lying(root: Path) -> dict[str, dict[str, int]]:
    """Point -> benefit -> steps that lay there when the cycle was frozen: its signed totals, which never change."""
    found: dict[str, dict[str, int]] = {}
    rows = pq.read_table(root / "public" / table_path("totals"), columns=["point", "benefit", "opening"])
    for row in rows.to_pylist():
        found.setdefault(row["point"], {})[row["benefit"]] = row["opening"]
    return found


def states_reached(store: Store, cycle: str) -> dict[str, int]:
    """State -> when the cycle came into it, UTC seconds."""
    return {state: at for state, at, _ in _events(store, cycle)}


def _events(store: Store, cycle: str) -> list[tuple[str, int, str]]:
    return store.rows(
        "select state, at, person from cycle_event where programme = %s and cycle = %s order by id",
        (store.programme.id, cycle),
    )
