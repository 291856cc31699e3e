"""Re-cuts as they are kept: a point's rows with the rations and arrears its re-cut left."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions.cycles import place
from evenhand.flow.cycle.recutting import Cut
from evenhand.store import Store


def apply_cuts(rows: pa.Table, cuts: Mapping[str, Cut]) -> pa.Table:
    """Rows of one point with what the re-cuts changed replaced: rations, arrears, and uncollected goods still offered."""
    changed = {name: rows[name].to_pylist() for name in ("ration_steps", "carry_after", "offered_steps")}
    cursor = dict.fromkeys(cuts, 0)
    for index, benefit in enumerate(rows["benefit"].to_pylist()):
        if benefit in cuts:
            at, cut = cursor[benefit], cuts[benefit]
            for name, found in zip(changed, (cut.rations, cut.carry_after, cut.offered), strict=True):
                changed[name][index] = int(found[at])
            cursor[benefit] = at + 1
    for name, values in changed.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array(values, pa.int64()))
    return rows


def roll_rations(rows: pa.Table) -> pa.Table:
    """One row a household: point, household, tag, and the list of its rations in the roll's order of benefits."""
    return rows.group_by(["point", "household", "tag"], use_threads=False).aggregate([("ration_steps", "list")])


def file_name(point: str) -> str:
    """A point's id as a file name: percent-encoded like a segment of a URL."""
    return quote(point, safe="")


def recut_rows(store: Store, cycle: str) -> pa.Table | None:
    """Every row of the points that were re-cut, with rations and arrears as the re-cut left them; None if none was."""
    points = store.rows(
        "select distinct point from recut where programme = %s and cycle = %s order by point",
        (store.programme.id, cycle),
    )
    folder = place(store, cycle) / "private" / "recut"
    tables = [pq.read_table(folder / f"{file_name(row[0])}.parquet") for row in points]
    return pa.concat_tables(tables) if tables else None
