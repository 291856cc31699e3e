"""The rule by which the policy has a benefit divided, and the ladders that rule divides by, made again from `demand`.

Every rule is leximin on ladders of its own, so the arithmetic that proves leximin proves it too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from evenhand_verify.case import LEVELS, Answer, Case
from evenhand_verify.columns import Columns
from evenhand_verify.numbers import Ladder, Level
from evenhand_verify.problem import Key, Problem
from evenhand_verify.result import Malformed

if TYPE_CHECKING:
    from evenhand_verify.disclosure import Disclosure

LEXIMIN = "leximin"
DEMAND = ("point", "commodity", "rung", "quantity")
Rungs = list[tuple[int, int]]


@dataclass(frozen=True)
class Chosen:
    """A rule of division as the policy file has it."""

    rule: str
    source: str
    since: date | None


def chosen(d: Disclosure, benefit: str) -> Chosen:
    """The rule in force on the period's first day. Malformed where there is none, or two."""
    where = f"{d.meta.policy}, benefit {benefit}"
    found = d.policy.data["benefit"][benefit].get("division", LEXIMIN)
    if isinstance(found, str):
        return Chosen(found, "", None)
    if not (isinstance(found, list) and all(isinstance(item, dict) for item in found)):
        raise Malformed(where, "the rule of division is neither a word nor a list")
    now = [item for item in found if _holds(item, d.meta.first, where)]
    if len(now) != 1:
        raise Malformed(where, f"{len(now)} rules of division hold on {d.meta.first}")
    return Chosen(str(now[0].get("rule", "")), str(now[0].get("source", "")), now[0].get("from"))


def _holds(item: dict[str, Any], day: date, where: str) -> bool:
    start, end = item.get("from"), item.get("to")
    if type(start) is not date or (end is not None and type(end) is not date):
        raise Malformed(where, "a rule of division without its days")
    return start <= day and (end is None or day <= end)


def others(d: Disclosure) -> dict[str, Chosen]:
    """Benefits that are divided by another rule than leximin."""

    def read() -> dict[str, Chosen]:
        found = {benefit: chosen(d, benefit) for benefit in d.policy.divided}
        return {benefit: choice for benefit, choice in found.items() if choice.rule != LEXIMIN}

    return d.once("rules.others", read)


def own(d: Disclosure, benefit: str) -> dict[str, Rungs]:
    """Each point's rungs of this month's need, in steps, without what earlier months owe."""
    owed = {
        (point, rung)
        for point, name, rung in d.table("owed").rows("point", "benefit", "rung")
        if name == benefit and rung is not None
    }
    return {
        point: [(r, q) for r, q in zip(ladder.rungs, ladder.amounts, strict=True) if q and (point, r) not in owed]
        for (point, name), ladder in d.case.problem.ladders.items()
        if name == benefit
    }


def judged(d: Disclosure) -> Case:
    """The case with the ladders of each benefit's own rule, and the levels on them that the blocks name."""
    different = others(d)
    if not different:
        return d.case
    problem, answer = d.case.problem, d.case.answer
    ladders, levels = dict(problem.ladders), dict(answer.levels)
    for benefit, choice in different.items():
        if choice.rule not in RULES:
            raise Malformed(f"{d.meta.policy}, benefit {benefit}", f'nobody can check a division by "{choice.rule}"')
        need = own(d, benefit)
        made = RULES[choice.rule](d, benefit, need)
        top = max((rung for rungs in made.values() for rung, _ in rungs), default=0)
        most = max((rung for rungs in need.values() for rung, _ in rungs), default=0)
        for point, rungs in need.items():
            key = point, benefit
            whole = zip(problem.ladders[key].rungs, problem.ladders[key].amounts, strict=True)
            above = [(top + rung - most, q) for rung, q in whole if q and (rung, q) not in rungs]
            ladders[key] = Ladder([*made[point], *above])
            block = answer.blocks.get(answer.certificate.get(key, -1))
            if key in levels and block is not None:
                levels[key] = (block, *levels[key][1:])
    demand = [(*key, rung, q) for key, ladder in ladders.items() for rung, q in _listed(ladder)]
    given = [(*key, lev.rungs, lev.num, lev.den, *quantity) for key, (lev, *quantity) in levels.items()]
    return Case(
        Problem({**problem.tables, "demand": Columns.of("demand", DEMAND, demand)}),
        Answer({**answer.tables, "levels": Columns.of("levels", ("point", "commodity", *LEVELS), given)}),
    )


