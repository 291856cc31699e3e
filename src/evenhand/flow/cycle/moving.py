"""What is owed follows a household that moved to another point, and is written off with one that is off the lists: sums
by point, so that an outsider can follow what the cycle before left into this one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow as pa

from evenhand.flow.cycle.owing import REMEDY
from evenhand.flow.cycle.stage import Tables, Terms
from evenhand.flow.cycle.supply import table

ROUNDING = "rounding"
MOVES_SCHEMA = pa.schema([(name, pa.string()) for name in ("household", "source", "target")])
"""Households that were on the list of `source` in the cycle before and are on that of `target` now; empty: on none."""


def moved(terms: Terms, tables: Tables) -> dict[str, Any]:
    """The public table `moved`: what came, what went, and what was written off, by point and kind of debt. Rounding arrears
    are millionths of a step of today, of no month; a remedy that is new in this cycle was left nowhere, and is not here."""
    sums: dict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    moves = {row["household"]: (row["source"], row["target"]) for row in tables["moves"].to_pylist()}
    for row in _of(tables["owed_frozen"], moves):
        if row["kind"] != REMEDY or row["since"] != terms.before[-1]:
            _add(sums, moves[row["household"]], (row["benefit"], row["kind"], row["since"]), row["amount"])
    for row in _of(tables["carry"], moves):
        if row["benefit"] in terms.steps:
            _add(sums, moves[row["household"]], (row["benefit"], ROUNDING, ""), row["carry_micro"])
    rows = [(*key, *numbers) for key, numbers in sums.items() if any(numbers)]
    names = ("point", "benefit", "kind", "since", "came", "went", "written_off")
    return {"moved": table(names, rows, names[4:])}


def _of(rows: Any, moves: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    found = rows.filter(pa.compute.is_in(rows["household"], pa.array(list(moves), pa.string())))
    return found.to_pylist()  # type: ignore[no-any-return]


def _add(sums: Any, ends: tuple[str, str], kind: tuple[str, str, str], amount: int) -> None:
    source, target = ends
    sums[source, *kind][1 if target else 2] += amount
    if target:
        sums[target, *kind][0] += amount
