"""Months made by hand for tests of claims and report: three villages, and a country of ten provinces.

Nothing here runs the stages: the numbers are invented so that each test knows what must come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pyarrow as pa

from evenhand.core.benefit import Benefit, CarryRule
from evenhand.core.period import month as period_of
from evenhand.flow.disclosure.month import Month, Outcomes
from evenhand.flow.disclosure.tables import TABLES, arrow_schema, shape

CARRY = CarryRule(2, "carry 2 cycles")


def benefit(name: str, title: str, unit: str, base: int, step: int, **more: Any) -> Benefit:
    """A benefit with the rules tests do not look at filled in."""
    return Benefit(name, title, more.pop("kind", "good"), unit, more.pop("parts", 1), base, step, CARRY, CARRY, **more)


GRAIN = benefit("grain", "Grain", "kg", 1000, 500, energy_kcal=(7, 2))
OIL = benefit("oil", "Cooking oil", "l", 1000, 100, energy_kcal=(221, 25))
EGGS = benefit("eggs", "Eggs", "piece", 1, 1, energy_kcal=(72, 1))
CHICKEN = benefit("chicken", "Chicken", "piece", 1, 1, energy_kcal=(1900, 1))
SHOES = benefit("shoes", "Shoes", "pair", 12, 12, parts=12)
CLOTHING = benefit("clothing", "Clothing points", "point", 1, 1, kind="points")
ALL = {b.id: b for b in (GRAIN, OIL, EGGS, CHICKEN, SHOES, CLOTHING)}


def meta(period: str, **more: Any) -> dict[str, Any]:
    """What a package holds under "evenhand"."""
    found = period_of(period)
    return {
        "version": 1,
        "origin": "demo.test/evenhand",
        "programme": "household-ration",
        "cycle": f"{period}/1",
        "period": {"id": period, "first": found.first.isoformat(), "last": found.last.isoformat()},
        "policy": "policy/policy.toml",
        "k": 20,
        "reserve": [1, 100],
        "generated": True,
        "demo": True,
        **more,
    }


def tables(rows: Mapping[str, list[tuple[Any, ...]]]) -> dict[str, Any]:
    """Every table of a disclosure; those not given are empty."""
    made = {}
    for name in TABLES:
        schema = arrow_schema(name)
        columns = list(zip(*rows.get(name, []), strict=True)) or [[]] * len(schema)
        arrays = [pa.array(list(c), f.type) for c, f in zip(columns, schema, strict=True)]
        made[name] = shape(name, pa.table(arrays, schema=schema))
    return made


def month(
    period: str,
    rows: Mapping[str, list[tuple[Any, ...]]],
    benefits: Mapping[str, Benefit] = ALL,
    outcomes: Mapping[str, Outcomes] | None = None,
    roll_rows: Mapping[str, int] | None = None,
    **more: Any,
) -> Month:
    """A month of these rows."""
    return Month(
        f"{period}", meta(period, **more), period_of(period), tables(rows), benefits,
        frozenset({"grain", "oil"}) & set(benefits), outcomes or {}, roll_rows or {},
    )  # fmt: skip


def villages(period: str, grain: Mapping[str, Fraction | int], **extra: list[tuple[Any, ...]]) -> Month:
    """Alder, Birch and Cedar with 40 households of 4, due 60 kg of grain each household: floor 36 kg, rest 24 kg, and
    12 pairs of shoes in all at each. `grain` gives the level of each village; shoes are had in full.
    """
    names = ("alder", "birch", "cedar")
    rows: dict[str, list[tuple[Any, ...]]] = {n: [] for n in TABLES}
    rows["nodes"] = [("depot", "depot"), *((n, "point") for n in names)]
    rows["places"] = [(n, n.title(), "A1", "Vale", "P1", "North", None, None) for n in names]
    for name in names:
        level = Fraction(grain[name])
        floor, rest = 40 * 36_000, 40 * 24_000
        granted = floor * min(level, 1) + rest * max(level - 1, 0)
        part = level - level.__floor__()
        rows["ladders"] += [(name, "grain", 1, 40, floor), (name, "grain", 2, 40, rest)]
        rows["ladders"] += [(name, "shoes", 1, 0, 0), (name, "shoes", 2, 40, 144)]
        steps = int(granted // 500)
        rows["levels"].append((name, "grain", int(level), str(part.numerator), str(part.denominator), str(steps), "1"))
        rows["levels"].append((name, "shoes", 2, "0", "1", "12", "1"))
        rows["totals"].append((name, "grain", 40, 160, 0, 0, 0, steps + 10, steps, 10))
        rows["totals"].append((name, "shoes", 40, 160, 0, 0, 0, 12, 12, 0))
    for table, more in extra.items():
        rows[table] += more
    return month(period, rows, {"grain": GRAIN, "shoes": SHOES}, roll_rows=dict.fromkeys(names, 40))


# A country: ten provinces with three points each, a full month, a cut month, a flood.

PROVINCES = (
    ("KP01", "Ryanggang", 41.3, 128.2),
    ("KP02", "North Hamgyong", 41.9, 129.7),
    ("KP03", "South Hamgyong", 40.3, 127.6),
    ("KP04", "Kangwon", 38.9, 127.3),
    ("KP05", "Jagang", 40.9, 126.5),
    ("KP06", "North Pyongan", 40.0, 125.1),
    ("KP07", "South Pyongan", 39.4, 126.0),
    ("KP08", "North Hwanghae", 38.5, 126.3),
    ("KP09", "South Hwanghae", 38.1, 125.5),
    ("KP10", "Pyongyang", 39.0, 125.75),
)
FILLS = {
    "2008-03": (Fraction(1), {}),
    "2008-04": (Fraction(11, 20), {"KP01": Fraction(12, 25), "KP02": Fraction(13, 25)}),
    "2008-05": (
        Fraction(53, 100),
        {"KP01": Fraction(21, 50), "KP02": Fraction(11, 25), "KP03": Fraction(3, 10), "KP04": Fraction(9, 25)},
    ),
}
FLOOR = Fraction(2, 5)
DUES = {"grain": 12_000, "oil": 900, "eggs": 6, "chicken": 1, "shoes": 1}


def country(period: str, each: int = 3, generated: bool = True) -> Month:
    """The month `period` (2008-03, 2008-04 or 2008-05) with `each` points a province."""
    rows: dict[str, list[tuple[Any, ...]]] = {n: [] for n in TABLES}
    outcomes: dict[str, Outcomes] = {}
    general, special = FILLS[period]
    rows["nodes"] = [("E-1", "entry")]
    rows["places"] = [("E-1", "Nampo port", "KP10", "Pyongyang", "KP10", "Pyongyang", 38_700_000, 125_400_000)]
    ledger = _Ledger()
    for number, (code, province, latitude, longitude) in enumerate(PROVINCES):
        depot = f"D-{code}"
        rows["nodes"].append((depot, "depot"))
        rows["places"].append((depot, f"{province} depot", code, province, code, province, None, None))
        for index in range(each):
            point = f"{code}-{index + 1:03d}"
            households = 180 + (number * 37 + index * 53) % 90
            members = households * 39 // 10
            rows["nodes"].append((point, "point"))
            where = (latitude + (index % 3 - 1) * 0.2, longitude + (index % 2) * 0.3)
            rows["places"].append((
                point, f"{province} {index + 1}", f"{code}{index:02d}", f"District {index + 1}", code, province,
                int(where[0] * 1_000_000), int(where[1] * 1_000_000),
            ))  # fmt: skip
            for name, due in DUES.items():
                fill = special.get(code, general) if name in ("grain", "oil") else general
                if name == "grain" and code in ("KP03", "KP04") and index == 0:
                    fill = general
                _point(rows, ledger, point, depot, name, households, members, due * members, fill)
            rows["classes"] += [
                (f"{code}{index:02d}", "clothing", "clothing.each", None, members, 12 * members),
                (f"{code}{index:02d}", "grain", "grain.child", None, members // 4, 6_000 * (members // 4)),
                (f"{code}{index:02d}", "grain", "grain.worker", None, members // 2, 21_000 * (members // 2)),
            ]
            left = members % 5 + (40 if code == "KP04" and index == 1 and period == "2008-05" else 3)
            outcomes[point] = Outcomes(households - left - 3, 2, members % 2, left + 1 - members % 2, 0)
    rows["movements"] = [(k, f, t, b, "lot-1", q) for (k, f, t, b), q in ledger.moves.items()]
    rows["balances"] = ledger.balances()
    return month(period, rows, outcomes=outcomes, generated=generated)


class _Ledger:
    def __init__(self) -> None:
        self.moves: dict[tuple[str, str, str, str], int] = {}

    def move(self, kind: str, source: str, target: str, name: str, quantity: int) -> None:
        if quantity > 0:
            key = (kind, source, target, name)
            self.moves[key] = self.moves.get(key, 0) + quantity

    def balances(self) -> list[tuple[Any, ...]]:
        flows: dict[tuple[str, str], list[int]] = {}
        for (_, source, target, name), quantity in self.moves.items():
            for account, side in ((source, 1), (target, 0)):
                if account.startswith(("node:", "transit:")):
                    flows.setdefault((account, name), [0, 0])[side] += quantity
        return [
            (account, name, max(0, out - come), come, out, max(0, come - out))
            for (account, name), (come, out) in flows.items()
        ]


def _point(
    rows: dict[str, list[tuple[Any, ...]]], ledger: _Ledger, point: str, depot: str, name: str, households: int,
    members: int, due: int, fill: Fraction,
) -> None:  # fmt: skip
    what = ALL[name]
    floored = name in ("grain", "oil")
    floor = int(due * FLOOR) if floored else 0
    tier = (due - floor) // 3
    amounts = (floor, tier, due - floor - tier)
    counts = (households if floored else 0, households // 3, households - households // 3)
    rows["ladders"] += [(point, name, r + 1, c, a) for r, (c, a) in enumerate(zip(counts, amounts, strict=True))]
    first = FLOOR if floored else Fraction(0)
    shares = (first, (1 - first) / 3, (1 - first) * 2 / 3)
    left, rungs = fill, 0
    while rungs < 3 and left >= shares[rungs]:
        left -= shares[rungs]
        rungs += 1
    part = left / shares[rungs] if rungs < 3 else Fraction(0)
    step = what.step_base
    rations = int(due * fill) // step
    reserve = rations // 100
    level = (point, name, rungs, str(part.numerator), str(part.denominator), str(rations), "1")
    rows["levels"].append(level)
    rows["totals"].append((point, name, households, members, 0, 0, 0, rations + reserve, rations, reserve))
    sent = (rations + reserve) * step
    lost = step * 40 if name == "grain" and point == "KP03-003" and fill < Fraction(1, 2) else 0
    if lost:
        units = rations - 40
        rows["recut"].append((point, name, units + reserve, reserve, 0, 0, str(units * step), str(floor), units))
        rations = units
    ledger.move("receipt", "source:import", "node:E-1", name, sent)
    ledger.move("load", "node:E-1", f"transit:{depot}", name, sent)
    ledger.move("arrive", f"transit:{depot}", f"node:{depot}", name, sent)
    ledger.move("load", f"node:{depot}", f"transit:{point}", name, sent)
    ledger.move("loss", f"transit:{point}", f"loss:{point}", name, lost)
    ledger.move("arrive", f"transit:{point}", f"node:{point}", name, sent - lost)
    ledger.move("redeem", f"node:{point}", f"households:{point}", name, rations * step * 98 // 100)
    ledger.move("over-issue", f"node:{point}", f"households:{point}", name, reserve * step // 3 // step * step)
