"""What was counted at a place in a cycle, beside what lay there and what was sent; what clerks found different."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evenhand.actions.cycles import detail_of
from evenhand.actions.opening import LINES
from evenhand.actions.stock import EVER
from evenhand.flow.ledger import node
from evenhand.store import Store

NOTHING: tuple[int, int, list[str]] = (0, 0, [])


@dataclass(frozen=True)
class CountLine:
    """What became of a benefit on its way to a node in a cycle, in steps: `lay` there before the cycle;
    `counted` is None before the count. `reasons`: why
    some was lost; `recut`: rations were brought down."""

    benefit: str
    lay: int
    planned: int
    counted: int | None
    damaged: int
    missing: int
    reasons: str
    recut: bool


def lay_at(store: Store, cycle: str, name: str) -> dict[str, int]:
    """Benefit -> base units that lay at a node when a cycle was frozen: what its own movements, and what came later, began
    with."""
    frozen = detail_of(store, cycle, "frozen").get("movements_to", EVER)
    rows = store.rows(
        "select benefit, sum(case when target = %(at)s then quantity else -quantity end)::bigint from ("
        " select * from movement where target = %(at)s union all select * from movement where source = %(at)s) m"
        " where programme = %(programme)s and cycle is distinct from %(cycle)s and id <= %(frozen)s group by benefit",
        {"programme": store.programme.id, "cycle": cycle, "at": node(name), "frozen": frozen},
    )
    return {benefit: quantity for benefit, quantity in rows if quantity}


def counts_at(store: Store, cycle: str, name: str, step_base: Mapping[str, int]) -> list[CountLine]:
    """What lay at a node before a cycle, what was planned for it, what was counted there, and what was lost on the way, by
    benefit (those of `step_base`, base units a step)."""
    at = {"programme": store.programme.id, "cycle": cycle, "node": name}
    planned: dict[str, int] = {}
    lay = lay_at(store, cycle, name)
    numbers = []
    for waybill, _, _, target, benefit, steps in store.rows(LINES, at):
        if target == name:
            planned[benefit] = planned.get(benefit, 0) + steps
            numbers.append(waybill)
    rows = store.rows(
        "select counted from count where programme = %(programme)s and cycle = %(cycle)s and point = %(node)s", at
    )
    counted = {benefit: int(steps) for benefit, steps in rows[0][0].items()} if rows else None
    cut = {
        row[0]
        for row in store.rows(
            "select benefit from recut where programme = %(programme)s and cycle = %(cycle)s and point = %(node)s", at
        )
    }
    lost: dict[str, tuple[int, int, list[str]]] = {}
    for benefit, damaged, missing, reason in store.rows(
        "select benefit, damaged, missing, reason from goods_received where programme = %(programme)s"
        " and cycle = %(cycle)s and waybill = any(%(numbers)s) order by waybill",
        at | {"numbers": sorted(set(numbers))},
    ):
        had = lost.get(benefit, (0, 0, []))
        lost[benefit] = (had[0] + damaged, had[1] + missing, [*had[2], *([reason] if reason else [])])
    return [
        CountLine(
            b, lay.get(b, 0) // step_base[b], planned.get(b, 0), None if counted is None else counted.get(b),
            lost.get(b, NOTHING)[0], lost.get(b, NOTHING)[1], "; ".join(dict.fromkeys(lost.get(b, NOTHING)[2])), b in cut,
        )
        for b in sorted(planned.keys() | (counted or {}).keys() | lay.keys())
        if b in step_base
    ]  # fmt: skip


def variances(store: Store, cycle: str, point: str, limit: int = 20) -> list[tuple[str, str, int]]:
    """(device, words, UTC seconds by the phone's clock) of what a clerk found different at a day's end, newest first."""
    rows = store.rows(
        "select device, text, noted_at from counter_note where programme = %s and cycle = %s and point = %s"
        " and kind = 'variance' order by noted_at desc limit %s",
        (store.programme.id, cycle, point, limit),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def counted_nodes(store: Store, cycle: str) -> frozenset[str]:
    """Depots and points that have counted in this cycle."""
    rows = store.rows("select point from count where programme = %s and cycle = %s", (store.programme.id, cycle))
    return frozenset(row[0] for row in rows)
