"""Rations in whole hand-out steps, with what rounding owes (spec/formats.md, "Division").

For every row (a household and a benefit) b = carry + share. Everyone gets floor(b), never below 0; the units that
remain go to the largest remainders, and where units fall short they are taken back from the smallest. All of it in
integers: `b` only ever matters in whole millionths of a step, rounded down, and such floors nest exactly.

Groups are worked through in runs whose columns stay in a processor's cache, two at a time; ties are hashed only at a
group's cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from evenhand.core.errors import UsageError
from evenhand.core.quantity import MICRO
from evenhand.flow.allocation.maxflow import FITS
from evenhand.formats.tag import tie

Array = np.ndarray[Any, Any]
Ties = Callable[[Array, Array], Array]
"""The ties of some rows of a run, given with their groups, as four words each."""

ROWS_AT_ONCE = 1 << 16
GROUPS_AT_ONCE = 1 << 11  # a group and a remainder are one key of 31 bits
PLAIN = 1 << 50
"""Millionths of a base unit below this are shared out in 64-bit numbers, for denominators below 2^61."""


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
    each, in as many rounds as it takes. The order of rows changes nothing; sorted by group they are divided fastest.
    UsageError for shares beyond 64 bits.
    """
    count = len(groups.step_base)
    columns = [np.asarray(c, np.int64) for c in (rows.group, rows.full_base, rows.next_base, rows.carry_micro)]
    order = None
    if (columns[0][1:] < columns[0][:-1]).any():
        order = np.argsort(columns[0], kind="stable")
        columns = [column[order] for column in columns]
    group, full, following, carry = columns
    starts = np.searchsorted(group, np.arange(count + 1))
    tags = _tag_reader(rows.tag)
    ration, after, given = np.zeros_like(group), np.zeros_like(group), np.zeros(count, np.int64)

    def run(bounds: tuple[int, int]) -> None:
        first, last = bounds
        span = slice(int(starts[first]), int(starts[last]))

        def ties(chosen: Array, owner: Array) -> Array:
            place = chosen + span.start
            some = tags(place if order is None else order[place])
            names = [groups.benefit[one] for one in (owner + first).tolist()]
            digests = b"".join([tie(seed, tag, benefit) for tag, benefit in zip(some, names, strict=True)])
            return np.frombuffer(digests, ">u8").reshape(-1, 4).astype(np.uint64)

        part = Groups(
            groups.benefit[first:last], np.asarray(groups.step_base[first:last], np.int64), groups.num[first:last],
            groups.den[first:last], groups.units[first:last],
        )  # fmt: skip
        local = (group[span] - first).astype(np.int32)
        ration[span], after[span], given[first:last] = _divide_run(
            part, starts[first : last + 1] - span.start, local, full[span], following[span], carry[span], ties
        )

    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(run, _runs(starts)):
            pass
    if order is not None:
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        ration, after = ration[back], after[back]
    return Rations(ration, after, given)


def _runs(starts: Array) -> Iterator[tuple[int, int]]:
    """Groups first … last - 1, together not many rows; a large group is a run by itself."""
    first, count = 0, len(starts) - 1
    while first < count:
        most = int(np.searchsorted(starts, starts[first] + ROWS_AT_ONCE, side="right")) - 1
        last = min(max(first + 1, most), first + GROUPS_AT_ONCE - 1, count)
        yield first, last
        first = last


