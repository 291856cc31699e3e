"""A distribution without a network, played through with the functions a real one uses: does the bound hold?"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from evenhand.actions.cycles import Progress, quiet
from evenhand.flow.redemption import NOT_ON_ROLL, Decision, Presented, Settlement
from evenhand.formats.tag import tag_of
from evenhand.simulation.chance import Chance
from evenhand.simulation.offline_phone import NO_COUPON_REASON, Phone
from evenhand.simulation.offline_server import Server, hostile
from evenhand.simulation.offline_world import BENEFITS, DAY_MINUTES, DAYS, Gone, Visit, World

Steps = dict[tuple[str, str], int]
"""Steps by point and benefit."""

END = DAYS * DAY_MINUTES
CHANGE, VISIT, SYNC = 0, 1, 2
CLOCKS = 250
"""Of 1,000 phones, those whose clock jumps, by up to three days forwards or back."""
RELEASED = 60
"""Minutes after the start at which a second phone takes half of the list at every point."""
THEFT_ROWS = 20
"""For so many rows a thief signs that they were given."""


@dataclass
class Played:
    """What happened. Counts of people are of visits of families, not of copies. Steps are over all benefits.

    `people`: `whole`: got all that was due; `fed`, `part`, `claimed`: their coupon had been used before them, and the
    reserve gave them their ration again, a part of it, or only a claim for the next cycle. `turned_away`: families of whose
    row nothing had left the point, and who got less than their ration. `short`: visits of anybody with less on the floor
    than the phone said. `forgotten`: steps of rations handed over twice because a phone did not know of the first time.
    `hand_overs`: how often something was decided for a row, by its tag and what was shown.
    """

    world: World = field(repr=False)
    server: Server = field(repr=False)
    people: Counter[str] = field(default_factory=Counter)
    copies: Counter[str] = field(default_factory=Counter)
    by_row: dict[bytes, list[int]] = field(default_factory=dict, repr=False)
    hand_overs: Counter[tuple[bytes, bytes | str]] = field(default_factory=Counter, repr=False)
    phones: list[Phone] = field(default_factory=list, repr=False)
    turned_away: int = 0
    short: int = 0
    forgotten: int = 0
    reentered: int = 0
    waited: int = 0
    batches: int = 0
    forged: set[bytes] = field(default_factory=set, repr=False)
    by_thieves: set[bytes] = field(default_factory=set, repr=False)

    def reserve(self) -> Steps:
        """The reserve of every point and benefit."""
        return {(name, b): n for p, name in enumerate(self.world.points) for b, n in self.world.reserve(p).items()}

    def over_issue(self) -> Steps:
        """Steps that left a point for rows that had had their ration: counted on the floor, not from receipts."""
        found = dict.fromkeys(self.reserve(), 0)
        for h, tag in enumerate(self.world.tags):
            for b, handed in zip(BENEFITS, self.by_row.get(tag, ()), strict=False):
                found[self.world.points[self.world.home[h]], b] += max(
                    0, handed - self.world.rations[h][BENEFITS.index(b)]
                )
        return found

    def settlement(self) -> Settlement:
        """What it comes to when all is in."""
        return self.server.settle(self.world, list(self.server.receipts.values()))


class _Play:
    def __init__(self, world: World, signs: bool) -> None:
        self.world, self.signs = world, signs
        self.done = Played(world, Server(world.tags_at()))
        self.seed = world.scenario.seed
        self.at_point: list[list[Phone]] = []
        self.away: dict[tuple[int, int], int] = {}
        self.stock: list[dict[str, int]] = []
        self.cut = Chance(self.seed, "offline", "cut")
        for p, name in enumerate(world.points):
            self._open(p, name)

    def _open(self, p: int, name: str) -> None:
        rows = {self.world.tags[h]: dict(zip(BENEFITS, self.world.rations[h], strict=True)) for h in self.world.rows(p)}
        reserve = self.world.reserve(p)
        self.stock.append({b: reserve[b] + sum(row[b] for row in rows.values()) for b in BENEFITS})
        first = Phone(f"{name}-a", name, dict(rows), dict(reserve), self.signs)
        self.at_point.append([first])
        self._enrol(first)

    def _enrol(self, phone: Phone, holds: bool = True) -> None:
        self.done.phones.append(phone)
        if self.signs:
            self.done.server.enrol(phone, holds)

    def release(self, p: int, minute: int) -> None:
        """The queue is long: a second phone takes half of the list."""
        first = self.at_point[p][0]
        second = Phone(f"{first.point}-b", first.point, {}, {}, self.signs)
        said = first.release(second)
        self.at_point[p].append(second)
        self._enrol(second, holds=False)
        if self.signs:
            self.done.server.hear(said)

    def visit(self, v: Visit, minute: int) -> int | None:
        """Serve somebody; or the minute at which to come again, because the phone of the row is being replaced."""
        tag = tag_of(v.r) if v.r is not None else self.world.tags[v.household]
        phones = self.at_point[v.point]
        which = next((i for i, phone in enumerate(phones) if tag in phone.rows), None)
        if which is not None and (v.point, which) in self.away:
            self.done.waited += v.what == "own"
            return self.away[v.point, which]
        phone = phones[which if which is not None else ((v.point, 0) in self.away)]
        phone.clock_minutes = self._clock(phone, minute)
        shown = Presented(v.r) if v.r is not None else Presented(exception=NO_COUPON_REASON)
        made = phone.serve(tag if which is not None else None, shown, minute)
        stock = self.stock[v.point]
        short = any(stock[b] < n for b, n in made.items.items())
        if which is not None:
            self._hand_over(v, made, stock)
        if v.what == "copy":
            self.done.copies["elsewhere" if which is None else made.verdict if made.items else "nothing"] += 1
        elif v.what == "own":
            self.done.people[_ended(made)] += 1
        self.done.short += short
        return None

    def _hand_over(self, v: Visit, made: Decision, stock: dict[str, int]) -> None:
        row = self.done.by_row.setdefault(made.tag, [0] * len(BENEFITS))
        new, due = not any(row), self.world.rations[v.household]
        for n, b in enumerate(BENEFITS):
            handed = min(made.items.get(b, 0), stock[b])
            stock[b] -= handed
            row[n] += handed
            if made.verdict == "give":
                self.done.forgotten += max(0, min(handed, row[n] - due[n]))
        self.done.hand_overs[made.tag, made.proof] += 1
        self.done.turned_away += v.what == "own" and new and any(n < most for n, most in zip(row, due, strict=True))

    def _clock(self, phone: Phone, minute: int) -> int:
        chance = Chance(self.seed, "offline", "clock", phone.name)
        jumps, after, by = (int(chance.below(bound, 1)[0]) for bound in (1000, END, 6 * 1440))
        return by - 3 * 1440 if jumps < CLOCKS and minute >= after else 0

    def sync(self, p: int, answered: bool, minute: int) -> None:
        """Both phones of a point send what they have; where the line breaks off, only a part, and no answer."""
        for i, phone in enumerate(self.at_point[p]):
            if (p, i) not in self.away and phone.outbox:
                batch = phone.batch()
                sent = batch if answered else batch[int(self.cut.below(len(batch), 1)[0]) :]
                self._send(phone, sent, answered)

    def _send(self, phone: Phone, batch: list[bytes], answered: bool) -> None:
        self.done.batches += 1
        known = self.done.server.take(phone.name, batch)
        if answered:
            phone.acknowledge(known)

    def lose(self, gone: Gone, minute: int) -> None:
        """A phone is gone; a thief signs for rows of it, and sends that at once or when it is too late."""
        self.away[gone.point, gone.phone] = gone.replaced
        phone = self.at_point[gone.point][gone.phone]
        if gone.how == "stolen" and self.signs:
            honest = phone.batch()
            phone.outbox.clear()
            memory, stubs = phone.memory(), list(phone.stubs)
            for tag in sorted(phone.rows)[:THEFT_ROWS]:
                phone.serve(tag, Presented(exception=NO_COUPON_REASON), minute)
            (phone.rows, phone.given, phone.reserve), phone.stubs = memory, stubs
            self.done.by_thieves |= {raw for _, _, raw in phone.outbox}
            if gone.at % 2:
                self._send(phone, honest + phone.batch(), True)

    def replace(self, gone: Gone, minute: int) -> None:
        """Another phone takes over the rows. What the first one gave is known from the paper beside it, or from what
        reached the server; what did not reach it is signed again from the paper."""
        del self.away[gone.point, gone.phone]
        old = self.at_point[gone.point][gone.phone]
        new = old.successor()
        self._enrol(new)
        self.at_point[gone.point][gone.phone] = new
        here = self.done.server.of(old.name) if self.signs else []
        on_list = [r for r in here if r.proof != NOT_ON_ROLL]
        given_up = old.handed_on
        if self.world.scenario.paper:
            known = Counter((r.tag, r.proof) for r in on_list)
            for n, (tag, shown) in enumerate(old.stubs):
                if given_up and n == given_up.stubs:
                    new.hand_on(given_up)
                    given_up = None
                key = (tag, shown.r or shown.exception)
                new.signs = self.signs and known[key] <= 0
                known[key] -= 1
                new.serve(tag, shown, minute)
                self.done.reentered += new.signs
            new.signs = self.signs
        else:
            for r in on_list:
                if given_up and r.sequence > given_up.receipts:
                    new.hand_on(given_up)
                    given_up = None
                # A coupon proves itself; that somebody came without one is the word of a phone that may be in other hands.
                if r.tag in new.rows and (isinstance(r.proof, bytes) or gone.how != "stolen"):
                    new.remember(r)
        if given_up:
            new.hand_on(given_up)
        if self.signs and gone.how == "stolen":
            self.done.server.revoke(old.name)
            self._send(old, old.batch(), False)

    def end(self) -> None:
        """Everything that can still arrive arrives: the last file of every point, phones that were found, and replays."""
        for phones in self.at_point:
            for phone in phones:
                self._send(phone, phone.batch()[::-1], True)
        server = self.done.server
        for gone in self.world.gone:
            if gone.found:
                old = next(
                    p for p in self.done.phones if p.name == f"{self.world.points[gone.point]}-{'ab'[gone.phone]}"
                )
                self._send(old, old.batch(), True)
        for phones in self.at_point:
            honest = [r.raw for r in server.of(phones[0].name)]
            if honest:
                forged = hostile(honest, phones[0], phones[1].name)
                self.done.forged |= set(forged)
                self._send(phones[0], forged, True)


def _ended(made: Decision) -> str:
    if made.verdict == "give":
        return "whole"
    return "claimed" if not made.items else "part" if made.claim else "fed"


def play(world: World, signs: bool = True, progress: Progress = quiet) -> Played:
    """Play the world through. Without `signs` nothing is signed or sent: only who gets what, for many reserves quickly."""
    it = _Play(world, signs)
    queue: list[tuple[int, int, int, Callable[[int], int | None]]] = []
    for n, v in enumerate(world.visits):
        queue.append((v.at, VISIT, n, partial(it.visit, v)))
    queue += [(RELEASED, CHANGE, p, partial(it.release, p)) for p in range(len(world.points))]
    for n, gone in enumerate(world.gone):
        queue += [(gone.at, CHANGE, n, partial(it.lose, gone)), (gone.replaced, CHANGE, n, partial(it.replace, gone))]
    if signs:
        for p, times in enumerate(world.syncs):
            queue += [(at, SYNC, p, partial(it.sync, p, answer)) for at, answer in times]
    heapq.heapify(queue)
    seen = 0
    while queue:
        minute, kind, n, happen = heapq.heappop(queue)
        again = happen(minute)
        if again is not None:
            heapq.heappush(queue, (again, kind, n, happen))
        elif kind == VISIT:
            seen += 1
            if seen % 100 == 0:
                progress("handing out", seen, len(world.visits))
    if signs:
        it.end()
    return it.done
