"""Cards that collect elsewhere while nobody has a network: rows leave by a signed release, goods follow by lorry, and the
row is at the new point once both are known there. Played with the phones, the server and the settlement of a real one.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from evenhand.flow.redemption import Decision, Presented, Receipt, Release, Settlement, read, write_release
from evenhand.flow.redemption.custody import POINT
from evenhand.flow.redemption.moving import away_and_guests
from evenhand.render.offline_figures import Check
from evenhand.simulation.chance import Chance
from evenhand.simulation.offline_phone import Phone
from evenhand.simulation.offline_server import Server
from evenhand.simulation.offline_world import BENEFITS, CYCLE, DAY_MINUTES, DAYS, PROGRAMME, World

END = DAYS * DAY_MINUTES
MOVING, BACK = 30, 250
"""Of 1,000 households, those that ask to collect elsewhere; of 1,000 of those, those that show their coupon at home too."""
LORRY_MINUTES = 600
"""Goods are on the road for up to so long; one lorry in ten does not go at all."""
EMERGENCY = {"grain": 5, "oil": 1}
"""What a stranger gets from the reserve."""

Steps = dict[tuple[str, str], int]


@dataclass
class Moved:
    """What happened to the households that asked. `rations`, `extra`: steps by point and benefit that left a floor, counted
    there; `short`: visits with less on the floor than the phone said; `turned_away`: families whose row was where they came
    and who got less than what it still had to get, before anybody else had used it."""

    server: Server
    phones: list[Phone]
    rations: Steps = field(default_factory=dict)
    extra: Steps = field(default_factory=dict)
    people: Counter[str] = field(default_factory=Counter)
    short: int = 0
    turned_away: int = 0


class _Play:
    def __init__(self, world: World) -> None:
        self.world = world
        self.tags = {tag: h for h, tag in enumerate(world.tags)}
        server = Server({name: frozenset(tags) for name, tags in world.tags_at().items()})
        self.rolls = {name: set(tags) for name, tags in server.rolls.items()}
        server.rolls = self.rolls
        self.phones, self.floor = [], []
        for p, name in enumerate(world.points):
            rows = {world.tags[h]: dict(zip(BENEFITS, world.rations[h], strict=True)) for h in world.rows(p)}
            reserve = world.reserve(p)
            self.phones.append(Phone(f"{name}-m", name, rows, dict(reserve), emergency=EMERGENCY))
            self.floor.append({b: reserve[b] + sum(row[b] for row in rows.values()) for b in BENEFITS})
            server.enrol(self.phones[p], holds=True)
        self.done = Moved(server, self.phones)
        self.numbers: Counter[int] = Counter()
        self.unsent: list[list[bytes]] = [[] for _ in world.points]
        self.known: set[bytes] = set()
        self.arrived: set[bytes] = set()
        self.got: dict[bytes, Counter[str]] = {}

    def ask(self, h: int, target: int, lorry: bool, minute: int) -> None:
        """The family asks at its own counter. The phone lets its row go, whether anybody hears of it or not."""
        home, tag = self.world.home[h], self.world.tags[h]
        phone = self.phones[home]
        self.numbers[home] += 1
        last = phone.last
        release = Release(
            self.numbers[home], PROGRAMME, CYCLE, phone.point, phone.name, f"{POINT}{self.world.points[target]}",
            last.sequence if last else 0, last.hash if last else None, ((tag, tag),),
        )  # fmt: skip
        self.unsent[home].append(write_release(release, phone.signer))
        phone.given[tag] = dict(phone.rows[tag])  # whoever comes here all the same is served from the reserve
        if lorry:
            for b, steps in zip(BENEFITS, self.world.rations[h], strict=True):
                self.floor[home][b] -= steps
        self.done.people["asked"] += 1
        self.done.people["both_silent"] += {home, target} <= self.world.offline

    def arrive(self, h: int, target: int, minute: int) -> None:
        """The lorry is there."""
        for b, steps in zip(BENEFITS, self.world.rations[h], strict=True):
            self.floor[target][b] += steps
        self.arrived.add(self.world.tags[h])

    def contact(self, p: int, waiting: dict[bytes, int], minute: int) -> None:
        """A point sends what it has, and hears of the rows whose goods lie there."""
        phone = self.phones[p]
        for raw in self.unsent[p]:
            self.done.server.hear(raw)
        self.known |= {tag for r in self.done.server.releases for tag, _ in r.ranges if r.device == phone.name}
        self.unsent[p].clear()
        phone.acknowledge(self.done.server.take(phone.name, phone.batch()))
        for tag, target in waiting.items():
            if target == p and tag in self.known & self.arrived and tag not in phone.rows:
                phone.rows[tag] = dict(zip(BENEFITS, self.world.rations[self.tags[tag]], strict=True))
                self.rolls[phone.point].add(tag)
                self.done.server.late.setdefault(phone.point, set()).add(tag)

    def visit(self, h: int, p: int, own: bool, minute: int) -> int | None:
        """Somebody shows the coupon at a point; who is a stranger there comes again the next morning."""
        tag, phone = self.world.tags[h], self.phones[p]
        here = tag in phone.rows
        made = phone.serve(tag if here else None, Presented(self.world.coupons[h]), minute)
        self._off_the_floor(tag, p, made)
        if own and here:
            got, due = self.got[tag], self.world.rations[h]
            whole = all(got[b] >= n for b, n in zip(BENEFITS, due, strict=True))
            self.done.people["collected"] += made.verdict == "give" and p != self.world.home[h]
            self.done.turned_away += made.verdict == "give" and not whole
        again = (minute // DAY_MINUTES + 1) * DAY_MINUTES + minute % 60
        if own and not here:
            self.done.people["came_too_early"] += 1
            return again if again < END else None
        return None

    def _off_the_floor(self, tag: bytes, p: int, made: Decision) -> None:
        name, floor = self.world.points[p], self.floor[p]
        self.done.short += any(floor[b] < n for b, n in made.items.items())
        kind = self.done.rations if made.verdict == "give" else self.done.extra
        for b, n in made.items.items():
            floor[b] -= n
            kind[name, b] = kind.get((name, b), 0) + n
            if made.verdict == "give":
                self.got.setdefault(tag, Counter())[b] += n


def play(world: World) -> Moved:
    """Every household comes once; some ask before to collect elsewhere, and then come there."""
    it, count = _Play(world), len(world.home)
    seed, points = world.scenario.seed, len(world.points)
    chance = Chance(seed, "offline", "moves", count)
    moving, back = chance.one_in(MOVING, count), chance.one_in(BACK, count)
    when, asks, road, shift = (
        chance.below(most, count).tolist() for most in (END, END // 2, LORRY_MINUTES, points - 1)
    )
    sits = chance.one_in(100, count)
    queue: list[tuple[int, int, int, Callable[[int], int | None]]] = []
    waiting: dict[bytes, int] = {}
    for h in range(count):
        home = world.home[h]
        if not moving[h]:
            queue.append((when[h], 3, h, partial(it.visit, h, home, True)))
            continue
        target = (home + 1 + shift[h]) % points
        waiting[world.tags[h]] = target
        queue.append((asks[h], 0, h, partial(it.ask, h, target, not sits[h])))
        if not sits[h]:
            queue.append((asks[h] + 30 + road[h], 1, h, partial(it.arrive, h, target)))
        queue.append((asks[h] + 60 + when[h] * (END - asks[h] - 60) // END, 3, h, partial(it.visit, h, target, True)))
        if back[h]:
            queue.append(
                (asks[h] + 1 + when[h] * (END - asks[h] - 1) // END, 3, count + h, partial(it.visit, h, home, False))
            )
    for p, times in enumerate(world.syncs):
        queue += [(at, 2, p, partial(it.contact, p, waiting)) for at, _ in times]
    heapq.heapify(queue)
    while queue:
        minute, kind, n, happen = heapq.heappop(queue)
        if (later := happen(minute)) is not None:
            heapq.heappush(queue, (later, kind, n, happen))
    for p in range(points):
        it.contact(p, {}, END)
    return it.done


def moves_check(world: World) -> Check:
    """The claims about cards that move, with what was counted."""
    done = play(world)
    receipts = list(done.server.receipts.values())
    settled = done.server.settle(world, receipts)
    reserve = {(name, b): n for p, name in enumerate(world.points) for b, n in world.reserve(p).items()}
    beyond = sum(max(0, n - reserve[key]) for key, n in done.extra.items())
    away, guests = away_and_guests(settled.moved)
    same_sums = Counter(_by_benefit(away)) == Counter(_by_benefit(guests))
    # Who came home after the row had left, and never went where it was, was served from the reserve and had a ration.
    left_floors = Counter(done.rations) + Counter(done.extra)
    told = +(Counter(settled.given) + Counter(settled.over_issue)) == left_floors and not settled.beyond and same_sums
    twice = sum(r.tag in settled.moved for r in settled.contested)
    figures = {
        **{name: done.people[name] for name in ("asked", "both_silent", "collected", "came_too_early")},
        "given_away": sum(guests.values()), "contested": twice, "over_issue": sum(done.extra.values()),
        "beyond_the_reserve": beyond, "sent_away": done.turned_away, "too_little_stock": done.short,
    }  # fmt: skip
    holds = not (beyond or done.turned_away or done.short) and told and _again(done.server, world, receipts, settled)
    return Check("moves", holds, figures)


def _by_benefit(steps: Steps) -> dict[str, int]:
    found: dict[str, int] = {}
    for (_, benefit), n in steps.items():
        found[benefit] = found.get(benefit, 0) + n
    return found


def _again(server: Server, world: World, receipts: list[Receipt], settled: Settlement) -> bool:
    """The same receipts and releases, the other way round."""
    server.releases = server.releases[::-1]
    return server.settle(world, [read(r.raw) for r in receipts[::-1]]) == settled
