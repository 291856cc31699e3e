"""What is known of the nodes of a network besides goods: name, area, people, position. For words and maps alone.

Nothing here changes an allocation: two points that are due the same get the same, however many live there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evenhand.flow.network.cells import Cells, Row

COLUMNS = ("node",)
OPTIONAL = ("name", "area", "people", "latitude", "longitude")
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?")


@dataclass(frozen=True)
class Place:
    """A node for people: its name (its id where none is given), its area, its people, its (latitude, longitude)."""

    name: str
    area: str = ""
    people: int | None = None
    position: tuple[float, float] | None = None


def read_places(rows: Sequence[Row], nodes: Iterable[str]) -> dict[str, Place]:
    """Node -> place, every node once; those without a row are known by their id. InputError with everything wrong."""
    cells = Cells()
    found = {node: Place(node) for node in nodes}
    seen: dict[str, int] = {}
    for row in rows:
        node = row.get("node")
        if node not in found:
            cells.fault(row, "node", "there is no such node", "name a node of nodes.csv")
            continue
        if seen.setdefault(node, row.number) != row.number:
            cells.fault(row, "node", f"this node already stands in row {seen[node]}", "keep one of the rows")
            continue
        name, area = cells.name(row, "name", required=False), cells.name(row, "area", required=False)
        people = cells.count(row, "people") if row.get("people") else None
        north, east = _degrees(row, "latitude", 90, cells), _degrees(row, "longitude", 180, cells)
        if (north is None) != (east is None) and not cells.problems:
            cells.fault(row, "latitude" if north is None else "longitude", "one of the two is missing", "give both")
        place = None if north is None or east is None else (north, east)
        found[node] = Place(name or node, area, people, place)
    cells.check()
    return found


def _degrees(row: Row, name: str, most: int, cells: Cells) -> float | None:
    text = row.get(name)
    if not text:
        return None
    if not _DEGREES.fullmatch(text) or abs(float(text)) > most:
        cells.fault(row, name, f"not a number of degrees from -{most} to {most}", "write it as 41.4")
        return None
    return float(text)
