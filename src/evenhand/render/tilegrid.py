"""A tile map on one grid: every point as near to its own place as its neighbours allow, a line around each province.

For up to about a hundred points. Where a province's name finds no room, `tile_grid` gives up and the caller draws
blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians
from typing import TypeAlias

from evenhand.render.html import Child, Html, el, label, number, picture, rect
from evenhand.render.place import Cell, Spot, arrange, outline

PITCHES = (39, 30, 24)
WIDTH = 360
LINE = 14
MARGIN = 14
LETTER = 6.5
"""Units a letter of a province's name takes at 12 units of size, on average."""


@dataclass(frozen=True)
class Tile:
    """A point on the map: its title for those who hear it, its number, its class, and whether its floor was missed."""

    title: str
    value: int
    shade: int
    under: bool


def tile_grid(spots: list[Spot], tiles: dict[str, Tile], title: str, told: str) -> Html | None:
    """The picture, or None where there are too many points, no coordinates, or no room for a name."""
    if len(spots) < 6 or any(spot.place is None or not spot.province for spot in spots):
        return None
    for pitch in PITCHES:
        columns = WIDTH // pitch
        rows = max(3, min(round(columns * _aspect(spots)), 2 * columns))
        if len(spots) > 0.5 * columns * rows:
            continue
        cells = _cells(spots, columns, rows)
        names = _names(spots, cells, pitch)
        if names is not None:
            return _draw(spots, cells, names, tiles, pitch, title, told)
    return None


def _aspect(spots: list[Spot]) -> float:
    """Height over width of the points' frame, on the ground."""
    places = [spot.place for spot in spots if spot.place is not None]
    north = [latitude for latitude, _ in places]
    east = [longitude for _, longitude in places]
    wide = (max(east) - min(east)) * cos(radians((max(north) + min(north)) / 2))
    return min(max((max(north) - min(north)) / wide if wide else 2.0, 0.5), 1.6)


def _cells(spots: list[Spot], columns: int, rows: int) -> dict[str, Cell]:
    """A cell for each point; its wish is its own place, pulled a little to the middle of its province."""
    places = [spot.place or (0.0, 0.0) for spot in spots]
    north, west = max(p[0] for p in places), min(p[1] for p in places)
    high, wide = north - min(p[0] for p in places) or 1, max(p[1] for p in places) - west or 1
    wish = [((p[1] - west) / wide * (columns - 1), (north - p[0]) / high * (rows - 1)) for p in places]
    groups: dict[str, list[tuple[float, float]]] = {}
    for spot, place in zip(spots, wish, strict=True):
        groups.setdefault(spot.province, []).append(place)
    pulled = []
    for spot, (x, y) in zip(spots, wish, strict=True):
        group = groups[spot.province]
        middle = (sum(p[0] for p in group) / len(group), sum(p[1] for p in group) / len(group))
        pulled.append((0.7 * x + 0.3 * middle[0], 0.7 * y + 0.3 * middle[1]))
    found = arrange(pulled, columns, rows)
    return {spots[index].point: cell for index, cell in found.items()}


Box: TypeAlias = tuple[float, float, float, float]
"""left, top, right, bottom in units."""


@dataclass(frozen=True)
class Name:
    """A name: its lines, where the first stands (x, baseline), whether they end there, and the room they take."""

    lines: tuple[str, ...]
    x: float
    y: float
    end: bool
    box: Box


def _options(name: str, cell: Cell, pitch: int) -> list[Name]:
    """Places for a name beside, above and below one of its province's cells."""
    left, top, wide = cell[0] * pitch, cell[1] * pitch, len(name) * LETTER
    middle = top + pitch / 2 + 5
    found = [
        _name((name,), left + pitch + 6, middle, False, wide),
        _name((name,), left - 6, middle, True, wide),
    ]
    for y in (top - 6, top + pitch + 14):
        found.append(_name((name,), left + 1, y, False, wide))
        found.append(_name((name,), left + pitch - 1, y, True, wide))
        found += [
            _name((name,), left + 1 - shift * pitch / 4, y, False, wide)
            for shift in range(1, 1 + int(4 * wide / pitch))
        ]
    words = tuple(name.split(" ", 1))
    if len(words) == 2 and pitch >= 2 * LINE:
        half = max(len(word) for word in words) * LETTER
        found.append(_name(words, left + pitch + 6, middle - LINE / 2, False, half))
        found.append(_name(words, left - 6, middle - LINE / 2, True, half))
    return found


