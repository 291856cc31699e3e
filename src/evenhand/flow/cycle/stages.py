"""The tuple of stages: from the snapshots of a freeze to the tables and rolls that two persons sign.

Read from top to bottom it is the story of a ration. Nothing runs here: an action gives each stage its tables and keeps
what comes back.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from evenhand.core.errors import InputError, Problem
from evenhand.core.plan import Plan, Select
from evenhand.flow import entitlement
from evenhand.flow.allocation import cells_plan, demand, fold, ladder_plan, rows_plan
from evenhand.flow.cycle import moving, owing, rations, ruling, supply
from evenhand.flow.cycle.stage import Stage, Tables, Terms


def _entitlements(terms: Terms, _: Tables) -> Plan:
    return entitlement.plan(terms.policy, terms.period)


def _people(terms: Terms, _: Tables) -> Plan:
    sql = """
        SELECT h.point, CAST(count(*) AS BIGINT) AS households, CAST(sum(coalesce(m.members, 0)) AS BIGINT) AS members
        FROM household AS h LEFT JOIN (SELECT household, count(*) AS members FROM member GROUP BY household) AS m
          ON m.household = h.household
        GROUP BY h.point ORDER BY h.point"""
    return Plan(("household", "member"), (Select("people", sql),), ("people",))


def _all_decided(terms: Terms, tables: Tables) -> dict[str, Any]:
    """InputError naming every household whose entitlement cannot be decided: unknown is not zero."""
    rows = tables["undecided"].to_pylist()
    if rows:
        raise InputError(
            Problem(
                "households", 0, row["input"], row["household"], "the entitlement cannot be decided without it",
                "void the attempt (evenhand cycle void), fill it in the registry or let the policy `assume` a value with its"
                " reason, and draft the period again",
            )
            for row in rows
        )  # fmt: skip
    return {}


def _cells(terms: Terms, _: Tables) -> Plan:
    return cells_plan(tuple(terms.policy.benefits))


def _fold(terms: Terms, tables: Tables) -> dict[str, Any]:
    """Rungs with fewer than k households are folded before anything is divided. What is granted whole has one rung."""
    cells = tables["cells"]
    of_divided = pa.compute.is_in(cells["benefit"], pa.array(list(terms.steps), pa.string()))
    folded = fold(cells.filter(of_divided), terms.policy.k)
    whole = cells.filter(pa.compute.invert(of_divided)).group_by(["point", "benefit"]).aggregate(
        [("households", "sum"), ("floor_amount", "sum"), ("rest_amount", "sum")]
    )  # fmt: skip
    rows = [
        (r["point"], r["benefit"], 1, r["households_sum"], r["floor_amount_sum"] + r["rest_amount_sum"])
        for r in whole.to_pylist()
    ]
    names = ("point", "benefit", "rung", "households", "amount")
    granted = supply.table(names, rows, names[2:])
    return {
        "tiers": folded.places,
        "ladders_divided": folded.ladders,
        "ladders": pa.concat_tables([folded.ladders, granted]),
    }


def _ladder(terms: Terms, _: Tables) -> Plan:
    return ladder_plan(tuple(terms.steps))


def _demand(terms: Terms, tables: Tables) -> dict[str, Any]:
    rungs = pa.concat_tables([tables["ladders_divided"], tables["owed_rungs"].cast(tables["ladders_divided"].schema)])
    return {"demand": demand(rungs, terms.steps, terms.policy.reserve)}


def _aside(terms: Terms, tables: Tables) -> dict[str, Any]:
    return supply.aside(owing.needs(terms, tables), tables)


STAGES: tuple[Stage, ...] = (
    Stage(
        "what each household is due", ("household", "member", "point"),
        ("entitlement", "classes", "undecided"), _entitlements, is_plan=True,
    ),
    Stage("nobody is left undecided", ("undecided",), (), _all_decided),
    Stage("who is at each point", ("household", "member"), ("people",), _people, is_plan=True),
    Stage("what each point needs", ("entitlement",), ("cells",), _cells, is_plan=True),
    Stage("small groups hidden", ("cells",), ("tiers", "ladders", "ladders_divided"), _fold),
    Stage("what earlier months owe", ("owed_frozen", "household", "ladders_divided"),
          ("debts", "owed_ladder", "owed_rungs"), owing.owed),
    Stage("what moved with its household", ("moves", "owed_frozen", "carry"), ("moved",), moving.moved),
    Stage("each household's ladder", ("entitlement", "places=tiers", "owed=owed_ladder"),
          ("ladder",), _ladder, is_plan=True),
    Stage("demand in steps", ("ladders_divided", "owed_rungs"), ("demand",), _demand),
    Stage("nodes and lanes", ("places_frozen", "lanes_frozen"), ("nodes", "places", "capacities"), supply.network),
    Stage("stock on hand", ("stock",), ("on_hand",), supply.on_hand),
    Stage("rounding arrears", ("carry", "household"), ("rounding",), supply.rounding),
    Stage("stock set aside", ("rounding", "debts", "nodes", "capacities", "on_hand"), ("aside", "carried"), _aside),
    Stage("what may be divided", ("on_hand", "aside", "carried", "nodes", "capacities"),
          ("supply", "lanes"), supply.offer),
    Stage("uncollected goods offered again", ("rounding", "debts", "nodes", "lanes", "aside", "carried"),
          ("owed", "on_roll", "first"), owing.offered),
    Stage("the division by the policy's rule", ("nodes", "supply", "lanes", "demand", "owed_rungs", "people"),
          ("levels", "flows", "blocks", "certificate", "division"), ruling.divide_stock),
    Stage("units of each point", ("levels", "aside", "carried", "nodes", "lanes", "first"), ("units",), rations.units_of),
    Stage("each household's share", ("ladder", "levels", "carry=first"),
          ("share_rows=rows",), lambda terms, tables: rows_plan(), is_plan=True),
    Stage("rations in whole units", ("levels", "units", "share_rows", "household"), ("rations",), rations.divided),
    Stage("totals of each roll", ("people", "on_hand", "rations", "units"), ("totals",), rations.totals),
    Stage("loads and waybills", ("totals", "nodes", "capacities", "on_hand", "stock"), ("waybills",), rations.loads),
    Stage("rows of the rolls", ("household", "ladder", "entitlement", "rations", "on_roll"),
          ("rows",), rations.roll_rows, is_plan=True),
)  # fmt: skip
"""Every stage in order. `writes` may say `name=output` where a plan calls its output otherwise."""
