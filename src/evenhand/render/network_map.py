"""A map of a network: points as circles by the share of what is due to them, depots, lanes, and the cut that holds points
down. A plain projection of the positions given; no borders, since none are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import cos, radians, sqrt

from evenhand.flow.allocation.places import Place
from evenhand.render.html import Child, Html, el, label, number, picture

WIDTH, MOST, EDGE = 360.0, 460.0, 16.0
TITLES_MOST = 500
"""Beyond so many points circles are of one size and have no title, and lanes that are not full are left out."""
CLASSES = (20, 40, 60, 80, 100)
"""First whole per cents of d2 … d6; d6 is all that is due."""


@dataclass(frozen=True)
class Dot:
    """A point of the map: its title for those who hear it, and the share of what is due that it gets."""

    node: str
    title: str
    fill: Fraction


def shade(fill: Fraction) -> int:
    """The colour of a share, 1 (least) to 6 (all)."""
    return 1 + sum(fill * 100 >= bound for bound in CLASSES)


def network_map(
    name: str,
    title: str,
    told: str,
    places: Mapping[str, Place],
    dots: Sequence[Dot],
    depots: Sequence[str],
    lanes: Sequence[tuple[str, str]],
    cut: set[tuple[str, str]],
    emptied: set[str],
) -> Html | None:
    """The picture, or None where no two places differ. `lanes` are pairs of nodes, `cut` those that are full and hold
    points down, `emptied` the nodes whose stock is used up and does so. Nodes without a position are left out."""
    found = {node: place.position for node, place in places.items() if place.position is not None}
    shown = {dot.node for dot in dots if dot.node in found} | {node for node in depots if node in found}
    if len({found[node] for node in shown}) < 2:
        return None
    at, high = _project({node: found[node] for node in shown})
    many = len(dots) > TITLES_MOST
    open_lanes = [] if many else [(at[a], at[b]) for a, b in lanes if a in at and b in at and (a, b) not in cut]
    drawn: list[Child] = [el("path", cls="axis", d=Html("".join(_path(a, b) for a, b in open_lanes)))]
    drawn += [_line("leak lane", at[tail], at[head]) for tail, head in sorted(cut) if tail in at and head in at]
    for node in sorted(node for node in set(depots) | emptied if node in at):
        x, y = at[node]
        kind = "under" if node in emptied else "due"
        drawn.append(el("rect", cls=f"{kind} depot", x=number(x - 4), y=number(y - 4), width=8, height=8))
    most = max((places[dot.node].people or 0 for dot in dots), default=0)
    smallest = 1.6 if many else 5.0 if len(dots) < 60 else 3.0
    # The worst served lie on top where there are many, small circles on large ones where there are few.
    for dot in sorted(dots, key=lambda dot: (-dot.fill if many else -(places[dot.node].people or 0), dot.node)):
        if dot.node in at:
            x, y = at[dot.node]
            people = places[dot.node].people or 0
            radius = smallest * (1 + 1.6 * sqrt(people / most)) if most and not many else smallest
            ring = el(
                "circle",
                cls=f"d{shade(dot.fill)} {'tiny' if many else 'dot'}",
                cx=number(x),
                cy=number(y),
                r=number(radius),
            )
            drawn.append(el("g", el("title", dot.title), ring) if not many else ring)
    drawn += _names(places, [dot.node for dot in dots if dot.node in at], [n for n in depots if n in at], at)
    return picture(name, WIDTH, high, title, told, *drawn)


def _project(found: Mapping[str, tuple[float, float]]) -> tuple[dict[str, tuple[float, float]], float]:
    """Positions as coordinates of the picture, and its height: equal scale both ways at the middle latitude."""
    north = [place[0] for place in found.values()]
    east = [place[1] for place in found.values()]
    squeeze = cos(radians((max(north) + min(north)) / 2)) or 0.01
    wide, tall = (max(east) - min(east)) * squeeze, max(north) - min(north)
    room = WIDTH - 2 * EDGE
    scale = min(room / wide if wide else 1e9, (MOST - 2 * EDGE) / tall if tall else 1e9)
    left = EDGE + (room - wide * scale) / 2
    at = {
        node: (left + (place[1] - min(east)) * squeeze * scale, EDGE + (max(north) - place[0]) * scale)
        for node, place in found.items()
    }
    return at, tall * scale + 2 * EDGE


def _line(cls: str, one: tuple[float, float], other: tuple[float, float]) -> Html:
    return el("path", cls=cls, d=_path(one, other))


def _path(one: tuple[float, float], other: tuple[float, float]) -> str:
    return f"M{number(one[0])} {number(one[1])}L{number(other[0])} {number(other[1])}"


def _names(
    places: Mapping[str, Place], points: Sequence[str], depots: Sequence[str], at: Mapping[str, tuple[float, float]]
) -> list[Child]:
    """Names beside the marks, as many as find room: depots and the most people first."""
    order = [*depots, *sorted(points, key=lambda node: (-(places[node].people or 0), node))]
    full: list[tuple[float, float, float, float]] = [(x - 6, y - 6, x + 6, y + 6) for x, y in at.values()]
    drawn: list[Child] = []
    for node in order[:60]:
        x, y = at[node]
        wide = 6.6 * len(places[node].name)
        for left, base, end in ((x + 12, y + 4, False), (x - 12 - wide, y + 4, True)):
            box = (left - 2, base - 11, left + wide + 2, base + 4)
            apart = not any(
                box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3]
                for o in full
                if o[:2] != (x - 6, y - 6)
            )
            if box[0] >= 0 and box[2] <= WIDTH and apart:
                full.append(box)
                anchor = left + wide if end else left
                drawn.append(label("halo soft end" if end else "halo soft", anchor, base, places[node].name))
                break
    return drawn
