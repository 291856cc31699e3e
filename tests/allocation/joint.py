"""Networks with handling capacities, and an independent exact answer: every set of vertices is tried as a cut."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product

import pyarrow as pa
from allocation.reference import Tiny, quantity_at
from evenhand_verify.allocation import answer, problem
from evenhand_verify.case import Case
from evenhand_verify.columns import Columns
from evenhand_verify.fairness import CHECKS
from evenhand_verify.result import run_check
from hypothesis import strategies as st

from evenhand.flow.allocation import Allocation


@dataclass
class Joint(Tiny):
    handling: dict[str, int] = field(default_factory=dict)

    def tables(self) -> dict[str, pa.Table]:
        handling = pa.table(
            [pa.array(list(self.handling), pa.string()), pa.array(list(self.handling.values()), pa.int64())],
            ["node", "capacity"],
        )
        return super().tables() | {"handling": handling}


def port(handling: int, **demand: int) -> Joint:
    """One port with 10 grain and 10 oil, two villages; `handling` limits what leaves the port."""
    return Joint(
        {"Port": "entry", "Alder": "point", "Birch": "point"},
        {("Port", "grain"): 10, ("Port", "oil"): 10},
        [("a", "Port", "Alder", "", None), ("b", "Port", "Birch", "", None)],
        {("Alder", "grain", 1): 10, ("Birch", "oil", 1): 10} | {tuple(k.split()): v for k, v in demand.items()},
        {"Port": handling},
    )


def leximin(joint: Joint) -> dict[tuple[str, str], Fraction]:
    """The quantity of every (point, commodity) by progressive filling over all sets of points and all cuts.

    A handled node is three rooms: its stock of each commodity before the gate where nothing arrives, else a gate for
    all that passes. Only for networks of one of these kinds.
    """
    goods = joint.commodities()
    vertices = [(n, c) for n in joint.nodes for c in goods] + [(n, "") for n in joint.handling]
    supply = {v: Fraction(joint.supply.get(v, 0)) for v in vertices}
    arcs: list[tuple[tuple[str, str], tuple[str, str], int | None]] = []
    single = {n for n in joint.handling if any(b == n != a for _, a, b, _, _ in joint.lanes)}
    for _, a, b, only, capacity in joint.lanes:
        arcs += [((a, c), (b, "") if b in single else (b, c), capacity) for c in goods if only in ("", c) and a != b]
    for n, capacity in joint.handling.items():
        if n in single:
            assert len(goods) == 1
            arcs.append(((n, ""), (n, goods[0]), capacity))
            supply[n, ""], supply[n, goods[0]] = supply[n, goods[0]], Fraction(0)
        else:
            for c in goods:
                arcs.append(((n, ""), (n, c), joint.supply.get((n, c), 0)))
                supply[n, c] = Fraction(0)
            supply[n, ""] = Fraction(capacity)
    ladders = {v: joint.ladder(*v) for v in vertices if joint.ladder(*v)}
    cuts: dict[frozenset[tuple[str, str]], Fraction] = {}
    for chosen in product((False, True), repeat=len(vertices)):
        inside = {v for v, is_in in zip(vertices, chosen, strict=True) if is_in}
        crossing = [c for a, b, c in arcs if a not in inside and b in inside]
        if None in crossing:
            continue
        points = frozenset(inside & ladders.keys())
        room = sum((supply[v] for v in inside), Fraction(0)) + sum(crossing)
        cuts[points] = min(room, cuts.get(points, room))
    fixed: dict[tuple[str, str], Fraction] = {}
    while len(fixed) < len(ladders):
        top = Fraction(max(max(ladders[v]) for v in ladders if v not in fixed))
        best, tight = top, set(ladders) - set(fixed)
        for points, room in cuts.items():
            rising = [v for v in points if v not in fixed]
            if not rising:
                continue
            left = room - sum((fixed[v] for v in points if v in fixed), Fraction(0))
            level = Fraction(0)
            while level < top:
                need = sum(ladders[v].get(int(level) + 1, 0) for v in rising)
                if need > left:
                    level += left / need
                    break
                left -= need
                level += 1
            if level < best:
                best, tight = level, set(rising)
        for v in tight:
            fixed[v] = quantity_at(ladders[v], best)
    return fixed


def refused(tables: dict[str, pa.Table], found: Allocation) -> list[str]:
    """What the checker, which shares no code with the solver, has against the answer."""
    columns = {
        name: Columns(name, {c: [v if v != "" else None for v in t.column(c).to_pylist()] for c in t.column_names}, len(t))
        for name, t in (
            *tables.items(),
            *((n, getattr(found, n)) for n in ("levels", "flows", "blocks", "certificate")),
        )
    }  # fmt: skip
    case = Case(problem(columns), answer(columns))
    return [f"{check.name}: {run_check(check, case)}" for check in CHECKS if not run_check(check, case).passed]


@st.composite
def joint_networks(draw: st.DrawFn) -> Joint:
    """Stock at depots that nothing reaches, lanes to and between villages; or one commodity and lanes anywhere."""
    size = draw(st.sampled_from([1, 1, 10**6, 2**58 + 1]))
    quantity = st.sampled_from([0, 1, 2, 3, 5, 8]).map(lambda n: n * size)
    goods = draw(st.sampled_from([["grain"], ["grain", "oil"], ["grain", "oil"]]))
    depots, villages = ["Dam", "Eel"][: draw(st.integers(1, 2))], ["Alder", "Birch"]
    joint = Joint(dict.fromkeys(depots, "depot") | dict.fromkeys(villages, "point"))
    heads = villages if len(goods) == 2 else [*depots, *villages]
    for node in [*depots, *(villages if draw(st.booleans()) else [])]:
        for commodity in goods:
            joint.supply[node, commodity] = draw(quantity)
    for number in range(draw(st.integers(0, 6))):
        ends = draw(st.sampled_from([*depots, *depots, *villages])), draw(st.sampled_from(heads))
        joint.lanes.append((f"l{number}", *ends, draw(st.sampled_from(["", *goods])), draw(st.none() | quantity)))
    for point in villages:
        for commodity in goods:
            for rung in draw(st.sets(st.integers(1, 3), max_size=2)):
                joint.demand[point, commodity, rung] = draw(quantity)
    for node in depots if len(goods) == 2 else joint.nodes:
        if draw(st.booleans()):
            joint.handling[node] = draw(quantity)
    return joint


def forged(found: Allocation, data: st.DataObject) -> Allocation:
    """The answer with one to three cells changed, to values that stand elsewhere in the column or are small."""
    for _ in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(["levels", "flows", "blocks", "certificate"]))
        table = getattr(found, name)
        if not len(table):
            continue
        names = table.column_names
        least = {"levels": 2, "flows": 2, "blocks": 1, "certificate": 2}[name]
        column, row = data.draw(st.sampled_from(names[least:])), data.draw(st.integers(0, len(table) - 1))
        values = table.column(column).to_pylist()
        small = [0, 1, 2] if isinstance(values[row], int) else ["0", "1", "2"]
        values[row] = data.draw(st.sampled_from([*values, *small]))
        cells = pa.array(values, table.schema.field(column).type)
        found = replace(found, **{name: table.set_column(names.index(column), column, cells)})
    return found
