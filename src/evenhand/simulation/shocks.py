"""The three months of the demo: full stock, a cut, a cut and a flood that closes lanes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import pyarrow as pa

from evenhand.core.period import Period
from evenhand.simulation.chance import quotas
from evenhand.simulation.network import Site, capacity, depot_people, lane_id, lane_table
from evenhand.simulation.tables import Good, Link, Tables

KEEPS = {"grain": 365, "oil": 540, "eggs": 90, "chicken": 180}
"""Days after the month's first day that a lot is best before; other goods keep."""
SOURCES = {"E-NAMPO": "purchase", "E-CHONGJIN": "aid", "E-SINUIJU": "harvest"}
SPARE = 4
"""In the full month, units a point laid in beside the percentage: every rung of a point is rounded up to a step."""


def stock(
    tables: Tables,
    places: Sequence[Site],
    month: int,
    period: Period,
    due: Mapping[str, int],
    on_hand: Mapping[str, int],
) -> pa.Table:
    """Rows for `import stock` before the freeze of `month` (1, 2, 3; later months are like the third).

    `due`: base units due in the period by benefit, reserve included; `on_hand`: base units at all nodes together. What
    is laid in brings the stock up to the percentage of `goods.csv`, split over entries by the people they serve first.
    ValueError for a month under 1."""
    if month < 1:
        raise ValueError(f"there is no month {month}")
    shares = _entry_shares(tables, places)
    rows = []
    for good in tables.goods:
        if not due.get(good.id):
            continue
        percent = good.stock_percent[min(month, len(good.stock_percent)) - 1]
        wanted = due[good.id] * percent // 100 + (SPARE * len(places) * good.base_per_unit if month == 1 else 0)
        fresh = max(0, wanted - on_hand.get(good.id, 0))
        units = -(-fresh // good.base_per_unit)
        for entry, part in zip(shares, quotas(units, list(shares.values())), strict=True):
            if part:
                name = entry.removeprefix("E-")
                best = period.first + timedelta(days=KEEPS[good.id]) if good.id in KEEPS else None
                lot = f"{good.id.upper()}-{period.id}-{name}"
                rows.append((entry, good.id, lot, f"{part} {good.unit}", best, SOURCES.get(entry, "stock")))
    names = ("node", "commodity", "lot", "quantity", "best_before", "source")
    types = (pa.string(),) * 4 + (pa.date32(), pa.string())
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pa.table({name: pa.array(column, kind) for name, column, kind in zip(names, columns, types, strict=True)})


def _entry_shares(tables: Tables, places: Sequence[Site]) -> dict[str, int]:
    """People by the entry whose lane to their depot is the widest, in the order of the table."""
    people = depot_people(places)
    shares = {node.node: 0 for node in tables.nodes if node.kind == "entry"}
    for depot, count in people.items():
        widest = max((link for link in tables.links if link.target == depot), key=lambda link: link.percent)
        shares[widest.source] += count
    return shares


def flood(tables: Tables, places: Sequence[Site]) -> pa.Table:
    """The lanes that a flood closes or narrows, as rows for `import lanes`: ids as before, `open` no or a capacity."""
    return _changed(tables, places, lambda link: link.flood)


def recede(tables: Tables, places: Sequence[Site]) -> pa.Table:
    """The same lanes as they were before the flood."""
    return _changed(tables, places, lambda link: "open")


def _changed(tables: Tables, places: Sequence[Site], state_of: Callable[[Link], str]) -> pa.Table:
    people = depot_people(places)
    rows = []
    for link in tables.links:
        if link.flood == "open" or link.target not in people:
            continue
        for good in tables.goods:
            rows.append(_row(link, good, people[link.target], state_of(link)))
    return lane_table(rows)


def _row(link: Link, good: Good, people: int, state: str) -> tuple[str, str, str, str | None, str | None, int, str]:
    percent = int(state) if state.isdigit() else link.percent
    lane = lane_id(link.source, link.target, good.id)
    return (
        lane,
        link.source,
        link.target,
        good.id,
        capacity(good, people, percent),
        link.km,
        "no" if state == "closed" else "yes",
    )
