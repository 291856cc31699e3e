"""My ration: what a household's own page says. A few rows by index and groups of files, whatever the size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from evenhand.actions.case_page import because
from evenhand.actions.cycles import Cycle, find, place
from evenhand.actions.hold import held_now
from evenhand.actions.point_paper import everywhere
from evenhand.actions.recuts import file_name
from evenhand.core.benefit import Benefit
from evenhand.core.quantity import MICRO
from evenhand.flow.policy import Policy
from evenhand.flow.redemption import read
from evenhand.flow.redemption.outcome import STATUS_NAMES
from evenhand.render.point_paper import Cut
from evenhand.store import Store

MONTHS = 6
"""So many cycles back the page goes."""

CYCLES = """
select e.cycle, c.period from cycle_event e join cycle c on c.programme = e.programme and c.cycle = e.cycle
where e.programme = %s and e.state = 'committed' order by e.id desc limit %s
"""
MINE = """
select r.cycle, r.point, r.tag, coalesce(x.rations, r.rations)
from card_period p join roll_row r on r.tag = p.tag
left join recut_row x on x.programme = r.programme and x.cycle = r.cycle and x.tag = r.tag
where p.household = %(household)s and p.period = any(%(periods)s)
  and r.programme = %(programme)s and r.cycle = any(%(cycles)s)
"""


@dataclass(frozen=True)
class Grant:
    """What a household gets of a benefit, in base units. `due` None: the roll alone is known. `planned`, `counted`: its
    exact share at the level of its point, as planned and after a re-cut. `again`: of the ration, what earlier months left
    for it. `kept`: rounding arrears, below zero where it had more than its share. `rows`: of the policy, with their words.
    """

    benefit: Benefit
    ration: int
    due: int | None = None
    planned: Fraction | None = None
    counted: Fraction | None = None
    again: int = 0
    kept: Fraction = Fraction(0)
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Debt:
    """What an earlier month left: kind undersupplied, uncollected or remedy; base units; since which month."""

    benefit: Benefit
    kind: str
    since: str
    amount: int
    lapsed: bool


@dataclass(frozen=True)
class Month:
    """A household's cycle. `given`: base units by benefit, as receipts that arrived say; `ended`: how its row ended, once
    the cycle closed. `everywhere`: what the whole programme has of what is due; `cuts`: what its point counted;
    `held`: why its row is held, if it is."""

    cycle: str
    period: str
    state: str
    point: str
    policy: Policy
    grants: tuple[Grant, ...]
    given: Mapping[str, int]
    ended: str
    held: str = ""
    debts: tuple[Debt, ...] = ()
    everywhere: Mapping[str, Fraction] | None = None
    cuts: Mapping[str, Cut] | None = None


def my_months(store: Store, household: str) -> list[Month]:
    """The household's newest cycles, the newest first; of that one everything, of the others what was due and had."""
    cycles = store.rows(CYCLES, (store.programme.id, MONTHS))
    names = [cycle for cycle, _ in cycles]
    mine = {
        row[0]: row[1:]
        for row in store.rows(MINE, {
            "household": household, "programme": store.programme.id, "cycles": names, "periods": [p for _, p in cycles],
        })
    }  # fmt: skip
    found: list[Month] = []
    for cycle in names:
        if cycle in mine:
            found.append(_month(store, find(store, cycle), household, *mine[cycle], whole=not found))
    return found


def _month(
    store: Store, cycle: Cycle, household: str, point: str, tag: bytes, rations: Sequence[int], whole: bool
) -> Month:
    policy, root = cycle.policy(), place(store, cycle.id)
    key = {"programme": store.programme.id, "cycle": cycle.id, "tag": tag, "point": point}
    named = "programme = %(programme)s and cycle = %(cycle)s"
    given: Counter[str] = Counter()
    for (raw,) in store.rows(f"select raw from receipt where {named} and tag = %(tag)s limit 20", key):
        given.update(dict(read(bytes(raw)).items))
    ended = store.rows(f"select status from outcome where {named} and tag = %(tag)s", key)
    kept = _rows(root, point, household, whole)
    levels = _levels(root, point) if whole else {}
    recut = {
        row[0]: row[1:]
        for row in store.rows(
            f"select benefit, counted, rungs, num, den from recut where {named} and point = %(point)s", key
        )
    }
    grants = tuple(
        _grant(policy, benefit, steps, kept.get(benefit.id), levels, recut)
        for benefit, steps in zip(policy.benefits.values(), rations, strict=True)
        if steps or benefit.id in kept
    )
    return Month(
        cycle.id, cycle.period.id, cycle.state, point, policy, grants,
        {name: steps * policy.benefits[name].step_base for name, steps in given.items() if name in policy.benefits},
        STATUS_NAMES[ended[0][0]] if ended else "",
        next((one.reason for one in held_now(store, cycle.id, point) if one.household == household), "") if whole else "",
        tuple(_debts(root, policy, point, household)) if whole else (),
        _everywhere(root / "public" / "tables") if whole else None,
        _cuts(root, grants, recut, point) if whole else None,
    )  # fmt: skip


