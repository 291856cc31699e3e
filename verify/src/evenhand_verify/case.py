"""An answer joined with its problem, as arrays for the checks of fairness and, by name, for all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from evenhand_verify.bundles import holding
from evenhand_verify.columns import Columns
from evenhand_verify.exact import Mask, Whole, fraction_sums, peak, placed, plus, signs, sums, times
from evenhand_verify.handling import Gate, passed
from evenhand_verify.numbers import Level
from evenhand_verify.problem import Key, Problem

KEYS = {"levels": "point", "flows": "lane", "certificate": "node"}
LEVELS = ("rungs", "num", "den", "quantity_num", "quantity_den")


class Answer:
    """What was decided, with the certificate that it is fair: tables levels, flows, blocks, certificate, each level and
    each fraction known to be one (`allocation.answer` sees to that)."""

    def __init__(self, tables: Mapping[str, Columns]) -> None:
        self.tables = tables

    def key(self, table: str, row: int) -> Key:
        """The key of a row of levels, flows or certificate."""
        columns = self.tables[table]
        return columns[KEYS[table]][row], columns["commodity"][row] or ""

    def numbers(self, table: str, *names: str) -> tuple[Whole, ...]:
        """These columns of a table."""
        return tuple(self.tables[table].whole(name) for name in names)

    @cached_property
    def blocks(self) -> dict[int, Level]:
        """The level of every block."""
        cells = (column.tolist() for column in self.numbers("blocks", "rungs", "num", "den"))
        return dict(zip(self.tables["blocks"]["block"], map(Level, *cells), strict=True))

    @cached_property
    def levels(self) -> dict[Key, tuple[Level, int, int]]:
        """(point, commodity) -> level and quantity."""
        rungs, num, den, above, below = (column.tolist() for column in self.numbers("levels", *LEVELS))
        rows = zip(map(Level, rungs, num, den), above, below, strict=True)
        return dict(zip(self.tables["levels"].rows("point", "commodity"), rows, strict=True))

    @cached_property
    def flows(self) -> dict[Key, tuple[int, int]]:
        """(lane, commodity) -> quantity."""
        num, den = (column.tolist() for column in self.numbers("flows", "quantity_num", "quantity_den"))
        keys = self.tables["flows"].rows("lane", "commodity")
        return dict(zip(keys, zip(num, den, strict=True), strict=True))

    @cached_property
    def certificate(self) -> dict[Key, int]:
        """(node, commodity) -> block; commodity "" for a gate."""
        return {(node, c or ""): b for node, c, b in self.tables["certificate"].rows("node", "commodity", "block")}


@dataclass
class Levels:
    """The table of levels as arrays; `at`: places, -1 where there is no such place."""

    at: Whole
    rungs: Whole
    num: Whole
    den: Whole
    quantity_num: Whole
    quantity_den: Whole


@dataclass
class Flows:
    """The table of flows as arrays; `lane`, `goods`: -1 where there is no such lane or commodity; `runs`: the rows where
    there are both."""

    lane: Whole
    goods: Whole
    num: Whole
    den: Whole

    def __post_init__(self) -> None:
        self.runs = np.flatnonzero((self.lane >= 0) & (self.goods >= 0))


def order_of(rungs: Whole, num: Whole, den: Whole) -> list[int]:
    """Where each level rungs + num/den stands in their order; equal levels stand at the same place."""
    bits, rows = peak(den).bit_length(), list(zip(rungs.tolist(), num.tolist(), den.tolist(), strict=True))
    if bits > 256:
        values: list[Any] = [whole + Fraction(above, below) for whole, above, below in rows]
    else:
        # Different fractions with denominators below 2^b differ by more than 2^-2b: counted in whole 2^-2b they differ too.
        values = [(whole << 2 * bits) + (above << 2 * bits) // below for whole, above, below in rows]
    places = {value: rank for rank, value in enumerate(sorted(set(values)))}
    return [places[value] for value in values]


class Case:
    """A problem with its answer, joined by place.

    `homes`, `home_blocks`: place and row of the block of each row of the certificate, -1 where there is none ·
    `block_at`, `rank_at`: at each place the row of its block, and where that stands in the order of levels; -1: none ·
    `due` / `per`, `full`: at each place what its level gives, and its whole ladder ·
    `used` / `used_per`: what each place uses of its own supply: handed out + sent on - received.
    """

    def __init__(self, problem: Problem, answer: Answer) -> None:
        self.problem = problem
        self.answer = answer
        self._place_blocks()
        self.levels = Levels(problem.places(answer.tables["levels"], "point"), *answer.numbers("levels", *LEVELS))
        self._work_out_due()
        self.flows = Flows(
            answer.tables["flows"].found("lane", problem.tables["lanes"].columns["lane"]),
            answer.tables["flows"].found("commodity", problem.commodity_names),
            *answer.numbers("flows", "quantity_num", "quantity_den"),
        )
        self._work_out_used()
        self.passed = passed(self)
        self.held = holding(problem, answer) if problem.bundles else set()

    def _place_blocks(self) -> None:
        table = self.answer.tables["certificate"]
        self.homes = self.problem.places(table, "node")
        self.home_blocks = table.found("block", self.answer.tables["blocks"].columns["block"])
        self.block_at = np.full(self.problem.size, -1, np.int64)
        self.block_at[self.homes] = self.home_blocks
        self.block_at[-1] = -1
        levels = self.answer.numbers("blocks", "rungs", "num", "den")
        self.rank_at = np.array([*order_of(*levels), -1], np.int64)[self.block_at]

    def block_levels(self, rows: Whole) -> tuple[Whole, Whole, Whole]:
        """Rungs, num, den of these rows of the table of blocks; 0, 0, 1 for row -1."""
        blocks = self.answer.numbers("blocks", "rungs", "num", "den")
        rungs, num, den = (np.append(column, last)[rows] for column, last in zip(blocks, (0, 0, 1), strict=True))
        return rungs, num, den

    def _work_out_due(self) -> None:
        problem, levels = self.problem, self.levels
        rungs, num, den = self.block_levels(self.block_at)
        own = self.bundled(levels.at)  # their block may be higher: another part of the bundle may hold them
        if own.any():
            at = levels.at[own]
            rungs, num, den = (
                placed(column, at, mine[own])
                for column, mine in ((rungs, levels.rungs), (num, levels.num), (den, levels.den))
            )
        place, rung, need = problem.needs
        reached, begun = rung <= rungs[place], rung - 1 == rungs[place]
        whole_rungs = sums(place, need * reached, problem.size)
        next_rung = sums(place, need * begun, problem.size)
        self.due, self.per = plus(times(whole_rungs, den), times(next_rung, num)), den
        self.full = sums(place, need, problem.size)

    def bundled(self, places: Whole) -> Mask:
        """Which of these places have a commodity of a bundle."""
        if not self.problem.bundles:
            return np.zeros(len(places), np.bool_)
        goods = [commodity in self.problem.bundles for commodity in self.problem.commodities]
        return np.asarray(np.array([*goods, False], np.bool_)[places % self.problem.width])

    def _work_out_used(self) -> None:
        problem, levels, flows, lanes = self.problem, self.levels, self.flows, self.problem.lane_arrays
        # Levels at no place count too, each at a place of its own beyond the others.
        self.strangers = np.flatnonzero(levels.at < 0)
        receivers = levels.at.copy()
        receivers[self.strangers] = problem.size + np.arange(len(self.strangers))
        running = (column[flows.runs] for column in (flows.lane, flows.goods, flows.num, flows.den))
        lane, goods, num, den = running
        ends = np.stack([problem.at(lanes.tail[lane], goods), problem.at(lanes.head[lane], goods)], axis=1)
        self.users = np.concatenate([receivers, ends.ravel()])
        above = np.concatenate([levels.quantity_num, np.stack([num, -num], axis=1).ravel()])
        below = np.concatenate([levels.quantity_den, np.repeat(den, 2)])
        self.used, self.used_per = fraction_sums(self.users, above, below, problem.size + len(self.strangers))

    def carried(self, lane: Whole, goods: Whole) -> tuple[Whole, Whole]:
        """What flows on these lanes of these commodities, as fractions; 0/1 where no row says so."""
        flows, wide = self.flows, len(self.problem.commodities)
        row = np.full(len(self.problem.lane_arrays.tail) * wide, -1, np.int32)
        row[flows.lane[flows.runs] * wide + flows.goods[flows.runs]] = flows.runs
        row = row[lane * wide + goods]
        return np.append(flows.num, 0)[row], np.append(flows.den, 1)[row]

    def highest_short(self) -> Whole:
        """For each commodity the highest rank at which a point is short of it or of what shares a gate with it."""
        problem = self.problem
        short = signs(self.due, self.per, self.full, np.ones_like(self.block_at)) < 0
        short[self.bundled(np.arange(problem.size))] = False  # these are short where they are held
        short[[problem.place(*key) for key in self.held]] = True
        at = np.flatnonzero(short & (self.rank_at >= 0) & problem.needing)
        group = np.array([problem.commodities.index(problem.joint[c]) for c in problem.commodities] + [-1], np.int64)
        highest = np.full(problem.width, -1, np.int64)
        np.maximum.at(highest, group[at % problem.width], self.rank_at[at])
        return highest[group]

    def name(self, place: int) -> Key:
        """Node and commodity of a place, also of a stranger's."""
        if place < self.problem.size:
            return self.problem.name(place)
        return self.answer.key("levels", int(self.strangers[place - self.problem.size]))

    def rank(self, node: str, commodity: str) -> int:
        """Where the node's block stands in the order of levels, -1 where it stands in none."""
        return int(self.rank_at[self.problem.place(node, commodity)])

    def use(self, node: str, commodity: str) -> Fraction:
        """What the node uses of its own supply."""
        place = self.problem.place(node, commodity)
        return Fraction(int(self.used[place]), int(self.used_per[place]))

    def drawn(self, gate: Gate, commodity: str) -> Fraction:
        """What goes through the gate of this commodity."""
        return self.passed[gate.node][commodity] if gate.through else self.use(gate.node, commodity)
