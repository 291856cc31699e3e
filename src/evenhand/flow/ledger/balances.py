"""Balances: opening + inflow - outflow = closing for every node and transit account, or an error that names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from evenhand.core.errors import UsageError
from evenhand.flow.ledger.accounts import Movement, check_movement

BALANCES = pa.schema(
    [
        ("account", pa.string()),
        ("benefit", pa.string()),
        ("opening", pa.int64()),
        ("inflow", pa.int64()),
        ("outflow", pa.int64()),
        ("closing", pa.int64()),
    ]
)
MOVEMENTS = pa.schema([(name, pa.string()) for name in ("kind", "from", "to", "benefit", "lot")]).append(
    pa.field("quantity", pa.int64())
)


def balances(
    opening: Mapping[tuple[str, str], int] | pa.Table, movements: Iterable[Movement], closed: bool = False
) -> pa.Table:
    """The table `balances`: a row for every node and transit account and benefit that moved or was not empty.

    `opening` is (account, benefit) -> base units, or a balances table of the period before (its `closing` opens).
    UsageError if a movement is not one, its ref stands twice, an account would close below zero, or (when `closed`)
    goods are still on the way.
    """
    begin = _opening(opening)
    inflow: dict[tuple[str, str], int] = {}
    outflow: dict[tuple[str, str], int] = {}
    seen: set[str] = set()
    for movement in movements:
        check_movement(movement)
        if movement.ref in seen:
            raise UsageError(f'the movement "{movement.ref}" stands twice', "enter each movement once")
        seen.add(movement.ref)
        out, into = (movement.source, movement.benefit), (movement.target, movement.benefit)
        outflow[out] = outflow.get(out, 0) + movement.quantity
        inflow[into] = inflow.get(into, 0) + movement.quantity
    keys = {key for key, quantity in begin.items() if quantity} | inflow.keys() | outflow.keys()
    rows: list[tuple[object, ...]] = []
    for key in sorted(key for key in keys if key[0].startswith(("node:", "transit:"))):
        first, came, went = begin.get(key, 0), inflow.get(key, 0), outflow.get(key, 0)
        closing = first + came - went
        if closing < 0:
            raise UsageError(
                f'account "{key[0]}" would close at {closing} of "{key[1]}": {first} + {came} - {went}',
                "something left that never arrived: enter what was received, or mend the movement",
            )
        if closed and closing and key[0].startswith("transit:"):
            raise UsageError(
                f'{closing} of "{key[1]}" are still on the way at "{key[0]}"',
                "enter what arrived and what was lost on the way before closing",
            )
        if max(first, came, went, closing) >= 2**63:
            raise UsageError(
                f'account "{key[0]}" moves more than 2^63 base units of "{key[1]}"',
                "mend the movement: nothing weighs that",
            )
        rows.append((*key, first, came, went, closing))
    return _table(rows, BALANCES)


def aggregate(movements: Iterable[Movement]) -> pa.Table:
    """The table `movements`: quantities summed by kind, from, to, benefit and lot, sorted by them."""
    sums: dict[tuple[str, str, str, str, str], int] = {}
    for m in movements:
        key = (m.kind, m.source, m.target, m.benefit, m.lot)
        sums[key] = sums.get(key, 0) + m.quantity
    return _table([(*key, sums[key]) for key in sorted(sums)], MOVEMENTS)


def _opening(opening: Mapping[tuple[str, str], int] | pa.Table) -> dict[tuple[str, str], int]:
    if isinstance(opening, Mapping):
        found = dict(opening)
    else:
        found = {(row["account"], row["benefit"]): row["closing"] for row in opening.to_pylist()}
    for (account, benefit), quantity in found.items():
        if quantity < 0:
            raise UsageError(
                f'account "{account}" opens at {quantity} of "{benefit}"', "an account never holds less than nothing"
            )
        if not account.startswith(("node:", "transit:")):
            raise UsageError(f'"{account}" cannot open with stock', "only nodes and goods on the way have balances")
    return found


def _table(rows: list[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
