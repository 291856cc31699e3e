"""Small groups are put together over areas until nothing is told of fewer than k, and no sum gives them away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, Self, TypeVar

SEVERAL = "several"
"""The kind of a group that holds more than one."""


class Group(Protocol):
    """Something that is counted, and that takes in another of its sort."""

    @property
    def size(self) -> int:
        """How many it tells of."""

    def add(self, other: Self) -> None:
        """Take in another group."""


G = TypeVar("G", bound=Group)


def folded(
    groups: Mapping[tuple[str, str], G], parents: Mapping[str, str], k: int, empty: Callable[[], G]
) -> dict[tuple[str, str], G]:
    """The groups by (area, kind), a partition: one of fewer than k is folded into `several` of its area, that into the area
    around it (`parents`: area -> the one around it, "" at the top), at last into those of no area."""
    kept = {key: group for key, group in groups.items() if group.size >= k}
    rest: dict[str, G] = {}
    for key, group in groups.items():
        if key not in kept:
            rest.setdefault(key[0], empty()).add(group)
    depth = {area: _depth(area, parents) for area in ("", *parents, *parents.values(), *rest)}
    while area := max(rest, key=lambda area: (depth[area], area), default=""):
        group, outer = rest.pop(area), parents.get(area, "")
        if group.size >= k:
            kept[area, SEVERAL] = group
        else:
            rest.setdefault(outer if depth.get(outer, 0) < depth[area] else "", empty()).add(group)
    if "" in rest and rest[""].size:
        kept["", SEVERAL] = rest[""]
    return kept


def told(part: int, whole: int, k: int) -> int | None:
    """`part`, unless it or what it leaves of the whole stands for 1 to k-1."""
    return part if all(not number or number >= k for number in (part, whole - part)) else None


def _depth(area: str, parents: Mapping[str, str]) -> int:
    seen: set[str] = set()
    while area and area not in seen:
        seen.add(area)
        area = parents.get(area, "")
    return len(seen)
