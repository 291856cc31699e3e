"""How the points stand, for the first page: looked at anew where that is quick, else as the worker last saw it.

Looking means counting who has a receipt, and what every lorry left with: at a country's size seconds, and not at each
opening of a page. The process of long work looks every half minute, or less often where a look takes long.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Set
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from evenhand.actions.cycles import newest, state_of
from evenhand.actions.exceptions import Morning, morning, points_now, standing
from evenhand.core.errors import UsageError
from evenhand.flow.cycle.exceptions import Exception_, Kind, PointNow, exceptions
from evenhand.store import Store

QUICK_HOUSEHOLDS = 20_000
"""Up to so many households on the rolls of a cycle a page looks by itself."""
LATE_SECONDS = 600
"""What was seen longer ago is not shown: then the process has gone, and the page looks itself."""
NO_LINES: dict[str, Any] = {"planned": {}, "sent": {}, "counted": None, "lying": {}}
"""Of a point in trouble only those lines are kept that say so."""
SEEN = "FROM jobs.standing WHERE cycle = %(cycle)s AND (%(seen)s::text[] IS NULL OR point = ANY(%(seen)s))"


@dataclass(frozen=True)
class Board:
    """The morning as a page shows it: how many points of each kind of trouble, one page of them, how many are in none and
    the first of their names, and when they were looked at (UTC seconds)."""

    morning: Morning
    at: int
    points: int
    kinds: dict[str, int]
    listed: list[Exception_]
    quiet: int
    quiet_names: list[str]


def board(store: Store, seen: Set[str] | None, kind: str, first: int, most: int) -> Board:
    """The board for whoever sees the points in `seen`: troubles of `kind` (all, if it is none that is there), `most` of them
    from number `first` on."""
    now = store.clock()
    try:
        cycle = newest(store)
    except UsageError:
        return _of(morning(store, seen), now, kind, first, most)
    if state_of(store, cycle) == "open" and is_big(store, cycle):
        found = _kept(store, cycle, seen, kind, first, most)
        if found is not None:
            return found
    return _of(morning(store, seen), now, kind, first, most)


def _of(found: Morning, at: int, kind: str, first: int, most: int) -> Board:
    kinds = Counter(one.kind.name for one in found.troubles)
    listed = [one for one in found.troubles if kind not in kinds or one.kind.name == kind]
    needing = {one.point.point for one in found.troubles}
    quiet = [p.name for p in found.points if p.point not in needing]
    return Board(found, at, len(found.points), dict(kinds), listed[first : first + most], len(quiet), quiet[:most])


def _kept(store: Store, cycle: str, seen: Set[str] | None, kind: str, first: int, most: int) -> Board | None:
    """The same from the rows that `look` wrote; None where there are none, or they are old."""
    asked: dict[str, Any] = {
        "cycle": cycle,
        "seen": None if seen is None else sorted(seen),
        "first": first,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT kind, count(*), sum(households), sum(given), max(at) {SEEN} GROUP BY kind", asked)
        sums = {row[0]: row[1:] for row in cursor.fetchall()}
        at = max((row[3] for row in sums.values()), default=0)
        if at <= store.clock() - LATE_SECONDS:
            return None
        kinds = {one.name: sums[one][0] for one in Kind if one in sums}
        wanted = "kind IS NOT NULL" if kind not in kinds else "kind = %(kind)s"
        cursor.execute(
            f"SELECT kind, matter {SEEN} AND {wanted} ORDER BY place LIMIT %(most)s OFFSET %(first)s",
            asked | {"kind": Kind[kind] if kind in kinds else 0},
        )
        listed = [_read(number, matter) for number, matter in cursor.fetchall()]
        cursor.execute(f"SELECT name {SEEN} AND kind IS NULL ORDER BY point LIMIT %(most)s", asked)
        names = [row[0] for row in cursor.fetchall()]
    served, due = (sum(int(row[n]) for row in sums.values()) for n in (2, 1))
    silent = sums.get(Kind.SILENT, (0, 0, 0, 0))
    unknown = int(silent[1]) - int(silent[2])
    found = standing(store, cycle, [], [], served, unknown, due - served - unknown)
    return Board(found, at, sum(row[0] for row in sums.values()), kinds, listed, sums.get(None, (0,))[0], names)


def is_big(store: Store, cycle: str) -> bool:
    """Whether a look at this cycle takes longer than a page may."""
    rows = store.rows(
        "select coalesce(sum(rows), 0) from roll where programme = %s and cycle = %s", (store.programme.id, cycle)
    )
    return int(rows[0][0]) > QUICK_HOUSEHOLDS


Row = tuple[str, str, int, int, str, int, int, int | None, str | None]


def look(store: Store) -> list[Row] | None:
    """Rows of `jobs.standing`, one a point of the newest cycle; None where a page looks by itself."""
    try:
        cycle = newest(store)
    except UsageError:
        return None
    if state_of(store, cycle) != "open" or not is_big(store, cycle):
        return None
    points, now = points_now(store, cycle), store.clock()
    troubles = {one.point.point: (place, one) for place, one in enumerate(exceptions(points, now))}
    rows: list[Row] = []
    for p in points:
        place, one = troubles.get(p.point, (len(troubles), None))
        told = None if one is None else json.dumps({"lines": one.lines, "point": asdict(p) | NO_LINES})
        kind = None if one is None else int(one.kind)
        rows.append((p.point, cycle, now, place, p.name, p.households, p.given, kind, told))
    return rows


def _read(kind: int, matter: Any) -> Exception_:
    kept = json.loads(matter) if isinstance(matter, str) else matter
    point = PointNow(**kept["point"] | {"recut": tuple(kept["point"]["recut"])})
    return Exception_(Kind(kind), point, tuple((benefit, found, wanted) for benefit, found, wanted in kept["lines"]))
