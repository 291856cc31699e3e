"""The error family. An error owns its exit code and its remedy; a face only prints it (see DESIGN §12, exit codes)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class EvenhandError(Exception):
    """A fault the user can do something about. `remedy` says what; `code` names the fault for a program that has its own
    words for it."""

    exit_code = 2

    def __init__(self, message: str, remedy: str = "", code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.code = code

    def lines(self) -> list[str]:
        """The error as lines for a terminal."""
        return [self.message, *([f"  what to do: {self.remedy}"] if self.remedy else [])]


class UsageError(EvenhandError):
    """The command or its order is wrong (exit 2)."""


class AnswerIsNo(EvenhandError):
    """The work was done and the answer is no: a check, a test case or a claim failed (exit 1)."""

    exit_code = 1


class TryAgain(EvenhandError):
    """Busy, or a service that does not answer (exit 3)."""

    exit_code = 3


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in the user's input: where it stands, what stands there, and how to mend it.

    `row` counts data rows from 1 (the header is row 0); in a text file it is the line, and `column` (from 1) is where in
    the line. 0 means the file as a whole, or no column known.
    """

    file: str
    row: int
    field: str
    value: str
    message: str
    remedy: str
    column: int = 0

    def line(self) -> str:
        """`file, row 3, field "point", value "P99": no such point. What to do: ...`"""
        parts = [self.file]
        if self.column:
            parts.append(f"line {self.row}, column {self.column}")
        elif self.row:
            parts.append(f"row {self.row}")
        if self.field:
            parts.append(f'field "{self.field}"')
        if self.value:
            parts.append(f'value "{self.value}"')
        return f"{', '.join(parts)}: {self.message}. What to do: {self.remedy}"


class InputError(EvenhandError):
    """Input refused as a whole: every problem found, and nothing was changed (exit 2)."""

    shown = 20

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        count = len(self.problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in the input; nothing was changed")

    def lines(self) -> list[str]:
        rest = len(self.problems) - self.shown
        lines = [problem.line() for problem in self.problems[: self.shown]]
        return [*lines, *([f"… and {rest} more"] if rest > 0 else []), self.message]


def input_error(file: str, row: int, field: str, value: object, message: str, remedy: str) -> InputError:
    """An InputError with a single problem."""
    return InputError([Problem(file, row, field, "" if value is None else str(value), message, remedy)])
