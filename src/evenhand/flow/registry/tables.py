"""What the files of the registry hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from evenhand.core.schema import Column, Table
from evenhand.flow.network.tables import NAME_LENGTH_MAX, identifier
from evenhand.flow.registry.declared import Declared

BORN_FIRST = date(1880, 1, 1)
SEXES = ("f", "m")


def _day(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def household_table(declared: Sequence[Declared]) -> Table:
    """households: household, point, name, and an input a column."""
    fixed = (
        identifier("household", "id of the household"),
        identifier("point", "its home point", references=("point", "node")),
        Column("name", "text", "name of its head", False, maximum=NAME_LENGTH_MAX),
    )
    return Table("households", fixed + tuple(i.column() for i in declared), ("household",), "Households.")


PROXIES = Table(
    "proxies",
    (
        identifier("household", "household that names the person", references=("household", "household")),
        Column("name", "text", "who may collect for it", maximum=NAME_LENGTH_MAX),
        Column("since", "date", "first day, such as 2008-03-01", minimum=_day(BORN_FIRST)),
        Column("withdrawn", "bool", "yes: from that day on no longer", False),
    ),
    ("household", "name", "since"),
    "People named in advance who may collect for a household.",
)


def member_table(declared: Sequence[Declared], occupations: tuple[str, ...], today: date) -> Table:
    """members: household, member, birth_date, sex, occupation, name, and an input a column.

    `occupations` is the policy's closed list of words, empty where it has none.
    """
    fixed = (
        identifier("household", "household it belongs to", references=("household", "household")),
        identifier("member", "id within the household"),
        Column("birth_date", "date", "day of birth such as 1971-02-28", minimum=_day(BORN_FIRST), maximum=_day(today)),
        Column("sex", "text", "f or m", choices=SEXES),
        Column("occupation", "text", "a word of the policy's list", maximum=64, choices=occupations),
        Column("name", "text", "the member's name", False, maximum=NAME_LENGTH_MAX),
    )
    return Table("members", fixed + tuple(i.column() for i in declared), ("household", "member"), "Members.")
