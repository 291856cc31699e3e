"""Rations in whole hand-out steps, with what rounding owes (spec/formats.md, "Division").

For every row (a household and a benefit) b = carry + share. Everyone gets floor(b), never below 0; the units that
remain go to the largest remainders, and where units fall short they are taken back from the smallest. All of it in
integers: `b` only ever matters in whole millionths of a step, rounded down, and such floors nest exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from evenhand.core.errors import UsageError
from evenhand.core.quantity import MICRO
from evenhand.flow.allocation.maxflow import FITS
from evenhand.formats.tag import tie

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Groups:
    """One entry a (point, benefit): its benefit, base units of a step, part num / den of the next rung, units to give.

    num and den are integers of any size; units are steps, >= 0.
    """

    benefit: Sequence[str]
    step_base: Array
    num: Sequence[int]
    den: Sequence[int]
    units: Array


@dataclass(frozen=True)
class Rows:
    """One entry a (household, benefit), in any order: its group; base units of its complete rungs and of the next one;
    arrears in millionths of a step; the household's tag (16 bytes) for ties.
    """

    group: Array
    full_base: Array
    next_base: Array
    carry_micro: Array
    tag: Sequence[bytes] | pa.Array | pa.ChunkedArray


@dataclass(frozen=True)
class Rations:
    """By row: steps, and arrears after in millionths of a step. By group: steps in all, never above its units."""

    ration: Array
    carry_after: Array
    given: Array


def divide(groups: Groups, rows: Rows, seed: bytes) -> Rations:
    """Divide the units of every group among its rows.

    A group's rations add up to min(floor(sum of b), units), and never below 0; ties by SHA-256(seed || tag || benefit),
    the smallest first. Taking back goes the other way: smallest remainder first, among equals the largest tie, one step
    each, in as many rounds as it takes. The order of rows changes nothing. UsageError for shares beyond 64 bits.
    """
    count = len(groups.step_base)
    group = rows.group.astype(np.int64)
    owed = rows.carry_micro.astype(np.int64) + share_micro(groups, rows)  # floor(b x 10^6)
    ration = np.maximum(owed // MICRO, 0)
    rest = np.maximum(owed - ration * MICRO, -1)  # who owes a step already comes last
    given = _targets(groups, rows, group, count)
    spare = given - _sums(ration, group, count)

    # One sort of plain keys: by group, then largest remainder first.
    key = (group << 20) | (MICRO - 1 - rest)
    ordered = np.sort(key)
    starts = np.searchsorted(ordered, np.arange(count, dtype=np.int64) << 20)
    more = np.flatnonzero(spare > 0)
    cut = np.full(count, -1, np.int64)
    cut[more] = ordered[starts[more] + spare[more] - 1]
    ration += key < cut[group]
    at_cut = np.flatnonzero(key == cut[group])
    tied = np.bincount(group[at_cut], minlength=count)
    left = spare - (np.searchsorted(ordered, cut) - starts)
    sure = tied == left
    ration[at_cut[sure[group[at_cut]]]] += 1
    contested = at_cut[~sure[group[at_cut]]]
    if len(contested):
        contested = contested[_tie_order(contested, group[contested], rows.tag, groups.benefit, seed)]
        owner = group[contested]
        first = np.searchsorted(owner, owner)
        ration[contested[np.arange(len(contested)) - first < left[owner]]] += 1

    short = np.flatnonzero(spare < 0)
    if len(short):
        by_group = np.argsort(group, kind="stable")
        ends = np.append(starts[1:], len(group))
        for one in short.tolist():
            members = by_group[starts[one] : ends[one]]
            _take_back(ration, rest, members, -int(spare[one]), rows.tag, groups.benefit[one], seed)
    return Rations(ration, owed - ration * MICRO, given)


def share_micro(groups: Groups, rows: Rows) -> Array:
    """floor(10^6 x share / step) of every row, share = complete rungs + next rung x num / den, exact."""
    full, following = rows.full_base.astype(np.int64), rows.next_base.astype(np.int64)
    if max(int(full.max(initial=0)), int(following.max(initial=0))) >= FITS // (2 * MICRO):
        return _share_of_big(groups, rows, np.arange(len(full)))
    group = rows.group
    den = np.array([min(d, FITS) for d in groups.den], np.int64)
    num = np.array([min(n, FITS) for n in groups.num], np.int64)
    scaled = following * MICRO
    if int(scaled.max(initial=0)) * int(num.max(initial=0)) < FITS:
        part = scaled * num[group] // den[group]
    else:
        part = _long_multiply(scaled, num[group], den[group])
    result: Array = (full * MICRO + part) // groups.step_base.astype(np.int64)[group]
    huge = np.flatnonzero((den >= 2**47)[group])
    if len(huge):
        result[huge] = _share_of_big(groups, rows, huge)
    return result


def _long_multiply(value: Array, num: Array, den: Array) -> Array:
    """floor(value x num / den) for num < den < 2^47, fifteen bits of `value` at a time so that nothing overflows."""
    with np.errstate(over="ignore"):  # rows whose den is larger are recomputed by the caller
        quotient, rest = np.zeros_like(value), np.zeros_like(value)
        for shift in range(15 * (int(value.max(initial=0)).bit_length() // 15), -1, -15):
            rest = (rest << 15) + ((value >> shift) & 0x7FFF) * num
            quotient = (quotient << 15) + rest // den
            rest %= den
    return quotient


def _share_of_big(groups: Groups, rows: Rows, chosen: Array) -> Array:
    """The same in Python integers, once for each distinct (group, full, next)."""
    columns = rows.group[chosen], rows.full_base[chosen], rows.next_base[chosen]
    key = np.zeros(len(chosen), np.int64)
    for column in columns:
        values, place = np.unique(column, return_inverse=True)
        _, first, key = np.unique(key * len(values) + place, return_index=True, return_inverse=True)
    found = [
        (full * MICRO * groups.den[group] + following * MICRO * groups.num[group])
        // (groups.den[group] * int(groups.step_base[group]))
        for group, full, following in zip(*(column[first].tolist() for column in columns), strict=True)
    ]
    if max(found, default=0) >= FITS:
        raise UsageError("a household's share is more than 4 x 10^12 steps", "check the amounts, or use a larger step")
    result: Array = np.array(found, np.int64)[key]
    return result


def _sums(values: Array, group: Array, count: int) -> Array:
    """Exact sums by group (int64 where they fit)."""
    kind = np.int64 if int(np.abs(values).max(initial=0)) * max(len(values), 1) < FITS else object
    sums = np.zeros(count, kind)
    np.add.at(sums, group, values.astype(kind))
    return sums


def _targets(groups: Groups, rows: Rows, group: Array, count: int) -> Array:
    """min(floor(sum of b), units) of every group, never below 0."""
    carry = _sums(rows.carry_micro, group, count).tolist()
    full = _sums(rows.full_base, group, count).tolist()
    following = _sums(rows.next_base, group, count).tolist()
    steps, units = groups.step_base.tolist(), groups.units.tolist()
    result = np.zeros(count, np.int64)
    for one in range(count):
        share = full[one] * MICRO + following[one] * MICRO * groups.num[one] // groups.den[one]
        result[one] = max(0, min((carry[one] + share // steps[one]) // MICRO, units[one]))
    return result


def _ties(chosen: Array, tags: Any, benefits: Sequence[str], seed: bytes) -> Array:
    """The ties of some rows as four big-endian words each; `benefits` has one benefit a chosen row."""
    if isinstance(tags, (pa.Array, pa.ChunkedArray)):
        some = tags.take(pa.array(chosen)).to_pylist()
    else:
        some = [bytes(tags[int(row)]) for row in chosen]
    digests = b"".join(tie(seed, tag, benefit) for tag, benefit in zip(some, benefits, strict=True))
    return np.frombuffer(digests, ">u8").reshape(-1, 4).astype(np.uint64)


def _tie_order(chosen: Array, group: Array, tags: Any, benefit: Sequence[str], seed: bytes) -> Array:
    """The order of some rows by (group, tie)."""
    words = _ties(chosen, tags, [benefit[one] for one in group.tolist()], seed)
    return np.lexsort((words[:, 3], words[:, 2], words[:, 1], words[:, 0], group))


def _take_back(ration: Array, rest: Array, members: Array, missing: int, tags: Any, benefit: str, seed: bytes) -> None:
    """Take `missing` steps back from the rows of one group, in place."""
    while missing:
        holders = members[ration[members] > 0]
        rounds = missing // len(holders)
        if rounds:
            whole = min(rounds, int(ration[holders].min()))
            ration[holders] -= whole
            missing -= whole * len(holders)
            continue
        cut = np.partition(rest[holders], missing - 1)[missing - 1]
        sure = holders[rest[holders] < cut]
        equal = holders[rest[holders] == cut]
        words = _ties(equal, tags, [benefit] * len(equal), seed)
        order = np.lexsort((words[:, 3], words[:, 2], words[:, 1], words[:, 0]))[::-1]
        ration[sure] -= 1
        ration[equal[order[: missing - len(sure)]]] -= 1
        return
