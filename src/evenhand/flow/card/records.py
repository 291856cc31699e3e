"""The sealed records of a roll at speed: the same bytes as `formats.roll.Record.encode`, many rows at a time.

A cycle has a few hundred thousand grants but few different ladders, rations and reasons; each is encoded once.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.formats import cbor


class _Encoded(dict[Any, bytes]):
    """Values already encoded."""

    def __missing__(self, value: Any) -> bytes:
        self[value] = cbor.dumps(value)
        return self[value]


def grants(table: pa.Table) -> list[bytes]:
    """The encoded grant `[benefit, ladder, carry, ration, reasons, owed]` of each row."""
    known = _Encoded()
    ladders = _lists(table["ladder"])
    reasons = _lists(table["reasons"])
    owed = _owed(table)
    head = cbor.head(4, 6)
    return [
        b"".join((head, known[benefit], known[ladder], known[carry], known[ration], known[why], known[mine]))
        for benefit, ladder, carry, ration, why, mine in zip(
            table["benefit"].to_pylist(),
            ladders,
            table["carry_micro"].to_pylist(),
            table["ration_steps"].to_pylist(),
            reasons,
            owed,
            strict=True,
        )
    ]


Debts = tuple[tuple[str, str, int], ...]


def _owed(table: pa.Table) -> list[Debts]:
    """What earlier months owe, a tuple of (kind, month, base units) a row."""
    if "owed" not in table.column_names:
        return [()] * table.num_rows
    return [tuple((d["kind"], d["since"], d["amount"]) for d in debts or ()) for debts in table["owed"].to_pylist()]


def with_debts(rows: pa.Table, debts: pa.Table) -> pa.Table:
    """Rows of rolls with a column `owed` for `build_rolls`: what each household is still owed, from `debts` (household,
    benefit, kind, since, amount, lapsed)."""
    alive = debts.filter(pc.equal(debts["lapsed"], 0))
    if not alive.num_rows:
        return rows
    mine: dict[tuple[str, str], list[dict[str, object]]] = {}
    columns = (alive[name].to_pylist() for name in ("household", "benefit", "kind", "since", "amount"))
    for household, benefit, kind, since, amount in sorted(zip(*columns, strict=True)):
        mine.setdefault((household, benefit), []).append({"kind": kind, "since": since, "amount": amount})
    keys = zip(rows["household"].to_pylist(), rows["benefit"].to_pylist(), strict=True)
    return rows.append_column("owed", pa.array([mine.get(key) for key in keys], _DEBTS))


_DEBTS = pa.list_(pa.struct([("kind", pa.string()), ("since", pa.string()), ("amount", pa.int64())]))


def _lists(column: pa.ChunkedArray) -> list[tuple[Any, ...]]:
    """A column of lists as tuples: read through offsets, which is many times faster than one by one."""
    found: list[tuple[Any, ...]] = []
    for chunk in column.chunks:
        values = chunk.flatten().to_pylist()
        offsets = chunk.offsets.to_numpy()
        offsets = (offsets - offsets[0]).tolist()
        found.extend(tuple(values[a:b]) for a, b in zip(offsets, offsets[1:], strict=False))
    return found