def _rows(root: Path, point: str, household: str, whole: bool) -> dict[str, dict[str, Any]]:
    """The household's rows by benefit: as computed, or as a re-cut left them."""
    columns = ["benefit", "ladder"] + (["carry_after", "offered_steps", "reasons"] if whole else [])
    mine = [("point", "=", point), ("household", "=", household)]
    cut = root / "private" / "recut" / f"{file_name(point)}.parquet"
    path = cut if cut.exists() else root / "private" / "rows.parquet"
    return {row["benefit"]: row for row in pq.read_table(path, columns=columns, filters=mine).to_pylist()}


def _levels(root: Path, point: str) -> dict[str, tuple[int, Fraction]]:
    path = root / "public" / "tables" / "levels.parquet"
    rows = pq.read_table(path, columns=["commodity", "rungs", "num", "den"], filters=[("point", "=", point)])
    return {row["commodity"]: _level(row["rungs"], row["num"], row["den"]) for row in rows.to_pylist()}


def _level(rungs: int, num: object, den: object) -> tuple[int, Fraction]:
    return int(rungs), Fraction(int(str(num)), int(str(den)))


def _grant(
    policy: Policy, benefit: Benefit, steps: int, row: Mapping[str, Any] | None,
    levels: Mapping[str, tuple[int, Fraction]], recut: Mapping[str, Sequence[Any]],
) -> Grant:  # fmt: skip
    ration = steps * benefit.step_base
    if row is None:
        return Grant(benefit, ration)
    ladder, divided = row["ladder"], benefit.division == "leximin"
    return Grant(
        benefit, ration, sum(ladder),
        _at(ladder, levels[benefit.id]) if benefit.id in levels and divided else None,
        _at(ladder, _level(*recut[benefit.id][1:])) if benefit.id in recut else None,
        row.get("offered_steps", 0) * benefit.step_base,
        Fraction(row.get("carry_after", 0) * benefit.step_base, MICRO),
        tuple((name, because(policy, name)) for name in row.get("reasons", ())),
    )  # fmt: skip


def _at(ladder: Sequence[int], level: tuple[int, Fraction]) -> Fraction:
    """Base units of a ladder at a level, exactly."""
    rungs, part = level
    whole = Fraction(sum(ladder[:rungs]))
    return whole + part * ladder[rungs] if rungs < len(ladder) else whole


def _debts(root: Path, policy: Policy, point: str, household: str) -> list[Debt]:
    mine = [("point", "=", point), ("household", "=", household)]
    rows = pq.read_table(root / "private" / "debts.parquet", filters=mine).to_pylist()
    return [
        Debt(policy.benefits[row["benefit"]], row["kind"], row["since"], row["amount"], row["lapsed"] > 0)
        for row in rows
        if row["benefit"] in policy.benefits
    ]


def _cuts(root: Path, grants: Sequence[Grant], recut: Mapping[str, Sequence[Any]], point: str) -> dict[str, Cut]:
    """What the point counted instead of what was sent, and what that makes of this household's share."""
    if not recut:
        return {}
    path = root / "public" / "tables" / "totals.parquet"
    rows = pq.read_table(path, columns=["benefit", "units"], filters=[("point", "=", point)]).to_pylist()
    units = {row["benefit"]: row["units"] for row in rows}
    return {
        one.benefit.id: Cut(
            units[one.benefit.id], recut[one.benefit.id][0], one.planned / one.due, one.counted / one.due
        )
        for one in grants
        if one.benefit.id in recut and one.due and one.planned is not None and one.counted is not None
    }


@lru_cache(maxsize=8)
def _everywhere(tables: Path) -> dict[str, Fraction]:
    """Committed files do not change: worked out once."""
    return everywhere(tables)
