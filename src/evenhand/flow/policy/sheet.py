"""Reading a TOML table field by field: every fault is noted with its line, and reading goes on to find the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.core.unit import parse_quantity
from evenhand.flow.policy.gate import Refused
from evenhand.flow.policy.measure import Measure, exact, measure
from evenhand.flow.policy.model import Expr, Span, line_of
from evenhand.flow.policy.positions import Path, Place
from evenhand.flow.policy.syntax import Number, parse

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")

FREE = ("title", "law", "note", "source")
"""Keys any table may have: words for people."""

LANGUAGES = ("en", "fr", "ar", "hi")
TOLD = (*FREE, "because")
"""Words for people may be given in several languages: {en = "…", fr = "…"}."""

MOST_FAULTS = 500
"""Faults after which reading stops: such a file is not a policy with mistakes in it."""


class Faults:
    """The problems found so far in one file. `inputs` are all names under [input]; `declared` are names of entitlements,
    also of wrong ones: what speaks of them is not wrong for that."""

    def __init__(self, file: str, lines: dict[Path, int], text: str = "") -> None:
        self.file = file
        self.lines = lines
        self.texts: dict[str, Sequence[str]] = {"": text.split("\n")}
        self.words: dict[Path, dict[str, str]] = {}
        self.titles: dict[Path, str] = {}
        self.found: list[Problem] = []
        self.declared: set[str] = set()
        self.inputs: set[str] = set()
        self._seen: set[Problem] = set()

    def add(self, path: Path, value: object, message: str, remedy: str) -> None:
        """Note a problem at `path`."""
        shown = "" if value is None or isinstance(value, (list, dict)) else " ".join(str(value).split())
        shown = shown if len(shown) <= 60 else shown[:59] + "…"
        line, column, file = self._place(path, shown)
        problem = Problem(file, line, dotted(path), shown, message, remedy, column)
        if problem in self._seen:
            return
        self._seen.add(problem)
        self.found.append(problem)
        if len(self.found) >= MOST_FAULTS:
            raise InputError(self.found)

    def _place(self, path: Path, shown: str) -> tuple[int, int, str]:
        """Line, column and file of what is wrong: of the offending text itself where the line has it."""
        place = line_of(self.lines, path)
        if not isinstance(place, Place):
            return place, 0, self.file
        held = self.texts.get(place.file, ())
        line = held[place - 1] if 0 < place <= len(held) else ""
        at = line.find(shown, max(place.column - 1, 0)) if shown else -1
        return int(place), at + 1 if at >= 0 else place.column, place.file or self.file


def dotted(path: Path) -> str:
    """`table.due.rows[0].when`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def nearest(name: str, known: Iterable[str], otherwise: str) -> str:
    """A remedy that names the nearest known word."""
    known_ = list(known)
    close = get_close_matches(name, known_, 1, 0.6)
    if not close:
        same = next((word for word in known_ if word.lower() == name.lower()), "")
        return f'did you mean "{same}"?' if same else otherwise
    alike = "" if name.isascii() and close[0].isascii() else " (letters of two alphabets can look the same)"
    return f'did you mean "{close[0]}"?{alike}'


