"""What earlier months still owe: undersupplied, uncollected, remedies; aged, lapsed, given rung or stock (spec/formats.md).

Undersupplied stands on rungs of its own above everybody's need of this month, the oldest month lowest. Uncollected is put
on the roll again from stock set aside for it, and so is what the remedy of a complaint gives. None is ever mixed with
another or with rounding arrears.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.core.period import month
from evenhand.core.quantity import MICRO, ceil_div
from evenhand.flow.cycle.stage import Tables, Terms
from evenhand.flow.cycle.supply import table

UNDERSUPPLIED, UNCOLLECTED, REMEDY = "undersupplied", "uncollected", "remedy"
WAITING = (UNCOLLECTED, REMEDY)
"""What waits for its household as whole steps."""
OWED_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("household", "benefit", "kind", "since")] + [("amount", pa.int64())]
)
"""What a household is owed: base units by benefit, kind and the month it comes from."""
_KEY = ["benefit", "kind", "since"]


def lapsed(terms: Terms, benefit: str, kind: str, since: str) -> bool:
    """Whether the policy no longer owes what is from month `since`; nor does it owe what it does not grant any more."""
    found = terms.policy.benefits.get(benefit)
    if found is None or (kind == UNDERSUPPLIED and found.division != "leximin"):
        return True
    if kind == REMEDY:
        return found.division != "leximin"
    rule = found.undersupplied if kind == UNDERSUPPLIED else found.uncollected
    return not rule.keeps(len(terms.before) - terms.before.index(since), month(since).last, terms.period.first)


def owed(terms: Terms, tables: Tables) -> dict[str, Any]:
    """Every household's debts with their place: `lapsed`, or the rung they stand on, or the steps that wait for stock.

    `owed_rungs` are sums by point to demand beside this month's ladders, `owed_ladder` the same by household."""
    joined = tables["owed_frozen"].join(
        tables["household"].select(["household", "point"]), "household", join_type="inner"
    )
    own = tables["ladders_divided"].group_by("benefit").aggregate([("rung", "max")]).to_pylist()
    next_rung = {row["benefit"]: row["rung_max"] for row in own}
    kept: list[tuple[Any, ...]] = []
    for row in sorted(joined.group_by(_KEY).aggregate([]).to_pylist(), key=lambda row: row["since"]):
        benefit, kind, since = row["benefit"], row["kind"], row["since"]
        gone, rung = lapsed(terms, benefit, kind, since), None
        if kind == UNDERSUPPLIED and not gone:
            rung = next_rung[benefit] = next_rung.get(benefit, 0) + 1
        step = terms.policy.benefits[benefit].step_base if not gone else 1
        kept.append((benefit, kind, since, int(gone), rung, step))
    places = table((*_KEY, "gone", "rung", "step"), kept, ("gone", "rung", "step"))
    rows = joined.join(places, _KEY, join_type="inner")
    waiting = pc.and_(pc.is_in(rows["kind"], pa.array(WAITING)), pc.equal(rows["gone"], 0))
    steps = pc.if_else(waiting, pc.divide(rows["amount"], rows["step"]), 0)
    rows = rows.append_column("lapsed", pc.multiply(rows["amount"], rows["gone"])).append_column("steps", steps)
    order = [(name, "ascending") for name in ("point", "household", *_KEY)]
    rows = rows.select(["point", "household", *_KEY, "amount", "lapsed", "rung", "steps"]).sort_by(order)
    ladder = rows.filter(pc.is_valid(rows["rung"])).select(["point", "household", "benefit", "rung", "amount"])
    sums = ladder.group_by(["point", "benefit", "rung"]).aggregate([("household", "count"), ("amount", "sum")])
    names = {
        "point": "point",
        "benefit": "benefit",
        "rung": "rung",
        "household_count": "households",
        "amount_sum": "amount",
    }
    rungs = sums.select(list(names)).rename_columns(list(names.values()))
    return {"debts": rows, "owed_ladder": ladder, "owed_rungs": rungs}


