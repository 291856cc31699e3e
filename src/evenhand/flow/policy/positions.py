"""Where everything of a TOML file stands: tomllib gives no positions, and an error without its line is no help.

A small scanner walks the text once. It also refuses what could exhaust the parser behind it (size, nesting).
"""

from __future__ import annotations

import re
from contextlib import suppress

Path = tuple[str | int, ...]


class Place(int):
    """A line (from 1), with its column (from 1) and, where it is not the policy's own, the name of the file it is in."""

    column: int
    file: str

    def __new__(cls, line: int, column: int = 0, file: str = "") -> Place:
        place = super().__new__(cls, line)
        place.column, place.file = column, file
        return place


LARGEST = 1_000_000
DEEPEST = 20

_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)  # the longest forms first
_SCALAR = re.compile(r"[^,\]}#\n]+")


class TooDeep(Exception):
    """Brackets nested deeper than any policy needs; `line` says where."""

    def __init__(self, line: int) -> None:
        super().__init__("nested too deep")
        self.line = line


class _Lost(Exception):
    """The text is not TOML; the real parser will say where."""


def positions(text: str, file: str = "") -> dict[Path, int]:
    """The place of every key and array element, as far as the text can be read."""
    scanner = _Scanner(text, file)
    with suppress(_Lost):
        scanner.document()
    return scanner.found


class _Scanner:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.at = 0
        self.found: dict[Path, int] = {}
        self._line = 1
        self._counted = 0
        self._begun = 0
        self._arrays: dict[Path, int] = {}

    def line(self) -> Place:
        """Where the cursor is (counted as it moves: the cursor never goes back)."""
        passed = self.text.count("\n", self._counted, self.at)
        if passed:
            self._line += passed
            self._begun = self.text.rindex("\n", self._counted, self.at) + 1
        self._counted = self.at
        return Place(self._line, self.at - self._begun + 1, self.file)

    def document(self) -> None:
        base: Path = ()
        while True:
            self.skip()
            if self.at >= len(self.text):
                return
            if self.text.startswith("[[", self.at):
                self.at += 2
                line = self.line()
                path = self._resolve(self.key())
                index = self._arrays.get(path, -1) + 1
                self._arrays[path] = index
                self.found.setdefault(path, line)
                base = (*path, index)
                self.found[base] = line
                self.expect("]]")
            elif self.text[self.at] == "[":
                self.at += 1
                line = self.line()
                base = self._resolve(self.key())
                for end in range(1, len(base) + 1):
                    self.found.setdefault(base[:end], line)
                self.expect("]")
            else:
                self.pair(base, 0)

    def _resolve(self, key: Path) -> Path:
        """A table header inside an array of tables speaks of its newest element."""
        path: Path = ()
        for position, part in enumerate(key):
            path = (*path, part)
            if path in self._arrays and position < len(key) - 1:
                path = (*path, self._arrays[path])
        return path

    def pair(self, base: Path, depth: int) -> None:
        line = self.line()
        key = self.key()
        for end in range(1, len(key) + 1):
            self.found.setdefault((*base, *key[:end]), line)
        self.skip()
        self.expect("=")
        self.value((*base, *key), depth)

    def key(self) -> Path:
        parts: list[str] = []
        while True:
            self.skip()
            found = _BARE.match(self.text, self.at) or _STRING.match(self.text, self.at)
            if not found:
                raise _Lost
            self.at = found.end()
            parts.append(found[0].strip("\"'"))
            if len(parts) > DEEPEST:
                raise TooDeep(self.line())
            self.skip()
            if self.text[self.at : self.at + 1] != ".":
                return tuple(parts)
            self.at += 1

    def value(self, path: Path, depth: int) -> None:
        self.skip()
        if depth > DEEPEST:
            raise TooDeep(self.line())
        sign = self.text[self.at : self.at + 1]
        if sign == "[":
            self.at += 1
            self._items(path, depth, "]")
        elif sign == "{":
            self.at += 1
            self._items(path, depth, "}")
        else:
            found = (_STRING if sign in ('"', "'") else _SCALAR).match(self.text, self.at)
            if not found:
                raise _Lost
            self.at = found.end()

    def _items(self, path: Path, depth: int, end: str) -> None:
        index = 0
        while True:
            self.skip()
            if self.text[self.at : self.at + 1] == end:
                self.at += 1
                return
            if end == "]":
                self.found[(*path, index)] = self.line()
                self.value((*path, index), depth + 1)
                index += 1
            else:
                self.pair(path, depth + 1)
            self.skip()
            if self.text[self.at : self.at + 1] == ",":
                self.at += 1
            elif self.text[self.at : self.at + 1] != end:
                raise _Lost

    def skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        if found:
            self.at = found.end()

    def expect(self, sign: str) -> None:
        if not self.text.startswith(sign, self.at):
            raise _Lost
        self.at += len(sign)
