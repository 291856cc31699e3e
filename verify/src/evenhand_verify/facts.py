"""What several checks need to know of a disclosure, worked out once from its tables."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from evenhand_verify.allocation import level
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.numbers import Ladder, Level, ceil_div
from evenhand_verify.result import Malformed

Key = tuple[str, str]
MICRO = 1_000_000
UNDERSUPPLIED, UNCOLLECTED, REMEDY = KINDS = ("undersupplied", "uncollected", "remedy")


class Total(NamedTuple):
    """A row of `totals`, without its key."""

    households: int
    members: int
    opening: int
    carry_micro: int
    carried: int
    units: int
    rations: int
    reserve: int


class Recut(NamedTuple):
    """A row of `recut`, without its key."""

    counted: int
    reserve: int
    carry_micro: int
    level: Level
    units: int


def _totals(d: Disclosure) -> dict[Key, Total]:
    table = d.table("totals")
    return {(point, benefit): Total(*rest) for point, benefit, *rest in table.rows("point", "benefit", *Total._fields)}


class Debt(NamedTuple):
    """A row of `owed`."""

    point: str
    benefit: str
    kind: str
    since: str
    households: int
    amount: int
    lapsed: int
    rung: int | None
    waiting: int
    offered: int


def _owed(d: Disclosure) -> list[Debt]:
    rows = [Debt(*row) for row in d.table("owed").rows(*Debt._fields)]
    for row in rows:
        if row.kind not in KINDS or row.amount <= 0 or not 0 <= row.lapsed <= row.amount:
            raise Malformed("tables/owed.parquet", f"a debt that cannot be, {named(row)}")
        if (row.rung is not None and row.rung < 1) or not 0 <= row.offered <= row.waiting <= row.amount:
            raise Malformed("tables/owed.parquet", f"a debt that cannot be, {named(row)}")
    return rows


def named(debt: Debt) -> str:
    """Where a debt stands, for people."""
    return f"{debt.kind} since {debt.since}, point {debt.point}, {debt.benefit}"


def _ladders(d: Disclosure) -> dict[Key, Ladder]:
    rungs: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    for point, benefit, rung, amount in d.table("ladders").rows("point", "benefit", "rung", "amount"):
        if rung < 1 or amount < 0:
            raise Malformed("tables/ladders.parquet", f"rung {rung} of {amount}, point {point}, {benefit}")
        rungs[point, benefit].append((rung, amount))
    for debt in owed(d):
        if debt.rung is not None:
            rungs[debt.point, debt.benefit].append((debt.rung, debt.amount))
    return {key: Ladder(pairs) for key, pairs in rungs.items()}


def _recuts(d: Disclosure) -> dict[Key, Recut]:
    found = {}
    names = ("point", "benefit", "counted", "reserve", "carry_micro", "rungs", "num", "den", "units")
    for point, benefit, counted, reserve, carry, rungs, num, den, units in d.table("recut").rows(*names):
        there = level(f"tables/recut.parquet, point {point}, {benefit}", rungs, num, den)
        found[point, benefit] = Recut(counted, reserve, carry, there, units)
    return found


def step(d: Disclosure, benefit: str) -> int:
    """Base units a hand-out step."""
    return d.policy.benefit(benefit).step


def exact(ladder: Ladder | None, at: Level) -> Fraction:
    """What a level of an exact ladder is, in base units."""
    return Fraction(*ladder.at(at)) if ladder else Fraction(0)


def _first(d: Disclosure) -> dict[Key, First]:
    waiting: dict[Key, int] = defaultdict(int)
    offered: dict[Key, int] = defaultdict(int)
    for debt in owed(d):
        waiting[debt.point, debt.benefit] += debt.waiting
        offered[debt.point, debt.benefit] += debt.offered
    found = {}
    for key, total in totals(d).items():
        arrears = ceil_div(max(0, total.carry_micro), MICRO)
        needed = arrears + waiting.get(key, 0)
        b = Fraction(total.carry_micro, MICRO) + offered.get(key, 0)
        found[key] = First(arrears, needed, min(total.opening, needed), b)
    return found


class First(NamedTuple):
    """What comes before any share at a point: whole steps of rounding arrears, what they and all that waits to be
    collected need together, what of it lies at the point, and exactly what is on the roll of both."""

    arrears: int
    needed: int
    here: int
    on_roll: Fraction


def planned_rations(share: Fraction, on_roll: Fraction, units: int, base: int) -> int:
    """What a point's households get together: the whole units of shares and of what is owed first, never more than
    there is."""
    b = on_roll + share / base
    return max(0, min(b.numerator // b.denominator, units))


@dataclass
class Books:
    """Movements summed by what they mean, and balances, in base units."""

    opening: dict[Key, int] = field(default_factory=dict)
    closing: dict[Key, int] = field(default_factory=dict)
    inflow: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    outflow: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    receipt: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    write_off: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    arrive: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    lost_here: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    lost_on_way: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    redeem: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    over_issue: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    load: dict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))
    transfer: dict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))

    def at_freeze(self, node: str, benefit: str) -> int:
        """What lay at a node at the freeze: what the cycle before left, and what was received since, less what was written
        off since."""
        came = self.opening.get((f"node:{node}", benefit), 0) + self.receipt.get((node, benefit), 0)
        return came - self.write_off.get((node, benefit), 0)


def _books(d: Disclosure) -> Books:
    found = Books()
    for account, benefit, opening, closing in d.table("balances").rows("account", "benefit", "opening", "closing"):
        found.opening[account, benefit] = opening
        found.closing[account, benefit] = closing
    names = ("kind", "from", "to", "benefit", "quantity")
    by_kind = {"receipt": found.receipt, "arrive": found.arrive}
    given = {"redeem": found.redeem, "over-issue": found.over_issue}
    for kind, source, target, benefit, quantity in d.table("movements").rows(*names):
        found.outflow[source, benefit] += quantity
        found.inflow[target, benefit] += quantity
        source_kind, _, source_name = source.partition(":")
        target_name = target.partition(":")[2]
        if kind in by_kind:
            by_kind[kind][target_name, benefit] += quantity
        elif kind in given:
            given[kind][source_name, benefit] += quantity
        elif kind == "write-off":
            found.write_off[source_name, benefit] += quantity
        elif kind == "loss":
            (found.lost_here if source_kind == "node" else found.lost_on_way)[source_name, benefit] += quantity
        elif kind == "load":
            found.load[source_name, target_name, benefit] += quantity
        elif kind == "transfer":
            found.transfer[source, target_name, benefit] += quantity
    return found


def _carried(d: Disclosure) -> tuple[dict[Key, int], dict[Key, int], dict[Key, int]]:
    lanes = d.case.problem.lanes
    by_lane: dict[Key, int] = {}
    into: dict[Key, int] = defaultdict(int)
    out: dict[Key, int] = defaultdict(int)
    for name, commodity, quantity in d.table("carried").rows("lane", "commodity", "quantity"):
        lane = lanes.get(name)
        if lane is None or lane.commodity not in (None, commodity) or quantity <= 0:
            raise Malformed(
                "tables/carried.parquet",
                f"{quantity} steps of {commodity} set aside on a lane that cannot, lane {name}",
            )
        by_lane[name, commodity] = quantity
        into[lane.target, commodity] += quantity
        out[lane.source, commodity] += quantity
    return by_lane, into, out


def shown(items: dict[str, int] | list[tuple[str, int]]) -> str:
    """`3 of grain, 4 of oil`."""
    pairs = sorted(items.items()) if isinstance(items, dict) else items
    return ", ".join(f"{count:,} of {name}" for name, count in pairs) or "nothing"


def totals(d: Disclosure) -> dict[Key, Total]:
    """Totals by (point, benefit)."""
    return d.once("facts.totals", lambda: _totals(d))


def ladders(d: Disclosure) -> dict[Key, Ladder]:
    """The exact ladders by (point, benefit), in base units, with the rungs of what earlier months owe."""
    return d.once("facts.ladders", lambda: _ladders(d))


def owed(d: Disclosure) -> list[Debt]:
    """What earlier months still owed at the freeze."""
    return d.once("facts.owed", lambda: _owed(d))


def first(d: Disclosure) -> dict[Key, First]:
    """What comes before any share, by (point, benefit)."""
    return d.once("facts.first", lambda: _first(d))


def recuts(d: Disclosure) -> dict[Key, Recut]:
    """Re-cuts by (point, benefit)."""
    return d.once("facts.recuts", lambda: _recuts(d))


def books(d: Disclosure) -> Books:
    """The movements and balances, summed. Whether they mean what they say is checked elsewhere (`movements`)."""
    return d.once("facts.books", lambda: _books(d))


def carried(d: Disclosure) -> tuple[dict[Key, int], dict[Key, int], dict[Key, int]]:
    """Steps set aside on lanes: by (lane, commodity), into (node, commodity), out of (node, commodity)."""
    return d.once("facts.carried", lambda: _carried(d))
