"""Find a household: by its id, its card, a name of one of its people in any script, or list those of a place.

Each question is answered by an index and bounded, so that it takes as long with millions of households as with hundreds. A
name is found by the beginnings of its words, in any order; marks and capitals that people leave out do not matter
(`name_words` in `guards.sql`). Who was renamed is found by the former name too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

from evenhand.actions.paging import FAR, Paged, contains
from evenhand.core.errors import TryAgain, UsageError
from evenhand.formats import code
from evenhand.store import Store

HITS_MAX = 200
"""Households a name finds; more say: add a word."""
MILLISECONDS_MAX = 500
"""For one statement of a search; a name that takes longer is too common to be of use alone."""
ASKED_LENGTH_MAX = 100

_BY_NAME = """
select h.household from household h
where h.name is not null and name_words(h.name) @@ name_query(%(asked)s)
  and (%(points)s::text[] is null or h.point = any(%(points)s)) limit %(most)s
"""
_BY_MEMBER = """
select m.household from member m
where m.name is not null and name_words(m.name) @@ name_query(%(asked)s)
  and (%(points)s::text[] is null or exists (
    select from household h where h.household = m.household and h.point = any(%(points)s))) limit %(most)s
"""
_BY_CHANGE = """
select c.household from household_change c
where c.field = 'name' and name_words(c.new) @@ name_query(%(asked)s) limit %(most)s
"""
_MOVED_HERE = """
select c.household from household_change c join household h on h.household = c.household
where c.member = '' and c.field = 'point' and c.new = any(%(points)s) and (
  name_words(h.name) @@ name_query(%(asked)s) or exists (
    select from member m where m.household = c.household and name_words(m.name) @@ name_query(%(asked)s))) limit %(most)s
"""
SOME = """
select h.household, h.name, h.point, n.name
from unnest(%(some)s::text[]) wanted(id),
  lateral (select * from household_now where household = wanted.id offset 0) h left join node n on n.node = h.point
"""
"""Of some households: the row that a list shows. The fence lets the indexes answer for each alone."""


@dataclass(frozen=True)
class Hit:
    """A household as a list shows it."""

    household: str
    name: str | None
    point: str
    point_name: str


@dataclass(frozen=True)
class Found:
    """What was asked for: `kind` card, household, place or name; `place`: points and their name, as many as fill a
    list. `more`: there are others, too many to show."""

    kind: str
    households: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    place: str = ""
    more: bool = False


def search(store: Store, asked: str, points: frozenset[str] | None) -> Found:
    """The households meant by `asked`, of these points (None: of all). What is shown of them is read at a desk.

    UsageError where nothing was asked, or a name is so common that looking for it takes too long.
    """
    said = " ".join(asked.replace("\0", " ").split())[:ASKED_LENGTH_MAX]
    if not said:
        raise UsageError("nothing was asked for", "give a name, a card's number, a household's id or a P-code")
    if card := _card(said):
        rows = store.rows("select household from card where number = %s limit 1", (card,))
        if rows:
            return Found("card", (rows[0][0],))
    if store.rows("select from household where household = %s", (said,)):
        return Found("household", (said,))
    place = _place(store, said)
    if place is not None:
        seen = [point for point in place[1] if points is None or point in points]
        shown = _first_points(store, seen)
        return Found("place", points=shown, place=place[0], more=len(shown) < len(seen))
    return _by_name(store, said, points)


def hits(store: Store, households: tuple[str, ...]) -> list[Hit]:
    """Those of the households that may be seen here, by name."""
    rows = store.rows(SOME, {"some": list(households)})
    return sorted((Hit(*row) for row in rows), key=lambda hit: (hit.name is None, hit.name or "", hit.household))


def cards(store: Store, households: Iterable[str]) -> dict[str, str]:
    """Household -> the number of its card, of those that have one."""
    sql = "select distinct household, number from card where household = any(%s)"
    return dict(store.rows(sql, (list(households),)))


def at_points(store: Store, points: tuple[str, ...]) -> Paged:
    """The households registered at these points now, by point and id, a page at a time."""
    # Who never moved, in the order of an index; and who came here last.
    source = (
        "(select h.household, h.name, h.point from household h where h.point = any(%(points)s) and not exists"
        " (select from household_change c where c.household = h.household and c.member = '' and c.field = 'point')"
        " union all select h.household, h.name, c.new from household_change c join household h on h.household = c.household"
        " where c.member = '' and c.field = 'point' and c.new = any(%(points)s) and not exists"
        " (select from household_change l where l.household = c.household and l.member = '' and l.field = 'point'"
        " and l.id > c.id)"
        ") h left join node n on n.node = h.point"
    )
    columns = {"household": "h.household", "name": "h.name", "point": "h.point", "point_name": "n.name"}
    return Paged(store, columns, source, contains("h.name"), "h.point, h.household", params={"points": list(points)})


def _by_name(store: Store, said: str, points: frozenset[str] | None) -> Found:
    some = None if points is None else sorted(points)
    named: dict[str, Any] = {"asked": said, "points": some, "most": HITS_MAX + 1}
    found: dict[str, None] = {}
    try:
        with store.transaction():
            if store.rows("select name_query(%(asked)s) is null", named)[0][0]:
                return Found("name")
            store.rows("select set_config('statement_timeout', %s, true)", (str(MILLISECONDS_MAX),))
            for sql in (_BY_NAME, _BY_MEMBER, _BY_CHANGE, *((_MOVED_HERE,) if some is not None else ())):
                found |= dict.fromkeys(row[0] for row in store.rows(sql, named))
                if len(found) > HITS_MAX:
                    break
    except TryAgain as error:
        if not isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise
        raise UsageError(
            f'"{said}" is part of too many names', "add another word of the name, or ask by card or household"
        ) from error
    return Found("name", tuple(found)[:HITS_MAX], more=len(found) > HITS_MAX)


def _first_points(store: Store, points: list[str]) -> tuple[str, ...]:
    """As many of the points, in order, as it takes to fill the longest list there is: more would be sorted for nobody."""
    shown, households = [], 0
    for point in points:
        if households > FAR:
            break
        shown.append(point)
        households += store.rows("select count(*) from household where point = %s", (point,))[0][0]
    return tuple(shown)


def _card(said: str) -> str:
    try:
        return code.check_card_number(said.replace("-", "").replace(" ", ""))
    except code.CodeError:
        return ""


def _place(store: Store, said: str) -> tuple[str, list[str]] | None:
    """Name and points of an area by its P-code, or of a point by its id."""
    found = store.rows("select name from node where node = %s and kind = 'point'", (said,))
    if found:
        return found[0][0], [said]
    area = store.rows("select name from area where pcode = %s", (said,))
    if not area:
        return None
    rows = store.rows(
        "with recursive below as (select pcode from area where pcode = %s union"
        " select a.pcode from area a join below b on a.parent = b.pcode)"
        " select node from node where kind = 'point' and area in (select pcode from below) order by node",
        (said,),
    )
    return area[0][0], [row[0] for row in rows]
