"""SQL in layers: a column may use columns of lower layers only, so every value is written once and used many times.

Two chains of selects grow side by side, one row a household and one row a member. A column of a household may gather over
its members; a column of a member may fetch one of its household.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from evenhand.core.plan import Select

HOUSEHOLD, MEMBER = "household", "member"

ROUND = 1_000
"""Layers of a round. All that is gathered from members in one round is gathered at once, at the start of the next."""


@dataclass(frozen=True)
class Sql:
    """An expression and the highest layer of the columns it reads. An atom is short and cheap enough to write twice."""

    text: str
    layer: int = 0
    atom: bool = False


@dataclass
class _Layer:
    columns: list[tuple[str, str]] = field(default_factory=list)
    gathered: list[tuple[str, str]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)


class Layers:
    """The columns so far. Names are made here or are unique by their prefix.

    `prefix` stands before the names of the selects; `only`: a select of those households that are looked at, else all.
    """

    def __init__(self, prefix: str = "", only: str = "") -> None:
        self.prefix = prefix
        self.only = only
        self.base: dict[str, list[tuple[str, str]]] = {HOUSEHOLD: [], MEMBER: []}
        self.prepared: dict[str, list[str]] = {HOUSEHOLD: [], MEMBER: []}
        self._layers: dict[str, dict[int, _Layer]] = {HOUSEHOLD: {}, MEMBER: {}}
        self._known: dict[tuple[str, str, str], Sql] = {}
        self._count = 0
        self._kept: dict[int, dict[str, None]] = {}

    def column(self, scope: str, value: Sql, name: str = "") -> Sql:
        """`value` as a column of its own, one layer up; the same expression is not written twice."""
        key = (scope, "column", value.text)
        if not name and (value.atom or key in self._known):
            return value if value.atom else self._known[key]
        name = name or self._name("x")
        layer = self._layers[scope].setdefault(value.layer + 1, _Layer())
        layer.columns.append((name, value.text))
        made = Sql(name, value.layer + 1, True)
        self._known[key] = made
        return made

    def gather(self, value: Sql, aggregate: str) -> Sql:
        """A column of households made of their members: `aggregate` has {} where the member's value stands."""
        held = self.column(MEMBER, value)
        key = (HOUSEHOLD, "gather", aggregate.replace("{}", held.text))
        if key not in self._known:
            name = self._name("g")
            start = (held.layer // ROUND + 1) * ROUND
            self._layers[HOUSEHOLD].setdefault(start, _Layer()).gathered.append((name, key[2]))
            self.keep(held)
            self._known[key] = Sql(name, start, True)
        return self._known[key]

    def fetch(self, column: Sql) -> Sql:
        """A column of the household beside each of its members."""
        key = (MEMBER, "fetch", column.text)
        if key not in self._known:
            layer = self._layers[MEMBER].setdefault(column.layer + 1, _Layer())
            layer.fetched.append(column.text)
            self._known[key] = Sql(column.text, column.layer + 1, True)
        return self._known[key]

    def _name(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"

    def keep(self, column: Sql) -> str:
        """The select of members that has `column` for others to read; it holds nothing but what is kept."""
        number = column.layer // ROUND
        self._kept.setdefault(number, {})[column.text] = None
        return f"{self.prefix}members_{number}"

    def selects(self) -> tuple[list[Select], str]:
        """The selects, and the name of the last one of households."""
        found = [
            Select(f"{self.prefix}h0", f"SELECT {_listed(self.base[HOUSEHOLD])} FROM {self._source(HOUSEHOLD)}"),
            Select(f"{self.prefix}m0", f"SELECT {_listed(self.base[MEMBER])} FROM {self._source(MEMBER)}"),
        ]
        last = {HOUSEHOLD: f"{self.prefix}h0", MEMBER: f"{self.prefix}m0"}
        current = 0
        for number in sorted({*self._layers[HOUSEHOLD], *self._layers[MEMBER]}):
            while number // ROUND > current:
                found += self._keeping(current, last[MEMBER])
                current += 1
            before = dict(last)
            for scope, prefix in ((HOUSEHOLD, "h"), (MEMBER, "m")):
                layer = self._layers[scope].get(number)
                if layer is not None:
                    name = f"{self.prefix}{prefix}{number}"
                    found.append(Select(name, self._select(layer, before, scope, number)))
                    last[scope] = name
        return found + self._keeping(current, last[MEMBER]), last[HOUSEHOLD]

    def _keeping(self, number: int, source: str) -> list[Select]:
        names = [name for name in self._kept.get(number, {}) if name != "household"]
        if number not in self._kept:
            return []
        return [Select(f"{self.prefix}members_{number}", f"SELECT {', '.join(['household', *names])} FROM {source}")]

    def _source(self, scope: str) -> str:
        prepared = "".join(f", {column}" for column in self.prepared[scope])
        where = f" WHERE household IN (SELECT household FROM {self.only})" if self.only else ""
        return f"(SELECT *{prepared} FROM {scope}{where})" if prepared or where else scope

    def _select(self, layer: _Layer, before: dict[str, str], scope: str, number: int) -> str:
        columns = "".join(f", {text} AS {name}" for name, text in layer.columns)
        if scope == HOUSEHOLD and layer.gathered:
            names = "".join(f", g.{name}" for name, _ in layer.gathered)
            source = f"{self.prefix}members_{number // ROUND - 1}"
            inner = f"SELECT household, {_listed(layer.gathered)} FROM {source} GROUP BY household"
            joined = f"{before[HOUSEHOLD]} h LEFT JOIN ({inner}) g ON g.household = h.household"
            return f"SELECT h.*{names}{columns} FROM {joined}"
        if scope == MEMBER and layer.fetched:
            names = "".join(f", f.{name}" for name in layer.fetched)
            joined = f"{before[MEMBER]} m JOIN {before[HOUSEHOLD]} f ON f.household = m.household"
            return f"SELECT m.*{names}{columns} FROM {joined}"
        return f"SELECT *{columns} FROM {before[scope]}"


def _listed(columns: list[tuple[str, str]]) -> str:
    return ", ".join(name if name == text else f"{text} AS {name}" for name, text in columns)


def integer(value: int) -> Sql:
    """A number as BIGINT: plain literals are narrow and overflow when multiplied."""
    return Sql(f"CAST({value} AS BIGINT)", 0, True)


def joined(parts: Sequence[Sql], sign: str) -> Sql:
    """Parts joined in a balanced way, so that a long chain is no deep expression."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    left, right = joined(parts[:middle], sign), joined(parts[middle:], sign)
    return Sql(f"({left.text} {sign} {right.text})", max(left.layer, right.layer))
