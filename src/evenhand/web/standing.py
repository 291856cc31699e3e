"""How the points stand, for the first page: looked at anew where that is quick, else as the worker last saw it.

Looking means counting who has a receipt, and what every lorry left with: at a country's size seconds, and not at each
opening of a page. The process of long work looks every half minute, or less often where a look takes long.
"""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import asdict
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
NO_LINES: dict[str, Any] = {"planned": {}, "sent": {}, "counted": None}
"""Of a point in trouble only those lines are kept that say so."""
Matter = dict[str, Any]


def stand(store: Store, seen: Set[str] | None) -> tuple[Morning, int]:
    """The morning for whoever sees the points in `seen`, and when the points were looked at (UTC seconds)."""
    now = store.clock()
    try:
        cycle = newest(store)
    except UsageError:
        return morning(store, seen), now
    if state_of(store, cycle) != "open" or not is_big(store, cycle):
        return morning(store, seen), now
    with connection.cursor() as cursor:
        cursor.execute("SELECT at, matter FROM jobs.standing WHERE cycle = %s AND at > %s", (cycle, now - LATE_SECONDS))
        found = cursor.fetchone()
    if found is None:
        return morning(store, seen), now
    points, troubles = read(json.loads(found[1]) if isinstance(found[1], str) else found[1])
    return standing(store, cycle, points, troubles, seen), found[0]


def is_big(store: Store, cycle: str) -> bool:
    """Whether a look at this cycle takes longer than a page may."""
    rows = store.rows(
        "select coalesce(sum(rows), 0) from roll where programme = %s and cycle = %s", (store.programme.id, cycle)
    )
    return int(rows[0][0]) > QUICK_HOUSEHOLDS


def look(store: Store) -> tuple[str, Matter] | None:
    """The newest cycle and what there is to write down of its points; None where a page looks by itself."""
    try:
        cycle = newest(store)
    except UsageError:
        return None
    if state_of(store, cycle) != "open" or not is_big(store, cycle):
        return None
    points = points_now(store, cycle)
    return cycle, write(points, exceptions(points, store.clock()))


def write(points: list[PointNow], troubles: list[Exception_]) -> Matter:
    """As JSON: of every point its name and numbers, of those in trouble the lines that say so."""
    return {
        "points": [[p.point, p.name, p.households, p.given] for p in points],
        "troubles": [
            {"kind": int(one.kind), "lines": one.lines, "point": asdict(one.point) | NO_LINES} for one in troubles
        ],
    }  # fmt: skip


def read(matter: Matter) -> tuple[list[PointNow], list[Exception_]]:
    """The same back. Points that are in no trouble have only their numbers."""
    points = [
        PointNow(point, name, households, {}, {}, None, (), given, None, "", False)
        for point, name, households, given in matter["points"]
    ]
    troubles = [
        Exception_(
            Kind(one["kind"]), PointNow(**one["point"] | {"recut": tuple(one["point"]["recut"])}),
            tuple((benefit, found, wanted) for benefit, found, wanted in one["lines"]),
        )
        for one in matter["troubles"]
    ]  # fmt: skip
    return points, troubles
