"""How a computed cycle divides, for whoever signs it: goods, points, the rule, and who signed so far."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from evenhand.actions.approve import is_staged
from evenhand.actions.cycles import find, place, staging
from evenhand.actions.writing import write_text
from evenhand.core.benefit import Benefit
from evenhand.flow.cycle.states import VOID
from evenhand.flow.disclosure import layout
from evenhand.flow.policy import Policy
from evenhand.store import Store

NAMES = ("ladders", "levels", "totals")
GOODS = Path("private") / "goods.json"


@dataclass(frozen=True)
class GoodDivided:
    """A benefit: base units due, and in rations; share of what is due by point, the lowest first."""

    benefit: Benefit
    due: int
    given: int
    shares: list[tuple[str, Fraction]]


@dataclass(frozen=True)
class RuleFigures:
    """How a rule that is not leximin (or leximin beside it) leaves the points of a benefit."""

    benefit: str
    rule: str
    points: int
    in_full: int
    under_floor: int
    members_under: int
    worst_tenth: Fraction


@dataclass(frozen=True)
class Division:
    """A cycle's division; `goods` is empty before its files are computed. `signed`: role -> (person, UTC seconds)."""

    cycle: str
    state: str
    event: str
    goods: list[GoodDivided]
    rules: list[RuleFigures]
    signed: dict[str, tuple[str, int]]


def division(store: Store, cycle: str) -> Division:
    """The division of `cycle` as its files have it. UsageError if there is no such cycle."""
    found = find(store, cycle)
    at = (store.programme.id, cycle)
    events = dict(store.rows("select state, at from cycle_event where programme = %s and cycle = %s", at))
    states = {"preparer": "computed", "approver": "approved"}
    signed = {
        role: (person, events[states[role]])
        for role, person in store.rows("select role, person from approval where programme = %s and cycle = %s", at)
    }
    named = store.rows('select event from "freeze" where programme = %s and cycle = %s', at)
    root = root_of(store, cycle)
    goods: list[GoodDivided] = []
    rules: list[RuleFigures] = []
    if root is not None and found.state != VOID and is_staged(store, cycle):
        goods = _kept_goods(root, found.policy())
        rules = [
            RuleFigures(
                row["benefit"], row["rule"], row["points"], row["in_full"], row["under_floor"], row["members_under"],
                Fraction(int(row["worst_tenth_num"]), int(row["worst_tenth_den"])),
            )
            for row in pq.read_table(root / "public" / layout.table_path("division")).to_pylist()
        ]  # fmt: skip
    return Division(cycle, found.state, named[0][0] if named else "", goods, rules, signed)


def root_of(store: Store, cycle: str) -> Path | None:
    """Where the computed files of a cycle lie, committed or not; None where there are none."""
    return next((r for r in (place(store, cycle), staging(store, cycle)) if (r / "public").exists()), None)


def keep_goods(root: Path, policy: Policy) -> None:
    """Work the goods out and keep them beside the files: a country's tables are too much to read for each page."""
    kept = [
        {"benefit": one.benefit.id, "due": one.due, "given": one.given,
         "shares": [(point, str(share)) for point, share in (*one.shares[:1], *one.shares[-1:])]}
        for one in goods_of(root, policy)
    ]  # fmt: skip
    write_text(root / GOODS, json.dumps(kept))


def _kept_goods(root: Path, policy: Policy) -> list[GoodDivided]:
    """Each good, with the points that stand lowest and highest at least."""
    if not (root / GOODS).exists():
        return goods_of(root, policy)
    return [
        GoodDivided(
            policy.benefits[one["benefit"]],
            one["due"],
            one["given"],
            [(p, Fraction(share)) for p, share in one["shares"]],
        )
        for one in json.loads((root / GOODS).read_text(encoding="utf-8"))
    ]


def goods_of(root: Path, policy: Policy) -> list[GoodDivided]:
    """Each good of the computed files below `root`, with every point."""
    tables = {name: pq.read_table(root / "public" / layout.table_path(name)).to_pylist() for name in NAMES}
    there = {row["benefit"] for row in tables["ladders"]}
    return [_good(tables, benefit) for benefit in policy.benefits.values() if benefit.id in there]


def _good(tables: dict[str, list[dict[str, Any]]], benefit: Benefit) -> GoodDivided:
    """Ladders are what is due at a point by rung; a level is how many rungs it gets in full, and the part of the next."""
    level = {
        row["point"]: row["rungs"] + Fraction(int(row["num"]), int(row["den"]))
        for row in tables["levels"]
        if row["commodity"] == benefit.id
    }
    due: dict[str, int] = {}
    gets: dict[str, Fraction] = {}
    for row in tables["ladders"]:
        if row["benefit"] == benefit.id:
            part = min(Fraction(1), max(Fraction(0), level.get(row["point"], Fraction(0)) - row["rung"] + 1))
            due[row["point"]] = due.get(row["point"], 0) + row["amount"]
            gets[row["point"]] = gets.get(row["point"], Fraction(0)) + part * row["amount"]
    given = sum(row["rations"] for row in tables["totals"] if row["benefit"] == benefit.id) * benefit.step_base
    shares = sorted(((p, gets[p] / due[p]) for p in due if due[p]), key=lambda pair: (pair[1], pair[0]))
    return GoodDivided(benefit, sum(due.values()), given, shares)
