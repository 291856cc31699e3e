"""Which point or area somebody means who writes its name."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand.flow.grievance.case import CONTROL
from evenhand.store import Store

MOST = 12

NAMED = """
select kind, id, name, around from (
  select 'point' as kind, n.node as id, coalesce(n.name, n.node) as name, coalesce(a.name, '') as around
  from node n left join area a on a.pcode = n.area where n.kind = 'point'
  union all
  select 'area', a.pcode, a.name, coalesce(p.name, '') from area a left join area p on p.pcode = a.parent
) every where {}
order by kind desc, name, id limit %(most)s
"""


@dataclass(frozen=True)
class Place:
    """A point or an area (`kind`), with the name of what lies around it."""

    kind: str
    id: str
    name: str
    around: str


def places_called(store: Store, text: str) -> list[Place]:
    """Points, then areas, with this id or name, whatever its capitals; where there is none, those whose name begins so."""
    said = " ".join(text.split())[:80]
    if not said or CONTROL.search(said):
        return []
    named = {"said": said, "most": MOST}
    exactly = store.rows(NAMED.format("lower(name) = lower(%(said)s) or lower(id) = lower(%(said)s)"), named)
    rows = exactly or store.rows(NAMED.format("starts_with(lower(name), lower(%(said)s))"), named)
    return [Place(*row) for row in rows]


def home_of(store: Store, household: str) -> tuple[str, str]:
    """(id, name) of the point of a household."""
    rows = store.rows(
        "select h.point, coalesce(n.name, h.point) from household_now h join node n on n.node = h.point"
        " where h.household = %s",
        (household,),
    )
    return (str(rows[0][0]), str(rows[0][1])) if rows else ("", "")
