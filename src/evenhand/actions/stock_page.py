"""What the pages of stock show: what lies where and expires first, how waybills stand, what was counted. Bounded queries,
each by the nodes or the one cycle that a page shows."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

from evenhand.actions.opening import LINES
from evenhand.actions.stock import on_hand_at
from evenhand.flow.ledger import node, transit
from evenhand.store import Store

SOON_DAYS = 60
EXPIRING_MOST = 20
STATES = ("planned", "loaded", "sent", "received", "short")
"""How a waybill stands: its goods have not left; the ledger loaded them; the storekeeper signed; they came; less came."""


@dataclass(frozen=True)
class LotHere:
    """So many base units of a lot at a node; `pack_base` those of a pack, None where it is loose."""

    node: str
    benefit: str
    lot: str
    best_before: date | None
    quantity: int
    pack_base: int | None


@dataclass(frozen=True)
class Bill:
    """A waybill as it stands (one of STATES): `lines` are (benefit, steps planned)."""

    number: str
    lane: str
    source: str
    target: str
    state: str
    lines: tuple[tuple[str, int], ...]


def nodes_seen(store: Store, areas: Sequence[str | None]) -> frozenset[str] | None:
    """Depots and points of these areas and those below them; None is every node."""
    if None in areas:
        return None
    rows = store.rows(
        "with recursive below as (select pcode from area where pcode = any(%(areas)s) union"
        " select a.pcode from area a join below b on a.parent = b.pcode)"
        " select node from node where area in (select pcode from below)",
        {"areas": list(areas)},
    )
    return frozenset(row[0] for row in rows)


def nodes_named(store: Store, nodes: Set[str] | None, kinds: Sequence[str]) -> list[tuple[str, str]]:
    """(id, name) of the nodes of these kinds among `nodes` (None: all), by name."""
    return [
        (row[0], row[1])
        for row in store.rows(
            "select node, name from node where kind = any(%(kinds)s)"
            " and (%(nodes)s::text[] is null or node = any(%(nodes)s)) order by name, node",
            {"kinds": list(kinds), "nodes": _listed(nodes)},
        )
    ]


def count_nodes(store: Store, nodes: Set[str] | None, filter: str) -> int:
    """How many nodes a page may list."""
    return int(store.rows(f"select count(*) from node where {_MATCH}", _asked(nodes, filter))[0][0])


def nodes_page(
    store: Store, nodes: Set[str] | None, filter: str, offset: int, limit: int
) -> list[tuple[str, str, str]]:
    """(id, name, kind): depots before points, by name."""
    rows = store.rows(
        f"select node, name, kind from node where {_MATCH} order by kind = 'point', name, node limit %(limit)s"
        " offset %(offset)s",
        _asked(nodes, filter) | {"limit": limit, "offset": offset},
    )
    return [(row[0], row[1], row[2]) for row in rows]


_MATCH = (
    "(%(nodes)s::text[] is null or node = any(%(nodes)s))"
    " and (position(lower(%(filter)s) in lower(name)) > 0 or position(lower(%(filter)s) in lower(node)) > 0)"
)


def _asked(nodes: Set[str] | None, filter: str) -> dict[str, object]:
    return {"nodes": _listed(nodes), "filter": filter}


def _listed(nodes: Set[str] | None) -> list[str] | None:
    return None if nodes is None else sorted(nodes)


def lots_at(store: Store, nodes: Sequence[str]) -> list[LotHere]:
    """What lies at these nodes, of each benefit what expires first first."""
    found = [
        LotHere(account.removeprefix("node:"), benefit, lot, day, quantity, pack)
        for account, benefit, lot, day, quantity, pack in on_hand_at(store, [node(name) for name in nodes])
    ]
    return sorted(found, key=lambda one: (one.node, one.benefit, one.best_before or date.max, one.lot))


def on_the_way(store: Store, name: str) -> dict[str, int]:
    """Benefit -> base units on the way to a node."""
    found: dict[str, int] = {}
    for _, benefit, _, _, quantity, _ in on_hand_at(store, [transit(name)]):
        found[benefit] = found.get(benefit, 0) + quantity
    return found


def expiring(store: Store, nodes: Set[str] | None) -> list[LotHere]:
    """Of the forty lots with the latest day within 60 days from now: those that still lie somewhere, the first twenty."""
    rows = store.rows(
        "select l.benefit, l.lot, l.best_before, l.pack_base from lot l where l.best_before <= %s"
        " order by l.best_before desc limit 40",
        (store.today() + timedelta(days=SOON_DAYS),),
    )
    about = {(row[0], row[1]): (row[2], row[3]) for row in rows}
    moved = store.rows(
        "select account, benefit, lot, sum(quantity)::bigint from ("
        " select target as account, benefit, lot, quantity from movement"
        " where programme = %(programme)s and lot = any(%(lots)s) union all"
        " select source, benefit, lot, -quantity from movement where programme = %(programme)s and lot = any(%(lots)s)"
        ") m where account like 'node:%%' group by 1, 2, 3 having sum(quantity) > 0",
        {"programme": store.programme.id, "lots": [lot for _, lot in about]},
    )
    found = [
        LotHere(account.removeprefix("node:"), benefit, lot, about[benefit, lot][0], quantity, about[benefit, lot][1])
        for account, benefit, lot, quantity in moved
        if (benefit, lot) in about and (nodes is None or account.removeprefix("node:") in nodes)
    ]
    return sorted(found, key=lambda one: (one.best_before or date.max, one.node, one.lot))[:EXPIRING_MOST]


def arrivals(store: Store, nodes: Set[str] | None, limit: int = 20) -> list[tuple[LotHere, str]]:
    """The newest goods received from outside, each with its source."""
    rows = store.rows(
        "select m.target, m.benefit, m.lot, l.best_before, m.quantity, l.pack_base, l.source from movement m"
        " join lot l on l.lot = m.lot and l.benefit = m.benefit where m.programme = %(programme)s and m.cycle is null"
        " and m.kind = 'receipt' and (%(targets)s::text[] is null or m.target = any(%(targets)s))"
        " order by m.id desc limit %(limit)s",
        {
            "programme": store.programme.id, "limit": limit,
            "targets": None if nodes is None else [node(name) for name in sorted(nodes)],
        },
    )  # fmt: skip
    return [(LotHere(row[0].removeprefix("node:"), *row[1:6]), row[6]) for row in rows]


BILLS = f"""
with lines as materialized ({LINES}),
bill as (select distinct waybill, lane, source, target from lines
  where (%(nodes)s::text[] is null or source = any(%(nodes)s) or target = any(%(nodes)s))),
