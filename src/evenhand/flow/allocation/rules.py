"""Other rules on the same stock and network, to compare with leximin (DESIGN §9, "The rule is a choice").

Every rule is written as ladders: leximin on other ladders is what the rule does as far as the network lets it. A rule
that serves one after another gives each a rung number of its own, since leximin fills a lower rung first wherever it can.
Only leximin on the given ladders has a certificate: the checker reads the ladders of `demand`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from evenhand.core.errors import UsageError
from evenhand.flow.allocation.check import Input
from evenhand.flow.allocation.coupling import divide_input
from evenhand.flow.allocation.explain import quantities
from evenhand.flow.allocation.measures import Ladder, Pair, ladders_of
from evenhand.flow.allocation.solve import Allocation
from evenhand.flow.allocation.tables import LARGEST

Array = np.ndarray[Any, Any]

CELLS_MOST = 2_000_000
"""`equal` cuts every ladder at every due of its commodity: beyond so many rungs in all it is left out."""


@dataclass(frozen=True)
class Rule:
    """A rule: its name, what it does in one sentence, and the ladders it divides by."""

    name: str
    words: str
    ladders: Callable[[Input, dict[Pair, Ladder], str], dict[Pair, Ladder]]


def divide_by(given: Input, rule: str, seed: str = "") -> Allocation:
    """The division by a rule; levels in the result are those of the rule's own ladders. UsageError for no such rule,
    or one that cannot be worked out on this network."""
    if rule not in RULES:
        raise UsageError(f'there is no rule "{rule}"', f"use one of {', '.join(RULES)}")
    if rule == LEXIMIN:
        return divide_input(given)
    return divide_input(with_ladders(given, RULES[rule].ladders(given, ladders_of(given), seed)))


def with_ladders(given: Input, ladders: dict[Pair, Ladder]) -> Input:
    """The network with other ladders, one for every pair that has one."""
    node = {name: place for place, name in enumerate(given.nodes.to_pylist())}
    good = {name: place for place, name in enumerate(given.commodities.to_pylist())}
    rows = [
        (node[point], good[commodity], rung, quantity)
        for (point, commodity), ladder in ladders.items()
        for rung, quantity in (ladder.rungs or ((1, 0),))
    ]
    large = any(row[3] > LARGEST for row in rows)  # whole ladders may pass 64 bits where their rungs do not
    return replace(
        given,
        demand_node=np.array([row[0] for row in rows], np.int64),
        demand_commodity=np.array([row[1] for row in rows], np.int64),
        demand_rung=np.array([row[2] for row in rows], np.int64),
        demand_quantity=np.array([row[3] for row in rows], dtype=object if large else np.int64),
    )


def _same(given: Input, ladders: dict[Pair, Ladder], seed: str) -> dict[Pair, Ladder]:
    return ladders


def _proportional(given: Input, ladders: dict[Pair, Ladder], seed: str) -> dict[Pair, Ladder]:
    return {pair: Ladder(((1, ladder.due),) if ladder.due else ()) for pair, ladder in ladders.items()}


def _equal(given: Input, ladders: dict[Pair, Ladder], seed: str) -> dict[Pair, Ladder]:
    """Rung j of a commodity is the step from its (j-1)th to its jth distinct due, for all who are due as much."""
    dues: dict[str, set[int]] = {}
    for (_, commodity), ladder in ladders.items():
        dues.setdefault(commodity, set()).add(ladder.due)
    steps = {commodity: sorted(found - {0}) for commodity, found in dues.items()}
    if sum(len(steps[commodity]) for _, commodity in ladders) > CELLS_MOST:
        raise UsageError(
            "the rule equal is not worked out on a network of this size", "compare it on the points of one area"
        )
    cut: dict[Pair, Ladder] = {}
    for (point, commodity), ladder in ladders.items():
        before, rungs = 0, []
        for rung, due in enumerate(steps[commodity], 1):
            if due > ladder.due:
                break
            rungs.append((rung, due - before))
            before = due
        cut[point, commodity] = Ladder(tuple(rungs))
    return cut


def _complete(given: Input, ladders: dict[Pair, Ladder]) -> dict[str, int]:
    """The last rung of each commodity up to which leximin serves everybody who has one."""
    got = quantities(divide_input(given))
    last: dict[str, int] = {}
    for (point, commodity), ladder in ladders.items():
        quantity = got[point, commodity][1]
        rung = int(ladder.level(quantity)) if quantity < ladder.due else max((r for r, _ in ladder.rungs), default=0)
        if quantity < ladder.due:
            last[commodity] = min(rung, last.get(commodity, rung))
    return last


def _up_to(ladders: dict[Pair, Ladder], last: dict[str, int], more: int) -> dict[Pair, Ladder]:
    return {
        pair: Ladder(tuple((r, q) for r, q in ladder.rungs if pair[1] not in last or r <= last[pair[1]] + more))
        for pair, ladder in ladders.items()
    }


def _tier_strict(given: Input, ladders: dict[Pair, Ladder], seed: str) -> dict[Pair, Ladder]:
    return _up_to(ladders, _complete(given, ladders), 1)


def _postpone(given: Input, ladders: dict[Pair, Ladder], seed: str) -> dict[Pair, Ladder]:
    return _up_to(ladders, _complete(given, ladders), 0)


def _one_by_one(ladders: dict[Pair, Ladder], order: list[str]) -> dict[Pair, Ladder]:
    """The whole ladder of the first point, then that of the second, and so on."""
    place = {point: number for number, point in enumerate(order, 1)}
    return {
        (point, commodity): Ladder(((place[point], ladder.due),) if ladder.due else ())
        for (point, commodity), ladder in ladders.items()
    }


def _first_come(given: Input, ladders: dict[Pair, Ladder], seed: str) -> dict[Pair, Ladder]:
    place = {point: at for at, point in enumerate(given.order)}
    points = {point for point, _ in ladders}
    return _one_by_one(ladders, sorted(points, key=lambda point: (place.get(point, len(place)), point.encode())))


def _lottery(given: Input, ladders: dict[Pair, Ladder], seed: str) -> dict[Pair, Ladder]:
    def ticket(point: str) -> bytes:
        return hashlib.sha256(f"{seed}\x00{point}".encode()).digest()

    return _one_by_one(ladders, sorted({point for point, _ in ladders}, key=ticket))


def _vulnerable_first(given: Input, ladders: dict[Pair, Ladder], seed: str) -> dict[Pair, Ladder]:
    """Rung by rung; within one, the points with least in it first, so that what is cut is whole points, not rations."""
    rows = sorted(
        (rung, quantity, point.encode(), (point, commodity))
        for (point, commodity), ladder in ladders.items()
        for rung, quantity in ladder.rungs
    )
    found: dict[Pair, list[tuple[int, int]]] = {pair: [] for pair in ladders}
    for number, (_, quantity, _, pair) in enumerate(rows, 1):
        found[pair].append((number, quantity))
    return {pair: Ladder(tuple(rungs)) for pair, rungs in found.items()}


LEXIMIN = "leximin"
RULES = {
    rule.name: rule
    for rule in (
        Rule(LEXIMIN, "the worst-off point as well off as can be, then the next; certified", _same),
        Rule(
            "proportional", "the same share of all that is due, as far as lanes let; rungs do not count", _proportional
        ),
        Rule("equal", "the same quantity for every point up to what it is due, as far as lanes let", _equal),
        Rule("tier-strict", "nobody gets of a rung while anybody is short of the one before it", _tier_strict),
        Rule(
            "vulnerable-first",
            "rung by rung, in each one point after another in full, the smallest first",
            _vulnerable_first,
        ),
        Rule("postpone", "only rungs that everybody gets in full; the rest of the stock waits", _postpone),
        Rule(
            "first-come", "one point after another in full, in the order of order.csv, else of their ids", _first_come
        ),
        Rule("lottery", "one point after another in full, in the order of SHA-256(seed, point)", _lottery),
    )
}


def got_by(found: Allocation) -> dict[Pair, Fraction]:
    """(point, commodity) -> quantity."""
    return {pair: quantity for pair, (_, quantity) in quantities(found).items()}
