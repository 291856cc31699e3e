"""Proxies: who may collect for a household, named by it in advance. The table only grows: a name is withdrawn by a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from evenhand.store import Store

STANDING = """
select household, name from (
  select distinct on (household, name) household, name, withdrawn from proxy
  where since <= %(day)s and ({which}) order by household, name, since desc, id desc
) newest where not withdrawn order by household, name
"""


def proxies_of(store: Store, households: Sequence[str], day: date | None = None) -> dict[str, tuple[str, ...]]:
    """The proxies of these households that stand on `day` (None: today in the programme's zone), by household."""
    return _standing(store, "household = any(%(some)s)", {"some": list(households)}, day)


def proxies_at(store: Store, point: str, day: date | None = None) -> dict[str, tuple[str, ...]]:
    """The same for every household of a point."""
    where = "household in (select h.household from household h where h.point = %(point)s)"
    return _standing(store, where, {"point": point}, day)


def _standing(store: Store, which: str, params: dict[str, object], day: date | None) -> dict[str, tuple[str, ...]]:
    today = day or store.today()
    found: dict[str, tuple[str, ...]] = {}
    for household, name in store.rows(STANDING.format(which=which), {**params, "day": today}):
        found[household] = (*found.get(household, ()), name)
    return found
