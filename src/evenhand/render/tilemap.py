"""A tile map: one tile a point. On one grid where the points are few, else the tiles of each province in a block."""

from __future__ import annotations

from evenhand.flow.disclosure.naming import noun
from evenhand.flow.disclosure.wording import listing, period_name
from evenhand.render.html import Child, Html, el, label, picture, rect
from evenhand.render.picture import Scene, whole
from evenhand.render.place import Spot, arrange, outline, spots_of
from evenhand.render.tilegrid import LETTER, LINE, WIDTH, Tile, mark_under, tile_grid
from evenhand.render.words import say

GAP = 12
POINTS_DRAWN = 250
"""With more points than this a tile is a district."""
SIZES = (36, 24, 13, 8, 5)
"""Tile sizes of blocks in units; a number is written in the first two."""


def tile_map(view: Scene) -> Html:
    """The map of a scene."""
    spots = spots_of(view.figures.month, sorted(view.fills))
    spots, tiles = _districts(view, spots) if len(spots) > POINTS_DRAWN else (spots, _tiles(view, spots))
    when = period_name(view.figures.month.period)
    title = say("place.map", count=f"{len(view.fills):,}", benefit=noun(view.benefit), month=when)
    names = [say("place.at", place=view.name(p), fill=whole(view.fills[p])) for p in view.under]
    told = say("place.map.under", where=listing(names, 8)) if names else say("place.map.none")
    told = f"{told} {say('place.map.table')}"
    return tile_grid(spots, tiles, title, told) or _blocks(spots, tiles, title, told)


def _tiles(view: Scene, spots: list[Spot]) -> dict[str, Tile]:
    under, found = set(view.under), {}
    for spot in spots:
        fill = view.fills[spot.point]
        where = f"{view.name(spot.point)}, {spot.province}" if spot.province else view.name(spot.point)
        title = f"{where}: {whole(fill)}\u00a0%"
        found[spot.point] = Tile(title, whole(fill), view.classes.of(fill), spot.point in under)
    return found


def _districts(view: Scene, spots: list[Spot]) -> tuple[list[Spot], dict[str, Tile]]:
    """One tile an area, for countries of many points: it shows its lowest point, and that one's mark."""
    places = {row["node"]: row for row in view.figures.month.tables["places"].to_pylist()}
    under = set(view.under)
    groups: dict[str, list[Spot]] = {}
    for spot in spots:
        groups.setdefault(places.get(spot.point, {}).get("area") or spot.point, []).append(spot)
    made, tiles = [], {}
    for area, group in sorted(groups.items()):
        placed = [spot.place for spot in group if spot.place is not None]
        middle = (sum(p[0] for p in placed) / len(placed), sum(p[1] for p in placed) / len(placed)) if placed else None
        fill = min(view.fills[spot.point] for spot in group)
        name = places.get(group[0].point, {}).get("area_name") or area
        where = f"{name}, {group[0].province}" if group[0].province else name
        title = say("place.lowest", place=where, fill=whole(fill), count=f"{len(group):,}")
        made.append(Spot(area, group[0].province, middle))
        tiles[area] = Tile(title, whole(fill), view.classes.of(fill), any(spot.point in under for spot in group))
    return made, tiles


def _blocks(spots: list[Spot], tiles: dict[str, Tile], title: str, told: str) -> Html:
    """Each province a block of tiles under its name, the blocks on a grid roughly where the provinces lie."""
    groups: dict[str, list[Spot]] = {}
    for spot in sorted(spots, key=lambda s: (-(s.place or (0, 0))[0], (s.place or (0, 0))[1], s.point)):
        groups.setdefault(spot.province, []).append(spot)
    found = sorted(groups)
    columns = min(len(found), 4 if len(found) <= 24 else 6)
    rows = len(found) if columns == 1 else -(-len(found) // columns) + (1 if len(found) > 6 else 0)
    cells = arrange(_wishes([groups[name] for name in found], columns, rows), columns, rows)
    used_columns = sorted({c for c, _ in cells.values()})
    cell = (WIDTH + GAP) / len(used_columns)
    room, most = cell - GAP, max(len(group) for group in groups.values())
    size = next((s for s in SIZES if -(-most // _across(room, s)) * (s + 2) <= 150), SIZES[-1])
    across = _across(room, size)
    heads = {i: _head(name, room) for i, name in enumerate(found)}
    drawn: list[Child] = []
    top = 0.0
    for row in sorted({r for _, r in cells.values()}):
        here = sorted((used_columns.index(c), i) for i, (c, r) in cells.items() if r == row)
        head = max(len(heads[i]) for _, i in here) * LINE
        for column, i in here:
            drawn.append(_block(groups[found[i]], tiles, heads[i], column * cell, top + head, size, across))
        top += head + max(-(-len(groups[found[i]]) // across) for _, i in here) * (size + 2) + GAP + 2
    return picture("map", WIDTH, top - GAP, title, told, *drawn)


def _wishes(groups: list[list[Spot]], columns: int, rows: int) -> list[tuple[float, float]]:
    """The cell each province would like: its middle between the outermost middles. Unplaced ones come last."""
    middles = []
    for group in groups:
        placed = [spot.place for spot in group if spot.place is not None]
        middles.append(
            (sum(p[0] for p in placed) / len(placed), sum(p[1] for p in placed) / len(placed)) if placed else None
        )
    known = [m for m in middles if m is not None]
    if not known:
        return [(float(i % columns), float(i // columns)) for i in range(len(groups))]
    north, west = max(m[0] for m in known), min(m[1] for m in known)
    high, wide = north - min(m[0] for m in known) or 1, max(m[1] for m in known) - west or 1
    return [
        ((m[1] - west) / wide * (columns - 1), (north - m[0]) / high * (rows - 1)) if m else (columns - 1.0, rows - 1.0)
        for m in middles
    ]


def _across(room: float, size: int) -> int:
    return max(1, int((room + 2) // (size + 2)))


def _head(name: str, room: float) -> list[str]:
    """The name in lines of about `room` units, broken at spaces, two at most."""
    limit = max(4, int(room / LETTER))
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > limit and len(lines) < 2:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return [text if len(text) <= limit + 2 else f"{text[:limit]}…" for text in lines if text]


def _block(
    group: list[Spot], tiles: dict[str, Tile], head: list[str], left: float, top: float, size: int, across: int
) -> Html:
    """A province: its name, its tiles, the line around them, and marks on those under the floor."""
    drawn: list[Child] = []
    marks: list[Child] = []
    for index, spot in enumerate(group):
        tile = tiles[spot.point]
        x, y = left + 1 + index % across * (size + 2), top + 1 + index // across * (size + 2)
        number = None
        if size >= SIZES[1]:
            number = label(f"mid b o{tile.shade}", x + size / 2, y + size / 2 + 4.3, tile.value)
        drawn.append(el("g", el("title", tile.title), rect(f"d{tile.shade}", x, y, size, size), number))
        if tile.under:
            marks.append(mark_under(x, y, size))
    names = [label("soft", left, top - 4 - LINE * (len(head) - 1 - at), text) for at, text in enumerate(head)]
    cells = {(index % across, index // across) for index in range(len(group))}
    bound = el("path", cls="bound", d=outline(cells, left, top, size + 2))
    return el("g", *names, el("g", *drawn, cls="tiles"), bound, *marks)
