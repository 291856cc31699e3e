"""Public figures of held rows by area and reason, with nothing told of fewer than k."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from evenhand.flow.network.folding import folded, told


@dataclass(frozen=True)
class Notice:
    """A hold that two persons signed: where and why; whether it was lifted, or its row ended as held."""

    area: str
    reason: str
    lifted: bool
    ended: bool


class Figure(NamedTuple):
    """A published row of the table `held`; None: 1 to k-1, or it would leave so few."""

    area: str
    reason: str
    placed: int | None
    lifted: int | None
    ended: int | None


@dataclass
class _Group:
    size: int = 0
    lifted: int = 0
    ended: int = 0

    def add(self, other: _Group) -> None:
        self.size += other.size
        self.lifted += other.lifted
        self.ended += other.ended


def figures(notices: Iterable[Notice], parents: Mapping[str, str], k: int) -> list[Figure]:
    """The rows, sorted. `parents`: area -> the one around it."""
    groups: dict[tuple[str, str], _Group] = {}
    for one in notices:
        group = groups.setdefault((one.area, one.reason), _Group())
        group.add(_Group(1, int(one.lifted), int(one.ended)))
    return sorted(_row(*key, group, k) for key, group in folded(groups, parents, k, _Group).items())


def _row(area: str, reason: str, group: _Group, k: int) -> Figure:
    placed = told(group.size, group.size, k)
    if placed is None:
        return Figure(area, reason, None, None, None)
    return Figure(area, reason, placed, told(group.lifted, placed, k), told(group.ended, placed, k))
