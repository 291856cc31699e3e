"""Which fields of a household and of its members may be corrected, and what they may hold: the columns of a list, and
whether a member belongs to the household."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from evenhand.core.schema import Column
from evenhand.flow.registry.declared import Declared
from evenhand.flow.registry.tables import household_table, member_table

LISTED = Column("listed", "bool", "yes: belongs to the household; no: died, left, or never did")
_KEYS = ("household", "member")


def household_fields(declared: Sequence[Declared]) -> tuple[Column, ...]:
    """Point, name, and what the policy asks of a household."""
    return tuple(column for column in household_table(declared).columns if column.name not in _KEYS)


def member_fields(declared: Sequence[Declared], occupations: tuple[str, ...], today: date) -> tuple[Column, ...]:
    """A member's own columns, what the policy asks of it, and whether it belongs to the household."""
    columns = member_table(declared, occupations, today).columns
    return (*(column for column in columns if column.name not in _KEYS), LISTED)
