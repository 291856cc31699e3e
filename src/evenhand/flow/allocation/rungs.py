"""From entitlements to ladders: which rung a household's floor and rest stand on, and what a point's rungs add up to.

Rung 1 holds the floors of all households, rung t + 1 the rest of tier t. Numbers stay as they are: a rung that is
folded away, or that nobody has anything in, is an empty rung. Tables of households are only touched by plans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from evenhand.core.plan import Plan, Select
from evenhand.core.quantity import ceil_div
from evenhand.flow.allocation.maxflow import FITS

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Folded:
    """`places`: point, benefit, tier, floor_rung, rest_rung. `ladders`: see spec/tables.md. `small`: point, benefit,
    households where fewer than k have anything at all, so that no folding can hide them; freezing refuses or omits it.
    """

    places: pa.Table
    ladders: pa.Table
    small: pa.Table


def _listed(benefits: Sequence[str]) -> str:
    """Benefit ids as a list of SQL strings."""
    if not benefits:
        return "''"
    return ", ".join("'" + benefit.replace("'", "''") + "'" for benefit in benefits)


def cells_plan(benefits: Sequence[str]) -> Plan:
    """Input "entitlement" (household, point, benefit, amount, floor, tier). Output "cells", a row a (point, benefit,
    tier): floor_households, rest_households, households (with either), floor_amount, rest_amount (base units).
    `benefits` are those divided by leximin.
    """
    sql = f"""
        SELECT e.point, e.benefit, CAST(e.tier AS BIGINT) AS tier,
               CAST(sum(CASE WHEN e.floor > 0 THEN 1 ELSE 0 END) AS BIGINT) AS floor_households,
               CAST(sum(CASE WHEN e.amount > e.floor THEN 1 ELSE 0 END) AS BIGINT) AS rest_households,
               CAST(count(*) AS BIGINT) AS households,
               CAST(sum(e.floor) AS BIGINT) AS floor_amount,
               CAST(sum(e.amount - e.floor) AS BIGINT) AS rest_amount
        FROM entitlement AS e
        WHERE e.amount > 0 AND e.benefit IN ({_listed(benefits)})
        GROUP BY e.point, e.benefit, e.tier
        ORDER BY e.point, e.benefit, e.tier"""
    return Plan(("entitlement",), (Select("cells", sql),), ("cells",))


def ladder_plan(benefits: Sequence[str]) -> Plan:
    """Inputs "entitlement", "places" (of `fold`) and "owed" (point, household, benefit, rung, amount), rungs above
    these. Output "ladder": point, household, benefit, rung, amount (base units, > 0), sorted by all four: what each
    household has on each rung.
    """
    sql = f"""
        SELECT point, household, benefit, rung, CAST(sum(amount) AS BIGINT) AS amount
        FROM (SELECT e.point, e.household, e.benefit, p.floor_rung AS rung, e.floor AS amount
              FROM entitlement AS e JOIN places AS p
                ON p.point = e.point AND p.benefit = e.benefit AND p.tier = e.tier
              WHERE e.benefit IN ({_listed(benefits)})
              UNION ALL
              SELECT e.point, e.household, e.benefit, p.rest_rung AS rung, e.amount - e.floor AS amount
              FROM entitlement AS e JOIN places AS p
                ON p.point = e.point AND p.benefit = e.benefit AND p.tier = e.tier
              WHERE e.benefit IN ({_listed(benefits)})
              UNION ALL
              SELECT point, household, benefit, rung, amount FROM owed) AS parts
        WHERE amount > 0
        GROUP BY point, household, benefit, rung
        ORDER BY point, household, benefit, rung"""
    return Plan(("entitlement", "places", "owed"), (Select("ladder", sql),), ("ladder",))


def rows_plan() -> Plan:
    """Inputs "ladder", "levels" (point, commodity, rungs) and "carry" (point, household, benefit, carry_micro,
    offered_steps). Output "rows", sorted by (point, benefit, household): full_base, the household's complete rungs at its
    point's level; next_base, its next rung; carry_micro and offered_steps, 0 if it has none. Households that have these
    alone have a row too.
    """
    share = """
        SELECT l.point, l.household, l.benefit,
               CAST(sum(CASE WHEN l.rung <= v.rungs THEN l.amount ELSE 0 END) AS BIGINT) AS full_base,
               CAST(sum(CASE WHEN l.rung = v.rungs + 1 THEN l.amount ELSE 0 END) AS BIGINT) AS next_base
        FROM ladder AS l JOIN levels AS v ON v.point = l.point AND v.commodity = l.benefit
        GROUP BY l.point, l.household, l.benefit"""
    rows = """
        SELECT coalesce(s.point, c.point) AS point, coalesce(s.benefit, c.benefit) AS benefit,
               coalesce(s.household, c.household) AS household,
               coalesce(s.full_base, 0) AS full_base, coalesce(s.next_base, 0) AS next_base,
               coalesce(c.carry_micro, 0) AS carry_micro, coalesce(c.offered_steps, 0) AS offered_steps
        FROM share AS s FULL JOIN carry AS c
          ON c.point = s.point AND c.household = s.household AND c.benefit = s.benefit
        ORDER BY 1, 2, 3"""
    return Plan(("ladder", "levels", "carry"), (Select("share", share), Select("rows", rows)), ("rows",))


def fold(cells: pa.Table, k: int) -> Folded:
    """Fold every rung of 1 to k - 1 households into the rung before it, and the first into the second.

    `cells` as `cells_plan` yields them, sorted. The households' ladders fold with it, so what is published is what was
    computed.
    """
    places: list[tuple[str, str, int, int, int]] = []
    ladders: list[tuple[str, str, int, int, int]] = []
    small: list[tuple[str, str, int]] = []
    rows = sorted(zip(*(cells.column(name).to_pylist() for name in _CELL), strict=True))
    start = 0
    while start < len(rows):
        point, benefit = rows[start][:2]
        end = start
        while end < len(rows) and rows[end][:2] == (point, benefit):
            end += 1
        tiers = {row[2]: row[3:] for row in rows[start:end]}
        rungs = _fold_one(tiers, k)
        floor_rung = next((number for number, held in rungs if 0 in held), 1)
        for tier in tiers:
            rest_rung = next((number for number, held in rungs if tier in held), tier + 1)
            places.append((point, benefit, tier, floor_rung, rest_rung))
        for number, held in rungs:
            ladders.append((point, benefit, number, _households(tiers, held), _amount(tiers, held)))
        if len(rungs) == 1 and ladders[-1][3] < k:
            small.append((point, benefit, ladders[-1][3]))
        start = end
    return Folded(
        _table(places, ("point", "benefit", "tier", "floor_rung", "rest_rung")),
        _table(ladders, ("point", "benefit", "rung", "households", "amount")),
        _table(small, ("point", "benefit", "households")),
    )


_CELL = (
    "point", "benefit", "tier", "floor_households", "rest_households", "households", "floor_amount", "rest_amount",
)  # fmt: skip
_Tiers = Mapping[int, tuple[int, int, int, int, int]]


def _fold_one(tiers: _Tiers, k: int) -> list[tuple[int, frozenset[int]]]:
    """The non-empty rungs after folding: number, and what it holds (0: the floors, t: the rest of tier t)."""
    all_rungs = [(1, frozenset([0])), *((tier + 1, frozenset([tier])) for tier in sorted(tiers))]
    rungs = [(number, held) for number, held in all_rungs if _households(tiers, held)]
    for place in range(len(rungs) - 1, 0, -1):
        number, held = rungs[place]
        if _households(tiers, held) < k:
            before, more = rungs[place - 1]
            rungs[place - 1 : place + 1] = [(before, more | held)]
    if len(rungs) > 1 and _households(tiers, rungs[0][1]) < k:
        rungs[:2] = [(rungs[1][0], rungs[0][1] | rungs[1][1])]
    return rungs


def _households(tiers: _Tiers, held: frozenset[int]) -> int:
    """How many households have something in a rung that holds `held`."""
    if 0 not in held:
        return sum(tiers[tier][1] for tier in held)
    return sum(cell[2] if tier in held else cell[0] for tier, cell in tiers.items())


def _amount(tiers: _Tiers, held: frozenset[int]) -> int:
    """What they have in it, in base units."""
    floors = sum(cell[3] for cell in tiers.values()) if 0 in held else 0
    return floors + sum(tiers[tier][4] for tier in held if tier)


def _table(rows: Sequence[tuple[Any, ...]], names: tuple[str, ...]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    kinds = [pa.string() if name in ("point", "benefit") else pa.int64() for name in names]
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)], list(names))


def demand(ladders: pa.Table, steps: Mapping[str, int], reserve: Fraction) -> pa.Table:
    """Demand in hand-out steps: each rung's total with the policy's reserve on top, rounded up.

    `ladders` in base units, `steps` the base units of a step by benefit. Sorted by point, commodity, rung.
    """
    step = np.array([steps[benefit] for benefit in ladders.column("benefit").to_pylist()], np.int64)
    amount = np.asarray(ladders.column("amount"), np.int64)
    over, under = reserve.numerator + reserve.denominator, reserve.denominator
    largest = max(int(amount.max(initial=0)) * over, int(step.max(initial=1)) * under)
    if largest < FITS:
        quantity = -(-(amount * over) // (step * under))
    else:
        quantity = np.array(
            [ceil_div(a * over, s * under) for a, s in zip(amount.tolist(), step.tolist(), strict=True)], np.int64
        )
    table = pa.table(
        {
            "point": ladders.column("point").cast(pa.string()),
            "commodity": ladders.column("benefit").cast(pa.string()),
            "rung": ladders.column("rung").cast(pa.int64()),
            "quantity": pa.array(quantity, pa.int64()),
        }
    )
    return table.sort_by([("point", "ascending"), ("commodity", "ascending"), ("rung", "ascending")])