def offered(terms: Terms, tables: Tables) -> dict[str, Any]:
    """Which goods that wait for their household are on this month's roll: where goods are stocked, month by month, the
    oldest first, as long as what is set aside covers them after rounding arrears. The public table `owed`, and `first`:
    arrears and such steps by household, which come before any share."""
    room = set_aside(tables)
    arrears = _needs(tables["rounding"])
    debts = tables["debts"]
    sums = debts.group_by(["point", *_KEY]).aggregate(
        [("household", "count"), ("amount", "sum"), ("lapsed", "sum"), ("rung", "max"), ("steps", "sum")]
    )
    rows, on_roll = [], []
    for row in sorted(sums.to_pylist(), key=lambda row: (row["since"], row["kind"])):
        point, benefit, steps = row["point"], row["benefit"], row["steps_sum"]
        waiting = steps
        if benefit in terms.steps and steps:
            left = room.get((point, benefit), 0) - arrears.get((point, benefit), 0)
            steps = steps if steps <= left else 0
            room[point, benefit] = room.get((point, benefit), 0) - steps
        if steps:
            on_roll.append((point, benefit, row["kind"], row["since"]))
        numbers = (row["household_count"], row["amount_sum"], row["lapsed_sum"], row["rung_max"], waiting, steps)
        rows.append((point, benefit, row["kind"], row["since"], *numbers))
    names = ("point", *_KEY, "households", "amount", "lapsed", "rung", "waiting", "offered")
    chosen = debts.join(table(("point", *_KEY), on_roll, ()), ["point", *_KEY], join_type="left semi")
    mine = chosen.select(["point", "household", *_KEY, "steps"])
    by_household = mine.group_by(["point", "household", "benefit"]).aggregate([("steps", "sum")])
    by_household = by_household.rename_columns(["point", "household", "benefit", "offered_steps"])
    first = tables["rounding"].join(by_household, ["point", "household", "benefit"], join_type="full outer")
    for name in ("carry_micro", "offered_steps"):
        first = first.set_column(first.schema.get_field_index(name), name, pc.fill_null(first[name], 0))
    order = [("point", "ascending"), ("household", "ascending"), ("benefit", "ascending")]
    first = first.select(["point", "household", "benefit", "carry_micro", "offered_steps"]).sort_by(order)
    order.insert(2, ("since", "ascending"))
    return {"owed": table(names, rows, names[4:]), "on_roll": mine.sort_by(order), "first": first}


def set_aside(tables: Tables) -> dict[tuple[str, str], int]:
    """Steps kept at each point, or brought to it, for what comes before any share."""
    targets = dict(zip(*(tables["lanes"][name].to_pylist() for name in ("lane", "to")), strict=True))
    kinds = dict(zip(*(tables["nodes"][name].to_pylist() for name in ("node", "kind")), strict=True))
    found: dict[tuple[str, str], int] = defaultdict(int)
    for row in tables["aside"].to_pylist():
        found[row["point"], row["benefit"]] += row["quantity"]
    for row in tables["carried"].to_pylist():
        target = targets[row["lane"]]
        if kinds[target] == "point":
            found[target, row["commodity"]] += row["quantity"]
    return dict(found)


def _needs(rounding: Any) -> dict[tuple[str, str], int]:
    """Whole steps that a point's rounding arrears take."""
    sums = rounding.group_by(["point", "benefit"]).aggregate([("carry_micro", "sum")]).to_pylist()
    return {(r["point"], r["benefit"]): ceil_div(max(0, r["carry_micro_sum"]), MICRO) for r in sums}


def needs(terms: Terms, tables: Tables) -> dict[tuple[str, str], int]:
    """Steps to set aside at each point: for rounding arrears, and for stocked goods that nobody collected."""
    found = _needs(tables["rounding"])
    sums = tables["debts"].group_by(["point", "benefit"]).aggregate([("steps", "sum")]).to_pylist()
    for row in sums:
        if row["benefit"] in terms.steps and row["steps_sum"]:
            key = row["point"], row["benefit"]
            found[key] = found.get(key, 0) + row["steps_sum"]
    return found
