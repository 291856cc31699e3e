"""The log entry of a roll: its hash and its totals, the only sums that become public."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import pyarrow as pa

from evenhand.core.errors import UsageError
from evenhand.formats import cbor
from evenhand.formats.entry import Entry
from evenhand.formats.roll import Packed


def roll_entry(packed: Packed, rations: Mapping[str, int], carry: Mapping[str, int]) -> Entry:
    """The entry of one roll. By benefit, summed over its rows: `rations` in steps, `carry` in millionths of a step."""
    totals: dict[str, cbor.Value] = {
        "rows": len(packed),
        "tags": packed.tags_sha256(),
        "rations": {**rations},
        "carry": {**carry},
    }
    digest = sha256(packed.encode()).digest()
    return Entry("roll", packed.programme, packed.cycle, packed.point, digest, totals)


def roll_entries(table: pa.Table, rolls: Mapping[str, Packed]) -> dict[str, Entry]:
    """The entries of all rolls by point, with totals from the table that `build_rolls` was given."""
    sums = table.group_by(["point", "benefit"]).aggregate([("ration_steps", "sum"), ("carry_micro", "sum")])
    rations: dict[str, dict[str, int]] = {}
    carry: dict[str, dict[str, int]] = {}
    for row in sums.to_pylist():
        rations.setdefault(row["point"], {})[row["benefit"]] = row["ration_steps_sum"]
        carry.setdefault(row["point"], {})[row["benefit"]] = row["carry_micro_sum"]
    if rations.keys() != rolls.keys():
        raise UsageError("the rolls are not of this table", "give the table that the rolls were built from")
    return {point: roll_entry(packed, rations[point], carry[point]) for point, packed in rolls.items()}
