"""Where one point lies among the others: a dot for each cell of a grid that holds points, a ring around the one meant."""

from __future__ import annotations

from collections.abc import Sequence

from evenhand.render.html import Html, el, number, picture

WIDTH = 240.0


def place_map(
    bounds: tuple[int, int, int, int], cells: Sequence[tuple[int, int]], grid: int, spot: tuple[int, int], title: str,
    description: str,
) -> Html:  # fmt: skip
    """The picture. `bounds`: south, west, north, east; `spot`: latitude, longitude; all in millionths of a degree. `cells`:
    (column, row from the south) of a grid with so many to a side. A degree is drawn alike both ways."""
    south, west, north, east = bounds
    wide, high = max(1, east - west), max(1, north - south)
    largest = max(wide, high)
    width, height = max(60.0, WIDTH * wide / largest), max(60.0, WIDTH * high / largest)
    edge = 12.0

    def at(x: float, y: float) -> tuple[str, str]:
        return number(edge + x * width), number(edge + (1 - y) * height)

    drawn = []
    for column, row in cells:
        x, y = at((column + 0.5) / grid, (row + 0.5) / grid)
        drawn.append(el("circle", cls="soft-dot", cx=x, cy=y, r="1.8"))
    x, y = at((spot[1] - west) / wide if east > west else 0.5, (spot[0] - south) / high if north > south else 0.5)
    drawn += [el("circle", cls="ring", cx=x, cy=y, r="8"), el("circle", cls="dot", cx=x, cy=y, r="3.5")]
    return picture("where", width + 2 * edge, height + 2 * edge, title, description, *drawn)
