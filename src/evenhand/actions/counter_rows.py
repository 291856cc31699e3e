"""Rows of a roll, or of a supplementary list, as the phone of their point gets them: plain, by tag."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from evenhand.actions.cycles import Cycle
from evenhand.actions.proxies import proxies_of
from evenhand.core.quantity import MICRO
from evenhand.formats import cbor
from evenhand.store import Store

MARKS = """
select distinct on (household) household, mark from card where household = any(%s) and from_period <= %s
order by household, epoch desc
"""
MARK_BYTES = 5
"""Of a card's mark as much as finds its row among those of a point: a roll has to fit on a cheap phone."""


def phone_rows(store: Store, cycle: Cycle, point: str, rows: pa.Table) -> list[cbor.Value]:
    """`rows` (tag, card, household, ration_steps, carry_micro, offered_steps, ladder; one a household and benefit) with what
    the clerk sees of each household, see spec/counter-api.md. Sorted by tag."""
    households = list(set(rows["household"].to_pylist()))
    people = dict(
        store.rows(
            "select household, count(*) from member_now where household = any(%s) group by household", (households,)
        )
    )
    names = dict(store.rows("select household, name from household_now where household = any(%s)", (households,)))
    proxies = proxies_of(store, households)
    marks = {
        household: bytes(mark)[:MARK_BYTES] for household, mark in store.rows(MARKS, (households, cycle.period.id))
    }
    packed: list[cbor.Value] = []
    for tag, group in _by_tag(rows):
        household = group["household"][0]
        packed.append([
            tag, group["card"][0], names.get(household), people.get(household, 0), group["ration_steps"], _first(group),
            group["ladder"], list(proxies.get(household, ())), {"card": marks[household]} if household in marks else {},
        ])  # fmt: skip
    return packed


def _first(group: dict[str, list[Any]]) -> list[int]:
    """What comes before any share, in millionths of a step: arrears, and goods that are offered again."""
    return [c + again * MICRO for c, again in zip(group["carry_micro"], group["offered_steps"], strict=True)]


def _by_tag(rows: pa.Table) -> list[tuple[bytes, dict[str, list[Any]]]]:
    grouped: dict[bytes, dict[str, list[Any]]] = {}
    for row in rows.to_pylist():
        mine = grouped.setdefault(row["tag"], {name: [] for name in row})
        for name, value in row.items():
            mine[name].append(value)
    return sorted(grouped.items())
