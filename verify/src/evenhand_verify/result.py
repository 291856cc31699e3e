"""What a check says, and the errors of the checker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Subject = TypeVar("Subject")


class UsageError(Exception):
    """The command is wrong, or what it names is not there (exit 2)."""


class Malformed(Exception):
    """Something published cannot be read as what it should be: the check that needs it fails."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{what}, {where}")
        self.where = where
        self.what = what


@dataclass(frozen=True)
class Check(Generic[Subject]):
    """A named check: `run` returns a figure (text) if all holds, or the list of what does not, each `what, where`."""

    name: str
    about: str
    run: Callable[[Subject], str | list[str]]


@dataclass(frozen=True)
class Outcome:
    """How a check ended."""

    name: str
    figure: str
    failures: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return not self.failures

    def line(self) -> str:
        """`PASS name: figure` or `FAIL name: what, where`."""
        if self.passed:
            return f"PASS {self.name}: {self.figure}"
        more = f" (and {len(self.failures) - 1:,} more)" if len(self.failures) > 1 else ""
        return f"FAIL {self.name}: {one_line(self.failures[0])}{more}"


def one_line(text: str, limit: int = 400) -> str:
    """`text` fit for one line of a terminal: what was published may hold control characters."""
    clean = "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def run_check(check: Check[Subject], subject: Subject) -> Outcome:
    """Run one check. Malformed input is a failure; so is any error the check did not foresee."""
    try:
        found = check.run(subject)
    except Malformed as error:
        found = [str(error)]
    except RecursionError:
        found = ["something published is nested too deep to be read"]
    except (ArithmeticError, LookupError, TypeError, ValueError, OSError, AttributeError, MemoryError) as error:
        # Hostile bytes can reach code in ways nobody foresaw; the answer is still no, and never a traceback.
        found = [f"what is published cannot be checked ({type(error).__name__}: {error})"]
    if isinstance(found, str):
        return Outcome(check.name, found)
    return Outcome(check.name, "", found) if found else Outcome(check.name, "holds")


def capped(failures: Sequence[str], limit: int = 1000) -> list[str]:
    """At most `limit` failures: enough to act on."""
    return list(failures[:limit])
