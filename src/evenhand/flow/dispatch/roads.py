"""How far it is: road metres from a table, else along the great circle times a detour; minutes likewise. All integers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import asin, cos, radians, sin, sqrt

EARTH_METRES = 6_371_009
"""Mean radius of the Earth (IUGG)."""

Place = tuple[Fraction, Fraction]
"""Degrees north, degrees east."""


@dataclass(frozen=True)
class Roads:
    """`table` holds (from, to) -> (metres, seconds or None); the way back is as long unless it has its own row."""

    places: Mapping[str, Place]
    table: Mapping[tuple[str, str], tuple[int, int | None]] = field(default_factory=dict)
    detour: Fraction = Fraction(13, 10)
    kilometres_an_hour: int = 40

    def known(self, start: str, end: str) -> bool:
        """Whether the way between two places is known at all."""
        listed = (start, end) in self.table or (end, start) in self.table
        return start == end or listed or (start in self.places and end in self.places)

    def way(self, start: str, end: str) -> tuple[int, int]:
        """Metres and seconds. KeyError where the way is not known."""
        if start == end:
            return 0, 0
        metres, seconds = self.table.get((start, end)) or self.table.get((end, start)) or (self._air(start, end), None)
        if seconds is None:
            seconds = -(-metres * 18 // (self.kilometres_an_hour * 5))
        return metres, seconds

    def _air(self, start: str, end: str) -> int:
        # Sorted, so that there and back are the same to the metre.
        a, b = sorted((start, end))
        metres = great_circle(self.places[a], self.places[b]) * self.detour
        return metres.numerator // metres.denominator


def great_circle(a: Place, b: Place) -> int:
    """Whole metres between two places over a sphere (haversine), half a per cent off the true Earth at worst."""
    north, east = radians(b[0] - a[0]), radians(b[1] - a[1])
    across = sin(north / 2) ** 2 + cos(radians(a[0])) * cos(radians(b[0])) * sin(east / 2) ** 2
    return round(2 * EARTH_METRES * asin(min(1.0, sqrt(across))))
