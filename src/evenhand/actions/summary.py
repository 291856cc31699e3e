"""What an approver looks at first, from the staged tables."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from evenhand.flow.disclosure import layout

NAMES = ("ladders", "levels", "totals", "owed", "division")


def summary(public: Path, steps: Mapping[str, int], k: int) -> dict[str, Any]:
    """What an approver looks at first: by benefit, what is due, what will be handed out, the lowest and highest level.

    `steps`: base units of a hand-out step of the benefits that are divided.
    """
    tables = {n: pq.read_table(public / layout.table_path(n)).to_pylist() for n in NAMES}
    lines, fill = [], {}
    for benefit in steps:
        due = sum(row["amount"] for row in tables["ladders"] if row["benefit"] == benefit)
        rations = sum(row["rations"] for row in tables["totals"] if row["benefit"] == benefit)
        levels = [
            (row["rungs"] + Fraction(int(row["num"]), int(row["den"])), row["point"])
            for row in tables["levels"]
            if row["commodity"] == benefit
        ]
        if not due or not levels:
            lines.append(f"{benefit:<10} nothing is due")
            continue
        at = {point: level for level, point in levels}
        ladders = [row for row in tables["ladders"] if row["benefit"] == benefit]
        parts = ((row["amount"], _part(at.get(row["point"], Fraction(0)), row["rung"])) for row in ladders)
        fill[benefit] = [sum(amount * part.numerator // part.denominator for amount, part in parts), due]
        low, high = min(levels), max(levels)
        lines.append(
            f"{benefit:<10} {percent(*fill[benefit]):>5} of what is due, in {rations:,} steps;"
            f" levels {_three(low[0])} ({low[1]}) to {_three(high[0])} ({high[1]})"
        )
    lines += _owed(tables["owed"], steps) + _ruled(tables["division"])
    small = [row for row in tables["ladders"] if 0 < row["households"] < k]
    if small:
        first = small[0]
        lines.append(
            f"{len(small)} sums tell of fewer than k = {k} households, which nothing can hide: {first['benefit']} at"
            f" {first['point']} is due to {first['households']}"
        )
    return {"lines": lines, "fill": fill}


def _owed(rows: list[dict[str, Any]], steps: Mapping[str, int]) -> list[str]:
    """What earlier months owe, by benefit: asked for on its rungs, on the roll again, lapsed."""
    lines = []
    for benefit in sorted({row["benefit"] for row in rows}):
        mine, step = [row for row in rows if row["benefit"] == benefit], steps.get(benefit, 1)
        parts = [
            (sum(row["amount"] for row in mine if row["rung"] is not None) // step, "undersupplied"),
            (sum(row["offered"] for row in mine), "uncollected, on the roll again"),
            (sum(row["waiting"] - row["offered"] for row in mine), "uncollected, waiting for stock"),
            (sum(row["lapsed"] for row in mine) // step, "lapsed"),
        ]
        told = ", ".join(f"{count:,} {what}" for count, what in parts if count)
        lines.append(f"{benefit:<10} from earlier months, in steps: {told or 'less than one'}")
    return lines


def _ruled(rows: list[dict[str, Any]]) -> list[str]:
    """What another rule than leximin costs."""
    best = {row["benefit"]: row for row in rows if row["rule"] == "leximin"}
    lines = []
    for row in (row for row in rows if row["rule"] != "leximin"):
        other = best[row["benefit"]]
        shares = [percent(int(r["worst_tenth_num"]), int(r["worst_tenth_den"])) for r in (row, other)]
        lines.append(
            f"{row['benefit']:<10} divided by {row['rule']}: the worst-off tenth gets {shares[0]} where leximin gives"
            f" {shares[1]}; {row['members_under']:,} people under the floor where leximin leaves {other['members_under']:,}"
        )
    return lines


def percent(part: int, whole: int) -> str:
    """A share of `whole` (> 0) as whole per cent, rounded to the nearest."""
    return f"{(part * 200 + whole) // (2 * whole)} %"


def _part(level: Fraction, rung: int) -> Fraction:
    """How much of a rung lies under a level."""
    return min(Fraction(1), max(Fraction(0), level - rung + 1))


def _three(level: Fraction) -> str:
    """A level with three decimals, rounded down."""
    thousandths = level.numerator * 1000 // level.denominator
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"
