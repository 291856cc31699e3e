"""What holds points down, for people: the lanes into a place, the stock of a depot, all the stock there is; and what more
of it would do, found by dividing the whole network anew.

`bottleneck` names the cut around a block, `explain` answers for one point. Here a block is told as one: its points, its
cut by place, and the lift that widening it brings, so that a sentence such as "the two lanes into Hyesan are full; 300
more there would lift 212,000 people to 55 %" is true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pyarrow as pa

from evenhand.flow.allocation.bottleneck import HANDLING, LANE, STOCK, Block, Limit
from evenhand.flow.allocation.check import Input
from evenhand.flow.allocation.coupling import divide_input
from evenhand.flow.allocation.explain import Pair, dues, narrow, quantities, relax
from evenhand.flow.allocation.places import Place
from evenhand.flow.allocation.solve import Allocation

TRIES = 4
"""So many places of a cut are widened in turn: one division each."""
STEP = Fraction(1, 10)
"""The lift asked for is a tenth of a rung at least: the next level alone may be a hair away."""


@dataclass(frozen=True)
class Spot:
    """A part of a cut: `kind` as of its limits, all of which are lanes into `node`, or the stock or handling of it."""

    kind: str
    node: str
    limits: tuple[Limit, ...]


@dataclass(frozen=True)
class Lift:
    """What was added to a spot (to each limit) and what it did: pairs of the block that get more, with the shares of what
    is due they then have, and pairs anywhere that get less, `loss` being the largest share of its due that one loses."""

    spot: Spot
    added: tuple[tuple[Limit, int], ...]
    lifted: tuple[Pair, ...]
    lowered: tuple[Pair, ...]
    fill_least: Fraction
    fill_most: Fraction
    loss: Fraction

    @property
    def more(self) -> int:
        """All that was added."""
        return sum(more for _, more in self.added)


@dataclass(frozen=True)
class Cause:
    """A block that is short: who stands there (pairs that get less than their due), between which shares of what is due,
    what holds it down, and the best lift that more at one spot brings; None where that lifts nobody."""

    block: Block
    short: tuple[Pair, ...]
    fill_least: Fraction
    fill_most: Fraction
    spots: tuple[Spot, ...]
    lift: Lift | None

    def people(self, places: Mapping[str, Place]) -> int | None:
        """How many live at its points, None where that is not known of one of them."""
        return people_at(self.short, places)


def people_at(pairs: Iterable[Pair], places: Mapping[str, Place]) -> int | None:
    """People at the points of these pairs, each point once; None where one is not known, or there is none."""
    numbers = [places[point].people for point in {point for point, _ in pairs}]
    return sum(n for n in numbers if n is not None) if numbers and None not in numbers else None


def chosen(blocks: Mapping[int, Block], most: int) -> list[int]:
    """The blocks that stand lowest, in their order; where levels are equal the one with more points first."""
    order = sorted(blocks.values(), key=lambda b: (b.level, -b.points, b.number))
    return [block.number for block in order[:most]]


def causes(
    given: Input,
    found: Allocation,
    blocks: Mapping[int, Block],
    numbers: Iterable[int],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Cause]:
    """The causes of the blocks `numbers`. `given` is the network as it was read, `found` its division, `blocks` from
    `bottlenecks`."""
    home = dict(
        zip(
            zip(*(found.certificate.column(name).to_pylist() for name in ("node", "commodity")), strict=True),
            found.certificate.column("block").to_pylist(),
            strict=True,
        )
    )
    standing, due = {pair: got for pair, (_, got) in quantities(found).items()}, dues(given)
    heads = dict(zip(given.lanes.to_pylist(), (given.nodes[n].as_py() for n in given.lane_head.tolist()), strict=True))
    told: list[Cause] = []
    wanted = [number for number in numbers if number in blocks]
    for done, number in enumerate(wanted, 1):
        block = blocks[number]
        short = tuple(sorted(p for p, q in standing.items() if home[p] == number and q < due[p]))
        if short:
            fills = [standing[pair] / due[pair] for pair in short]
            spots = _spots(block, heads)
            lifts = [_lift(given, block, spot, short, standing, due) for spot in spots[:TRIES]]
            best = max(lifts, key=lambda lift: (len(lift.lifted), -len(lift.lowered), -lift.more), default=None)
            told.append(
                Cause(block, short, min(fills), max(fills), spots, best if best is not None and best.lifted else None)
            )
        progress(done, len(wanted))
    return told


def _spots(block: Block, heads: Mapping[str, str]) -> tuple[Spot, ...]:
    """The limits of a block by place: lanes into one node together, those with most first; then stock and handling."""
    groups: dict[tuple[str, str], list[Limit]] = {}
    for limit in block.limits:
        node = heads[limit.name] if limit.kind == LANE else limit.name
        groups.setdefault((limit.kind, node), []).append(limit)
    order = {LANE: 0, STOCK: 1, HANDLING: 2}
    ranked = sorted(groups.items(), key=lambda one: (order[one[0][0]], -len(one[1]), one[0][1]))
    return tuple(Spot(kind, node, tuple(limits)) for (kind, node), limits in ranked)


def _lift(
    given: Input,
    block: Block,
    spot: Spot,
    short: tuple[Pair, ...],
    standing: Mapping[Pair, Fraction],
    due: Mapping[Pair, int],
) -> Lift:
    """The spot widened by what the block needs for the next level, and for a tenth of a rung at least, evenly over its
    limits; everything divided anew. Of a lane no more is counted as added than it then carries beyond its capacity."""
    target = min(Fraction(int(block.level) + 1), max(block.next_level, block.level + STEP))
    more = -int(-(target - block.level) * block.width // 1)
    each = -(-more // len(spot.limits))
    part = narrow(given, block.commodities)
    for limit in spot.limits:
        part = relax(part, limit, each)
    after = divide_input(part)
    got = {pair: quantity for pair, (_, quantity) in quantities(after).items()}
    added = tuple((limit, each) for limit in spot.limits)
    if spot.kind == LANE and not given.pools:
        rows = zip(*(after.flows.column(name).to_pylist() for name in after.flows.column_names), strict=True)
        flow = {(lane, good): -(-int(num) // int(den)) for lane, good, num, den in rows}
        used = ((limit, flow.get((limit.name, limit.commodity), 0) - limit.quantity) for limit in spot.limits)
        added = tuple((limit, more) for limit, more in used if more > 0)
    lifted = tuple(pair for pair in short if got[pair] > standing[pair])
    inside = [got[pair] / due[pair] for pair in lifted]
    lost = {
        pair: (standing[pair] - quantity) / due[pair] for pair, quantity in got.items() if quantity < standing[pair]
    }
    return Lift(
        spot=spot,
        added=added,
        lifted=lifted if added else (),
        lowered=tuple(sorted(lost)),
        fill_least=min(inside, default=Fraction(0)),
        fill_most=max(inside, default=Fraction(0)),
        loss=max(lost.values(), default=Fraction(0)),
    )


def cause_table(found: list[Cause], words: list[str], places: Mapping[str, Place]) -> pa.Table:
    """A row a cause: shares as fractions such as 41/100, people empty where they are not known."""
    lifts = [cause.lift for cause in found]
    return pa.table(
        {
            "block": [cause.block.number for cause in found],
            "commodity": [cause.block.commodities[0] for cause in found],
            "points": [len({point for point, _ in cause.short}) for cause in found],
            "people": [_text(cause.people(places)) for cause in found],
            "fill_least": [str(cause.fill_least) for cause in found],
            "fill_most": [str(cause.fill_most) for cause in found],
            "limits": [" ".join(f"{limit.kind} {limit.name}" for limit in cause.block.limits) for cause in found],
            "more": ["" if lift is None else str(lift.more) for lift in lifts],
            "more_on": ["" if lift is None else " ".join(limit.name for limit, _ in lift.added) for lift in lifts],
            "lifted_points": [0 if lift is None else len({p for p, _ in lift.lifted}) for lift in lifts],
            "lifted_people": ["" if lift is None else _text(people_at(lift.lifted, places)) for lift in lifts],
            "lifted_fill": ["" if lift is None else str(lift.fill_least) for lift in lifts],
            "lowered_points": [0 if lift is None else len({p for p, _ in lift.lowered}) for lift in lifts],
            "words": words,
        }
    )


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
