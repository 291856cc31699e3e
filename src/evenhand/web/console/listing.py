"""The one table of the console: it sorts, searches, pages and exports by plain addresses; a script only spares the reload.

    found = Listing(request, source, COLUMNS, caption="reg.found", zone=zone)
    if found.wanted:
        return found.download("households")
    return render(request, "console/registry.html", {"found": found})

and in the template `{% include "console/listing.html" with list=found %}`. Two on a page have a `name` each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from django.http import FileResponse, HttpRequest

from evenhand.actions.paging import FAR
from evenhand.render.figures import Figures
from evenhand.web.console.export import KINDS, ROWS_MAX, written
from evenhand.web.console.home import when
from evenhand.web.language import catalogue_of
from evenhand.web.numbers import whole

PAGE = 50
FILTER_LENGTH_MAX = 100


@dataclass(frozen=True)
class Column:
    """A column: the key of its cell in a row, the catalogue's key of its heading, what its cells are.

    `text` is a text as it stands, `word` the end of a key of the catalogue that begins with `words`, `number` an int or an
    exact Fraction, `share` a Fraction of one, `time` UTC seconds or a day. None is an empty cell. A row's `KEY.href` makes
    its cell a link. The first column names the row. `spare` ones are left out on a phone.
    """

    key: str
    heading: str
    kind: Literal["text", "word", "number", "share", "time"] = "text"
    hxl: str = ""
    sortable: bool = True
    words: str = ""
    spare: bool = False


class Source(Protocol):
    """What is listed. `actions.paging.Paged` is one for SQL, `Held` one for what is in memory."""

    def count(self, filter: str) -> int:
        """How many rows there are; more than FAR may stand for "more than FAR"."""

    def rows(self, sort: str, filter: str, offset: int, limit: int) -> Iterable[Mapping[str, Any]]:
        """`limit` rows from `offset` on, by the key `sort` ("-key": from its end, "": in the source's own order)."""


@dataclass(frozen=True)
class Held:
    """Rows in memory: for lists as long as there are points or goods, never households."""

    all: Sequence[Mapping[str, Any]]

    def count(self, filter: str) -> int:
        return len(self._matching(filter))

    def rows(self, sort: str, filter: str, offset: int, limit: int) -> Iterable[Mapping[str, Any]]:
        found, key = self._matching(filter), sort.removeprefix("-")
        if key:
            full, empty = [r for r in found if r[key] is not None], [r for r in found if r[key] is None]
            found = sorted(full, key=lambda row: row[key], reverse=sort.startswith("-")) + empty
        return found[offset : offset + limit]

    def _matching(self, filter: str) -> list[Mapping[str, Any]]:
        wanted = filter.casefold()
        return [row for row in self.all if not wanted or any(wanted in str(v).casefold() for v in row.values())]


class Listing:
    """A table as a request asks for it: read by `console/listing.html`."""

    def __init__(
        self, request: HttpRequest, source: Source, columns: Sequence[Column], *, caption: str, zone: ZoneInfo,
        name: str = "", sort: str = "", empty: str = "ls.none", searched: bool = True,
    ) -> None:  # fmt: skip
        """`caption` and `empty` are keys of the catalogue; `sort` is the order where none is asked; `searched`: it has a
        field to search by."""
        self.columns, self.source, self.name, self.caption, self.empty = columns, source, name, caption, empty
        self.searched, self.id = searched, f"list-{name}" if name else "list"
        self._request, self._words, self._zone = request, catalogue_of(request), zone
        self._figures = Figures(self._words)
        sortable = {c.key for c in columns if c.sortable}
        asked = self._asked("sort")
        self.sort = asked if asked.removeprefix("-") in sortable else sort
        self.filter = self._asked("filter").replace("\0", "").strip()[:FILTER_LENGTH_MAX] if searched else ""
        self.wanted = self._asked("export") if self._asked("export") in KINDS else ""
        if not self.wanted:
            self._read()

    def _read(self) -> None:
        self.count = self.source.count(self.filter)
        self.pages = max(1, -(-min(self.count, FAR) // PAGE))
        asked = self._asked("page")
        self.page = min(max(1, whole(asked, 8, 1)), self.pages)
        self._rows = list(self.source.rows(self.sort, self.filter, (self.page - 1) * PAGE, PAGE)) if self.count else []

    @property
    def heads(self) -> list[dict[str, Any]]:
        """The heading cells: word, address that sorts by it, `ascending`, `descending` or `none`."""
        found = []
        for column in self.columns:
            stands = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort, "none")
            turned = f"-{column.key}" if stands == "ascending" else column.key
            found.append({
                "id": f"{self.id}-{column.key}", "column": column, "stands": stands,
                "href": self._address(sort=turned, page="") if column.sortable else "",
            })  # fmt: skip
        return found

    @property
    def body(self) -> list[list[dict[str, Any]]]:
        """The rows of this page: (column, text, link) a cell."""
        return [
            [
                {"column": c, "text": self._shown(c, row[c.key]), "href": row.get(f"{c.key}.href", "")}
                for c in self.columns
            ]
            for row in self._rows
        ]

    @property
    def counted(self) -> str:
        """Which rows these are, in words."""
        whole = self._figures.whole
        if self.count > FAR:
            return self._words.say("ls.far", n=whole(FAR), first=whole(self._first), last=whole(self._last))
        if self.count > PAGE:
            return self._words.say("ls.part", n=whole(self.count), first=whole(self._first), last=whole(self._last))
        return self._words.counted("ls.all", whole(self.count), self.count)

    @property
    def _first(self) -> int:
        return (self.page - 1) * PAGE + 1

    @property
    def _last(self) -> int:
        return self._first + len(self._rows) - 1

    @property
    def before(self) -> str:
        """Address of the page before; "" on the first."""
        return self._address(page=str(self.page - 1)) if self.page > 1 else ""

    @property
    def after(self) -> str:
        """Address of the page after; "" on the last."""
        return self._address(page=str(self.page + 1)) if self.page < self.pages else ""

    @property
    def bounded(self) -> bool:
        """Whether this is the last page that can be turned to, and not the last there is."""
        return self.page == self.pages and self.count > FAR

    @property
    def unfiltered(self) -> str:
        """Address of the list without its search."""
        return self._address(filter="", page="")

    @property
    def exports(self) -> list[tuple[str, str]]:
        """(kind, address) of each download."""
        return [(kind.upper(), self._address(export=kind, page="")) for kind in KINDS]

    @property
    def cut(self) -> str:
        """How many rows a download holds where it cannot hold all; else ""."""
        return self._figures.whole(ROWS_MAX) if self.count > ROWS_MAX or self.count > FAR else ""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What else stands in the address, for the search form to keep."""
        mine = {self._key("filter"), self._key("page"), self._key("export")}
        return [(key, value) for key, values in self._request.GET.lists() if key not in mine for value in values]

    @property
    def key(self) -> str:
        """Name of the search field."""
        return self._key("filter")

    def download(self, name: str) -> FileResponse:
        """The rows as the file that was asked for: the same order and search, not only this page. `name`: of the file."""
        heads = [(self._words.say(column.heading), column.hxl) for column in self.columns]
        rows = self.source.rows(self.sort, self.filter, 0, ROWS_MAX + 1)
        return written(self.wanted, name, heads, self._cells(rows))

    def _cells(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[list[int | Fraction | str | None]]:
        for row in rows:
            yield [self._value(column, row[column.key]) for column in self.columns]

    def _shown(self, column: Column, value: Any) -> str:
        if value is None:
            return ""
        if column.kind == "number":
            return self._figures.whole(value) if isinstance(value, int) else self._figures.decimal(value, 3)
        if column.kind == "share":
            return self._words.say("ls.share", share=self._figures.percent(value))
        return str(self._value(column, value))

    def _value(self, column: Column, value: Any) -> int | Fraction | str | None:
        if value is None or column.kind in ("number", "share"):
            return value  # type: ignore[no-any-return]
        if column.kind == "time":
            return value.isoformat() if isinstance(value, date) else when(value, self._zone)
        return self._words.text[f"{column.words}{value}"] if column.kind == "word" else str(value)

    def _asked(self, what: str) -> str:
        return self._request.GET.get(self._key(what), "")

    def _key(self, what: str) -> str:
        return f"{self.name}-{what}" if self.name else what

    def _address(self, **changes: str) -> str:
        query = self._request.GET.copy()
        query.pop(self._key("export"), None)
        for what, value in changes.items():
            query.pop(self._key(what), None)
            if value:
                query[self._key(what)] = value
        return f"?{query.urlencode()}" if query else self._request.path
