"""The sealed records of a roll at speed: the same bytes as `formats.roll.Record.encode`, many rows at a time.

A cycle has a few hundred thousand grants but few different ladders, rations and reasons; each is encoded once.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from evenhand.formats import cbor


class _Encoded(dict[Any, bytes]):
    """Values already encoded."""

    def __missing__(self, value: Any) -> bytes:
        self[value] = cbor.dumps(value)
        return self[value]


def grants(table: pa.Table) -> list[bytes]:
    """The encoded grant `[benefit, ladder, carry, ration, reasons, undersupplied]` of each row."""
    known = _Encoded()
    ladders = _lists(table["ladder"])
    reasons = _lists(table["reasons"])
    count = table.num_rows
    under = table["undersupplied_steps"].to_pylist() if "undersupplied_steps" in table.column_names else [0] * count
    head = cbor.head(4, 6)
    return [
        b"".join((head, known[benefit], known[ladder], known[carry], known[ration], known[why], known[less]))
        for benefit, ladder, carry, ration, why, less in zip(
            table["benefit"].to_pylist(),
            ladders,
            table["carry_micro"].to_pylist(),
            table["ration_steps"].to_pylist(),
            reasons,
            under,
            strict=True,
        )
    ]


def _lists(column: pa.ChunkedArray) -> list[tuple[Any, ...]]:
    """A column of lists as tuples: read through offsets, which is many times faster than one by one."""
    found: list[tuple[Any, ...]] = []
    for chunk in column.chunks:
        values = chunk.flatten().to_pylist()
        offsets = chunk.offsets.to_numpy()
        offsets = (offsets - offsets[0]).tolist()
        found.extend(tuple(values[a:b]) for a, b in zip(offsets, offsets[1:], strict=False))
    return found
