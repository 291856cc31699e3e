"""A re-cut of one benefit at one point: the new level, and everybody's ration by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from evenhand.core.quantity import MICRO
from evenhand.flow.allocation import Groups, Rows, divide, new_level, split_at


@dataclass(frozen=True)
class Cut:
    """What a re-cut of one (point, benefit) gives: its row of the table `recut`; by household rations, arrears, and how many
    steps that nobody collected are still on the roll."""

    counted: int
    reserve: int
    carry_micro: int
    rungs: int
    num: int
    den: int
    units: int
    rations: Any
    carry_after: Any
    offered: Any


def recut_point(
    rows: Any, counted: int, units: int, reserve: int, planned: tuple[int, int, int], step: int, seed: bytes
) -> Cut:
    """Re-cut `rows` (tag, benefit, ladder, carry_micro, offered_steps; one benefit at one point) to `counted` steps.

    `units` and `reserve` as planned, `planned` = (rungs, num, den), `step` in base units; see spec/formats.md.
    """
    ladder = rows["ladder"].combine_chunks()
    lengths = pa.compute.list_value_length(ladder).to_numpy(zero_copy_only=False)
    amount = ladder.flatten().to_numpy(zero_copy_only=False)
    row = np.repeat(np.arange(len(rows)), lengths)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    rung = np.arange(len(amount)) - starts + 1
    exact = [(int(number), int(amount[rung == number].sum())) for number in np.unique(rung)]
    carry, offered = rows["carry_micro"].to_numpy(), rows["offered_steps"].to_numpy()
    first = carry + offered * MICRO
    level = new_level(counted, units, reserve, planned, exact, int(first.sum()), step)
    full, following = split_at(row, rung, amount, level.rungs, len(rows))
    groups = Groups([rows["benefit"][0].as_py()], np.array([step]), [level.num], [level.den], np.array([level.units]))
    made = divide(groups, Rows(np.zeros(len(rows), np.int64), full, following, first, rows["tag"]), seed)
    # Whole steps that even arrears and uncollected goods did not get stay what they were: uncollected.
    back = np.clip((made.carry_after - np.maximum(carry, 0)) // MICRO, 0, offered)
    return Cut(
        counted, level.reserve, int(carry.sum()), level.rungs, level.num, level.den, level.units, made.ration,
        made.carry_after - back * MICRO, offered - back,
    )  # fmt: skip
