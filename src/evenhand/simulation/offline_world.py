"""What a distribution without a network is up against: points, phones, copies of coupons, links, losses, all from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal, NamedTuple

from evenhand.flow.card import issue
from evenhand.simulation.chance import Chance

BENEFITS = ("grain", "oil")
ORIGIN, PROGRAMME, OTHER_PROGRAMME = "demo.offline", "ration", "clothing"
CYCLE, PERIOD, EARLIER = "2008-03/1", "2008-03", "2008-02"
DAYS, DAY_MINUTES = 5, 480
HOUSEHOLDS_A_POINT = 250
OFFLINE_PERCENT = 60
ABSENT, NO_COUPON, OLD, FOREIGN = 20, 10, 5, 5
"""Of 1,000 households: do not come; come without their coupon; show the coupon of an earlier month; that of another
programme. The last two come with the right one afterwards."""
COPIED, COPIES = 50, 3
"""Of 1,000 coupons, those that are copied; how many copies of each are shown."""
COPIES_AT_HOME = 3
"""One copy in so many goes to the point where its coupon stands on the roll; the others try elsewhere."""
UP_MINUTES, DOWN_MINUTES, SYNC_MINUTES = 15, 45, 6
"""A flapping link is up and down for about so long, and a phone tries so often while it is up."""
LOST_PERCENT = 5
"""Of 100 phones, those that forget everything; as many that are lost; as many that are stolen. At least one of each."""
FILE_LOST_PERCENT = 15
"""Of 100 files of receipts that a person carries in the evening, those that do not arrive; the phone keeps them."""

Loss = Literal["reset", "lost", "stolen"]


@dataclass(frozen=True)
class Scenario:
    """What is asked for: the seed, how many households (at least 200), the reserve in per mille of the rations, and
    whether torn coupons and the ticked list survive where a phone does not."""

    seed: int
    households: int = 5000
    reserve_permille: int = 150
    paper: bool = True


class Visit(NamedTuple):
    """Somebody comes to a point at a minute of the distribution and shows `r`, or no coupon at all (None).

    `household`: whose row it is about; `what`: own | copy | old | other.
    """

    at: int
    point: int
    household: int
    r: bytes | None
    what: str


class Gone(NamedTuple):
    """Phone 0 or 1 of a point is gone at a minute; another one takes over later; it may turn up again at the end."""

    at: int
    point: int
    phone: int
    how: Loss
    replaced: int
    found: bool


@dataclass(frozen=True)
class World:
    """Everything chance decides. `rations`: steps by benefit in the order of BENEFITS; `home`: the point of a household;
    `syncs`: for each point the minutes at which something reaches the server, and whether an answer comes back."""

    scenario: Scenario
    points: tuple[str, ...]
    offline: frozenset[int]
    home: Sequence[int] = field(repr=False)
    coupons: Sequence[bytes] = field(repr=False)
    tags: Sequence[bytes] = field(repr=False)
    rations: Sequence[tuple[int, ...]] = field(repr=False)
    visits: Sequence[Visit] = field(repr=False)
    gone: tuple[Gone, ...]
    syncs: Sequence[Sequence[tuple[int, bool]]] = field(repr=False)

    def rows(self, point: int) -> list[int]:
        """The households on the roll of a point."""
        return [h for h, home in enumerate(self.home) if home == point]

    def tags_at(self) -> dict[str, frozenset[bytes]]:
        """The tags on every point's roll."""
        return {name: frozenset(self.tags[h] for h in self.rows(p)) for p, name in enumerate(self.points)}

    def reserve(self, point: int) -> dict[str, int]:
        """Steps kept at a point beyond its rations, rounded down."""
        rows = self.rows(point)
        return {
            benefit: sum(self.rations[h][b] for h in rows) * self.scenario.reserve_permille // 1000
            for b, benefit in enumerate(BENEFITS)
        }


