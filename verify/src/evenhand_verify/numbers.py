"""Exact numbers as they are published: decimal texts, fractions, levels on a ladder."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

DIGITS_MAX = 4000
"""Longer numbers are refused: nobody needs them, and they would only cost time."""


class NumberError(ValueError):
    """A text that is not the number it should be."""


def integer(text: object) -> int:
    """The integer of a decimal text in its one form: no plus, no leading zeros, no blanks. NumberError otherwise."""
    if isinstance(text, str) and len(text) <= DIGITS_MAX:
        try:
            number = int(text)
        except ValueError:
            number = 0
        if str(number) == text:
            return number
    raise NumberError(f'"{text}" is not an integer')


def ceil_div(num: int, den: int) -> int:
    """The smallest integer >= num / den, for den > 0."""
    return -(-num // den)


@dataclass(frozen=True)
class Level:
    """How far up a ladder: `rungs` whole rungs and num/den of the next, 0 <= num < den."""

    rungs: int
    num: int
    den: int

    def __post_init__(self) -> None:
        if self.rungs < 0 or self.den <= 0 or not 0 <= self.num < self.den:
            raise NumberError(f"{self.rungs} + {self.num}/{self.den} is not a level")

    @property
    def value(self) -> Fraction:
        """The level as one number."""
        return self.rungs + Fraction(self.num, self.den)

    def __str__(self) -> str:
        if self.num == 0:
            return f"{self.rungs}"
        return f"{self.rungs} + {self.num}/{self.den}" if self.rungs else f"{self.num}/{self.den}"


def many(count: int, one: str, more: str = "") -> str:
    """`1 point`, `2 points`, `3 entries`."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


class Ladder:
    """The rungs of a point for one benefit. A rung that is not listed is empty; rungs count from 1."""

    def __init__(self, rungs: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(rungs)
        self.rungs = [rung for rung, _ in ordered]
        self.amounts = [amount for _, amount in ordered]
        self.sums = [0]
        for amount in self.amounts:
            self.sums.append(self.sums[-1] + amount)

    @property
    def total(self) -> int:
        """The whole ladder."""
        return self.sums[-1]

    def grows(self, level: Level) -> bool:
        """Whether the least more of level is more of quantity."""
        done = bisect_right(self.rungs, level.rungs)
        return done < len(self.rungs) and self.rungs[done] == level.rungs + 1 and self.amounts[done] > 0

    def at(self, level: Level) -> tuple[int, int]:
        """The quantity of a level, times its denominator, and that denominator."""
        done = bisect_right(self.rungs, level.rungs)
        whole = self.sums[done]
        if level.num and done < len(self.rungs) and self.rungs[done] == level.rungs + 1:
            return whole * level.den + self.amounts[done] * level.num, level.den
        return whole * level.den, level.den
