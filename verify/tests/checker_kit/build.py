"""Makes a tiny disclosure that holds: two points, Alder and Birch, whose grain is short, one lorry robbed on the way.

`Build` runs in stages; a test may change what a stage left and the later ones follow it, signing and hashing again as an
operator could who holds every key but the root's.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from checker_kit.filling import Instance, solve
from checker_kit.wire import Key, cbor, code, derive, log_files, pretty, seal, sha

ORIGIN, PROGRAMME = "demo.evenhand.example/valley", "valley"
POINTS = {"Alder": 26, "Birch": 23}
RESERVE = Fraction(1, 20)

POLICY = """[policy]
id = "valley-bowl"
title = "The bowl of the valley"
period = "month"
k = 20
reserve = "1/20"

[benefit.grain]
kind = "good"
unit = "kg"
step = "500 g"

[benefit.shoes]
kind = "good"
unit = "pair"
parts = 12
step = "1 pair"

[benefit.clothing]
kind = "points"
unit = "point"

[param.daily]
unit = "g/person"
values = [{from = 2000-01-01, to = 2007-12-31, value = 500, source = "Decree 1"},
          {from = 2008-01-01, value = "450", source = "Decree 2"}]

[param.pairs]
unit = "pair/person"
values = [{from = 2000-01-01, value = "1/12", source = "Decree 1"}]

[table.bowl]
of = "member"
unit = "g"
rows = [{id = "adult", when = "age(birth_date, period_start) >= 15", then = "daily", because = "450 g a day"},
        {id = "old", to = 2005-12-31, when = "false", then = "daily", because = "no more"}]
otherwise = {then = "daily * 2 / 3", because = "a child: 300 g a day"}

[table.foot]
of = "household"
unit = "pair"
rows = [{id = "all", when = "true", then = "pairs * size", because = "one pair each a year"}]

[table.cloth]
of = "household"
unit = "point"
rows = [{id = "all", when = "true", then = "2 + 3 * size", because = "points for clothes"}]

[[entitlement]]
benefit = "grain"
amount = "sum(bowl) * days_in_period"
floor = {share = "3/5", round = "ceiling"}

[[entitlement]]
benefit = "shoes"
amount = "foot"

