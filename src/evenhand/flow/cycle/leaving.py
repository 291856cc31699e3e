"""What a closed cycle leaves owed: undersupplied and uncollected by household, for the next freeze, and summed by point.

Undersupplied is what lies above the final level on each household's ladder: of this month, and of the earlier months whose
rungs the level did not reach. Uncollected is what of a ration was not handed over, each part with its month.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.flow.allocation import Groups, Rows, divide
from evenhand.flow.cycle.owing import OWED_SCHEMA, REMEDY, UNCOLLECTED, UNDERSUPPLIED, WAITING
from evenhand.flow.cycle.stage import Tables
from evenhand.flow.cycle.supply import table
from evenhand.flow.policy import Policy

Array = np.ndarray[Any, Any]
Pair = tuple[str, str]
Level = tuple[int, int, int]
_KEY = ["benefit", "kind", "since"]


@dataclass(frozen=True)
class Left:
    """`debts`: OWED_SCHEMA, what the next freeze reads. `sums`: the public table `left`."""

    debts: Any
    sums: Any


def leave(
    policy: Policy,
    period: str,
    tables: Tables,
    levels: Mapping[Pair, Level],
    uncollected: Any,
    silent: Collection[str],
    seed: bytes,
    held: Collection[bytes] = (),
) -> Left:
    """What is left owed at the close of `period`.

    `tables`: rows (point, household, tag, benefit, ladder, ration_steps, offered_steps; as the re-cuts left them), debts
    and on_roll (as computed), ladders and owed (public). `levels`: rungs, num, den of each (point, benefit) after re-cuts;
    `uncollected`: tag, benefit, steps (> 0) that stayed at the point, as far as anybody knows; `silent`: points with a
    device that was given up: what no receipt tells of is unknown there, and not owed again. `seed`: that of the ties.
    `held`: tags of rows that ended as held: of what is divided their ration is owed until it is collected, as a remedy.
    """
    benefits = policy.benefits
    rows = tables["rows"]
    carries = [b.id for b in benefits.values() if b.division == "leximin" and b.undersupplied.carries]
    lapses = [b.id for b in benefits.values() if b.division == "leximin" and not b.undersupplied.carries]
    debts = [
        _undersupplied(rows.filter(_among(rows["benefit"], carries)), tables["owed"], period, levels, seed),
        *_uncollected(policy, period, rows, uncollected, tables, silent, held),
    ]
    joined = pa.concat_tables([found.select(["point", *OWED_SCHEMA.names]) for found in debts])
    joined = joined.group_by(["point", "household", *_KEY]).aggregate([("amount", "sum")])
    joined = joined.filter(pc.greater(joined["amount_sum"], 0)).rename_columns(["point", "household", *_KEY, "amount"])
    at_once = [
        (
            row["point"],
            row["benefit"],
            row["kind"],
            row["since"],
            row["amount_sum"],
            _ended(policy, row, period, silent),
        )
        for row in joined.group_by(["point", *_KEY]).aggregate([("amount", "sum")]).to_pylist()
    ]
    sums = [(*row[:5], row[4] if row[5] else 0) for row in at_once]
    sums += _shortage(tables["ladders"].filter(_among(tables["ladders"]["benefit"], lapses)), period, levels)
    gone = table(("point", *_KEY), [row[:4] for row in at_once if row[5]], ())
    kept = joined.join(gone, ["point", *_KEY], join_type="left anti").select(OWED_SCHEMA.names)
    order = [(name, "ascending") for name in ("household", *_KEY)]
    names = ("point", *_KEY, "amount", "lapsed")
    return Left(kept.sort_by(order).cast(OWED_SCHEMA), table(names, sums, ("amount", "lapsed")))


def _ended(policy: Policy, row: dict[str, Any], period: str, silent: Collection[str]) -> bool:
    """Whether it lapses with its own cycle. What is from earlier months is judged at the next freeze."""
    benefit = policy.benefits.get(row["benefit"])
    if benefit is None or row["since"] != period:
        return False
    if row["kind"] == UNDERSUPPLIED:
        return not benefit.undersupplied.carries
    if row["kind"] == REMEDY:
        return False
    return row["point"] in silent or not benefit.uncollected.carries


def _among(column: Any, names: list[str]) -> Any:
    return pc.is_in(column, pa.array(names, pa.string()))


def _undersupplied(rows: Any, owed: Any, period: str, levels: Mapping[Pair, Level], seed: bytes) -> Any:
    """point, household, benefit, kind, since, amount: what lies above the level. A point's sum of a month, in whole base
    units, is divided as rations are, with steps of one base unit: so the sums are exact."""
    ladder = rows["ladder"].combine_chunks()
    lengths = pc.list_value_length(ladder).to_numpy(zero_copy_only=False).astype(np.int64)
    amount = ladder.flatten().to_numpy(zero_copy_only=False)
    row = np.repeat(np.arange(len(rows)), lengths)
    rung = np.arange(len(amount)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + 1
    keys, pair = _numbered(rows, ["point", "benefit"])
    stand = [levels.get((r["point"], r["benefit"]), (0, 0, 1)) for r in keys]
    complete = np.array([level[0] for level in stand], np.int64)
    above = (amount > 0) & (rung > complete[pair[row]])
    row, rung, amount = row[above], rung[above], amount[above]
    months = {(r["benefit"], r["rung"]): r["since"] for r in owed.to_pylist() if r["rung"] is not None}
    codes = rows["benefit"].combine_chunks().dictionary_encode()
    width = int(rung.max(initial=0)) + 1
    names = [months.get((b, r), period) for b in codes.dictionary.to_pylist() for r in range(width)]
    which = codes.indices.to_numpy(zero_copy_only=False).astype(np.int64)[row] * width + rung
    since = pa.array(names, pa.string()).take(pa.array(which))
    parts = rows.select(["point", "household", "benefit", "tag"]).take(pa.array(row)).append_column("since", since)
    partly = rung == complete[pair[row]] + 1
    parts = parts.append_column("full", pa.array(np.where(partly, 0, amount), pa.int64()))
    parts = parts.append_column("next", pa.array(np.where(partly, amount, 0), pa.int64()))
    each = ["point", "benefit", "since", "household", "tag"]
    parts = parts.group_by(each).aggregate([("full", "sum"), ("next", "sum")])
    parts = parts.sort_by([(name, "ascending") for name in each[:4]])
    groups, group = _numbered(parts, ["point", "benefit", "since"])
    full, following = (parts[name].to_numpy() for name in ("full_sum", "next_sum"))
    sums = [np.zeros(len(groups), np.int64) for _ in range(2)]
    for total, values in zip(sums, (full, following), strict=True):
        np.add.at(total, group, values)
    rest = [_rest(levels.get((r["point"], r["benefit"]), (0, 0, 1))) for r in groups]
    units = [f + n * num // den for f, n, (num, den) in zip(sums[0].tolist(), sums[1].tolist(), rest, strict=True)]
    made = divide(
        Groups(
            [r["benefit"] for r in groups], np.ones(len(groups), np.int64), [num for num, _ in rest],
            [den for _, den in rest], np.array(units, np.int64),
        ),
        Rows(group, full, following, np.zeros(len(parts), np.int64), parts["tag"]), seed,
    )  # fmt: skip
    kind = pa.array([UNDERSUPPLIED] * len(parts), pa.string())
    found = parts.select(["point", "household", "benefit", "since"]).append_column("kind", kind)
    return found.append_column("amount", pa.array(made.ration, pa.int64()))


def _rest(level: Level) -> tuple[int, int]:
    """The part of the next rung that a level leaves."""
    return level[2] - level[1], level[2]


def _numbered(rows: Any, names: list[str]) -> tuple[list[dict[str, Any]], Array]:
    """The distinct rows of some columns, sorted, and for every row the number of its own."""
    keys = rows.select(names).group_by(names).aggregate([]).sort_by([(name, "ascending") for name in names])
    at = rows.select(names).append_column("at", pa.array(np.arange(len(rows))))
    numbered = at.join(keys.append_column("number", pa.array(np.arange(len(keys)))), names).sort_by("at")
    return keys.to_pylist(), numbered["number"].to_numpy()


def _shortage(ladders: Any, period: str, levels: Mapping[Pair, Level]) -> list[tuple[Any, ...]]:
    """Rows of `left` where nothing is carried: what this month's shortage did not give, lapsed at once."""
    sums: dict[Pair, Fraction] = {}
    for row in ladders.to_pylist():
        key = row["point"], row["benefit"]
        rungs, num, den = levels.get(key, (0, 0, 1))
        part = Fraction(den - num, den) if row["rung"] == rungs + 1 else int(row["rung"] > rungs)
        sums[key] = sums.get(key, Fraction(0)) + row["amount"] * part
    whole = {key: value.numerator // value.denominator for key, value in sums.items()}
    return [(*key, UNDERSUPPLIED, period, value, value) for key, value in whole.items() if value]


def _uncollected(
    policy: Policy,
    period: str,
    rows: Any,
    stayed: Any,
    tables: Tables,
    silent: Collection[str],
    held: Collection[bytes],
) -> list[Any]:
    """What stayed of this month's rations; and of earlier months what was not collected again, or was not even there
    after a re-cut, or was not offered. What was handed over pays the oldest first; at a silent point all of it may have."""
    debts, on_roll = tables["debts"], tables["on_roll"]
    wide = ["point", "household", "benefit"]
    steps = {name: benefit.step_base for name, benefit in policy.benefits.items()}
    numbers = rows.select([*wide, "tag", "ration_steps", "offered_steps"])
    numbers = numbers.filter(
        pc.or_(pc.is_in(rows["tag"], pc.unique(stayed["tag"])), pc.greater(rows["offered_steps"], 0))
    )
    joined = numbers.join(stayed, ["tag", "benefit"], join_type="left outer")
    left = pc.fill_null(joined["steps"], 0)
    told = pc.subtract(joined["ration_steps"], left)
    known = pc.invert(pc.is_in(joined["point"], pa.array(sorted(silent), pa.string())))
    paid = pc.if_else(known, pc.min_element_wise(joined["offered_steps"], told), joined["offered_steps"])
    own = pc.subtract(left, pc.subtract(joined["offered_steps"], paid))
    base = pa.array([steps[benefit] for benefit in joined["benefit"].to_pylist()], pa.int64())
    divided = [b.id for b in policy.benefits.values() if b.division == "leximin"]
    kept = pc.and_(pc.is_in(joined["tag"], pa.array(sorted(held), pa.binary())), _among(joined["benefit"], divided))
    fresh = joined.select(wide).append_column("kind", pc.if_else(kept, REMEDY, UNCOLLECTED))
    fresh = fresh.append_column("since", pa.array([period] * len(joined), pa.string()))
    fresh = fresh.append_column("amount", pc.multiply(own, base))
    waiting = debts.filter(pc.and_(_among(debts["kind"], list(WAITING)), pc.equal(debts["lapsed"], 0)))
    waiting = waiting.sort_by([("since", "ascending"), ("kind", "ascending")])
    if not len(waiting):
        return [fresh]
    columns = (joined["household"].to_pylist(), joined["benefit"].to_pylist(), pc.multiply(paid, base).to_pylist())
    paid_base = {(household, benefit): amount for household, benefit, amount in zip(*columns, strict=True)}
    offered = {(r["household"], r["benefit"], r["kind"], r["since"]): r["steps"] for r in on_roll.to_pylist()}
    amounts = []
    for row in waiting.to_pylist():
        key = row["household"], row["benefit"]
        taken = min(offered.get((*key, row["kind"], row["since"]), 0) * steps[row["benefit"]], paid_base.get(key, 0))
        paid_base[key] = paid_base.get(key, 0) - taken
        amounts.append(row["amount"] - taken)
    kept = waiting.select([*wide, "kind", "since"])
    return [fresh, kept.append_column("amount", pa.array(amounts, pa.int64()))]