def _divide_run(
    groups: Groups, starts: Array, local: Array, full: Array, following: Array, carry: Array, ties: Ties
) -> tuple[Array, Array, Array]:
    """Rations, arrears after and sums of the groups of a run; `local` is each row's group, ascending from 0."""
    owed = _share_micro(groups, local, full, following)  # floor(b x 10^6), with the arrears
    owed += carry
    ration = np.maximum(owed // MICRO, 0)
    rest = np.maximum(owed - ration * MICRO, -1)  # who owes a step already comes last
    given = _targets(groups, *(_sums(column, starts) for column in (carry, full, following)))
    spare = given - _sums(ration, starts)
    if (spare > 0).any():
        ration += _smallest(MICRO - 1 - rest, local, np.maximum(spare, 0), ties)
    if (spare < 0).any():
        _take_back(ration, rest, local, np.maximum(-spare, 0), ties)
    return ration, owed - ration * MICRO, given


def _sums(values: Array, starts: Array) -> Array:
    """Exact sums of the stretches between `starts`, Python integers where they might not fit."""
    if max(int(values.max(initial=0)), -int(values.min(initial=0))) * max(len(values), 1) >= FITS:
        values = values.astype(object)
    running = np.concatenate([np.zeros(1, values.dtype), np.cumsum(values)])
    sums: Array = running[starts[1:]] - running[starts[:-1]]
    return sums


def _share_micro(groups: Groups, local: Array, full: Array, following: Array) -> Array:
    """floor(10^6 x share / step) of every row, share = complete rungs + next rung x num / den, exact.

    A quotient is found in floating point, where it is at most one off, and put right by its remainder.
    """
    largest = max(int(full.max(initial=0)), int(following.max(initial=0)))
    if largest * MICRO >= PLAIN or max(groups.den, default=1) >= 2**61:
        return _share_of_big(groups, local, full, following)
    num, den = np.array(groups.num, np.int64), np.array(groups.den, np.int64)
    value = following * MICRO
    share = (value * (num / den)[local]).astype(np.int64)
    _settle(share, value * num[local] - share * den[local], den[local])
    share += full * MICRO
    step = groups.step_base[local]
    result = (share / step).astype(np.int64)
    _settle(result, share - result * step, step)
    return result


def _settle(quotient: Array, remainder: Array, divisor: Array) -> None:
    """Bring quotients that are at most one off to 0 <= remainder < divisor, in place. Remainders are exact: products
    may pass 2^63, their differences do not, and 64-bit numbers wrap."""
    quotient += remainder >= divisor
    quotient -= remainder < 0


def _share_of_big(groups: Groups, local: Array, full: Array, following: Array) -> Array:
    """The same in Python integers, once for each distinct (group, full, next)."""
    key = np.zeros(len(local), np.int64)
    for column in (local, full, following):
        values, place = np.unique(column, return_inverse=True)
        _, first, key = np.unique(key * len(values) + place, return_index=True, return_inverse=True)
    found = [
        (whole * MICRO * groups.den[group] + rung * MICRO * groups.num[group])
        // (groups.den[group] * int(groups.step_base[group]))
        for group, whole, rung in zip(*(c[first].tolist() for c in (local, full, following)), strict=True)
    ]
    if max(found, default=0) >= FITS:
        raise UsageError("a household's share is more than 4 x 10^12 steps", "check the amounts, or use a larger step")
    result: Array = np.array(found, np.int64)[key]
    return result


def _targets(groups: Groups, carry: Array, full: Array, following: Array) -> Array:
    """min(floor(sum of b), units) of every group, never below 0, from the sums of its rows."""
    result = []
    for owed, whole, rung, num, den, step, units in zip(
        carry.tolist(), full.tolist(), following.tolist(), groups.num, groups.den,
        groups.step_base.tolist(), groups.units.tolist(), strict=True,
    ):  # fmt: skip
        share = (whole * MICRO + rung * MICRO * num // den) // step
        result.append(max(0, min((owed + share) // MICRO, units)))
    return np.array(result, np.int64)


def _smallest(rank: Array, local: Array, wanted: Array, ties: Ties, chosen: Array | None = None) -> Array:
    """Which rows have the `wanted` smallest ranks (0 … 2^20 - 1) of their group, among equals the smallest ties.

    `chosen`: only these rows take part, and among equals the largest tie comes first.
    """
    if chosen is not None:
        rank, local = rank[chosen], local[chosen]
    key = (local << 20) | rank.astype(np.int32)
    ordered = np.sort(key)
    starts = np.searchsorted(ordered, np.arange(len(wanted), dtype=np.int32) << 20)
    some = np.flatnonzero(wanted)
    cut = np.full(len(wanted), -1, np.int32)
    cut[some] = ordered[starts[some] + wanted[some] - 1]
    of_row = cut[local]
    taken = key < of_row
    at_cut = np.flatnonzero(key == of_row)
    owner = local[at_cut]
    left = wanted - (np.searchsorted(ordered, cut) - starts)
    sure = np.bincount(owner, minlength=len(wanted)) == left
    taken[at_cut[sure[owner]]] = True
    contested = at_cut[~sure[owner]]
    if len(contested):
        owner = local[contested]
        words = ties(contested if chosen is None else chosen[contested], owner)
        if chosen is not None:
            words = ~words
        order = np.lexsort((words[:, 3], words[:, 2], words[:, 1], words[:, 0], owner))
        owner = owner[order]
        place = np.arange(len(owner)) - np.searchsorted(owner, owner)
        taken[contested[order[place < left[owner]]]] = True
    return taken


def _take_back(ration: Array, rest: Array, local: Array, missing: Array, ties: Ties) -> None:
    """Take `missing` steps back from the rows of each group, in place."""
    while missing.any():
        holders = np.flatnonzero((ration > 0) & (missing > 0)[local])
        owner = local[holders]
        count = np.bincount(owner, minlength=len(missing))
        rounds = missing // np.maximum(count, 1)
        if not rounds.any():
            ration[holders[_smallest(rest, local, missing, ties, holders)]] -= 1
            return
        least = np.full(len(missing), FITS)
        np.minimum.at(least, owner, ration[holders])
        whole = np.minimum(rounds, least)
        ration[holders] -= whole[owner]
        missing = missing - whole * count


def _tag_reader(tags: Sequence[bytes] | pa.Array | pa.ChunkedArray) -> Callable[[Array], list[bytes]]:
    """Tags by row; columns of one width are read where they lie."""
    if isinstance(tags, pa.ChunkedArray):
        tags = pa.concat_arrays(tags.chunks) if tags.num_chunks else pa.array([], tags.type)
    if not isinstance(tags, pa.Array):
        return lambda chosen: [bytes(tags[row]) for row in chosen.tolist()]
    if not pa.types.is_fixed_size_binary(tags.type) or tags.null_count:
        return lambda chosen: tags.take(pa.array(chosen)).to_pylist()
    width = tags.type.byte_width
    data = np.frombuffer(tags.buffers()[1], f"V{width}")[tags.offset : tags.offset + len(tags)]
    return lambda chosen: data[chosen].tolist()
