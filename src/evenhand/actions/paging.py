"""A query that is read a page at a time: what the console's tables list, sorted, searched and cut in the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from evenhand.store import Store

FAR = 10_000
"""Rows are counted, and paged, so far and no farther: nobody turns two hundred pages; who wants more narrows the search."""
CHUNK = 2_000


@dataclass(frozen=True)
class Paged:
    """`columns` are the keys of a row and their SQL expressions, `source` what stands behind FROM, `match` the condition of
    a search for `%(filter)s` ("" where there is none to search), `last` the expressions that settle ties."""

    store: Store
    columns: Mapping[str, str]
    source: str
    match: str = ""
    last: str = "1"
    where: str = "true"
    params: Mapping[str, object] = field(default_factory=dict)

    def count(self, filter: str) -> int:
        """How many rows match; FAR + 1 stands for more than FAR."""
        sql = f"select count(*) from (select from {self.source} where {self._where(filter)} limit {FAR + 1}) counted"
        return int(self.store.rows(sql, self._params(filter))[0][0])

    def rows(self, sort: str, filter: str, offset: int, limit: int) -> Iterator[dict[str, Any]]:
        """`limit` rows from `offset` on, sorted by the key `sort` ("-key": from its end; "": as `last` says)."""
        listed = ", ".join(f'{expression} as "{key}"' for key, expression in self.columns.items())
        by = sort.removeprefix("-")
        order = f"{self.columns[by]} {'desc nulls last' if sort.startswith('-') else 'nulls last'}, " if by else ""
        sql = (
            f"select {listed} from {self.source} where {self._where(filter)} order by {order}{self.last}"
            " limit %(limit)s offset %(offset)s"
        )
        params = self._params(filter) | {"limit": limit, "offset": offset}
        if limit <= CHUNK:
            yield from (dict(zip(self.columns, row, strict=True)) for row in self.store.rows(sql, params))
            return
        with self.store.transaction(), self.store.connection.cursor(name="listing") as cursor:
            cursor.itersize = CHUNK
            cursor.execute(sql.encode(), params)
            for row in cursor:
                yield dict(zip(self.columns, row, strict=True))

    def _where(self, filter: str) -> str:
        return f"({self.where}) and ({self.match})" if filter and self.match else self.where

    def _params(self, filter: str) -> dict[str, object]:
        return {**self.params, "filter": filter}


def contains(expression: str) -> str:
    """SQL: the text of `expression` contains what is searched, capitals or not, and no character of it is a wildcard."""
    return f"position(lower(%(filter)s) in lower({expression})) > 0"
