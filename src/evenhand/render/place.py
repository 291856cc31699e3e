"""Putting places on a grid: the nearest free cell for each, improved by swaps. Deterministic, near enough for a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from evenhand.flow.disclosure.month import Month
from evenhand.render.html import Html, number

Cell: TypeAlias = tuple[int, int]
"""(column, row)."""


@dataclass(frozen=True)
class Spot:
    """A point, the name of its province, and its (latitude, longitude) in degrees if it is known."""

    point: str
    province: str
    place: tuple[float, float] | None


def spots_of(month: Month, points: Sequence[str]) -> list[Spot]:
    """Where `points` lie, from the table `places`."""
    places = {row["node"]: row for row in month.tables["places"].to_pylist()}
    found = []
    for point in points:
        row = places.get(point, {})
        north, east = row.get("latitude_microdegrees"), row.get("longitude_microdegrees")
        place = None if north is None or east is None else (north / 1e6, east / 1e6)
        found.append(Spot(point, row.get("province_name") or row.get("province") or "", place))
    return found


def arrange(wishes: Sequence[tuple[float, float]], columns: int, rows: int) -> dict[int, Cell]:
    """A cell for each wish (column, row): the nearest first, then swaps that bring two closer to theirs together."""
    cells = [(c, r) for r in range(rows) for c in range(columns)]

    def cost(index: int, cell: Cell) -> float:
        return (wishes[index][0] - cell[0]) ** 2 + (wishes[index][1] - cell[1]) ** 2

    taken: dict[int, Cell] = {}
    holder: dict[Cell, int] = {}
    for _, index, cell in sorted((cost(i, cell), i, cell) for i in range(len(wishes)) for cell in cells):
        if index not in taken and cell not in holder:
            taken[index], holder[cell] = cell, index
    for _ in range(20):
        changed = False
        for index in range(len(wishes)):
            for cell in cells:
                mine, other = taken[index], holder.get(cell)
                if cell == mine:
                    continue
                before = cost(index, mine) + (cost(other, cell) if other is not None else 0)
                after = cost(index, cell) + (cost(other, mine) if other is not None else 0)
                if after < before - 1e-9:
                    del holder[mine]
                    if other is not None:
                        taken[other], holder[mine] = mine, other
                    taken[index], holder[cell] = cell, index
                    changed = True
        if not changed:
            break
    return taken


def outline(cells: set[Cell], left: float, top: float, pitch: float) -> Html:
    """The path of the edges between cells that are in the set and cells that are not."""
    parts = []
    for column, row in sorted(cells):
        x, y, far = left + column * pitch, top + row * pitch, number(pitch)
        for other, start, step in (
            ((column, row - 1), (x, y), f"h{far}"),
            ((column, row + 1), (x, y + pitch), f"h{far}"),
            ((column - 1, row), (x, y), f"v{far}"),
            ((column + 1, row), (x + pitch, y), f"v{far}"),
        ):
            if other not in cells:
                parts.append(f"M{number(start[0])} {number(start[1])}{step}")
    return Html("".join(parts))
