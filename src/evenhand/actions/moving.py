"""Which households a freeze finds at another point than the cycle before had them, or on no list any more."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.actions.cycles import Cycle, cycles_before
from evenhand.flow.cycle.moving import MOVES_SCHEMA
from evenhand.store import Store

LEFT = """
select distinct household from household_change where member = '' and field = 'point'
union select household from household_removal where step = 'confirmed' order by 1
"""


def moves(store: Store, cycle: Cycle, households: pa.Table) -> pa.Table:
    """MOVES_SCHEMA, by household. `households` is the snapshot that is being frozen. Nothing before the first cycle."""
    before = cycles_before(store, cycle.id)[-1:]
    asked = [row[0] for row in store.rows(LEFT)] if before else []
    if not asked:
        return MOVES_SCHEMA.empty_table()
    then = _then(store, before[0][0], asked)
    wanted = pc.is_in(households["household"], pa.array(asked, pa.string()))
    rows = households.filter(wanted).select(["household", "point"]).to_pylist()
    now = {row["household"]: row["point"] for row in rows}
    moved = [(one, then[one], now.get(one, "")) for one in asked if one in then and then[one] != now.get(one, "")]
    return (
        pa.table([pa.array(column, pa.string()) for column in zip(*moved, strict=True)], schema=MOVES_SCHEMA)
        if moved
        else (MOVES_SCHEMA.empty_table())
    )


def _then(store: Store, cycle: str, asked: list[str]) -> dict[str, str]:
    """The points at which they were on the lists of a cycle: as frozen, or by a supplementary list."""
    hashes = store.rows(
        'select snapshots from "freeze" where programme = %s and cycle = %s', (store.programme.id, cycle)
    )
    frozen = store.snapshots.path(hashes[0][0]["households"])
    rows = pq.read_table(frozen, columns=["household", "point"], filters=[("household", "in", asked)]).to_pylist()
    added = store.rows(
        "select household, point from roll_row where programme = %s and cycle = %s and supplement <> ''"
        " and household = any(%s)",
        (store.programme.id, cycle, asked),
    )
    return {row["household"]: row["point"] for row in rows} | dict(added)
