"""The months after the newest computed cycle: what is due, what will lie there, what a plan of receipts makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pyarrow.parquet as pq

from evenhand.actions.cycles import find
from evenhand.actions.division import division, root_of
from evenhand.actions.horizon import outlooks
from evenhand.core.errors import UsageError
from evenhand.core.period import month_after
from evenhand.flow.allocation.horizon_tables import Plan, Seen
from evenhand.flow.disclosure import layout
from evenhand.flow.network.cells import rows_of
from evenhand.store import Store

LARGER = {"g": "kg", "ml": "l"}


@dataclass(frozen=True)
class Good:
    """A good as it goes into the months ahead: what is due a month, and what lies there after this cycle, in `unit`."""

    benefit: str
    title: str
    unit: str
    due: Fraction
    opening: Fraction


def goods_after(store: Store, cycle: str) -> list[Good]:
    """The goods of a computed cycle; none before it is computed. What comes in meanwhile is not known here."""
    root, found = root_of(store, cycle), division(store, cycle)
    if root is None or not found.goods:
        return []
    supply = pq.read_table(root / "public" / layout.table_path("supply")).group_by("commodity")
    offered = {row["commodity"]: row["quantity_sum"] for row in supply.aggregate([("quantity", "sum")]).to_pylist()}
    made = []
    for one in found.goods:
        good = one.benefit
        each = Fraction(1, good.base_per_unit * (1000 if good.unit in LARGER else 1))
        left = max(0, offered.get(good.id, 0) * good.step_base - one.given)
        made.append(Good(good.id, good.title, LARGER.get(good.unit, good.unit), one.due * each, left * each))
    return made


def months(store: Store, cycle: str, count: int) -> list[str]:
    """The ids of so many months after the cycle's own."""
    found, names = find(store, cycle).period, []
    for _ in range(count):
        found = month_after(found)
        names.append(found.id)
    return names


def ahead(
    goods: Sequence[Good], names: Sequence[str], asked: Mapping[tuple[str, str], str]
) -> tuple[Plan, tuple[Seen, ...]]:
    """The outlook of each good with something due. `asked`: (benefit, `due` | `opening` | a month) -> quantity as it was
    typed. InputError with every quantity that is none."""
    rows = [
        {
            "month": name, "commodity": good.title, "demand": asked.get((good.benefit, "due"), ""),
            "receipts": asked.get((good.benefit, name), "") or "0",
            "opening": "" if at else asked.get((good.benefit, "opening"), "") or "0",
        }
        for good in goods for at, name in enumerate(names)
    ]  # fmt: skip
    if not rows:
        raise UsageError("no good is divided in this cycle", "compute one first")
    return outlooks(rows_of("the form", rows), [], "the form")
