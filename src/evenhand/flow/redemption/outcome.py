"""Outcome files: how each row of a point's roll ended, and their log entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType

import pyarrow as pa

from evenhand.formats import cbor, roll
from evenhand.formats.entry import Entry

STATUS_NAMES = {
    roll.REDEEMED: "redeemed",
    roll.EXCEPTION: "exception",
    roll.CONTESTED: "contested",
    roll.UNCOLLECTED: "uncollected",
    roll.REFUSED: "refused",
    roll.HELD: "held",
    roll.MOVED: "moved",
}


HeadRow = tuple[str, int, bytes | None] | tuple[str, int, bytes | None, str]
"""Device, number of receipts, hash of the last one or None; "unclosed" behind them if the device was lost before it
could sign: then more receipts may exist."""


def pack_outcomes(outcomes: pa.Table, programme: str, cycle: str) -> dict[str, roll.Packed]:
    """The outcome file of each point from a settlement's outcomes. RollError if a tag stands twice."""
    rows: dict[str, list[bytes]] = {}
    columns = (outcomes[name].to_pylist() for name in ("tag", "point", "status", "value"))
    for tag, point, status, value in zip(*columns, strict=True):
        rows.setdefault(point, []).append(roll.outcome_row(tag, status, value))
    return {point: roll.pack(programme, cycle, point, rows[point]) for point in sorted(rows)}


def redeemed_entry(
    packed: roll.Packed,
    given: Mapping[str, int],
    heads: Sequence[HeadRow],
    away: Mapping[str, int] = MappingProxyType({}),
    guests: Mapping[str, int] = MappingProxyType({}),
) -> Entry:
    """The log entry of an outcome file: `given` in steps by benefit (rations, not over-issue); `heads` of the devices
    that held the point; `away`: what rows of its roll got at other points; `guests`: what of `given` rows of others got."""
    ended = Counter(packed.rows[at] for at in range(roll.TAG_SIZE, len(packed.rows), packed.row_size))
    totals: dict[str, cbor.Value] = {"rows": len(packed)}
    totals |= {name: ended[status] for status, name in STATUS_NAMES.items()}
    totals |= {"given": {**given}, "heads": [list(head) for head in sorted(heads)]}
    for name, steps in (("away", away), ("guests", guests)):
        if steps:
            totals[name] = {**steps}
    digest = sha256(packed.encode()).digest()
    return Entry("redeemed", packed.programme, packed.cycle, packed.point, digest, totals)