class Sheet:
    """One TOML table. Every getter notes a fault and returns None (or the default) where the field is wrong."""

    def __init__(self, faults: Faults, path: Path, data: object) -> None:
        self.faults = faults
        self.path = path
        if not isinstance(data, dict):
            faults.add(path, data, "a table is wanted here", "write it as { key = value, … } or under [header]")
        self.broken = not isinstance(data, dict)
        self.data: Mapping[str, Any] = data if isinstance(data, dict) else {}

    def fault(self, key: str | None, message: str, remedy: str, value: object = None) -> None:
        """Note a problem at one of the fields, or at the table itself."""
        shown = value if value is not None else self.data.get(key) if key else None
        self.faults.add(self.path if key is None else (*self.path, key), shown, message, remedy)

    def only(self, *known: str) -> None:
        """Refuse every key that is not known here."""
        for key in self.data:
            if key in known:
                continue
            if key in FREE:
                text = self.text(key, '"in words"', "")
                if key == "title" and text.strip():
                    self.faults.titles[self.path] = text
                continue
            if key == "prorate":
                self.fault(
                    key,
                    "only values are prorated: a household fits one row in a period, that of its first day",
                    'write prorate = "days" under [param.NAME] or [lookup.NAME]; for a row that begins or ends within a '
                    "period, leave its days out and let it read such a value, 0 outside them",
                )
            else:
                names = f"use one of {', '.join(known)}"
                self.fault(key, f'"{key}" means nothing here', nearest(key, known, names), key)

    def child(self, key: str) -> Sheet:
        """A table inside this one (empty if absent)."""
        return Sheet(self.faults, (*self.path, key), self.data.get(key, {}))

    def children(self, key: str) -> list[tuple[str, Sheet]]:
        """The named tables under `key`; names are checked."""
        holder = self.child(key)
        for name in holder.data:
            if not NAME.match(name):
                holder.fault(name, f'"{name}" is not a name', "use a-z, 0-9 and _, at most 40, a letter first", name)
        return [(name, holder.child(name)) for name in holder.data if NAME.match(name)]

    def items(self, key: str) -> list[Sheet]:
        """The tables of an array of tables (empty if absent)."""
        held = self.data.get(key, [])
        if not isinstance(held, list):
            self.fault(key, "a list of tables is wanted here", f"write [[{key}]] or {key} = [{{ … }}, …]")
            return []
        return [Sheet(self.faults, (*self.path, key, index), item) for index, item in enumerate(held)]

    def _missing(self, key: str, example: str) -> None:
        if not self.broken:
            self.fault(None, f'"{key}" is missing', f"write {key} = {example}")

    def text(self, key: str, example: str, default: str | None = None) -> str:
        """A text; `default` None makes it compulsory."""
        value = self.data.get(key)
        if value is None:
            if default is None:
                self._missing(key, example)
            return default or ""
        if isinstance(value, dict) and key in TOLD:
            return self._told(key, value)
        if not isinstance(value, str) or (default is None and not value.strip()) or len(value) > 20_000:
            self.fault(key, "a text is wanted", f"write {key} = {example}")
            return default or ""
        return value

    def _told(self, key: str, value: Mapping[str, object]) -> str:
        """A text in several languages: the English one, or the first; all of them are kept in `words`."""
        words = {language: text for language, text in value.items() if isinstance(text, str) and text.strip()}
        for language in value:
            if language not in LANGUAGES or language not in words:
                self.faults.add((*self.path, key, language), language, "not a text in a language that is known",
                                f'use {", ".join(LANGUAGES)}, each with a text in quotes')  # fmt: skip
        if not words:
            self.fault(key, "a text is wanted", 'write it in quotes, or as {en = "…", fr = "…"}')
            return ""
        self.faults.words[(*self.path, key)] = words
        return words.get("en", next(iter(words.values())))

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of a few words."""
        value = self.text(key, f'"{choices[0]}"', default)
        if value not in choices and (value or (default is not None and self.data.get(key) == "")):
            self.fault(key, f'"{value}" is not one of {", ".join(choices)}', nearest(value, choices, "use one of them"))
            return default if default is not None else choices[0]
        return value

    def integer(self, key: str, low: int, high: int, default: int) -> int:
        """A whole number from `low` to `high`."""
        value = self.data.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.fault(key, f"a whole number from {low} to {high} is wanted", f"write {key} = {default}")
            return default
        return value

    def day(self, key: str) -> date | None:
        """A date, if there is one."""
        value = self.data.get(key)
        if value is None or (type(value) is date and 1600 <= value.year <= 2999):
            return value
        if type(value) is date:
            self.fault(key, "a day far from all others", 'mend the year; leave "to" out where there is no end')
        else:
            self.fault(key, "a date is wanted", f"write {key} = 2013-07-05, without quotes")
        return None

    def span(self) -> Span:
        """`from` and `to`."""
        start, end = self.day("from"), self.day("to")
        if start and end and end < start:
            self.fault("to", "the last day lies before the first", "write the days in their order")
            return Span(start, None)
        return Span(start, end)

    def fraction(self, key: str, example: str, default: Fraction | None = None) -> Fraction | None:
        """An exact number: 5, 0.25 or "1/6"."""
        if key not in self.data:
            if default is None:
                self._missing(key, example)
            return default
        given = self.data[key]
        value = exact(given)
        if value is None and isinstance(given, (int, Decimal)) and not isinstance(given, bool):
            self.fault(key, "an exact number is wanted; this one is too large, too fine or none", "use another unit")
        elif value is None:
            text = str(given)
            advice = (
                'write a share as a fraction, such as "1/5", without %' if "%" in text else f"write {key} = {example}"
            )
            advice = "write decimals with a point, such as 5.5" if re.match(r"-?[0-9]+,[0-9]+\Z", text) else advice
            self.fault(key, "an exact number is wanted", advice)
        return value

    def quantity(self, key: str, example: str) -> tuple[Fraction, Measure] | None:
        """A quantity with its unit, `"500 g"`: base units and the unit."""
        value = self.text(key, f'"{example}"')
        if not value:
            return None
        try:
            number, unit = parse_quantity(value)
        except (UsageError, ZeroDivisionError):
            return self._counted(key, value, example)
        return number, measure(unit.name)

    def _counted(self, key: str, value: str, example: str) -> tuple[Fraction, Measure] | None:
        number, _, unit = value.partition(" ")
        try:
            found = measure(unit or "number")
        except UsageError:
            found = None
        scaled = exact(number)
        if found is None or scaled is None:
            self.fault(key, "a quantity is wanted", f'write a number, a space and a unit, as in "{example}"')
            return None
        return scaled * found.scale, found

    def measure(self, key: str, required: bool = True) -> Measure | None:
        """A unit such as `kg/person`."""
        value = self.text(key, '"kg"', None if required else "")
        if not value:
            return None
        try:
            return measure(value)
        except UsageError as error:
            self.fault(key, error.message, error.remedy)
            return None

    def expr(self, key: str, example: str, required: bool = True) -> Expr | None:
        """An expression, read and copied into our own tree."""
        value = self.data.get(key)
        if value is None:
            if required:
                self._missing(key, f'"{example}"')
            return None
        path = (*self.path, key)
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            number = exact(value)
            if number is not None and number >= 0:
                return Expr(str(value), Number(number), path)
        if not isinstance(value, str):
            self.fault(key, "a formula is wanted, as text", f'write {key} = "{example}"')
            return None
        try:
            return Expr(value, parse(value), path)
        except Refused as error:
            self.faults.add(path, error.text, error.message, error.remedy)
            return None
