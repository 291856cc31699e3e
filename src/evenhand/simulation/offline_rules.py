"""What other rules would have given out for the same visits: any point serves anybody, as far as it knows.

These are the rules of DESIGN's comparison in their simplest form, for their size only; nobody runs them.
"""

from __future__ import annotations

from typing import NamedTuple

from evenhand.formats.tag import tag_of
from evenhand.simulation.offline_world import DAY_MINUTES, DAYS, World

CAP_PERMILLE = 50
"""Foreign cap: of 1,000 steps of its own rations, what a point gives to cards of other points at most."""
SYNC_MINUTES = 60
"""Both in sync: both points heard from the server within so many minutes."""
RULES = ("no binding", "foreign cap", "both in sync")


class Outcome(NamedTuple):
    """Steps given for rows that had been given, and families that were turned away because a copy came before them."""

    rule: str
    over_issue: int
    turned_away: int


def compare(world: World) -> list[Outcome]:
    """Every rule on the visits of `world`."""
    return [_run(world, rule) for rule in RULES]


def _run(world: World, rule: str) -> Outcome:
    points, end = len(world.points), DAYS * DAY_MINUTES
    row = {tag: h for h, tag in enumerate(world.tags)}
    steps = [sum(ration) for ration in world.rations]
    room = [sum(steps[h] for h in world.rows(p)) * CAP_PERMILLE // 1000 for p in range(points)]
    told: dict[int, int] = {}
    here: list[set[int]] = [set() for _ in range(points)]
    unsent: list[list[int]] = [[] for _ in range(points)]
    heard = [-end] * points
    given: set[int] = set()
    over = away = 0
    events = [(at, 1, p, answer, None) for p in range(points) for at, answer in world.syncs[p]]
    events += [(v.at, 0, v.point, False, v) for v in world.visits]  # type: ignore[misc]
    for at, _, p, answer, v in sorted(events, key=lambda e: e[:3]):
        if v is None:
            for h in unsent[p]:
                told.setdefault(h, at)
            unsent[p].clear()
            heard[p] = at if answer else heard[p]
            continue
        h = v.household if v.r is None else row.get(tag_of(v.r))
        if h is None:
            continue
        home = world.home[h]
        known = h in here[p] or told.get(h, end) <= heard[p]
        if known or (p != home and not _may(rule, at, heard[p], heard[home], steps[h] <= room[p])):
            away += v.what == "own"
            continue
        room[p] -= steps[h] if p != home else 0
        over += steps[h] if h in given else 0
        given.add(h)
        here[p].add(h)
        unsent[p].append(h)
    return Outcome(rule, over, away)


def _may(rule: str, at: int, heard: int, home_heard: int, fits: bool) -> bool:
    """Whether a rule lets a point give to a card of another one."""
    if rule == "foreign cap":
        return fits
    if rule == "both in sync":
        return at - heard <= SYNC_MINUTES and at - home_heard <= SYNC_MINUTES
    return True
