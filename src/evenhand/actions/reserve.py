"""What a point's reserve still has, and where the point stands: what a list made in an open cycle may count on."""

from __future__ import annotations

import pyarrow.parquet as pq

from evenhand.actions.close import final_rolls, read_receipts, reserves
from evenhand.actions.cycles import Cycle, place
from evenhand.actions.releases import custody_of
from evenhand.flow.cycle.supplementing import Level
from evenhand.flow.redemption import settle
from evenhand.store import Store


def reserve_left(store: Store, cycle: Cycle, point: str) -> dict[str, int]:
    """Steps of a point's reserve that nobody was given or promised, by benefit, as far as receipts are here."""
    mine = {key: steps for key, steps in reserves(store, cycle.id).items() if key[0] == point}
    benefits = tuple(cycle.policy().benefits)
    rows = final_rolls(store, cycle.id, point)
    done = settle(rows, benefits, read_receipts(store, cycle.id, point=point), mine, custody_of(store, cycle.id))
    left = {benefit: steps - done.over_issue.get((point, benefit), 0) for (_, benefit), steps in mine.items()}
    for rations, listed in zip(rows["rations"].to_pylist(), rows["listed"].to_pylist(), strict=True):
        if listed:
            for benefit, steps in zip(benefits, rations, strict=True):
                if benefit in left:
                    left[benefit] -= steps
    return {benefit: max(0, steps) for benefit, steps in left.items()}


def levels_at(store: Store, cycle: str, point: str) -> dict[str, Level]:
    """The final levels of a point by benefit: as planned, or as its re-cut left them."""
    path = place(store, cycle) / "public" / "tables" / "levels.parquet"
    rows = pq.read_table(path, filters=[("point", "=", point)]).to_pylist()
    found: dict[str, Level] = {row["commodity"]: (row["rungs"], int(row["num"]), int(row["den"])) for row in rows}
    for benefit, rungs, num, den in store.rows(
        "select benefit, rungs, num, den from recut where programme = %s and cycle = %s and point = %s",
        (store.programme.id, cycle, point),
    ):
        found[benefit] = (rungs, int(num), int(den))
    return found