noted as materialized (select waybill, bool_or(damaged + missing > 0) as short from goods_received
  where programme = %(programme)s and cycle = %(cycle)s group by 1),
counted as materialized (select c.point, exists (select from recut r where r.programme = c.programme
    and r.cycle = c.cycle and r.point = c.point) as short from count c
  where c.programme = %(programme)s and c.cycle = %(cycle)s),
signed as materialized (select subject from statement
  where programme = %(programme)s and cycle = %(cycle)s and kind = 'sent'),
loaded as materialized (select distinct source, target from movement
  where programme = %(programme)s and cycle = %(cycle)s and kind = 'load')
select b.waybill, b.lane, b.source, b.target, case
  when n.waybill is not null then case when n.short then 'short' else 'received' end
  when c.point is not null then case when c.short then 'short' else 'received' end
  when s.subject is not null then 'sent'
  when l.source is not null then 'loaded'
  else 'planned' end
from bill b left join noted n on n.waybill = b.waybill left join counted c on c.point = b.target
left join signed s on s.subject = b.waybill
left join loaded l on l.source = 'node:' || b.source and l.target = 'transit:' || b.target
order by b.waybill
"""


def bills(store: Store, cycle: str, nodes: Set[str] | None) -> list[Bill]:
    """Every waybill of a cycle that leaves or goes to one of `nodes` (None: all), as it stands."""
    at = {"programme": store.programme.id, "cycle": cycle, "nodes": _listed(nodes)}
    lines: dict[str, list[tuple[str, int]]] = {}
    for waybill, _, _, _, benefit, steps in store.rows(LINES, at):
        lines.setdefault(waybill, []).append((benefit, steps))
    return [Bill(row[0], row[1], row[2], row[3], row[4], tuple(lines[row[0]])) for row in store.rows(BILLS, at)]


def transfers_of(
    store: Store, cycle: str, nodes: Set[str] | None
) -> list[tuple[int, str, str, str, int, int | None, bool, str]]:
    """(number, from, to, benefit, steps, steps received, on the way, reason) of a cycle's transfers, newest first."""
    rows = store.rows(
        "select number, source, target, benefit, steps, received, on_the_way, reason from transfer"
        " where programme = %(programme)s and cycle = %(cycle)s"
        " and (%(nodes)s::text[] is null or source = any(%(nodes)s) or target = any(%(nodes)s))"
        " order by number desc, benefit limit 50",
        {"programme": store.programme.id, "cycle": cycle, "nodes": _listed(nodes)},
    )
    return [tuple(row) for row in rows]


def lanes_now(store: Store, nodes: Set[str] | None) -> list[tuple[str, str, str, bool]]:
    """(lane, from, to, open) of the lanes that end at one of `nodes` (None: all), those that are closed first."""
    rows = store.rows(
        "select lane, source, target, open from (select distinct on (lane) lane, source, target, open from lane_version"
        " order by lane, id desc) newest where (%(nodes)s::text[] is null or target = any(%(nodes)s))"
        " order by open, source, target, lane limit 2000",
        {"nodes": _listed(nodes)},
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def closing_of(
    store: Store, cycle: str, number: str, nodes: Set[str] | None
) -> list[tuple[str, str, str, str, int]] | None:
    """(waybill, from, to, benefit, steps put on or, below zero, taken off) of a closing; None if there is no such."""
    at = {"programme": store.programme.id, "cycle": cycle, "subject": number, "nodes": _listed(nodes)}
    if not store.rows(
        "select 1 from statement where programme = %(programme)s and cycle = %(cycle)s and kind = 'closing'"
        " and subject = %(subject)s",
        at,
    ):
        return None
    rows = store.rows(
        "select waybill, source, target, benefit, steps from reroute where programme = %(programme)s"
        " and cycle = %(cycle)s and cycle || '-C' || lpad(number::text, 3, '0') = %(subject)s"
        " and (%(nodes)s::text[] is null or target = any(%(nodes)s)) order by waybill, benefit",
        at,
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]
