"""What several commodities or lanes draw on together: the capacity of a shared lane, the fuel of a depot.

A pool has a capacity, and what a unit carried on each of its lanes takes of it. A shared lane is a pool of itself; a
depot's fuel is a pool of the lanes that leave it, each burning so many litres for so many units. Weights are whole
numbers: the capacity is counted in the least common part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import lcm
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.core.errors import Problem

Array = np.ndarray[Any, Any]

SHARED, FUEL = "shared", "fuel"


@dataclass(frozen=True)
class Pool:
    """A unit on lane `lanes[i]` (an index) takes `weights[i]` of `capacity * parts`. `name` is the lane, or the depot."""

    kind: str
    name: str
    capacity: int
    parts: int
    lanes: tuple[int, ...]
    weights: tuple[int, ...]

    @property
    def room(self) -> int:
        """The capacity in the parts that weights are counted in."""
        return self.capacity * self.parts


def check_pools(
    columns: Mapping[str, Mapping[str, Any]], files: Mapping[str, str], lanes: Mapping[str, Any]
) -> list[Problem]:
    """What is wrong between `shared`, `fuel`, `burn` and the table of lanes: a lane that is not there, a lane from a
    depot with little fuel of which nobody says what it burns, one of the two fuel tables alone."""
    problems: list[Problem] = []
    for name in ("shared", "burn"):
        if name in columns:
            known = np.asarray(pc.is_in(columns[name]["lane"], lanes["lane"]))
            for row in np.flatnonzero(~known).tolist():
                value = str(columns[name]["lane"][row])
                problems.append(
                    Problem(files[name], row + 1, "lane", value, "there is no such lane", f"name a lane of {files['lanes']}")
                )  # fmt: skip
    if ("fuel" in columns) != ("burn" in columns):
        there, missing = ("fuel", "burn") if "fuel" in columns else ("burn", "fuel")
        remedy = {
            "burn": "add burn.csv: what each lane burns (lane, litres, per)",
            "fuel": "add fuel.csv: the litres of each depot (node, litres), or leave burn.csv out",
        }[missing]
        problems.append(Problem(files[there], 0, "", "", f"stands without {missing}.csv", remedy))
    elif "fuel" in columns:
        fuelled = pc.is_in(lanes["from"], columns["fuel"]["node"])
        real = pc.not_equal(lanes["from"], lanes["to"])
        untold = pc.and_(pc.and_(fuelled, real), pc.invert(pc.is_in(lanes["lane"], columns["burn"]["lane"])))
        for row in np.flatnonzero(np.asarray(untold)).tolist():
            lane, node = str(lanes["lane"][row]), str(lanes["from"][row])
            problems.append(
                Problem(
                    files["burn"],
                    0,
                    "lane",
                    lane,
                    f"the fuel of {node} is limited, and nothing says what this lane from it burns",
                    "give it a row; 0 litres where it burns none of it",
                )
            )
    return problems


def read_pools(
    columns: Mapping[str, Mapping[str, Any]], lanes: pa.Array, tails: pa.Array, heads: pa.Array
) -> tuple[Pool, ...]:
    """The pools: shared lanes by lane, then fuel by depot. `lanes` are the sorted ids, with where each begins and ends."""
    place = {name: index for index, name in enumerate(lanes.to_pylist())}
    found: list[Pool] = []
    if "shared" in columns:
        rows = zip(columns["shared"]["lane"].to_pylist(), columns["shared"]["capacity"].tolist(), strict=True)
        found += [Pool(SHARED, lane, capacity, 1, (place[lane],), (1,)) for lane, capacity in sorted(rows)]
    if "fuel" in columns:
        burn = columns["burn"]
        rates = zip(burn["lane"].to_pylist(), burn["litres"].tolist(), burn["per"].tolist(), strict=True)
        leaving: dict[str, list[tuple[int, int, int]]] = {}
        starts, ends = tails.to_pylist(), heads.to_pylist()
        for lane, litres, per in rates:
            if litres and starts[place[lane]] != ends[place[lane]]:
                leaving.setdefault(starts[place[lane]], []).append((place[lane], litres, per))
        for node, litres in sorted(
            zip(columns["fuel"]["node"].to_pylist(), columns["fuel"]["litres"].tolist(), strict=True)
        ):
            burning = sorted(leaving.get(node, []))
            parts = lcm(*(per for _, _, per in burning)) if burning else 1
            weights = tuple(litre * parts // per for _, litre, per in burning)
            found.append(Pool(FUEL, node, litres, parts, tuple(lane for lane, _, _ in burning), weights))
    return tuple(found)
