"""Bundles: one level a point over several commodities, and which of them holds it there."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evenhand_verify.case import Answer
    from evenhand_verify.problem import Problem

Key = tuple[str, str]


def holding(problem: Problem, answer: Answer) -> set[Key]:
    """The (point, commodity) of bundles at which a point is held: its need grows at its level, and its block in this
    commodity is no higher."""
    held = set()
    for key, (level, _, _) in answer.levels.items():
        block = answer.blocks.get(answer.certificate.get(key, -1))
        ladder = problem.ladders.get(key)
        if key[1] not in problem.bundles or block is None or ladder is None:
            continue
        if ladder.grows(level) and block.value <= level.value:
            held.add(key)
    return held


def faults(problem: Problem, answer: Answer, held: set[Key]) -> list[str]:
    """What is wrong with the levels of bundles; quantities are compared with the levels elsewhere."""
    found: list[str] = []
    groups: dict[Key, list[Key]] = defaultdict(list)
    for key in sorted(problem.ladders):
        if key[1] in problem.bundles:
            groups[key[0], problem.bundles[key[1]]].append(key)
    for (point, bundle), keys in groups.items():
        if any(key not in answer.levels for key in keys):
            continue
        if len({answer.levels[key][0].value for key in keys}) > 1:
            found.append(f"has more than one level in the bundle {bundle}, point {point}")
        full = True
        for key in keys:
            ladder = problem.ladders[key]
            due, of = ladder.at(answer.levels[key][0])
            full = full and due == ladder.total * of
            block = answer.blocks.get(answer.certificate.get(key, -1))
            if block is None:
                continue
            most, per = ladder.at(block)
            if due * per > most * of:
                found.append(f"gets {Fraction(due, of)} steps in a block that gives no more than "
                             f"{Fraction(most, per)}, point {point}, {key[1]}")  # fmt: skip
        if not full and not held.intersection(keys):
            found.append(f"is short and nothing of the bundle {bundle} holds it there, point {point}")
    return found
