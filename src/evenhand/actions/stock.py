"""Stock as the database has it, and movements into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import pyarrow as pa

from evenhand.flow.ledger import Movement, Stock
from evenhand.store import Store

ON_HAND = """
select account, b.benefit, b.lot, l.best_before, sum(quantity)::bigint as quantity, l.pack_base from (
  select target as account, benefit, lot, quantity from movement where programme = %(programme)s and id <= %(upto)s
  union all
  select source, benefit, lot, -quantity from movement where programme = %(programme)s and id <= %(upto)s
) b left join lot l on l.lot = b.lot and l.benefit = b.benefit
where account like 'node:%%' or account like 'transit:%%'
group by 1, 2, 3, 4, 6 having sum(quantity) <> 0 order by 1, 2, 3
"""
EVER = 2**62


def on_hand(store: Store, upto: int = EVER) -> list[tuple[str, str, str, object, int]]:
    """(account, benefit, lot, best before or None, base units) of every node and transit account, after movement `upto`."""
    rows = store.rows(ON_HAND, {"programme": store.programme.id, "upto": upto})
    return [tuple(row[:5]) for row in rows]  # type: ignore[misc]


ON_HAND_AT = ON_HAND.replace("id <= %(upto)s", "{side} = any(%(accounts)s)")
ON_HAND_AT = ON_HAND_AT.replace("{side}", "target", 1).replace("{side}", "source", 1)


def on_hand_at(store: Store, accounts: Sequence[str]) -> list[tuple[str, str, str, date | None, int, int | None]]:
    """(account, benefit, lot, best before or None, base units, base units a pack) of a few accounts: by their own movements
    alone, so that a page need not read the country's."""
    rows = store.rows(ON_HAND_AT, {"programme": store.programme.id, "accounts": list(accounts)})
    return [tuple(row) for row in rows]  # type: ignore[misc]


def read_stock(store: Store) -> Stock:
    """Lots on every account now."""
    return Stock(on_hand(store))  # type: ignore[arg-type]


def append_movements(store: Store, cycle: str | None, movements: Sequence[Movement]) -> None:
    """Append movements. Their refs are unique in the database, so none is ever counted twice."""
    count = len(movements)
    store.copy_in(
        "movement",
        pa.table(
            {
                "programme": pa.array([store.programme.id] * count, pa.string()),
                "cycle": pa.array([cycle] * count, pa.string()),
                "kind": pa.array([m.kind for m in movements], pa.string()),
                "source": pa.array([m.source for m in movements], pa.string()),
                "target": pa.array([m.target for m in movements], pa.string()),
                "benefit": pa.array([m.benefit for m in movements], pa.string()),
                "lot": pa.array([m.lot for m in movements], pa.string()),
                "quantity": pa.array([m.quantity for m in movements], pa.int64()),
                "ref": pa.array([m.ref for m in movements], pa.string()),
            }
        ),
    )


def movements_of(store: Store, cycle: str, after: int, upto: int) -> list[Movement]:
    """The movements of `cycle`, and the goods received from outside with `after` < id <= `upto`, in order."""
    rows = store.rows(
        "select kind, source, target, benefit, lot, quantity, ref from movement where programme = %s"
        " and (cycle = %s or (cycle is null and id > %s and id <= %s)) order by id",
        (store.programme.id, cycle, after, upto),
    )
    return [Movement(*row) for row in rows]


def steps_of(benefits: Iterable[object]) -> dict[str, int]:
    """Base units a hand-out step of the benefits that have stock."""
    return {b.id: b.step_base for b in benefits if b.division == "leximin"}  # type: ignore[attr-defined]
