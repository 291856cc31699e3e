"""From levels to what stands on every roll: whole units by household, totals by point, loads by lane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from evenhand.core.errors import UsageError
from evenhand.core.plan import Plan, Select
from evenhand.core.quantity import MICRO
from evenhand.flow.allocation import Groups, Rows, divide
from evenhand.flow.cycle.owing import set_aside
from evenhand.flow.cycle.stage import Tables, Terms
from evenhand.flow.cycle.supply import table
from evenhand.flow.dispatch import route, waybills


def levels_of(tables: Tables) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows of the table `levels` by point and benefit."""
    return {(row["point"], row["commodity"]): row for row in tables["levels"].to_pylist()}


def units_of(terms: Terms, tables: Tables) -> dict[str, Any]:
    """Steps every point gets: floor(its level's quantity), and what was set aside for what is owed already."""
    carried = set_aside(tables)
    whole = {key: int(r["quantity_num"]) // int(r["quantity_den"]) for key, r in levels_of(tables).items()}
    # A point where only earlier months are owed something has no level: what it is owed stays.
    owed = zip(*(tables["first"][name].to_pylist() for name in ("point", "benefit")), strict=True)
    rows = [
        (*key, carried.get(key, 0), whole.get(key, 0) + carried.get(key, 0))
        for key in sorted(whole.keys() | {key for key in owed if key[1] in terms.steps})
    ]
    names = ("point", "benefit", "carried", "units")
    return {"units": table(names, rows, ("carried", "units"))}


def divided(terms: Terms, tables: Tables) -> dict[str, Any]:
    """Rations and arrears after, by household and benefit: the one rule, for all points at once. What nobody collected
    comes first, as arrears do."""
    levels = levels_of(tables)
    units = tables["units"].to_pylist()
    keys = [(r["point"], r["benefit"]) for r in units]
    groups = Groups(
        [key[1] for key in keys],
        pa.array([terms.steps[key[1]] for key in keys], pa.int64()).to_numpy(),
        [int(levels[key]["num"]) if key in levels else 0 for key in keys],
        [int(levels[key]["den"]) if key in levels else 1 for key in keys],
        pa.array([r["units"] for r in units], pa.int64()).to_numpy(),
    )
    index = table(("point", "benefit", "group"), [(*key, i) for i, key in enumerate(keys)], ("group",))
    tags = tables["household"].select(["household", "tag"])
    rows = tables["share_rows"].join(index, ["point", "benefit"], join_type="inner").join(tags, "household")
    rows = rows.sort_by([("group", "ascending"), ("household", "ascending")])
    made = divide(
        groups,
        Rows(
            rows["group"].to_numpy(),
            rows["full_base"].to_numpy(),
            rows["next_base"].to_numpy(),
            rows["carry_micro"].to_numpy() + rows["offered_steps"].to_numpy() * MICRO,
            rows["tag"],
        ),  # fmt: skip
        terms.seed,
    )
    kept = rows.select(["point", "household", "benefit", "carry_micro", "offered_steps"])
    kept = kept.append_column("ration_steps", pa.array(made.ration, pa.int64()))
    return {"rations": kept.append_column("carry_after", pa.array(made.carry_after, pa.int64()))}


def totals(terms: Terms, tables: Tables) -> dict[str, Any]:
    """Totals of each point's roll."""
    people = {r["point"]: (r["households"], r["members"]) for r in tables["people"].to_pylist()}
    opening = {(r["node"], r["commodity"]): r["quantity"] for r in tables["on_hand"].to_pylist()}
    sums = tables["rations"].group_by(["point", "benefit"]).aggregate([("carry_micro", "sum"), ("ration_steps", "sum")])
    given = {(r["point"], r["benefit"]): (r["carry_micro_sum"], r["ration_steps_sum"]) for r in sums.to_pylist()}
    rows = []
    for row in tables["units"].to_pylist():
        key = (row["point"], row["benefit"])
        carry, rations = given.get(key, (0, 0))
        numbers = (opening.get(key, 0), carry, row["carried"], row["units"], rations, row["units"] - rations)
        rows.append((*key, *people[row["point"]], *numbers))
    ints = ("households", "members", "opening", "carry_micro", "carried", "units", "rations", "reserve")
    return {"totals": table(("point", "benefit", *ints), rows, ints)}


def loads(terms: Terms, tables: Tables) -> dict[str, Any]:
    """Waybills that bring every point its units, in whole packs where that can be, at the least cost, within the lanes'
    whole capacities."""
    needs = [(r["point"], r["benefit"], r["units"]) for r in tables["totals"].to_pylist() if r["units"]]
    routed = route(
        tables["nodes"], tables["capacities"], tables["on_hand"], table(("point", "commodity", "quantity"), needs),
        packs_of(tables["stock"], terms.steps),
    )  # fmt: skip
    if routed.unmet.num_rows:
        first = routed.unmet.to_pylist()[0]
        raise UsageError(
            f'{first["quantity"]} steps of "{first["commodity"]}" promised to {first["point"]} cannot be brought there',
            "this is a fault of the program: please report it with the snapshots of this freeze",
        )
    return {"waybills": waybills(routed.loads, terms.cycle)}


def packs_of(stock: pa.Table, steps: Mapping[str, int]) -> dict[str, int]:
    """Benefit -> steps of the pack in which most of the stock comes; what comes loose is left out."""
    held: dict[str, dict[int, int]] = {}
    for row in stock.to_pylist():
        if row["benefit"] in steps:
            sums = held.setdefault(row["benefit"], {})
            sums[row["pack_base"] or 0] = sums.get(row["pack_base"] or 0, 0) + row["quantity"]
    most = {benefit: max(packs, key=lambda pack: (packs[pack], -pack)) for benefit, packs in held.items()}
    return {benefit: pack // steps[benefit] for benefit, pack in most.items() if pack}


def roll_rows(terms: Terms, tables: Tables) -> Plan:
    """Plan of the long table of a roll: every household with every benefit in the policy's order, its ladder, arrears,
    ration and reasons. Benefits that are not divided are granted whole, with what nobody collected."""
    order = ", ".join(
        f"('{b}', {i}, {benefit.step_base})" for i, (b, benefit) in enumerate(terms.policy.benefits.items())
    )
    benefits = f"SELECT * FROM (VALUES {order}) AS v (benefit, place, step_base)"
    ladders = """
        SELECT household, benefit, map_from_entries(list({'k': rung, 'v': amount})) AS held, max(rung) AS height
        FROM ladder GROUP BY household, benefit"""
    reasons = """
        SELECT household, benefit, any_value(reasons) AS reasons, CAST(sum(amount) AS BIGINT) AS amount
        FROM entitlement GROUP BY household, benefit"""
    rows = """
        SELECT h.point, h.household, h.card, h.tag, b.benefit,
          CASE WHEN r.household IS NOT NULL AND l.held IS NOT NULL
                 THEN list_transform(range(1, l.height + 1), lambda i: coalesce(l.held[i], 0))
               WHEN r.household IS NULL AND e.amount > 0 THEN [e.amount] ELSE [] END AS ladder,
          coalesce(r.carry_micro, 0) AS carry_micro,
          coalesce(o.steps, 0) AS offered_steps,
          CASE WHEN r.household IS NULL THEN coalesce(e.amount, 0) // b.step_base + coalesce(o.steps, 0)
               ELSE r.ration_steps END AS ration_steps,
          coalesce(r.carry_after, 0) AS carry_after,
          coalesce(e.reasons, []) AS reasons
        FROM household AS h CROSS JOIN benefits AS b
        LEFT JOIN ladders_by_household AS l ON l.household = h.household AND l.benefit = b.benefit
        LEFT JOIN reasons_by_household AS e ON e.household = h.household AND e.benefit = b.benefit
        LEFT JOIN rations AS r ON r.household = h.household AND r.benefit = b.benefit
        LEFT JOIN offered AS o ON o.household = h.household AND o.benefit = b.benefit
        ORDER BY h.point, h.household, b.place"""
    offered = "SELECT household, benefit, CAST(sum(steps) AS BIGINT) AS steps FROM on_roll GROUP BY household, benefit"
    selects = (
        Select("benefits", benefits), Select("offered", offered), Select("ladders_by_household", ladders),
        Select("reasons_by_household", reasons), Select("rows", rows),
    )  # fmt: skip
    return Plan(("household", "ladder", "entitlement", "rations", "on_roll"), selects, ("rows",))
