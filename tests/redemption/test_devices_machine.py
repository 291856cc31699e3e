"""Phones of one point as they come and go: whatever they do and however their words travel, one settlement comes out.

Alder: A1 is due 60 steps of grain and a pair of shoes, A2 27 of grain, A3 nothing. Three phones may give: the first holder,
one that replaces it, and a second queue. Each day is made up by hypothesis: coupons and copies, parts, refusals, receipts
taken back, phones reset to an earlier state (forks), rows released back and forth, receipts of other cycles and programmes.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from redemption.points import BENEFITS, CYCLE, KEYS, POINT, RATION, ROLLS, draft, signer

from evenhand.flow.redemption import (
    UNDONE,
    Custody,
    Device,
    Link,
    Merged,
    Receipt,
    Release,
    Settlement,
    merge,
    read,
    read_release,
    settle,
    write,
    write_release,
)  # fmt: skip
from evenhand.flow.redemption.custody import ALL

FIRST, SECOND, LATER = PHONES = ("alder-1", "alder-2", "alder-9")
CERTIFIED = {name: Device(name, signer(name).public_key, frozenset(["Alder"])) for name in PHONES}
PUBLIC = {name: device.public_key for name, device in CERTIFIED.items()}
TAGS = {"Alder": frozenset(KEYS[name].tag for name, at in POINT.items() if at == "Alder")}
RESERVE = {("Alder", "grain"): 70, ("Alder", "shoes"): 1}
FAMILIES = st.sampled_from(["A1", "A2", "A3"])
NAMES = st.sampled_from(PHONES)


def books(found: Settlement) -> Any:
    """Everything a settlement says, comparable."""
    return (
        found.outcomes.to_pylist(), found.left.to_pylist(), found.given, found.over_issue, found.beyond, found.contested,
        found.refused, found.exceptions,
    )  # fmt: skip


class Point(RuleBasedStateMachine):
    """What phones signed (`sent`, all of it), and what the server has seen of it so far (`here`)."""

    @initialize()
    def begin(self) -> None:
        self.chains: dict[str, list[Receipt]] = {name: [] for name in PHONES}
        self.sent: list[bytes] = []
        self.here: dict[bytes, Receipt] = {}
        self.foreign: list[bytes] = []
        self.releases: list[bytes] = []
        self.holders: tuple[str, ...] = (FIRST,)

    def sign(self, phone: str, made: Receipt) -> None:
        chain = self.chains[phone]
        last = chain[-1] if chain else None
        made = replace(
            made, device=phone, sequence=last.sequence + 1 if last else 1, previous=last.hash if last else None
        )
        raw = write(made, signer(phone))
        chain.append(read(raw))
        self.sent.append(raw)

    @rule(phone=NAMES, family=FAMILIES, part=st.integers(1, 4), coupon=st.booleans())
    def give(self, phone: str, family: str, part: int, coupon: bool) -> None:
        grain, shoes = RATION[family]
        items = (("grain", grain // part),) + ((("shoes", shoes),) if part == 1 else ())
        self.sign(phone, draft(family, proof="" if coupon else "no coupon", items=items))

    @rule(phone=NAMES, family=FAMILIES)
    def refuse(self, phone: str, family: str) -> None:
        self.sign(phone, draft(family, proof="refused: absent", items=()))

    @rule(phone=NAMES)
    def undo(self, phone: str) -> None:
        if self.chains[phone]:
            last = self.chains[phone][-1]
            self.sign(phone, replace(last, proof=UNDONE, items=()))

    @rule(phone=NAMES, back=st.integers(1, 3))
    def reset(self, phone: str, back: int) -> None:
        """The phone comes back from an older copy of itself: what it signs next forks its chain."""
        del self.chains[phone][-back:]

    @rule(phone=NAMES, to=NAMES, family=st.sampled_from(["", "A1", "A2", "A3"]))
    def release(self, phone: str, to: str, family: str) -> None:
        if phone == to:
            return
        chain = self.chains[phone]
        tags = (KEYS[family].tag,) * 2 if family else ALL
        release = Release(
            len(self.releases) + 1, "ration", CYCLE, "Alder", phone, to, chain[-1].sequence if chain else 0,
            chain[-1].hash if chain else None, (tags,),
        )  # fmt: skip
        self.releases.append(write_release(release, signer(phone)))

    @rule()
    def lose(self) -> None:
        """The first phone falls into the river; another one takes its place."""
        self.holders = (FIRST, LATER)

    @rule(phone=NAMES, family=FAMILIES, changed=st.sampled_from(["cycle", "programme", "device"]))
    def replay(self, phone: str, family: str, changed: str) -> None:
        """Receipts of another cycle or programme, or in the name of another phone."""
        value = {"cycle": "2008-02/1", "programme": "other", "device": next(n for n in PHONES if n != phone)}[changed]
        made = replace(draft(family), **{"device": phone} | {changed: value})
        self.foreign.append(write(made, signer(phone)))

    def merged(self, batch: list[bytes], known: dict[bytes, Receipt]) -> Merged:
        links: list[Link] = [receipt.link for receipt in known.values()]
        beside = {"Alder": tuple(name for name in PHONES if name != self.holders[-1])}
        return merge(
            links, batch, CERTIFIED.values(), "ration", CYCLE, TAGS, {"Alder": self.holders[-1]}, beside=beside
        )

    @rule(chance=st.randoms(use_true_random=False))
    def deliver(self, chance: Random) -> None:
        """Some of everything arrives, in any order, some of it twice."""
        batch = [raw for raw in [*self.sent, *self.foreign] if chance.random() < 0.5]
        batch += [raw for raw in batch if chance.random() < 0.2]
        chance.shuffle(batch)
        found = self.merged(batch, self.here)
        assert len(found.new) + len(found.duplicates) + len(found.refused) == len(batch)
        assert {one.hash for one in found.refused} <= {read(raw).hash for raw in self.foreign}
        self.here |= {receipt.hash: receipt for receipt in found.new}

    def settled(self, receipts: list[Receipt], releases: list[bytes]) -> Settlement:
        custody = Custody({"Alder": self.holders}, [read_release(raw, PUBLIC) for raw in releases])
        return settle(ROLLS, BENEFITS, receipts, RESERVE, custody)

    @invariant()
    def the_bound_holds(self) -> None:
        if not hasattr(self, "here"):
            return
        found = self.settled(list(self.here.values()), self.releases)
        for at, benefit in enumerate(BENEFITS):
            due = sum(RATION[name][at] for name in ("A1", "A2", "A3"))
            left = sum(row["steps"] for row in found.left.to_pylist() if row["benefit"] == benefit)
            there = sum(RATION[name][at] for name in POINT if POINT[name] == "Birch")
            assert found.given.get(("Alder", benefit), 0) + left - there == due
            assert found.over_issue.get(("Alder", benefit), 0) <= RESERVE["Alder", benefit]

    def teardown(self) -> None:
        """In the end all of it arrives: in whatever order, the same comes out, and none of it is missing."""
        if not hasattr(self, "here"):
            return
        late = self.merged(self.sent[::-1], self.here)
        assert not late.refused
        received = [*late.new, *self.here.values()]
        at_once = self.merged(self.sent, {})
        assert {receipt.hash for receipt in received} == {read(raw).hash for raw in self.sent}
        assert (late.forks, late.gaps) == (at_once.forks, at_once.gaps)
        wanted = books(self.settled(at_once.new, self.releases))
        assert books(self.settled(received, self.releases[::-1])) == wanted
        assert books(self.settled(received[::-1], self.releases * 2)) == wanted


TestPoint = Point.TestCase
TestPoint.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
