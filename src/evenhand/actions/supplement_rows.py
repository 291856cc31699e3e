"""The rows of confirmed supplementary lists: for phones, for the close, and what of them is published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.actions.cycles import Cycle, Tamper, place
from evenhand.flow.disclosure.tables import arrow_schema
from evenhand.store import Store


class Confirmed(NamedTuple):
    """A list that two persons signed, and where its files lie."""

    number: str
    point: str
    rows: Path
    roll: Path


def confirmed(store: Store, cycle: str, point: str | None = None) -> list[Confirmed]:
    """The lists that stand, by number, of one point or of all."""
    folder = place(store, cycle) / "supplements"
    return [
        Confirmed(number, at, folder / f"{number}.parquet", folder / f"{number}.cbor")
        for number, at in store.rows(
            "select s.number, s.point from supplement s"
            " join countersign c on c.programme = s.programme and c.cycle = s.cycle"
            " and c.subject = s.cycle || '-' || s.number and c.role = 'approver'"
            " where s.programme = %s and s.cycle = %s and (%s::text is null or s.point = %s)"
            " order by length(s.number), s.number",
            (store.programme.id, cycle, point, point),
        )
    ]


def listed_rows(store: Store, cycle: str, columns: Sequence[str]) -> list[pa.Table]:
    """Their rows in the form of a roll's, as the close reads them: without a ladder, for what a list's level did not give is
    not owed, and without arrears."""
    found = []
    for one in confirmed(store, cycle):
        rows = pq.read_table(one.rows)
        empty = pa.array([[]] * len(rows), rows.schema.field("ladder").type)
        rows = rows.set_column(rows.column_names.index("ladder"), "ladder", empty)
        found.append(rows.append_column("carry_after", rows["carry_micro"]).select(list(columns)))
    return found


def write_lists(store: Store, cycle: str, folder: Path, tamper: Tamper) -> None:
    """Their roll files into `folder`, which is made if there is one."""
    for one in confirmed(store, cycle):
        folder.mkdir(exist_ok=True)
        (folder / one.roll.name).write_bytes(tamper("supplement", one.roll.read_bytes()))


def promised_totals(store: Store, cycle: Cycle) -> pa.Table:
    """The table `supplements`: by point and benefit, households listed and steps promised to them; nothing told of few."""
    policy = cycle.policy()
    people: dict[str, set[str]] = {}
    steps: dict[tuple[str, str], int] = {}
    for one in confirmed(store, cycle.id):
        rows = pq.read_table(one.rows, columns=["household", "benefit", "ration_steps"])
        people.setdefault(one.point, set()).update(rows["household"].to_pylist())
        for benefit in policy.benefits:
            mine = pc.sum(rows.filter(pc.equal(rows["benefit"], benefit))["ration_steps"]).as_py() or 0
            steps[one.point, benefit] = steps.get((one.point, benefit), 0) + mine
    told = [
        {"point": point, "benefit": benefit, "households": len(people[point]), "rations": promised}
        if len(people[point]) >= policy.k
        else {"point": point, "benefit": benefit, "households": None, "rations": None}
        for (point, benefit), promised in sorted(steps.items())
    ]
    return pa.Table.from_pylist(told, schema=arrow_schema("supplements"))
