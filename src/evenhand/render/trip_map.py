"""Maps of trips: straight lines from stop to stop, a colour a lorry and day; for a page, and for paper."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import cos, radians

from evenhand.flow.dispatch.trip_check import Run
from evenhand.flow.dispatch.trips import Problem
from evenhand.render.html import Child, Html, el, label, number, picture, rect

NAMED_MOST = 40
"""So many points are named on a map; on a fuller one only dots stand."""
PAPER = (
    ".way{fill:none;stroke-width:2;stroke-linejoin:round;stroke:#314d7b}.stop{fill:#fff;stroke:#1a1e1c;stroke-width:1.5}"
    ".home{fill:#1a1e1c}text{font-family:'Noto Sans';font-size:12px;fill:#1a1e1c}.b{font-weight:700}"
    ".halo{stroke:#fff;stroke-width:3px;paint-order:stroke}.end{text-anchor:end}.mid{text-anchor:middle}"
)
"""What a style sheet does on a page, for paper."""


def placed(problem: Problem, depot: str, runs: Sequence[Run]) -> bool:
    """Whether it is known where all these stops lie."""
    points = {visit.point for run in runs for visit in run.visits}
    return all(place in problem.roads.places for place in (depot, *points))


def paper_map(problem: Problem, run: Run) -> str:
    """The map of one lorry's day as an SVG that stands by itself; empty where some place is not known."""
    if not placed(problem, run.lorry.depot, [run]):
        return ""
    drawn = str(trip_map("map", problem, run.lorry.depot, [run]))
    drawn = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return drawn.replace("<title", f"<style>{PAPER}</style><title", 1)


def trip_map(name: str, problem: Problem, depot: str, runs: Sequence[Run]) -> Html:
    """The trips of some lorries from a depot. Every stop must have its place."""
    points = list(dict.fromkeys(visit.point for run in runs for visit in run.visits))
    places = {key: problem.roads.places[key] for key in (depot, *points)}
    middle = radians(float(sum((p[0] for p in places.values()), 0 * places[depot][0])) / len(places))
    flat = {key: (float(east) * cos(middle), -float(north)) for key, (north, east) in places.items()}
    left, top = min(x for x, _ in flat.values()), min(y for _, y in flat.values())
    wide = max(max(x for x, _ in flat.values()) - left, 1e-9)
    tall = max(max(y for _, y in flat.values()) - top, 1e-9)
    scale = min(280 / wide, 380 / tall)
    at = {key: (24 + (x - left) * scale, 24 + (y - top) * scale) for key, (x, y) in flat.items()}
    drawn: list[Child] = []
    for colour, run in enumerate(runs):
        for _, group in groupby(run.visits, key=lambda visit: visit.trip):
            way = [depot, *[visit.point for visit in group], depot]
            line = "M" + "L".join(f"{number(at[key][0])} {number(at[key][1])}" for key in way)
            drawn.append(el("path", cls=f"way way{colour % 5 + 1}", d=line))
    drawn += [el("circle", cls="stop", cx=number(at[p][0]), cy=number(at[p][1]), r=3.5) for p in points]
    x, y = at[depot]
    drawn.append(rect("home", x - 5, y - 5, 10, 10))
    if len(points) <= NAMED_MOST:
        for point in points:
            x, y = at[point]
            end = x > 240
            drawn.append(label("halo end" if end else "halo", x - 7 if end else x + 7, y + 4, point))
    x, y = at[depot]
    drawn.append(label("b halo mid", x, y - 10, depot))
    told = f"Trips from {depot}: {'; '.join(_told(run) for run in runs[:50])}."
    return picture(name + "m", 328, 48 + tall * scale, f"Map of the trips from {depot}", told, *drawn)


def _told(run: Run) -> str:
    return f"{run.visits[0].lorry} on day {run.visits[0].day} to {', '.join(visit.point for visit in run.visits[:20])}"
