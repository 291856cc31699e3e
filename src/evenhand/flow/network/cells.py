"""Cells of small tables that people write by hand: exact numbers, shares, times, names. All faults are told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from evenhand.core.errors import InputError, Problem
from evenhand.core.validation import printable

ID_LENGTH_MAX = 64
_NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]{1,12})?")
_SHARE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,12})?) ?%|([0-9]{1,9})/([0-9]{1,9})|([0-9]{1,9}(?:\.[0-9]{1,12})?)")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")


@dataclass(frozen=True)
class Row:
    """A row as it was read: its file, its number counted from 1, its cells by column."""

    file: str
    number: int
    cells: Mapping[str, str]

    def get(self, name: str) -> str:
        """What stands under `name`, without blanks around it; empty where the column is absent."""
        return self.cells.get(name, "").strip()


def rows_of(file: str, cells: Sequence[Mapping[str, str]]) -> list[Row]:
    """The rows of one file."""
    return [Row(file, number, one) for number, one in enumerate(cells, 1)]


@dataclass
class Cells:
    """Reads cells and collects what is wrong; `check` raises it as one InputError. A faulty cell reads as its default."""

    problems: list[Problem] = field(default_factory=list)

    def fault(self, row: Row, name: str, message: str, remedy: str) -> None:
        """Note a fault of the cell `name`."""
        self.problems.append(Problem(row.file, row.number, name, printable(row.get(name), 200), message, remedy))

    def check(self) -> None:
        """InputError with everything found so far, if anything was."""
        if self.problems:
            raise InputError(self.problems)

    def name(self, row: Row, name: str, *, required: bool = True) -> str:
        """An id: 1 to 64 printable characters."""
        text = row.get(name)
        if not text:
            if required:
                self.fault(row, name, "the cell is empty", "fill it in")
        elif len(text) > ID_LENGTH_MAX or not text.isprintable():
            self.fault(row, name, "not a name of at most 64 printable characters", "shorten it")
        return text

    def number(self, row: Row, name: str, default: Fraction | None = None) -> Fraction:
        """A number of 0 or more, such as 12 or 0.5, exactly."""
        text = row.get(name)
        if not text and default is not None:
            return default
        if not _NUMBER.fullmatch(text):
            message = "the cell is empty" if not text else "not a number of 0 or more"
            self.fault(row, name, message, "write a number such as 12 or 0.5")
            return default or Fraction(0)
        return Fraction(text)

    def count(self, row: Row, name: str, default: int | None = None, least: int = 0) -> int:
        """A whole number of `least` or more."""
        before = len(self.problems)
        found = self.number(row, name, None if default is None else Fraction(default))
        if len(self.problems) == before and (found.denominator != 1 or found < least):
            self.fault(row, name, f"not a whole number of {least} or more", f"write a whole number, at least {least}")
            return default or least
        return int(found)

    def share(self, row: Row, name: str, default: Fraction) -> Fraction:
        """A share such as "2 %", 0.02 or 1/50."""
        text = row.get(name)
        if not text:
            return default
        found = _SHARE.fullmatch(text)
        if found is None or (found[3] is not None and int(found[3]) == 0):
            self.fault(row, name, "not a share", "write it as 2 %, 0.02 or 1/50")
            return default
        if found[1] is not None:
            return Fraction(found[1]) / 100
        return Fraction(int(found[2]), int(found[3])) if found[2] is not None else Fraction(found[4])

    def clock(self, row: Row, name: str, default: int) -> int:
        """Minutes after midnight of a time of day such as 07:30; 24:00 is the end of the day."""
        text = row.get(name)
        if not text:
            return default
        found = _CLOCK.fullmatch(text)
        minutes = int(found[1]) * 60 + int(found[2]) if found else 1441
        if minutes > 1440:
            self.fault(row, name, "not a time of day", "write it as 07:30")
            return default
        return minutes
