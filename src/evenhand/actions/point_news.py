"""What changed at a point since its roll was committed, as its phone gets it: in the state, or as a file that is carried."""

from __future__ import annotations

import pyarrow.parquet as pq

from evenhand.actions.counter_rows import phone_rows
from evenhand.actions.cycles import Cycle, find
from evenhand.actions.hold import held_now
from evenhand.actions.supplement_rows import confirmed
from evenhand.core.errors import UsageError
from evenhand.formats import cbor, cose
from evenhand.store import Store

NAME = "evenhand/point-news/v1"


def point_news(store: Store, cycle: Cycle, point: str) -> dict[str, cbor.Value]:
    """`supplements` and `held` of a point, see spec/counter-api.md."""
    supplements: list[cbor.Value] = [
        [one.number, phone_rows(store, cycle, point, pq.read_table(one.rows))]
        for one in confirmed(store, cycle.id, point)
    ]
    held: list[cbor.Value] = [
        [one.tag, one.reason, one.notice, one.complain] for one in held_now(store, cycle.id, point)
    ]
    return {"supplements": supplements, "held": held}


def news_file(store: Store, cycle: str, point: str) -> bytes:
    """The same as a file for a phone without a network, signed by the log key. UsageError for a point that is none, or a
    cycle that phones do not hear of."""
    found = find(store, cycle)
    if found.state not in ("committed", "open"):
        raise UsageError(f"cycle {cycle} is {found.state}", "phones hear of a cycle from its commitment to its close")
    if not store.rows("select from node where node = %s and kind = 'point'", (point,)):
        raise UsageError(f'there is no point "{point}"', "name it as in the list of points")
    said: list[cbor.Value] = [NAME, store.programme.id, cycle, point, store.clock(), point_news(store, found, point)]
    return cose.sign1(said, store.keys.log())
