"""A point that got less brought everyone there to the same lower level, and no further down."""

from __future__ import annotations

import hashlib
from fractions import Fraction

from evenhand_verify import cbor, facts, papers
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.numbers import Ladder, Level, many
from evenhand_verify.result import Check, capped


def greatest(ladder: Ladder, room: Fraction, planned: Level) -> Level:
    """The greatest level, not above the planned, at which the ladder asks for no more than `room` (base units)."""
    if facts.exact(ladder, planned) <= room:
        return planned
    if room < 0:
        return Level(0, 0, 1)
    done = 0
    for rung, amount, below in zip(ladder.rungs, ladder.amounts, ladder.sums, strict=False):
        if amount and below + amount > room:
            part = (room - below) / amount
            return Level(rung - 1, part.numerator, part.denominator)
        done = rung
    return Level(done, 0, 1)


def expected(
    total: facts.Total, ladder: Ladder, planned: Level, counted: int, step: int, on_roll: Fraction
) -> facts.Recut:
    """The re-cut of a point that counted so many steps, by the rule of the specification. `on_roll`: arrears and
    uncollected goods, in steps."""
    reserve = counted * total.reserve // total.units if total.units else 0
    left = counted - reserve
    level = greatest(ladder, (left - on_roll) * step, planned)
    share = on_roll + facts.exact(ladder, level) / step
    units = max(0, min(share.numerator // share.denominator, left))
    return facts.Recut(counted, reserve, total.carry_micro, level, units)


def run(d: Disclosure) -> str | list[str]:
    """Every row from its count; every short count has a row; the entries hold the rows."""
    recuts, totals, ladders = facts.recuts(d), facts.totals(d), facts.ladders(d)
    counts = {point: entry.steps("counted") for point, entry in d.by_point("received").items()}
    levels, failures = d.case.answer.levels, []
    books, first = facts.books(d), facts.first(d)
    for key, total in totals.items():
        point, benefit = key
        if not d.policy.benefit(benefit).divided:
            continue
        where = f"point {point}, {benefit}"
        counted = counts.get(point, {}).get(benefit)
        row = recuts.get(key)
        step = d.policy.benefit(benefit).step
        if counted is None:
            _, left = papers.after_count(d, point, benefit, None)
            came = (books.at_freeze(point, benefit) + books.arrive.get(key, 0)) // step - left
            if row is not None:
                failures.append(f"a re-cut without a count, {where}")
            elif came < total.units:
                failures.append(
                    f"{came} of {total.units} steps came, nobody counted them and nothing was re-cut, {where}"
                )
            continue
        if row is None:
            if counted < total.units:
                failures.append(f"{counted} of {total.units} steps came and nothing was re-cut, {where}")
            continue
        planned = levels[key][0] if key in levels else Level(0, 0, 1)
        right = expected(total, ladders.get(key) or Ladder([]), planned, counted, step, first[key].on_roll)
        if row._replace(level=right.level) != right or row.level.value != right.level.value:
            failures.append(
                f"the re-cut is {row.units} units at level {row.level} (counted {row.counted}, reserve {row.reserve}) "
                f"where the count of {counted} gives {right.units} at {right.level} (reserve {right.reserve}), {where}"
            )
    for point, benefit in sorted(recuts.keys() - totals.keys()):
        failures.append(f"a re-cut of what has no totals, point {point}, {benefit}")
    failures += _entries(d, recuts)
    return (
        capped(failures)
        or f"{many(len({p for p, _ in recuts}), 'point')} re-cut, {many(len(recuts), 'row')} worked out again"
    )


def _entries(d: Disclosure, recuts: dict[facts.Key, facts.Recut]) -> list[str]:
    by_point: dict[str, list[list[object]]] = {}
    units: dict[str, dict[str, int]] = {}
    for (point, benefit), row in sorted(recuts.items()):
        level = row.level
        line = [
            benefit,
            row.counted,
            row.reserve,
            row.carry_micro,
            level.rungs,
            str(level.num),
            str(level.den),
            row.units,
        ]
        by_point.setdefault(point, []).append(line)
        units.setdefault(point, {})[benefit] = row.units
    entries = d.by_point("recut")
    failures = [f"a re-cut that is not in the log, point {point}" for point in sorted(by_point.keys() - entries.keys())]
    for point, entry in entries.items():
        rows = by_point.get(point)
        if rows is None:
            failures.append(f"a logged re-cut is not in tables/recut.parquet, {entry.where}")
        elif hashlib.sha256(cbor.encode(rows)).digest() != entry.sha256 or entry.steps("units") != units[point]:
            failures.append(f"the re-cut is not the one that was logged, {entry.where}")
    return failures


CHECK = Check("recut", "every short count was re-cut by the rule, to one level for everyone there", run)
