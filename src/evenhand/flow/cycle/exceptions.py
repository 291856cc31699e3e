"""Which points need somebody before their next day, and why: one thing a point, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

HOUR_SECONDS = 3600
SILENT_SECONDS = 24 * HOUR_SECONDS


class Kind(IntEnum):
    """What is wrong, in the order in which a family would meet an empty counter."""

    NO_STOCK = 1
    NOT_LIFTED = 2
    NOT_COUNTED = 3
    SHORT = 4
    UNOPENED = 5
    SILENT = 6


@dataclass(frozen=True)
class PointNow:
    """A point of an open cycle as its rows tell it. Quantities in hand-out steps by benefit.

    `lying`: what lay there before; `sent`: what has left for it; `planned`: what its waybills say; `counted`: its count,
    None before it; `recut`: benefits whose rations were brought down; `given`: households with a receipt; `heard`: UTC
    seconds of its holder's newest call, None if never; `device`: the holder, "" if nobody holds it; `phone`: whether the
    holder calls by itself (a device whose key the server keeps never does).
    """

    point: str
    name: str
    households: int
    planned: Mapping[str, int]
    sent: Mapping[str, int]
    counted: Mapping[str, int] | None
    recut: tuple[str, ...]
    given: int
    heard: int | None
    device: str
    phone: bool
    lying: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Exception_:
    """A point, what is wrong there, and the quantities that say so: (benefit, steps that are, steps that should be)."""

    kind: Kind
    point: PointNow
    lines: tuple[tuple[str, int, int], ...] = ()


def exceptions(points: Iterable[PointNow], now: int) -> list[Exception_]:
    """The points that need somebody at `now` (UTC seconds), each with its worst trouble; worst kind first, then where most
    households wait."""
    found = [one for point in points if (one := _worst(point, now)) is not None]
    return sorted(found, key=lambda one: (one.kind, -one.point.households, one.point.point))


def _worst(point: PointNow, now: int) -> Exception_ | None:
    left = point.households - point.given
    if not point.households or not left:
        return None
    if point.counted is None:
        missing = tuple((b, point.sent.get(b, 0), n) for b, n in sorted(point.planned.items()) if n)
        if not missing:
            return Exception_(Kind.NO_STOCK, point)
        lifted = any(point.sent.values())
        return Exception_(Kind.NOT_COUNTED if lifted else Kind.NOT_LIFTED, point, missing)
    wanted = {b: n + point.lying.get(b, 0) for b, n in point.planned.items()}
    lines = tuple((b, point.counted.get(b, 0), n) for b, n in sorted(wanted.items()))
    if not any(point.counted.values()):
        return Exception_(Kind.NO_STOCK, point, lines)
    if point.recut and not point.given:
        # Before its first household the notice on the wall must say the new rations; afterwards everybody knows them.
        return Exception_(Kind.SHORT, point, tuple(line for line in lines if line[0] in point.recut))
    if not point.given and not _is_silent(point, now):
        return Exception_(Kind.UNOPENED, point)
    return Exception_(Kind.SILENT, point) if _is_silent(point, now) else None


def _is_silent(point: PointNow, now: int) -> bool:
    return point.phone and (point.heard is None or now - point.heard >= SILENT_SECONDS)
