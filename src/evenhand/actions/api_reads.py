"""What the API reads of a cycle, a page at a time: cycles, points, a point's entitlements, receipts as they arrived."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.actions.cycles import find, place
from evenhand.actions.exceptions import states_reached
from evenhand.actions.recuts import file_name
from evenhand.core.errors import UsageError
from evenhand.flow.redemption import read
from evenhand.store import Store


@dataclass(frozen=True)
class Page:
    """Rows, and the key after which the next page begins; None where this is the last."""

    items: list[dict[str, Any]]
    after: Any


def paged(rows: list[dict[str, Any]], key: str, limit: int) -> Page:
    """A page out of one row more than its length."""
    return Page(rows[:limit], rows[limit - 1][key] if len(rows) > limit else None)


def cycles(store: Store) -> list[dict[str, Any]]:
    """Every cycle with its state, the oldest first."""
    rows = store.rows(
        "select c.cycle, (select state from cycle_event e where e.programme = c.programme and e.cycle = c.cycle"
        " order by id desc limit 1) from cycle c where c.programme = %s order by period, attempt",
        (store.programme.id,),
    )
    return [{"cycle": cycle, "state": state or "draft"} for cycle, state in rows]


def cycle(store: Store, name: str) -> dict[str, Any]:
    """A cycle, the states it reached, and its benefits. UsageError where there is none."""
    found = find(store, name)
    reached = sorted(states_reached(store, name).items(), key=lambda one: one[1])
    return {
        "cycle": found.id, "state": found.state, "states": [{"state": state, "at": at} for state, at in reached],
        "benefits": [
            {"benefit": b.id, "title": b.title, "unit": b.unit, "step_base": b.step_base, "base_per_unit": b.base_per_unit}
            for b in found.policy().benefits.values()
        ],
    }  # fmt: skip


def points(store: Store, seen: Collection[str] | None, after: str, limit: int) -> Page:
    """The points whose ids follow `after`, of those that are `seen` (None: all)."""
    rows = store.rows(
        "select node, name, area from node where kind = 'point' and node > %s and (%s::text[] is null or node = any(%s))"
        " order by node limit %s",
        (after, *[None if seen is None else list(seen)] * 2, limit + 1),
    )
    return paged([{"point": row[0], "name": row[1], "area": row[2]} for row in rows], "point", limit)


def entitlements(store: Store, name: str, point: str, after: str, limit: int) -> Page:
    """A point's rows of a computed cycle, as its re-cut left them. UsageError before it is computed."""
    folder = place(store, name) / "private"
    if find(store, name).state in ("draft", "frozen") or not (folder / "rows.parquet").exists():
        raise UsageError(f"cycle {name} is not computed", "wait until it is")
    cut = folder / "recut" / f"{file_name(point)}.parquet"
    rows = pq.read_table(cut if cut.exists() else folder / "rows.parquet", filters=[("point", "=", point)])
    households = sorted(pc.unique(rows["household"]).to_pylist())
    wanted = [household for household in households if household > after][: limit + 1]
    found: dict[str, list[dict[str, Any]]] = {household: [] for household in wanted}
    for row in rows.filter(pc.is_in(rows["household"], pc.cast(wanted, rows["household"].type))).to_pylist():
        granted = {name: row[name] for name in ("benefit", "ration_steps", "reasons")}
        found[row["household"]].append(granted | {"due_base": sum(row["ladder"])})
    listed = [{"household": one, "recut": cut.exists(), "benefits": found[one]} for one in wanted]
    return paged(listed, "household", limit)


def receipts(store: Store, name: str, seen: Collection[str] | None, after: int, limit: int) -> Page:
    """The receipts that arrived after number `after`, of the points that are `seen` (None: all), without whose they are."""
    find(store, name)
    rows = store.rows(
        "select arrived, raw from receipt where programme = %s and cycle = %s and arrived > %s"
        " and (%s::text[] is null or point = any(%s)) order by arrived limit %s",
        (store.programme.id, name, after, *[None if seen is None else list(seen)] * 2, limit + 1),
    )
    return paged([{"number": number, **_receipt(bytes(raw))} for number, raw in rows], "number", limit)


def _receipt(raw: bytes) -> dict[str, Any]:
    found = read(raw)
    return {
        "hash": found.hash.hex(), "point": found.point, "device": found.device, "sequence": found.sequence,
        "exception": found.proof if isinstance(found.proof, str) else None, "steps": dict(found.items),
    }  # fmt: skip


def household(store: Store, name: str) -> dict[str, Any] | None:
    """A household and its members as they stand now, or None; within a desk, so that it is one the desk may see."""
    found = store.rows("select household, point, name, inputs from household_now where household = %s", (name,))
    if not found:
        return None
    members = store.rows(
        "select member, birth_date, sex, occupation, name from member_now where household = %s order by member", (name,)
    )
    keys = ("member", "birth_date", "sex", "occupation", "name")
    return dict(zip(("household", "point", "name", "inputs"), found[0], strict=True)) | {
        "members": [dict(zip(keys, row, strict=True)) for row in members]
    }
