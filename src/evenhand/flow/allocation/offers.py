"""How a pool is given out to its cells: along the ladder at first, then from the better served to the worse served.

A cell is a (lane, commodity) that draws on a pool; a pool is a shared lane or a depot's fuel. Levels are whole numbers
here, in 2^-BITS of a rung, and quantities whole units: a split is a choice, but no float makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from evenhand.flow.allocation.bottleneck import widths
from evenhand.flow.allocation.solve import Solved

Array = np.ndarray[Any, Any]

BITS = 30
"""Levels are compared to 2^-30 of a rung."""


@dataclass(frozen=True)
class State:
    """A cell after a division: the block it leads into (-1: none), what it carries, and whether it is full and holds
    that block down."""

    block: int
    flow: Fraction
    cut: bool

    @property
    def used(self) -> int:
        """What it carries, as a capacity: whole units."""
        return -int(-self.flow // 1)


class Heights:
    """How high each block stands, counted in rungs that hold anything, and what it takes to raise it."""

    def __init__(self, solved: Solved) -> None:
        network = solved.vertices.network
        self.ladders = network.ladders
        top = self.ladders.height
        self.height = [
            top << BITS if coordinate < 0 else (coordinate << BITS) + int((level % 1) * (1 << BITS))
            for coordinate, level in zip(solved.coordinates, solved.levels, strict=True)
        ]
        home = solved.block[solved.vertices.pairs] - 1
        order = np.argsort(home, kind="stable")
        ends = np.searchsorted(home[order], np.arange(len(self.height) + 1))
        self._pairs = [order[a:b] for a, b in zip(ends, ends[1:], strict=False)]
        self.width = [int(w) for w in widths(solved, home)] if len(home) else [0] * len(self.height)
        for block, wide in enumerate(self.width):
            if not wide and self.height[block]:  # served in full: what a rung takes on average
                self.width[block] = (self._sum(block, top) << BITS) // self.height[block]
        self._seen: dict[tuple[int, int], int] = {}

    def _sum(self, block: int, coordinate: int) -> int:
        pairs = self._pairs[block]
        needs = self.ladders.at(pairs, np.full(len(pairs), coordinate))
        return int(needs.astype(object).sum()) if len(pairs) else 0

    def need(self, block: int, height: int) -> Fraction:
        """What the block's points need to stand at `height`."""
        rung, part = height >> BITS, height & ((1 << BITS) - 1)
        for coordinate in (rung, rung + 1):
            if (block, coordinate) not in self._seen:
                self._seen[block, coordinate] = self._sum(block, min(coordinate, self.ladders.height))
        low, high = self._seen[block, rung], self._seen[block, rung + 1]
        return low + Fraction((high - low) * part, 1 << BITS)


def along(room: int, members: Sequence[tuple[int, int]], states: Sequence[State], heights: Heights) -> dict[int, int]:
    """Each cell's part of a pool, of what it would carry if nothing were shared: as much as brings the block it leads
    into up to one height, the highest for which there is room."""
    live = [(c, w, states[c]) for c, w in members if states[c].flow]

    def asked(height: int) -> list[int]:
        found = []
        for _, _, state in live:
            stands = heights.height[state.block]
            whole = heights.need(state.block, stands)
            part = heights.need(state.block, height) / whole if height < stands and whole else Fraction(1)
            found.append(int(state.flow * part) if part < 1 else state.used)
        return found

    def fits(height: int) -> bool:
        return sum(w * q for (_, w, _), q in zip(live, asked(height), strict=True)) <= room

    height = _highest(fits, heights.ladders.height << BITS)
    share = dict.fromkeys((cell for cell, _ in members), 0)
    share.update({cell: q for (cell, _, _), q in zip(live, asked(height), strict=True)})
    return share


def offer(
    room: int,
    members: Sequence[tuple[int, int]],
    states: Sequence[State],
    heights: Heights,
    bound: Sequence[int],
    capacity: Sequence[int],
    share: dict[int, int],
    part: Fraction,
) -> dict[int, int]:
    """The pool given out again: what is not used, and `part` of what better served cells have above one height, goes to
    the cells that hold somebody down, up to that height. As it was where no cell does."""
    hungry = [
        (c, w)
        for c, w in members
        if states[c].cut and share[c] == capacity[c] < bound[c] and heights.width[states[c].block]
    ]
    if not hungry:
        return share
    feeders: dict[int, int] = {}
    for cell, _ in hungry:
        feeders[states[cell].block] = feeders.get(states[cell].block, 0) + 1
    used = {cell: states[cell].used for cell, _ in members}
    cut = {cell for cell, _ in hungry}
    free = room - sum(w * used[c] for c, w in members)

    def rise(cell: int, height: int) -> int:
        block, at_cut = states[cell].block, cell in cut
        above = max(0, height - heights.height[block]) if block >= 0 else 0
        most = (bound[cell] if at_cut else share[cell]) - used[cell]
        return min(most, (above * heights.width[block] // (feeders[block] if at_cut else 1)) >> BITS)

    def give(cell: int, height: int) -> int:
        block = states[cell].block
        if block < 0 or not used[cell]:
            return 0
        above = max(0, heights.height[block] - height)
        return int(part * min(used[cell], (above * heights.width[block]) >> BITS))

    def fits(height: int) -> bool:
        return sum(w * (rise(c, height) - give(c, height)) for c, w in members) <= free

    height = _highest(fits, heights.ladders.height << BITS)
    found = {cell: used[cell] + rise(cell, height) - give(cell, height) for cell, _ in members}
    rest = room - sum(w * found[c] for c, w in members)
    # What rounding leaves, and what the hungry have no use for, is offered to all of them, the worst served first.
    for cell, weight in sorted(hungry, key=lambda one: (heights.height[states[one[0]].block], one)):
        more = min(bound[cell] - found[cell], rest // weight // len(hungry))
        found[cell] += more
        rest -= more * weight
    for cell, weight in sorted(members, key=lambda one: (one not in hungry, heights.height[states[one[0]].block], one)):
        if weight:
            more = min(bound[cell] - found[cell], rest // weight)
            found[cell] += more
            rest -= more * weight
    return found


def _highest(fits: Callable[[int], bool], most: int) -> int:
    """The greatest height up to `most` that fits; 0 where none does. What fits, fits lower too."""
    low, high = 0, most
    if fits(high):
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if fits(middle):
            low = middle
        else:
            high = middle
    return low
