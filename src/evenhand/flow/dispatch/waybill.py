"""Waybills: what one lorry's paper says. One waybill is one lane in one cycle with all its commodities."""

from __future__ import annotations

import pyarrow as pa


def waybills(loads: pa.Table, cycle: str) -> pa.Table:
    """Number the loaded lanes `CYCLE-W00001`, … in the order of their ids.

    `loads`: lane, commodity, quantity (steps). Returns waybill, lane, commodity, quantity, sorted by (lane, commodity),
    which is the order of waybill numbers too while they have five digits.
    """
    loads = loads.sort_by([("lane", "ascending"), ("commodity", "ascending")])
    numbers: dict[str, str] = {}
    for lane in loads.column("lane").to_pylist():
        numbers.setdefault(lane, f"{cycle}-W{len(numbers) + 1:05d}")
    return pa.table(
        {
            "waybill": pa.array([numbers[lane] for lane in loads.column("lane").to_pylist()], pa.string()),
            "lane": loads.column("lane").cast(pa.string()),
            "commodity": loads.column("commodity").cast(pa.string()),
            "quantity": loads.column("quantity").cast(pa.int64()),
        }
    )
