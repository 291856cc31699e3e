"""Places as the public sees them: found by name and area, and one with its figures once its cycle is closed. No household
stands in what is read here."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from evenhand.actions.cycles import detail_of, find, place
from evenhand.core.benefit import Benefit
from evenhand.flow.disclosure import layout
from evenhand.flow.disclosure.placing import PlaceGood, Served, place_csv, served
from evenhand.formats.entry import decode
from evenhand.formats.note import sign_note
from evenhand.store import Store

PAGE = 50
GRID = 48
"""Cells of the map to a side: however many points there are, no more dots than these are drawn."""
CLOSED = ("closed", "published")


@dataclass(frozen=True)
class Named:
    """A point by name, with its area; the area's code may be empty."""

    point: str
    name: str
    area: str
    area_name: str


@dataclass(frozen=True)
class PlaceShown:
    """A point in a closed cycle: its goods, who was served, the complaints of its area (None: too few to tell), the sizes
    and root (hex) of the log that holds its figures, and the cycle's state."""

    named: Named
    cycle: str
    period: str
    state: str
    k: int
    goods: tuple[PlaceGood, ...]
    people: Served
    unclosed: bool
    complaints: tuple[Mapping[str, Any], ...]
    log_size: int
    log_root: str
    checkpoint: str
    roll_sha256: str
    roll_rows: int

    def csv(self) -> str:
        """The figures as a table."""
        at = (self.named.point, self.named.name, self.named.area)
        return place_csv(self.cycle, at, self.goods, self.people, (self.log_size, self.log_root))


def closed_periods(store: Store) -> list[tuple[str, str]]:
    """(period, cycle) of all that is closed or published, the newest first."""
    return store.rows(
        "select c.period, c.cycle from cycle c join cycle_event e on e.programme = c.programme and e.cycle = c.cycle"
        " and e.state = 'closed' where c.programme = %s order by e.id desc limit 600",
        (store.programme.id,),
    )


def areas_below(store: Store, area: str | None) -> list[tuple[str, str, int]]:
    """The areas right below one (None: the highest): code, name, points in and below them. Those without one fall out."""
    rows = store.rows(
        "with recursive below as (select pcode as top, pcode from area where parent is not distinct from %s"
        " union all select b.top, a.pcode from area a join below b on a.parent = b.pcode)"
        " select a.pcode, a.name, count(n.node) from area a join below b on b.top = a.pcode"
        " join node n on n.area = b.pcode and n.kind = 'point' group by a.pcode, a.name order by a.name, a.pcode",
        (area,),
    )
    return [(str(code), str(name), int(count)) for code, name, count in rows]


def area_path(store: Store, area: str) -> list[tuple[str, str]]:
    """(code, name) of an area and those around it, the highest first; empty if there is no such area."""
    rows = store.rows(
        "with recursive up as (select pcode, name, parent, 0 as far from area where pcode = %s"
        " union all select a.pcode, a.name, a.parent, up.far + 1 from area a join up on a.pcode = up.parent)"
        " select pcode, name from up order by far desc",
        (area,),
    )
    return [(str(code), str(name)) for code, name in rows]


def points_named(store: Store, wanted: str, area: str | None, offset: int = 0) -> tuple[list[Named], bool]:
    """Points whose name or id holds `wanted`, of one area where it is given; a page of them, and whether there are more."""
    like = "%" + wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    rows = store.rows(
        "select n.node, n.name, coalesce(n.area, ''), coalesce(a.name, '') from node n left join area a on a.pcode = n.area"
        " where n.kind = 'point' and (n.name ilike %(like)s or n.node ilike %(like)s)"
        " and (%(area)s::text is null or n.area = %(area)s) order by n.name, n.node limit %(most)s offset %(offset)s",
        {"like": like, "area": area, "most": PAGE + 1, "offset": offset},
    )
    return [Named(*row) for row in rows[:PAGE]], len(rows) > PAGE


def point_named(store: Store, point: str) -> Named | None:
    """A point by its id."""
    rows = store.rows(
        "select n.node, n.name, coalesce(n.area, ''), coalesce(a.name, '') from node n left join area a on a.pcode = n.area"
        " where n.kind = 'point' and n.node = %s",
        (point,),
    )
    return Named(*rows[0]) if rows else None