def build(scenario: Scenario) -> World:
    """The world of a scenario; the same for the same seed and number of households, whatever the reserve."""
    seed, count = scenario.seed, scenario.households
    points = tuple(f"P{number + 1:03d}" for number in range(count // HOUSEHOLDS_A_POINT))
    chance = Chance(seed, "offline", "households", count)
    home = [h % len(points) for h in range(count)]
    members = (1 + chance.below(8, count)).tolist()
    secrets = [sha256(f"offline/{seed}/{h}".encode()).digest()[:16] for h in range(count)]
    names = [f"H{h:06d}" for h in range(count)]
    issued = issue(names, 0, secrets, ORIGIN, PROGRAMME, (PERIOD, EARLIER))
    r = issued.coupons["r"].to_pylist()
    other = issue(names, 0, secrets, ORIGIN, OTHER_PROGRAMME, (PERIOD,)).coupons["r"].to_pylist()
    offline = frozenset(chance.order(len(points))[: len(points) * OFFLINE_PERCENT // 100].tolist())
    return World(
        scenario, points, offline, home, r[:count], issued.card_period["tag"].to_pylist()[:count],
        [(10 * m, m) for m in members], _visits(seed, home, len(points), r[:count], r[count:], other),
        _gone(seed, len(points)), [_syncs(seed, p, p in offline) for p in range(len(points))],
    )  # fmt: skip


def _visits(
    seed: int, home: Sequence[int], points: int, own: list[bytes], old: list[bytes], foreign: list[bytes]
) -> list[Visit]:
    count = len(home)
    chance = Chance(seed, "offline", "visits", count)
    end = DAYS * DAY_MINUTES
    when = chance.below(end, count).tolist()
    absent, without = chance.one_in(ABSENT, count), chance.one_in(NO_COUPON, count)
    shows_old, shows_other = chance.one_in(OLD, count), chance.one_in(FOREIGN, count)
    copied = chance.order(count)[: count * COPIED // 1000].tolist()
    visits = []
    for h in range(count):
        if absent[h]:
            continue
        if shows_old[h]:
            visits.append(Visit(when[h], home[h], h, old[h], "old"))
        if shows_other[h]:
            visits.append(Visit(when[h], home[h], h, foreign[h], "other"))
        visits.append(Visit(when[h], home[h], h, None if without[h] else own[h], "own"))
    for h in sorted(copied):
        at, to = chance.below(end, COPIES).tolist(), chance.below(COPIES_AT_HOME * points, COPIES).tolist()
        for minute, where in zip(at, to, strict=True):
            point = home[h] if where < points else where % points
            visits.append(Visit(minute, point, h, own[h], "copy"))
    return sorted(visits, key=lambda v: (v.at, v.point, v.household, v.what == "own"))


def _gone(seed: int, points: int) -> tuple[Gone, ...]:
    chance = Chance(seed, "offline", "gone", points)
    each = max(1, points * 2 * LOST_PERCENT // 100)
    kinds: tuple[Loss, ...] = ("reset", "lost", "stolen")
    # Never both phones of a point, so that a loss and its replacement can be followed by hand.
    chosen = chance.order(points)[: each * len(kinds)].tolist()
    found = []
    for number, point in enumerate(chosen):
        phone, at, wait, again = (int(chance.below(bound, 1)[0]) for bound in (2, 1800, 420, 2))
        how = kinds[number % len(kinds)]
        found.append(Gone(120 + at, point, phone, how, 150 + at + wait, how == "lost" and again == 0))
    return tuple(sorted(found))


def _syncs(seed: int, point: int, offline: bool) -> list[tuple[int, bool]]:
    chance = Chance(seed, "offline", "link", point)
    found: list[tuple[int, bool]] = []
    if offline:
        # In the evening somebody carries a file, or it is lost on the way; the last one is sent until it is there.
        for day in range(1, DAYS):
            if int(chance.below(100, 1)[0]) >= FILE_LOST_PERCENT:
                found.append((day * DAY_MINUTES, False))
        return found
    at = 0
    while at < DAYS * DAY_MINUTES:
        at += 1 + int(chance.below(2 * DOWN_MINUTES, 1)[0])
        until = at + 1 + int(chance.below(2 * UP_MINUTES, 1)[0])
        while at < until:
            # A link that breaks off while it answers: the server has the receipts, the phone does not know and sends again.
            found.append((at, int(chance.below(5, 1)[0]) > 0))
            at += SYNC_MINUTES
    return [(minute, answer) for minute, answer in found if minute < DAYS * DAY_MINUTES]
