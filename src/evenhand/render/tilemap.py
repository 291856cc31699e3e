"""A tile map: one tile a point, the tiles of a province together, provinces on a grid roughly where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evenhand.flow.disclosure.month import Month
from evenhand.flow.disclosure.naming import noun
from evenhand.flow.disclosure.wording import listing, period_name
from evenhand.render.html import Child, Html, el, label, number, picture, rect
from evenhand.render.picture import Scene, whole
from evenhand.render.words import say

WIDTH = 360
GAP = 12
LINE = 14
SIZES = (36, 24, 13, 8, 5)
"""Tile sizes in units; a number is written in the first two."""


@dataclass(frozen=True)
class Province:
    """A province's points from north to south, and where it lies (0 to 1 from the west, from the north)."""

    name: str
    points: tuple[str, ...]
    x: float
    y: float


def provinces(month: Month, points: Sequence[str]) -> list[Province]:
    """The provinces that have points, by name. Points nobody placed stand in the middle."""
    places = {row["node"]: row for row in month.tables["places"].to_pylist()}
    groups: dict[str, list[tuple[int, int, str]]] = {}
    for point in points:
        place = places.get(point, {})
        name = place.get("province_name") or place.get("province") or ""
        spot = (-(place.get("latitude_microdegrees") or 0), place.get("longitude_microdegrees") or 0, point)
        groups.setdefault(name, []).append(spot)
    middles = {
        name: (sum(s[1] for s in spots) / len(spots), sum(s[0] for s in spots) / len(spots))
        for name, spots in groups.items()
    }
    low = [min(m[axis] for m in middles.values()) for axis in (0, 1)]
    span = [max(m[axis] for m in middles.values()) - low[axis] or 1 for axis in (0, 1)]
    return [
        Province(name, tuple(s[2] for s in sorted(groups[name])), (x - low[0]) / span[0], (y - low[1]) / span[1])
        for name, (x, y) in sorted(middles.items())
    ]


def arrange(places: Sequence[Province], columns: int, rows: int) -> dict[int, tuple[int, int]]:
    """A cell (column, row) for each province: nearest first, then swaps that bring two closer to theirs."""
    cells = [(c, r) for r in range(rows) for c in range(columns)]

    def cost(index: int, cell: tuple[int, int]) -> float:
        place = places[index]
        return (place.x * (columns - 1) - cell[0]) ** 2 + (place.y * (rows - 1) - cell[1]) ** 2

    taken: dict[int, tuple[int, int]] = {}
    wishes = sorted((cost(i, cell), i, cell) for i in range(len(places)) for cell in cells)
    for _, index, cell in wishes:
        if index not in taken and cell not in taken.values():
            taken[index] = cell
    for _ in range(20):
        changed = False
        holder = {cell: index for index, cell in taken.items()}
        for index in range(len(places)):
            for cell in cells:
                other = holder.get(cell)
                before = cost(index, taken[index]) + (cost(other, cell) if other is not None else 0)
                after = cost(index, cell) + (cost(other, taken[index]) if other is not None else 0)
                if other != index and after < before - 1e-9:
                    holder.pop(taken[index])
                    if other is not None:
                        holder[taken[index]], taken[other] = other, taken[index]
                    holder[cell], taken[index] = index, cell
                    changed = True
        if not changed:
            break
    return taken


def tile_map(view: Scene) -> Html:
    """The map of a scene."""
    found = provinces(view.figures.month, sorted(view.fills))
    columns = min(len(found), 4 if len(found) <= 24 else 6)
    rows = len(found) if columns == 1 else -(-len(found) // columns) + (1 if len(found) > 6 else 0)
    cells = arrange(found, columns, rows)
    used_columns = sorted({c for c, _ in cells.values()})
    used_rows = sorted({r for _, r in cells.values()})
    cell = (WIDTH + GAP) / len(used_columns)
    room, most = cell - GAP, max(len(p.points) for p in found)
    size = next((s for s in SIZES if -(-most // _across(room, s)) * (s + 2) <= 124), SIZES[-1])
    across = _across(room, size)
    heads = {i: _head(p.name, room) for i, p in enumerate(found)}
    drawn: list[Child] = []
    top = 0.0
    for row in used_rows:
        here = sorted((used_columns.index(c), i) for i, (c, r) in cells.items() if r == row)
        head = max(len(heads[i]) for _, i in here) * LINE
        for column, i in here:
            drawn.append(_province(view, found[i], heads[i], column * cell, top + head, size, across))
        top += head + max(-(-len(found[i].points) // across) for _, i in here) * (size + 2) + GAP + 2
    when = period_name(view.figures.month.period)
    title = say("place.map", count=f"{len(view.fills):,}", benefit=noun(view.benefit), month=when)
    under = [f"{view.name(p)} {whole(view.fills[p])}\u00a0%" for p in view.under]
    told = say("place.map.under", where=listing(under, 8)) if under else say("place.map.none")
    return picture("map", WIDTH, top - GAP, title, f"{told} {say('place.map.table')}", *drawn)


def _across(room: float, size: int) -> int:
    return max(1, int((room + 2) // (size + 2)))


def _head(name: str, room: float) -> list[str]:
    """The name in lines of about `room` units, broken at spaces, two at most."""
    limit = max(4, int(room / 6.3))
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > limit and len(lines) < 2:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return [text if len(text) <= limit + 2 else f"{text[:limit]}…" for text in lines if text]


def _province(view: Scene, place: Province, head: list[str], left: float, top: float, size: int, across: int) -> Html:
    """A province: its name, its tiles, the line around them, and marks on those under the floor."""
    tiles: list[Child] = []
    marks: list[Child] = []
    spots: dict[tuple[int, int], str] = {}
    under = set(view.under)
    for index, point in enumerate(place.points):
        column, row = index % across, index // across
        spots[column, row] = point
        x, y = left + 1 + column * (size + 2), top + 1 + row * (size + 2)
        shade, value = view.classes.of(view.fills[point]), whole(view.fills[point])
        inside: list[Child] = [rect(f"d{shade}", x, y, size, size)]
        if size >= SIZES[1]:
            inside.append(label(f"mid b o{shade}", x + size / 2, y + size / 2 + 4.3, value))
        tiles.append(el("g", el("title", f"{view.name(point)}, {place.name}: {value}\u00a0%"), *inside))
        if point in under:
            cut = size * 0.36
            marks.append(rect("under", x + 1, y + 1, size - 2, size - 2))
            marks.append(
                el(
                    "path",
                    cls="notch",
                    d=f"M{number(x + size - cut + 0.5)} {number(y - 0.5)}h{number(cut)}v{number(cut)}z",
                )
            )
    names = [label("soft", left, top - 4 - LINE * (len(head) - 1 - at), text) for at, text in enumerate(head)]
    bound = el("path", cls="bound", d=_outline(set(spots), left, top, size + 2))
    return el("g", *names, el("g", *tiles, cls="tiles"), bound, *marks)


def _outline(cells: set[tuple[int, int]], left: float, top: float, pitch: int) -> Html:
    """The edges between cells that are in the set and cells that are not."""
    parts = []
    for column, row in sorted(cells):
        x, y = left + column * pitch, top + row * pitch
        for other, start, step in (
            ((column, row - 1), (x, y), f"h{pitch}"),
            ((column, row + 1), (x, y + pitch), f"h{pitch}"),
            ((column - 1, row), (x, y), f"v{pitch}"),
            ((column + 1, row), (x + pitch, y), f"v{pitch}"),
        ):
            if other not in cells:
                parts.append(f"M{number(start[0])} {number(start[1])}{step}")
    return Html("".join(parts))