def place_shown(store: Store, point: str, period: str) -> PlaceShown | None:
    """A point in the closed cycle of a period; None if there is no such point, or it has not closed."""
    named = point_named(store, point)
    cycle = dict(closed_periods(store)).get(period)
    found = store.log.find("redeemed", cycle, point) if cycle and named else None
    if named is None or cycle is None or found is None:
        return None
    at, entry = find(store, cycle), decode(found)
    policy = at.policy()
    rows, sha = store.rows(
        "select rows, sha256 from roll where programme = %s and cycle = %s and point = %s",
        (store.programme.id, cycle, point),
    )[0]
    ended = {name: int(value) for name, value in entry.totals.items() if isinstance(value, int)}
    size, root, note = _checkpoint(store, cycle, point)
    heads: Any = entry.totals["heads"]
    return PlaceShown(
        named, cycle, period, at.state, policy.k, _goods(store, cycle, point, policy.benefits, entry.totals["given"]),
        served(ended, ended["rows"] - ended.get("moved", 0), policy.k), any(len(head) > 3 for head in heads),
        _complaints(store, cycle, named.area), size, root, note, bytes(sha).hex(), rows,
    )  # fmt: skip


def signed_csv(store: Store, shown: PlaceShown) -> str:
    """The figures of a place as a signed note: the table, and the log key's signature under it."""
    return sign_note(shown.csv(), store.programme.origin, store.keys.log())


def map_cells(store: Store) -> tuple[tuple[int, int, int, int], list[tuple[int, int]]] | None:
    """Where the points lie, on a grid of GRID cells to a side: bounds (south, west, north, east in millionths of a degree)
    and the cells (column, row from the south) that hold one. None where no point has a place."""
    rows = store.rows(
        "select min(latitude_microdegrees), min(longitude_microdegrees), max(latitude_microdegrees),"
        " max(longitude_microdegrees) from node where kind = 'point' and latitude_microdegrees is not null"
        " and longitude_microdegrees is not null"
    )
    if rows[0][0] is None:
        return None
    bounds = south, west, north, east = tuple(int(value) for value in rows[0])
    cells = store.rows(
        "select distinct (longitude_microdegrees - %(west)s)::bigint * %(grid)s / %(wide)s,"
        " (latitude_microdegrees - %(south)s)::bigint * %(grid)s / %(high)s from node where kind = 'point'"
        " and latitude_microdegrees is not null and longitude_microdegrees is not null order by 1, 2",
        {
            "west": west,
            "south": south,
            "grid": GRID,
            "wide": max(1, east - west) + 1,
            "high": max(1, north - south) + 1,
        },
    )
    return (south, west, north, east), [(int(c), int(r)) for c, r in cells] if bounds else []


def spot_of(store: Store, point: str) -> tuple[int, int] | None:
    """(latitude, longitude) of a point in millionths of a degree, if it is known."""
    rows = store.rows("select latitude_microdegrees, longitude_microdegrees from node where node = %s", (point,))
    return None if not rows or None in rows[0] else (int(rows[0][0]), int(rows[0][1]))


def _goods(store: Store, cycle: str, point: str, benefits: Mapping[str, Benefit], given: Any) -> tuple[PlaceGood, ...]:
    tables = place(store, cycle) / "public"
    only = [("point", "=", point)]
    totals = pq.read_table(tables / layout.table_path("totals"), filters=only).to_pylist()
    due: dict[str, int] = {}
    for row in pq.read_table(tables / layout.table_path("ladders"), filters=only).to_pylist():
        due[row["benefit"]] = due.get(row["benefit"], 0) + row["amount"]
    counted = store.rows(
        "select counted from count where programme = %s and cycle = %s and point = %s",
        (store.programme.id, cycle, point),
    )
    cut = {
        row[0]
        for row in store.rows(
            "select benefit from recut where programme = %s and cycle = %s and point = %s",
            (store.programme.id, cycle, point),
        )
    }
    return tuple(
        PlaceGood(
            benefits[row["benefit"]], due.get(row["benefit"], 0), row["units"],
            int(counted[0][0].get(row["benefit"], 0)) if counted else None, int(given.get(row["benefit"], 0)),
            row["benefit"] in cut,
        )
        for row in totals
        if row["benefit"] in benefits
    )  # fmt: skip


def _complaints(store: Store, cycle: str, area: str) -> tuple[Mapping[str, Any], ...]:
    """The public figures of the area's complaints as they were closed; nothing where there were too few."""
    digest = detail_of(store, cycle, "closed").get("grievances")
    if not digest or not area:
        return ()
    return tuple(row for row in store.snapshots.table(digest).to_pylist() if row["area"] == area)


def _checkpoint(store: Store, cycle: str, point: str) -> tuple[int, str, str]:
    """Size and root (hex) of the first signed log that holds the point's last entry, and the signed text."""
    rows = store.rows(
        "select size, note from checkpoint where size > (select index from log_entry where programme = %s and cycle = %s"
        " and kind = 'redeemed' and subject = %s) order by size limit 1",
        (store.programme.id, cycle, point),
    )
    size, note = rows[0]
    return int(size), b64decode(note.split("\n")[2]).hex(), str(note)