def _listed(ladder: Ladder) -> Rungs:
    """The rungs as rows; a ladder without any keeps its place by an empty one."""
    return list(zip(ladder.rungs, ladder.amounts, strict=True)) or [(1, 0)]


def _total(rungs: Rungs) -> int:
    return sum(quantity for _, quantity in rungs)


def _proportional(d: Disclosure, benefit: str, need: dict[str, Rungs]) -> dict[str, Rungs]:
    return {point: [(1, _total(rungs))] if rungs else [] for point, rungs in need.items()}


def _equal(d: Disclosure, benefit: str, need: dict[str, Rungs]) -> dict[str, Rungs]:
    dues = sorted({_total(rungs) for rungs in need.values()} - {0})
    steps = [after - before for before, after in zip([0, *dues], dues, strict=False)]
    return {
        point: [
            (rung, step) for rung, (due, step) in enumerate(zip(dues, steps, strict=True), 1) if due <= _total(rungs)
        ]
        for point, rungs in need.items()
    }


def _tier_strict(d: Disclosure, benefit: str, need: dict[str, Rungs]) -> dict[str, Rungs]:
    """Up to the rung after the last one that everybody who has it gets in full. Which one that is, is read from the
    levels: that nobody could do better is what the certificate then proves."""
    last: int | None = None
    for point, rungs in need.items():
        found = d.case.answer.levels.get((point, benefit))
        got = Fraction(found[1], found[2]) if found else Fraction(0)
        if got < _total(rungs):
            for rung, quantity in rungs:
                if got < quantity:
                    last = rung - 1 if last is None else min(last, rung - 1)
                    break
                got -= quantity
    if last is None:
        return need
    return {point: [(rung, q) for rung, q in rungs if rung <= last + 1] for point, rungs in need.items()}


def _in_order(need: dict[str, Rungs], order: list[str]) -> dict[str, Rungs]:
    place = {point: number for number, point in enumerate(order, 1)}
    return {point: [(place[point], _total(rungs))] if rungs else [] for point, rungs in need.items()}


def _first_come(d: Disclosure, benefit: str, need: dict[str, Rungs]) -> dict[str, Rungs]:
    return _in_order(need, sorted(need, key=lambda point: point.encode()))


def _lottery(d: Disclosure, benefit: str, need: dict[str, Rungs]) -> dict[str, Rungs]:
    seed = d.seed.hex()
    return _in_order(need, sorted(need, key=lambda point: hashlib.sha256(f"{seed}\0{point}".encode()).digest()))


def _vulnerable_first(d: Disclosure, benefit: str, need: dict[str, Rungs]) -> dict[str, Rungs]:
    rows = sorted((rung, quantity, point.encode(), point) for point, rungs in need.items() for rung, quantity in rungs)
    found: dict[str, Rungs] = {point: [] for point in need}
    for number, (_, quantity, _, point) in enumerate(rows, 1):
        found[point].append((number, quantity))
    return found


RULES: dict[str, Callable[[Disclosure, str, dict[str, Rungs]], dict[str, Rungs]]] = {
    "proportional": _proportional, "equal": _equal, "tier-strict": _tier_strict, "vulnerable-first": _vulnerable_first,
    "first-come": _first_come, "lottery": _lottery,
}  # fmt: skip
"""The rules whose result can be worked out again. Postponing cannot: stock that waits looks like stock withheld."""

__all__ = ["LEXIMIN", "RULES", "Chosen", "Key", "Level", "chosen", "judged", "others", "own"]
