"""Ladders as arrays: what a point needs at a level, for all points at once.

Rung numbers are compressed to coordinates 1 … K (the distinct numbers that hold anything), so empty rungs cost nothing.
"""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

DENSE_CELLS = 4_000_000


class Ladders:
    """Cumulative ladders of points 0 … count - 1.

    `rung_numbers[j - 1]` is the number of the rung with coordinate j. Quantities are int64, or Python integers where
    `exact` asks for them.
    """

    def __init__(self, count: int, owner: Array, rung: Array, quantity: Array, exact: bool) -> None:
        """`owner`, `rung`, `quantity` are rows sorted by (owner, rung), all quantities > 0."""
        kind = object if exact else np.int64
        self.rung_numbers, place = np.unique(rung, return_inverse=True)
        self.height = len(self.rung_numbers)
        quantity = quantity.astype(kind)
        # A row 0 at coordinate 0 for every point, then its rungs, cumulated within the point.
        owners = np.concatenate([np.arange(count), owner])
        places = np.concatenate([np.zeros(count, np.int64), place + 1])
        order = np.lexsort((places, owners))
        running = np.cumsum(np.concatenate([np.zeros(count, kind), quantity])[order])
        starts = np.searchsorted(owners[order], np.arange(count))
        lengths = np.diff(np.append(starts, len(order)))
        self._cumulated = running - np.repeat(running[starts], lengths)
        self._keys = (owners * (self.height + 1) + places)[order]
        self._last = starts + lengths - 1
        self._dense: Array | None = None
        if count * (self.height + 1) <= DENSE_CELLS + 4 * len(order):
            everywhere = np.arange(count * (self.height + 1))
            self._dense = self._cumulated[np.searchsorted(self._keys, everywhere, side="right") - 1]

    def shifted(self, bits: int) -> Ladders:
        """The same ladders in units of 2^`bits`, rounded down, in 64-bit numbers."""
        other = copy(self)
        other._cumulated = (self._cumulated >> bits).astype(np.int64)
        other._dense = None if self._dense is None else (self._dense >> bits).astype(np.int64)
        return other

    def totals(self) -> Array:
        """What every point needs for its whole ladder."""
        totals: Array = self._cumulated[self._last]
        return totals

    def at(self, points: Array, coordinate: Array) -> Array:
        """What each of `points` needs for its rungs up to `coordinate`, both included."""
        keys = points * (self.height + 1) + coordinate
        if self._dense is not None:
            found: Array = self._dense[keys]
        else:
            found = self._cumulated[np.searchsorted(self._keys, keys, side="right") - 1]
        return found