[[entitlement]]
benefit = "clothing"
amount = "cloth"
"""

SCHEMA: dict[str, list[tuple[str, str]]] = {}
KEYS: dict[str, list[str]] = {}
for _line in """
nodes node | node:t kind:t
places node | node:t name:t area:t area_name:t province:t province_name:t latitude_microdegrees:i longitude_microdegrees:i
supply node,commodity | node:t commodity:t quantity:i
lanes lane | lane:t from:t to:t commodity:t capacity:i cost:i
demand point,commodity,rung | point:t commodity:t rung:i quantity:i
levels point,commodity | point:t commodity:t rungs:i num:t den:t quantity_num:t quantity_den:t
flows lane,commodity | lane:t commodity:t quantity_num:t quantity_den:t
blocks block | block:i rungs:i num:t den:t
certificate node,commodity | node:t commodity:t block:i
division benefit,rule | benefit:t rule:t points:i in_full:i under_floor:i members_under:i worst_tenth_num:t worst_tenth_den:t
classes area,benefit,row | area:t benefit:t row:t households:i members:i amount:i
ladders point,benefit,rung | point:t benefit:t rung:i households:i amount:i
carried lane,commodity | lane:t commodity:t quantity:i
owed point,benefit,kind,since | point:t benefit:t kind:t since:t households:i amount:i lapsed:i rung:i waiting:i offered:i
moved point,benefit,kind,since | point:t benefit:t kind:t since:t came:i went:i written_off:i
totals point,benefit | point:t benefit:t households:i members:i opening:i carry_micro:i carried:i units:i rations:i reserve:i
waybills waybill,commodity | waybill:t lane:t commodity:t quantity:i
left point,benefit,kind,since | point:t benefit:t kind:t since:t amount:i lapsed:i
supplements point,benefit | point:t benefit:t households:i rations:i
held area,reason | area:t reason:t placed:i lifted:i ended:i
grievances area,kind | area:t kind:t received:i decided:i in_time:i upheld:i
recut point,benefit | point:t benefit:t counted:i reserve:i carry_micro:i rungs:i num:t den:t units:i
movements kind,from,to,benefit,lot | kind:t from:t to:t benefit:t lot:t quantity:i
balances account,benefit | account:t benefit:t opening:i inflow:i outflow:i closing:i
""".strip().splitlines():
    _name, _, _columns = _line.partition(" | ")
    KEYS[_name.split()[0]] = _name.split()[1].split(",")
    SCHEMA[_name.split()[0]] = [tuple(c.split(":")) for c in _columns.split()]  # type: ignore[misc]
CERTIFIED = (
    ("log", "log"), ("person", "anna"), ("person", "bert"), ("device", "phone-Alder"), ("device", "phone-Birch"),
)  # fmt: skip
LATER = ("left", "recut", "supplements", "held", "grievances", "movements", "balances")

Row = dict[str, Any]


def parquet(name: str, rows: list[Row], ordered: bool = True) -> bytes:
    rows = sorted(rows, key=lambda row: [row[k] for k in KEYS[name]]) if ordered else rows
    kinds = {"t": pa.string(), "i": pa.int64()}
    arrays = {column: pa.array([row[column] for row in rows], kinds[kind]) for column, kind in SCHEMA[name]}
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays), sink, compression="zstd")
    return sink.getvalue()


def check_digits(serial: int) -> str:
    return f"{serial:08d}{98 - serial * 100 % 97:02d}"


def percent(point: str) -> str:
    return f"{point}.cbor"


class Family:
    """A household of the test: its members, arrears, and what its card gives."""

    def __init__(self, number: int, point: str, period: str) -> None:
        self.point = point
        self.card = check_digits(number)
        self.secret = sha(f"secret {number}".encode())[:16]
        self.adults, self.children = 1 + number % 3, number * 7 % 5
        self.carry = {"grain": (number * 137_731) % 900_000 - 150_000, "shoes": (number * 61_007) % 500_000}
        r = derive(self.secret, ORIGIN, PROGRAMME, period, "r")[:16]
        self.r, self.tag = r, sha(b"evenhand/tag/v1" + r)[:16]
        self.salt = derive(self.secret, ORIGIN, PROGRAMME, period, "salt")[:16]
        self.seal = derive(self.secret, ORIGIN, PROGRAMME, period, "seal")
        self.rations: dict[str, int] = {}
        self.after: dict[str, int] = {}
        self.final: dict[str, int] = {}

    @property
    def size(self) -> int:
        return self.adults + self.children

    @property
    def code(self) -> str:
        return code(self.secret)

    def ladder(self, benefit: str, days: int) -> list[int]:
        if benefit == "shoes":
            return [self.size]
        if benefit == "clothing":
            return [2 + 3 * self.size]
        amount = (450 * self.adults + 300 * self.children) * days
        low = ceil(Fraction(3, 5) * amount)
        return [low, amount - low]


STEP = {"grain": 500, "shoes": 12, "clothing": 1}
GOODS = ("grain", "shoes")


def share(ladder: list[int], level: Fraction) -> Fraction:
    whole = int(level)
    rest = ladder[whole] if whole < len(ladder) else 0
    return sum(ladder[:whole]) + rest * (level - whole)


def divide(
    families: list[Family], benefit: str, level: Fraction, units: int, seed: bytes, days: int
) -> dict[bytes, int]:
    """Whole units by the rule of the specification, the plain way."""
    b = {f.tag: Fraction(f.carry.get(benefit, 0), 10**6) + share(f.ladder(benefit, days), level) / STEP[benefit]
         for f in families}  # fmt: skip
    target = max(0, min(floor(sum(b.values())), units))
    got = {tag: max(0, floor(value)) for tag, value in b.items()}
    rest = {tag: floor((value - floor(value)) * 10**6) for tag, value in b.items()}
    tie = {tag: sha(seed + tag + benefit.encode()) for tag in b}
    while sum(got.values()) < target:
        for tag in sorted(b, key=lambda t: (-rest[t], tie[t]))[: target - sum(got.values())]:
            got[tag] += 1
    while sum(got.values()) > target:
        for tag in [t for t in sorted(b, key=lambda t: (rest[t], tie[t])) if got[t]][: sum(got.values()) - target]:
            got[tag] -= 1
    return got


Stage = Callable[["Build"], None]


class Build:
    """A disclosure in the making. `hooks`: stage name -> what a test does to it then."""

    def __init__(self, month: int = 3, hooks: dict[str, Stage] | None = None, before: Build | None = None) -> None:
        self.hooks = hooks or {}
        self.before = before
        self.period = f"2008-{month:02d}"
        self.cycle = f"{self.period}/1"
        self.days = {2: 29, 3: 31, 4: 30, 5: 31}[month]
        self.month = month
        self.policy = POLICY.encode()
        self.people = {"root": Key("root"), "log": Key("log"), "anna": Key("anna"), "bert": Key("bert"),
                       "phone-Alder": Key("phone-Alder"), "phone-Birch": Key("phone-Birch")}  # fmt: skip
        self.signers = {"freeze": "anna", "preparer": "anna", "approver": "bert"}
        self.signed: dict[str, bytes] = {}
        self.tables: dict[str, list[Row]] = {}
        self.overrides: dict[str, bytes] = {}
        number = 0
        self.families: list[Family] = []
        for point, count in POINTS.items():
            for _ in range(count):
                number += 1
                self.families.append(Family(number, point, self.period))
        for family, then in zip(self.families, before.families if before else [], strict=False):
            family.carry = then.after
        self.opening = {("node:Mill", "grain"): 400_000, ("node:Alder", "grain"): 3_100, ("node:Alder", "shoes"): 30}
        if before:
            self.opening = {k: v for k, v in before.closing.items() if v}
        self.received = {"grain": 1_300_250, "shoes": 300}
        for stage in ("people", "freeze", "compute", "rolls", "approve", "open", "close", "log", "package", "write"):
            getattr(self, f"_{stage}")()
            self.hooks.get(stage, lambda _: None)(self)

    def sign(self, who: str, payload: list[Any]) -> bytes:
        """Sign, keep the file, and return its hash."""
        data = self.people[who].cose(payload)
        self.signed[f"signed/{sha(data).hex()}.cose"] = data
        return sha(data)

    def at(self, point: str) -> list[Family]:
        return [family for family in self.families if family.point == point]

    def row(self, table: str, **key: Any) -> Row:
        """The row of a table with these values."""
        return next(row for row in self.tables[table] if all(row[k] == v for k, v in key.items()))

    # Stages

    def _people(self) -> None:
        self.roles = {"anna": ["preparer"], "bert": ["approver"], "phone-Alder": ["point:Alder"],
                      "phone-Birch": ["point:Birch"]}  # fmt: skip

    def _freeze(self) -> None:
        self.event, self.outcome = "dice in the town hall", "4 2 6"
        self.snapshots = {
            name: sha(name.encode())
            for name in ("households", "members", "nodes", "lanes", "stock", "carry", "owed", "moves")
        }
        self.snapshots["policy"] = sha(self.policy)

    def entry(self, kind: str, subject: str, digest: bytes, totals: dict[str, Any]) -> dict[str, Any]:
        cycle = None if kind in ("key", "policy") else self.cycle
        return {"kind": kind, "cycle": cycle, "subject": subject, "sha": digest, "totals": totals}

    def _compute(self) -> None:
        t: dict[str, list[Row]] = {name: [] for name in SCHEMA}
        self.tables = t
        t["nodes"] = [{"node": n, "kind": k} for n, k in (("Mill", "entry"), ("Alder", "point"), ("Birch", "point"))]
        t["places"] = [
            {"node": n, "name": n, "area": "V1", "area_name": "Valley", "province": "V", "province_name": "Vale",
             "latitude_microdegrees": 39_000_000 if n != "Mill" else None, "longitude_microdegrees": None}
            for n in ("Mill", "Alder", "Birch")
        ]  # fmt: skip
        self.levels: dict[tuple[str, str], Fraction] = {}
        self._classes()
        for number, benefit in enumerate((*GOODS, "clothing")):
            self._benefit(benefit, number)
        self._divide()

    def _classes(self) -> None:
        adults, children = sum(f.adults for f in self.families), sum(f.children for f in self.families)
        households, people = len(self.families), adults + children
        rows = [
            ("grain", "bowl.adult", None, adults, 450 * adults * self.days),
            ("grain", "bowl.otherwise", None, children, 300 * children * self.days),
            ("shoes", "foot.all", households, people, people),
            ("clothing", "cloth.all", households, people, 2 * households + 3 * people),
        ]
        names = ("benefit", "row", "households", "members", "amount")
        self.tables["classes"] = [{"area": "V1", **dict(zip(names, row, strict=True))} for row in rows]

    def _benefit(self, benefit: str, number: int) -> None:
        """Ladders, what is set aside, supply, demand, the fair levels and their certificate."""
        t, step = self.tables, STEP[benefit]
        ladders: dict[str, list[int]] = {}
        for point in POINTS:
            rungs = [f.ladder(benefit, self.days) for f in self.at(point)]
            ladders[point] = [sum(column) for column in zip(*rungs, strict=True)]
            for rung, amount in enumerate(ladders[point], start=1):
                row = {"point": point, "benefit": benefit, "rung": rung, "households": len(rungs), "amount": amount}
                t["ladders"].append(row)
        totals = {}
        for point in POINTS:
            here = self.opening.get((f"node:{point}", benefit), 0) // step
            carry = sum(f.carry.get(benefit, 0) for f in self.at(point))
            owed = ceil(max(0, Fraction(carry, 10**6)))
            totals[point] = {
                "point": point, "benefit": benefit, "households": POINTS[point],
                "members": sum(f.size for f in self.at(point)), "opening": here, "carry_micro": carry,
                "here": min(here, owed), "lane": max(0, owed - here),
            }  # fmt: skip
        if benefit not in GOODS:
            for point, row in totals.items():
                units = ladders[point][0]
                t["totals"].append(self._total(row, 0, units, units))
            return
        on_hand = (self.opening.get(("node:Mill", benefit), 0) + self.received[benefit]) // step
        supply = {"Mill": on_hand - sum(row["lane"] for row in totals.values())}
        supply |= {point: row["opening"] - row["here"] for point, row in totals.items() if row["opening"] > row["here"]}
        lanes: dict[str, tuple[str, str, int | None]] = {}
        for point, row in totals.items():
            capacity = 1_500 if (point, benefit) == ("Birch", "grain") else None
            lanes[f"Mill-{point}-{benefit}"] = ("Mill", point, None if capacity is None else capacity - row["lane"])
        demand = {p: [ceil(a * (1 + RESERVE) / step) for a in ladder] for p, ladder in ladders.items()}
        level_of, flow, got = solve(Instance(supply, lanes, demand, ["Mill"]))
        t["supply"] += [{"node": n, "commodity": benefit, "quantity": q} for n, q in supply.items()]
        for lane, (source, target, capacity) in lanes.items():
            ends = {"from": source, "to": target}
            t["lanes"].append({"lane": lane, **ends, "commodity": benefit, "capacity": capacity, "cost": 1})
            t["flows"].append({"lane": lane, "commodity": benefit, **self._quantity(flow[lane])})
            if totals[target]["lane"]:
                t["carried"].append({"lane": lane, "commodity": benefit, "quantity": totals[target]["lane"]})
        blocks = {value: 10 * number + i for i, value in enumerate(sorted(set(level_of.values())))}
        for value, block in blocks.items():
            t["blocks"].append({"block": block, **self._level(value)})
        t["certificate"] += [{"node": n, "commodity": benefit, "block": blocks[v]} for n, v in level_of.items()]
        for point, row in totals.items():
            for rung, quantity in enumerate(demand[point], start=1):
                t["demand"].append({"point": point, "commodity": benefit, "rung": rung, "quantity": quantity})
            level, x = level_of[point], got[point]
            self.levels[point, benefit] = level
            t["levels"].append({"point": point, "commodity": benefit, **self._level(level), **self._quantity(x)})
            units = floor(x) + row["here"] + row["lane"]
            b = Fraction(row["carry_micro"], 10**6) + share(ladders[point], level) / step
            t["totals"].append(self._total(row, row["here"] + row["lane"], units, max(0, min(floor(b), units))))
            if units > row["opening"]:
                bill = {"waybill": f"W-{point}-{benefit}", "lane": f"Mill-{point}-{benefit}"}
                t["waybills"].append({**bill, "commodity": benefit, "quantity": units - row["opening"]})

    def _total(self, row: Row, carried: int, units: int, rations: int) -> Row:
        kept = {k: v for k, v in row.items() if k not in ("here", "lane")}
        return kept | {"carried": carried, "units": units, "rations": rations, "reserve": units - rations}

    @staticmethod
    def _level(value: Fraction) -> Row:
        whole = int(value)
        rest = value - whole
        return {"rungs": whole, "num": str(rest.numerator), "den": str(rest.denominator)}

    @staticmethod
    def _quantity(value: Fraction) -> Row:
        return {"quantity_num": str(value.numerator), "quantity_den": str(value.denominator)}

    @property
    def seed(self) -> bytes:
        return sha(self._freeze_entry() + self.outcome.encode())

    def _divide(self) -> None:
        for row in self.tables["totals"]:
            families, benefit = self.at(row["point"]), row["benefit"]
            level = self.levels.get((row["point"], benefit), Fraction(2))
            got = divide(families, benefit, level, row["units"], self.seed, self.days)
            for family in families:
                family.rations[benefit] = family.final[benefit] = got[family.tag]

    def record(self, family: Family) -> bytes:
        why = {"grain": ["bowl.adult", "bowl.otherwise"], "shoes": ["foot.all"], "clothing": ["cloth.all"]}
        grants = [
            [b, family.ladder(b, self.days), family.carry.get(b, 0), family.rations[b], why[b], []]
            for b in ("grain", "shoes", "clothing")
        ]
        return cbor([1, family.card, family.point, sha(self.policy), grants])

    def _rolls(self) -> None:
        self.rolls: dict[str, bytes] = {}
        for point in POINTS:
            rows = sorted(seal(self.record(f), 256, self.cycle, f.tag, f.salt, f.seal) for f in self.at(point))
            self.rolls[point] = cbor([1, PROGRAMME, self.cycle, point, len(rows[0]), b"".join(rows)])

    def roll_entries(self) -> list[dict[str, Any]]:
        entries = []
        for point, data in self.rolls.items():
            mine = [row for row in self.tables["totals"] if row["point"] == point]
            totals = {
                "rows": len(self.at(point)),
                "tags": sha(b"".join(sorted(f.tag for f in self.at(point)))),
                "rations": {row["benefit"]: row["rations"] for row in mine},
                "carry": {row["benefit"]: row["carry_micro"] for row in mine},
            }
            entries.append(self.entry("roll", point, sha(data), totals))
        return entries

    def computed_files(self) -> dict[str, bytes]:
        files = {"policy/valley-bowl.toml": self.policy}
        files |= {f"rolls/{percent(point)}": data for point, data in self.rolls.items()}
        tables = {name: rows for name, rows in self.tables.items() if name not in LATER}
        return files | {f"tables/{name}.parquet": parquet(name, rows) for name, rows in tables.items()}

    def _freeze_entry(self) -> bytes:
        payload = ["evenhand/freeze/v1", PROGRAMME, self.cycle, self.snapshots, self.event]
        digest = sha(self.people[self.signers["freeze"]].cose(payload))
        previous = self.before.newest.get(("freeze", "freeze")) if self.before else None
        totals = {"snapshot": self.snapshots, "event": self.event}
        return cbor([1, "freeze", PROGRAMME, self.cycle, "freeze", digest, totals, previous])

    def _event_entry(self) -> bytes:
        previous = self.before.newest.get(("event", "event")) if self.before else None
        totals = {"event": self.event, "outcome": self.outcome}
        return cbor([1, "event", PROGRAMME, self.cycle, "event", sha(self.outcome.encode()), totals, previous])

    def _approve(self) -> None:
        listed = [[path, sha(data)] for path, data in sorted(self.computed_files().items())]
        self.digest = sha(cbor([sha(self._freeze_entry()), sha(self._event_entry()), listed]))

    def _open(self) -> None:
        """Loads leave; eight steps of Birch's grain are robbed on the way; what came is counted and cut again."""
        moves: Counter[tuple[str, str, str, str, str]] = Counter()
        for benefit, quantity in self.received.items():
            moves["receipt", "source:harvest", "node:Mill", benefit, "L1"] += quantity
        self.counted: dict[str, dict[str, int]] = {point: {} for point in POINTS}
        for row in self.tables["totals"]:
            point, benefit = row["point"], row["benefit"]
            if benefit in GOODS:
                self.counted[point][benefit] = row["opening"]
        for bill in self.tables["waybills"]:
            benefit, point = bill["commodity"], bill["lane"].split("-")[1]
            sent = bill["quantity"]
            came = sent - 8 if (point, benefit) == ("Birch", "grain") else sent
            step = STEP[benefit]
            moves["load", "node:Mill", f"transit:{point}", benefit, "L1"] += sent * step
            moves["arrive", f"transit:{point}", f"node:{point}", benefit, "L1"] += came * step
            moves["loss", f"transit:{point}", f"loss:{point}", benefit, "L1"] += (sent - came) * step
            self.counted[point][benefit] += came
        self.moves = moves
        self._recut()

    def _recut(self) -> None:
        row = self.row("totals", point="Birch", benefit="grain")
        families = self.at("Birch")
        counted = self.counted["Birch"]["grain"]
        reserve = counted * row["reserve"] // row["units"]
        room = (counted - reserve - Fraction(row["carry_micro"], 10**6)) * STEP["grain"]
        ladder = [sum(column) for column in zip(*(f.ladder("grain", self.days) for f in families), strict=True)]
        assert ladder[0] < room < share(ladder, self.levels["Birch", "grain"])
        level = 1 + (room - ladder[0]) / ladder[1]
        b = Fraction(row["carry_micro"], 10**6) + share(ladder, level) / STEP["grain"]
        units = min(floor(b), counted - reserve)
        self.tables["recut"] = [
            {"point": "Birch", "benefit": "grain", "counted": counted, "reserve": reserve,
             "carry_micro": row["carry_micro"], **self._level(level), "units": units}
        ]  # fmt: skip
        got = divide(families, "grain", level, units, self.seed, self.days)
        for family in families:
            family.final["grain"] = got[family.tag]

    def _close(self) -> None:
        self.outcomes: dict[str, list[tuple[bytes, int, bytes]]] = {}
        self.given: dict[str, dict[str, int]] = {}
        over: Counter[tuple[str, str]] = Counter()
        for point in POINTS:
            rows = []
            given = dict.fromkeys((*GOODS, "clothing"), 0)
            for number, family in enumerate(self.at(point)):
                status, value = 1, family.r
                if point == "Alder" and number < 4:
                    status = (2, 3, 4, 5)[number]
                    value = (b"lost coupon", b"", b"", b"partial")[number]
                rows.append((family.tag, status, value.ljust(16, b"\0")))
                if status in (1, 2, 3):
                    for benefit, steps in family.final.items():
                        given[benefit] += steps
                if status == 3:
                    over[point, "grain"] += 1
            self.outcomes[point], self.given[point] = rows, given
            for benefit in GOODS:
                self.moves["redeem", f"node:{point}", f"households:{point}", benefit, "L1"] += (
                    given[benefit] * STEP[benefit]
                )
        for (point, benefit), steps in over.items():
            self.moves["over-issue", f"node:{point}", f"households:{point}", benefit, "L1"] += steps * STEP[benefit]
        self._left()
        self.heads = {f"phone-{point}": (len(self.at(point)), sha(point.encode())) for point in POINTS}
        self.settle()

    def _left(self) -> None:
        """Arrears after; what a shortage did not give and nobody collected, all of which lapses by this policy."""
        self.tables["left"] = []
        for point, benefit in sorted({(row["point"], row["benefit"]) for row in self.tables["totals"]}):
            cut = [row for row in self.tables["recut"] if (row["point"], row["benefit"]) == (point, benefit)]
            level = self.levels.get((point, benefit), Fraction(2))
            for row in cut:
                level = row["rungs"] + Fraction(int(row["num"]), int(row["den"]))
            short, waits = Fraction(0), 0
            for number, family in enumerate(self.at(point)):
                ladder = family.ladder(benefit, self.days)
                got = share(ladder, level)
                short += sum(ladder) - got
                if benefit in GOODS:
                    b = Fraction(family.carry.get(benefit, 0), 10**6) + got / STEP[benefit]
                    family.after[benefit] = floor((b - family.final[benefit]) * 10**6)
                if point == "Alder" and number in (2, 3):  # nobody came; refused
                    waits += family.final[benefit] * STEP[benefit]
            for kind, amount in (("undersupplied", floor(short) if benefit in GOODS else 0), ("uncollected", waits)):
                row = {"point": point, "benefit": benefit, "kind": kind, "since": self.period}
                if amount:
                    self.tables["left"].append(row | {"amount": amount, "lapsed": amount})

    def settle(self) -> None:
        """The tables of movements and balances from the moves."""
        names = ("kind", "from", "to", "benefit", "lot")
        moves = {key: n for key, n in self.moves.items() if n}
        self.tables["movements"] = [dict(zip(names, key, strict=True)) | {"quantity": n} for key, n in moves.items()]
        inflow: Counter[tuple[str, str]] = Counter()
        outflow: Counter[tuple[str, str]] = Counter()
        for row in self.tables["movements"]:
            inflow[row["to"], row["benefit"]] += row["quantity"]
            outflow[row["from"], row["benefit"]] += row["quantity"]
        keys = {k for k in {*inflow, *outflow, *self.opening} if k[0].startswith(("node:", "transit:"))}
        self.tables["balances"] = []
        self.closing: dict[tuple[str, str], int] = {}
        for account, benefit in sorted(keys):
            key = account, benefit
            first, came, went = self.opening.get(key, 0), inflow[key], outflow[key]
            self.closing[key] = first + came - went
            row = {"account": account, "benefit": benefit, "opening": first, "inflow": came, "outflow": went}
            self.tables["balances"].append(row | {"closing": first + came - went})

    def outcome_files(self) -> dict[str, bytes]:
        files = {}
        for point, rows in self.outcomes.items():
            packed = b"".join(tag + bytes([status]) + value for tag, status, value in sorted(rows))
            files[point] = cbor([1, PROGRAMME, self.cycle, point, 33, packed])
        return files

    def _log(self) -> None:
        """All entries, in order, as dictionaries; `previous` is filled in when they are written."""
        e = self.entry
        entries: list[dict[str, Any]] = []
        if not self.before:
            entries.append(e("key", "root", sha(self.people["root"].public), {}))
        for kind, name in CERTIFIED:
            payload = [
                "evenhand/certificate/v1",
                ORIGIN,
                kind,
                name,
                self.roles.get(name, []),
                self.people[name].public,
                1,
            ]
            digest = self.sign("root", payload)
            if not self.before:
                entries.append(e("key", "log" if kind == "log" else f"{kind}:{name}", digest, {}))
        if not self.before:
            entries.append(e("policy", "valley-bowl", sha(self.policy), {}))
        freeze = self.sign(
            self.signers["freeze"], ["evenhand/freeze/v1", PROGRAMME, self.cycle, self.snapshots, self.event]
        )
        entries.append(e("freeze", "freeze", freeze, {"snapshot": self.snapshots, "event": self.event}))
        entries.append(e("event", "event", sha(self.outcome.encode()), {"event": self.event, "outcome": self.outcome}))
        for role in ("preparer", "approver"):
            digest = self.sign(self.signers[role], ["evenhand/approval/v1", PROGRAMME, self.cycle, role, self.digest])
            entries.append(e("approval", role, digest, {"digest": self.digest}))
        entries += self.roll_entries()
        for point in POINTS:
            digest = self.sign(
                f"phone-{point}", ["evenhand/count/v1", PROGRAMME, self.cycle, point, self.counted[point]]
            )
            entries.append(e("received", point, digest, {"counted": self.counted[point]}))
        rows = [row for row in self.tables["recut"] if row["point"] == "Birch"]
        names = ("benefit", "counted", "reserve", "carry_micro", "rungs", "num", "den", "units")
        if rows:
            listed = [[row[name] for name in names] for row in rows]
            entries.append(
                e("recut", "Birch", sha(cbor(listed)), {"units": {row["benefit"]: row["units"] for row in rows}})
            )
        for point, data in self.outcome_files().items():
            ended = Counter(status for _, status, _ in self.outcomes[point])
            totals: dict[str, Any] = {"rows": len(self.outcomes[point])}
            for status, name in enumerate(
                ("redeemed", "exception", "contested", "uncollected", "refused", "held", "moved"), start=1
            ):
                totals[name] = ended[status]
            count, last = self.heads[f"phone-{point}"]
            payload = ["evenhand/head/v1", PROGRAMME, self.cycle, f"phone-{point}", count, last]
            self.sign(f"phone-{point}", payload)
            self.sign("log", payload)
            totals |= {"given": self.given[point], "heads": [[f"phone-{point}", count, last]]}
            entries.append(e("redeemed", point, sha(data), totals))
        closing: Counter[str] = Counter()
        for row in self.tables["balances"]:
            if row["account"].startswith("node:"):
                closing[row["benefit"]] += row["closing"]
        entries.append(
            e("stock", "stock", sha(parquet("movements", self.tables["movements"])), {"closing": dict(closing)})
        )
        for name in ("supplements", "held"):
            self.tables.setdefault(name, [])
        told = self.tables.setdefault("grievances", [])
        sums = {name: sum(row[name] or 0 for row in told) for name in ("received", "decided", "in_time", "upheld")}
        logged = {"sums": {name: number for name, number in sums.items() if number}}
        entries.append(e("grievance-totals", "grievances", sha(parquet("grievances", told)), logged))
        entries.append(e("publish", "publish", b"", {}))
        self.entries = entries

    def _package(self) -> None:
        files = self.computed_files()
        files |= {f"tables/{name}.parquet": parquet(name, self.tables[name]) for name in LATER}
        files |= {f"redeemed/{percent(point)}": data for point, data in self.outcome_files().items()}
        files |= self.signed
        files["tables/README.md"] = b"# Tables\n"
        files["report/index.html"] = (
            b"<!doctype html><style>p{color:#123}</style><p>Two points. <a href='https://example.org'>more</a>"
        )
        files["keys/root.vkey"] = self.people["root"].vkey(f"{ORIGIN}/root").encode()
        files["keys/log.vkey"] = self.people["log"].vkey(ORIGIN).encode()
        files |= self.overrides
        self.files = files
        self.meta: dict[str, Any] = {
            "version": 1, "origin": ORIGIN, "programme": PROGRAMME, "cycle": self.cycle, "policy": "policy/valley-bowl.toml",
            "period": {"id": self.period, "first": f"{self.period}-01", "last": f"{self.period}-{self.days}"},
            "k": 20, "reserve": [RESERVE.numerator, RESERVE.denominator], "generated": True, "demo": True,
        }  # fmt: skip

    def _resource(self, path: str, data: bytes) -> dict[str, Any]:
        resource: dict[str, Any] = {"path": path, "bytes": len(data), "hash": f"sha256:{sha(data).hex()}"}
        name = path.removeprefix("tables/").removesuffix(".parquet")
        if path.startswith("tables/") and name in SCHEMA:
            kinds = {"t": "string", "i": "integer"}
            resource["schema"] = {"fields": [{"name": c, "type": kinds[k]} for c, k in SCHEMA[name]]}
        return resource

    def _write(self) -> None:
        """The datapackage, its publish entry, and the log."""
        resources = [self._resource(path, data) for path, data in sorted(self.files.items())]
        package = pretty({"evenhand": self.meta, "name": "valley", "resources": resources})
        self.newest: dict[tuple[str, str], bytes] = dict(self.before.newest) if self.before else {}
        self.raw = list(self.before.raw) if self.before else []
        for entry in self.entries:
            if entry["kind"] == "publish" and not entry["sha"]:
                entry = entry | {"sha": sha(package)}
            key = str(entry["kind"]), str(entry["subject"])
            previous = entry.get("previous", self.newest.get(key))
            middle = [entry[part] for part in ("cycle", "subject", "sha", "totals")]
            raw = cbor([1, entry["kind"], PROGRAMME, *middle, previous])
            self.newest[key] = sha(raw)
            self.raw.append(raw)
        self.files = self.files | {"datapackage.json": package} | log_files(self.raw, ORIGIN, self.people["log"])

    def save(self, folder: Path) -> Path:
        """Write the folder."""
        for path, data in self.files.items():
            full = folder / path
            full.parent.mkdir(parents=True, exist_ok=True)
            full.write_bytes(data)
        return folder

    @property
    def root(self) -> str:
        return self.people["root"].vkey(f"{ORIGIN}/root").strip()
