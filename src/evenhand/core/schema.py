"""Table schemas: what a column holds and what is allowed in it. A stage's schemas stand in its `tables.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Type = Literal["text", "int", "date", "bool", "bytes", "quantity"]
"""`quantity` is text such as "40 t" or a bare integer of base units in a file, an int of base units in a table."""


@dataclass(frozen=True)
class Column:
    """One column. `references` is (table, column). `choices`, `minimum`, `maximum`, `pattern` bound its values."""

    name: str
    type: Type
    doc: str
    required: bool = True
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    references: tuple[str, str] | None = None


@dataclass(frozen=True)
class Table:
    """A named table: columns in order, and the columns that identify a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    doc: str
    order: tuple[str, ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)
