"""Areas, nodes and lanes: what the cells mean together, after each was checked by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from evenhand.core.benefit import Benefit
from evenhand.flow.network.quantities import NotAQuantity, capacity, stocked

Row = Mapping[str, Any]
"""A row as read: `row` is its number, every other value text or None."""
Fault = tuple[int, str, str | None, str]
"""Row, field, value, `message|remedy`."""

REGISTERED = "already registered with other values ({})|keep the registered values; corrections are not imported"


@dataclass
class Checked:
    """Typed rows to add, how many were there already, and what is wrong."""

    add: list[tuple[Any, ...]] = field(default_factory=list)
    known: int = 0
    faults: list[Fault] = field(default_factory=list)

    def settle(self, row: Row, key: str, typed: tuple[Any, ...], registered: tuple[Any, ...] | None) -> None:
        """Add a row, or find that it is there already, with the same values or with others."""
        if registered is None:
            self.add.append(typed)
        elif registered == typed:
            self.known += 1
        else:
            was = ", ".join("" if value is None else str(value) for value in registered[1:])
            self.faults.append((row["row"], key, row[key], REGISTERED.format(was[:100])))


def microdegrees(text: str | None) -> int | None:
    """Decimal degrees as millionths, rounded to the nearest; the text fits the column's pattern."""
    return None if text is None else round(Fraction(text) * 1_000_000)


def check_areas(rows: Sequence[Row], registered: Mapping[str, tuple[Any, ...]]) -> Checked:
    """Rows (pcode, name, parent, level). A parent's level is smaller, so no area is part of itself."""
    found = Checked()
    levels = {pcode: values[3] for pcode, values in registered.items()}
    levels |= {row["pcode"]: int(row["level"]) for row in rows}
    for row in rows:
        level, parent = int(row["level"]), row["parent"]
        if parent is not None and levels.get(parent, -1) >= level:
            text = f"its level is not below {level}|an area is part of one of a smaller level"
            found.faults.append((row["row"], "parent", parent, text))
        typed = (row["pcode"], row["name"], parent, level)
        found.settle(row, "pcode", typed, registered.get(row["pcode"]))
    return found


def check_nodes(rows: Sequence[Row], registered: Mapping[str, tuple[Any, ...]], key: str) -> Checked:
    """Rows (node, name, kind, area, latitude, longitude); `key` is "point" or "node", the file's name for the id."""
    found = Checked()
    for row in rows:
        latitude, longitude = microdegrees(row["latitude"]), microdegrees(row["longitude"])
        for name, value, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
            if value is not None and abs(value) > most * 1_000_000:
                found.faults.append((row["row"], name, row[name], f"outside the globe|write -{most} to {most} degrees"))
        if (latitude is None) != (longitude is None):
            empty = "latitude" if latitude is None else "longitude"
            found.faults.append((row["row"], empty, None, "one half of a position is empty|give both, or neither"))
        kind = "point" if key == "point" else row["kind"]
        typed = (row[key], row["name"], kind, row["area"], latitude, longitude)
        found.settle(row, key, typed, registered.get(row[key]))
    return found


def check_lanes(
    rows: Sequence[Row],
    newest: Mapping[str, tuple[Any, ...]],
    kinds: Mapping[str, str],
    benefits: Mapping[str, Benefit],
) -> Checked:
    """Rows (lane, source, target, commodity, capacity, cost, open); one that differs from the newest is a new version.

    `kinds` says what each node is: a lane leaves no point, reaches no entry, and does not end where it begins.
    """
    found = Checked()
    for row in rows:
        source, target, commodity = row["from"], row["to"], row["commodity"]

        def fault(field_name: str, text: str, row: Row = row) -> None:
            found.faults.append((row["row"], field_name, row[field_name], text))

        if kinds.get(source) == "point":
            fault("from", "a lane cannot leave a point|let it leave an entry or a depot")
        if kinds.get(target) == "entry":
            fault("to", "a lane cannot reach an entry|let it reach a depot or a point")
        if source == target:
            fault("to", "the lane ends where it begins|name another node")
        limit = None
        if commodity is not None and commodity not in stocked(benefits):
            fault("commodity", unknown_benefit(commodity, benefits))
        elif row["capacity"] is not None:
            try:
                limit = capacity(row["capacity"], commodity, benefits)
            except NotAQuantity as error:
                fault("capacity", str(error))
        typed = (row["lane"], source, target, commodity, limit, int(row["cost"]), row["open"] != "no")
        if newest.get(row["lane"]) == typed:
            found.known += 1
        else:
            found.add.append(typed)
    return found


def unknown_benefit(name: str, benefits: Mapping[str, Benefit]) -> str:
    """Why there can be no stock of `name`."""
    if not benefits:
        return "no policy is adopted yet, so there are no benefits|adopt one first: evenhand policy adopt FILE.toml"
    if name in benefits:
        return f"there is no stock of {benefits[name].kind}|leave the row out"
    return f"the policy has no such benefit|write one of: {', '.join(stocked(benefits))}"
