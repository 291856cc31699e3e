"""Public figures: complaints received, decided, in time and upheld, by area and kind, with nothing told of fewer than k.

Groups are a partition: a small one is folded into `several kinds` of its area, that into the area around it, and so on. No
sum over all is published beside them, so that nothing hidden can be found by taking away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from evenhand.flow.grievance.case import UPHELD, Case
from evenhand.flow.network.folding import SEVERAL, folded, told

__all__ = ["SEVERAL", "Figure", "figures"]


@dataclass(frozen=True, order=True)
class Figure:
    """A published row: what came and was decided in the span. None: 1 to k-1, or it would tell of so few. `area` empty: the
    areas that are too small alone."""

    area: str
    kind: str
    received: int | None
    decided: int | None
    in_time: int | None
    upheld: int | None


@dataclass
class _Group:
    received: int = 0
    decided: int = 0
    in_time: int = 0
    upheld: int = 0
    cases: set[str] = field(default_factory=set)

    @property
    def size(self) -> int:
        return len(self.cases)

    def add(self, other: _Group) -> None:
        self.received += other.received
        self.decided += other.decided
        self.in_time += other.in_time
        self.upheld += other.upheld
        self.cases |= other.cases


def figures(cases: Iterable[Case], parents: Mapping[str, str], k: int, start: int, end: int) -> list[Figure]:
    """The rows for what came in, and what was first decided, from `start` on and before `end`, sorted.

    `parents`: area -> the one around it ("" at the top). A case counts as upheld or not by its first decision in the span.
    """
    groups: dict[tuple[str, str], _Group] = defaultdict(_Group)
    for case in cases:
        group = _counted(case, start, end)
        if group is not None:
            groups[case.intake.area, case.intake.kind].add(group)
    kept = folded(groups, parents, k, _Group)
    return sorted(_row(*key, group, k) for key, group in kept.items())


def _counted(case: Case, start: int, end: int) -> _Group | None:
    first = case.decisions[0] if case.decisions else None
    received = start <= case.intake.at < end
    decided = first is not None and start <= first.at < end
    if not received and not decided:
        return None
    made = _Group(int(received), int(decided), cases={case.intake.reference})
    if first is not None and decided:
        made.in_time, made.upheld = int(first.in_time), int(first.outcome == UPHELD)
    return made


def _row(area: str, kind: str, group: _Group, k: int) -> Figure:
    decided = told(group.decided, group.decided, k)
    return Figure(
        area, kind, told(group.received, group.received, k), decided,
        None if decided is None else told(group.in_time, group.decided, k),
        None if decided is None else told(group.upheld, group.decided, k),
    )  # fmt: skip