def _name(lines: tuple[str, ...], x: float, y: float, end: bool, wide: float) -> Name:
    left = x - wide if end else x
    return Name(lines, x, y, end, (left - 4, y - 11, left + wide + 4, y + 3 + LINE * (len(lines) - 1)))


def _names(spots: list[Spot], cells: dict[str, Cell], pitch: int) -> dict[str, Name] | None:
    """Where each province's name stands; None if one finds no room clear of every tile and of the names before it."""
    found: dict[str, Name] = {}
    options: dict[str, list[Name]] = {}
    for province in sorted({spot.province for spot in spots}):
        own = sorted({cells[s.point] for s in spots if s.province == province}, key=lambda c: (c[1], c[0]))
        places = [option for cell in own for option in _options(province, cell, pitch)]
        options[province] = sorted(places, key=lambda option: len(option.lines))
    full: list[Box] = [(c * pitch, r * pitch, (c + 1) * pitch, (r + 1) * pitch) for c, r in cells.values()]
    while options:
        free = {province: [o for o in places if _fits(o.box, full)] for province, places in options.items()}
        tightest = min(free, key=lambda province: (len(free[province]), province))
        if not free[tightest]:
            return None
        found[tightest] = free[tightest][0]
        full.append(free[tightest][0].box)
        del options[tightest]
    return found


def _fits(box: Box, others: list[Box]) -> bool:
    """Whether a name lies inside the picture and clear of everything drawn so far."""
    inside = box[0] >= -MARGIN and box[2] <= WIDTH + MARGIN
    return inside and not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in others
    )


def _draw(
    spots: list[Spot], cells: dict[str, Cell], names: dict[str, Name], tiles: dict[str, Tile], pitch: int, title: str,
    told: str,
) -> Html:  # fmt: skip
    size = pitch - 3
    boxes = [
        (c * pitch - 1.0, r * pitch - 1.0, (c + 1) * pitch + 2.0, (r + 1) * pitch + 2.0) for c, r in cells.values()
    ]
    boxes += [name.box for name in names.values()]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    drawn: list[Child] = []
    marks: list[Child] = []
    for spot in spots:
        tile, (column, row) = tiles[spot.point], cells[spot.point]
        x, y = column * pitch - left + 1.5, row * pitch - top + 1.5
        number = label(f"mid b o{tile.shade}", x + size / 2, y + size / 2 + 4.4, tile.value)
        drawn.append(el("g", el("title", tile.title), rect(f"d{tile.shade}", x, y, size, size), number))
        if tile.under:
            marks.append(mark_under(x, y, size))
    bounds = [
        outline({cells[s.point] for s in spots if s.province == province}, -left, -top, pitch)
        for province in sorted(names)
    ]
    words = [
        label("soft end" if name.end else "soft", name.x - left, name.y - top + LINE * at, text)
        for _, name in sorted(names.items())
        for at, text in enumerate(name.lines)
    ]
    bound = el("path", cls="bound", d=Html("".join(bounds)))
    wide = max(right - left, WIDTH)
    return picture("map", wide, bottom - top, title, told, el("g", *drawn, cls="tiles"), bound, *marks, *words)


def mark_under(x: float, y: float, size: float) -> Html:
    """A red edge and a cut corner: a tile whose floor was missed."""
    cut = max(size * 0.36, 3)
    return el(
        "g",
        rect("under", x + 1, y + 1, size - 2, size - 2),
        el("path", cls="notch", d=f"M{number(x + size - cut + 0.5)} {number(y - 0.5)}h{number(cut)}v{number(cut)}z"),
    )
