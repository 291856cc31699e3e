"""The log entry of a roll: its hash and its totals, the only sums that become public."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import pyarrow as pa

from evenhand.core.errors import UsageError
from evenhand.formats import cbor
from evenhand.formats.entry import Entry
from evenhand.formats.roll import Packed


def roll_entry(packed: Packed, rows: pa.Table) -> Entry:
    """The entry of one roll. `rows` are those of its point in the table that `build_rolls` was given: `rations` (steps)
    and `carry` (millionths of a step, before this cycle) are summed over them by benefit."""
    return roll_entries(rows, {packed.point: packed})[packed.point]


def roll_entries(table: pa.Table, rolls: Mapping[str, Packed]) -> dict[str, Entry]:
    """The entries of all rolls by point, with totals from the table that `build_rolls` was given.

    UsageError if the rolls are not of this table: other points, or another number of households.
    """
    sums = table.group_by(["point", "benefit"]).aggregate(
        [("ration_steps", "sum"), ("carry_micro", "sum"), ("tag", "count_distinct")]
    )
    rations: dict[str, dict[str, cbor.Value]] = {}
    carry: dict[str, dict[str, cbor.Value]] = {}
    most: dict[str, int] = {}
    for row in sums.to_pylist():
        point, benefit = row["point"], row["benefit"]
        rations.setdefault(point, {})[benefit] = row["ration_steps_sum"]
        carry.setdefault(point, {})[benefit] = row["carry_micro_sum"]
        most[point] = max(most.get(point, 0), row["tag_count_distinct"])
    if most.keys() != rolls.keys() or any(most[point] > len(packed) for point, packed in rolls.items()):
        raise UsageError("the rolls are not of this table", "give the table that the rolls were built from")
    return {point: _entry(packed, rations[point], carry[point]) for point, packed in rolls.items()}


def _entry(packed: Packed, rations: dict[str, cbor.Value], carry: dict[str, cbor.Value]) -> Entry:
    totals: dict[str, cbor.Value] = {
        "rows": len(packed), "tags": packed.tags_sha256(), "rations": rations, "carry": carry,
    }  # fmt: skip
    digest = sha256(packed.encode()).digest()
    return Entry("roll", packed.programme, packed.cycle, packed.point, digest, totals)
