"""What happens at the points of an open cycle: short lorries, a day of redemptions, receipts that travel as they like.

A device decides with `flow.redemption.decide` and signs with `chain`, as a real one would; only who comes, with what in
hand, and how the receipts travel is chance, named by (seed, month, point).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evenhand.flow.redemption import NOT_ON_ROLL, Head, Presented, Receipt, Row, chain, decide, write
from evenhand.flow.redemption.merge import Pool
from evenhand.formats.cose import Signer
from evenhand.simulation.chance import Chance

ABSENT, NO_COUPON, COPIED, VISITOR = 20, 10, 15, 2
"""Of 1,000 rows: households that do not come, that come without their coupon, whose coupon was copied, and people who
come to the wrong point."""
SHORT_PERCENT = 5
"""Of 100 points, those whose lorry comes short in a month after the first; at least one."""
SHORT_REASONS = ("lorry overturned", "bags torn in the rain", "stolen on the road", "short at loading")
ONLINE_PERCENT = 30
"""Of 100 points, those with a network: they send small pieces in order; the others send late, in lumps, some twice."""
NO_COUPON_REASON = "no-coupon"


@dataclass(frozen=True)
class Arrival:
    """What came off the lorries at a point, in steps by benefit, and why less than sent (empty: all came)."""

    point: str
    received: dict[str, int]
    reason: str = ""


def arrivals(seed: int, month: int, sent: Mapping[str, Mapping[str, int]]) -> list[Arrival]:
    """What arrives at each point (sorted) of what was `sent` there, in steps. In the first month everything arrives."""
    points = sorted(point for point, loads in sent.items() if any(loads.values()))
    chance = Chance(seed, "lorries", month)
    count = max(1, len(points) * SHORT_PERCENT // 100) if month > 1 and points else 0
    short = {points[i] for i in chance.order(len(points))[:count].tolist()}
    found = []
    for point in sorted(sent):
        loads = {benefit: int(steps) for benefit, steps in sent[point].items()}
        if point not in short:
            found.append(Arrival(point, loads))
            continue
        here = Chance(seed, "lorry", month, point)
        reason = SHORT_REASONS[int(here.below(len(SHORT_REASONS), 1)[0])]
        # From 6 to 30 percent of each load is lost, at least a step of what was sent at all.
        lost = here.below(25, len(loads)).tolist()
        received = {
            b: max(0, n - max(1, n * (6 + part) // 100)) for (b, n), part in zip(loads.items(), lost, strict=True)
        }
        found.append(Arrival(point, received, reason))
    return found


@dataclass(frozen=True)
class Day:
    """A point in an open cycle as its device sees it, and the coupons its households hold.

    `rows`: tag, r, final rations in steps in the order of `benefits`. `reserve`: steps by benefit. `key`: the device's
    Signer, or the 32 bytes of its private key (a demo's, see `secrets`), which a pool of processes needs. One device
    holds one point.
    """

    programme: str
    cycle: str
    point: str
    device: str
    key: bytes | Signer = field(repr=False)
    benefits: tuple[str, ...]
    rows: Sequence[tuple[bytes, bytes, Sequence[int]]] = field(repr=False)
    reserve: Mapping[str, int]

    def signer(self) -> Signer:
        """The device's key."""
        if isinstance(self.key, Signer):
            return self.key
        key = Ed25519PrivateKey.from_private_bytes(self.key)
        return Signer(key.public_key().public_bytes_raw(), key.sign)


@dataclass(frozen=True)
class Chained:
    """A device's receipts in order, and what happened: for tests and the curious, the flow never reads `happened`."""

    point: str
    device: str
    receipts: list[bytes]
    head: Head
    happened: dict[str, int]


def serve(day: Day, seed: int, month: int) -> Chained:
    """One point's day: everyone who comes, in the order they come, decided and signed."""
    count = len(day.rows)
    chance = Chance(seed, "day", month, day.point)
    absent, without = chance.one_in(ABSENT, count), chance.one_in(NO_COUPON, count)
    copied, lost = chance.one_in(COPIED, count), chance.one_in(VISITOR, count)
    own, clones, strays = chance.raw(count), chance.raw(count), chance.raw(count)
    # (when, row, what is shown); the holder of a copy comes before or after the family, whoever draws the earlier time.
    visits = [
        (when, i, 1 if no else 0)
        for i, (when, away, no) in enumerate(zip(own.tolist(), absent, without, strict=True))
        if not away
    ]
    visits += [(when, i, 0) for i, (when, copy) in enumerate(zip(clones.tolist(), copied, strict=True)) if copy]
    visits += [(when, i, 2) for i, (when, stray) in enumerate(zip(strays.tolist(), lost, strict=True)) if stray]
    visits.sort()
    given = [0] * count
    reserve = dict(day.reserve)
    happened = {"give": 0, "contested": 0, "not-on-roll": 0, "exceptions": 0, "absent": int(absent.sum()), "claims": 0}
    blank = Receipt(
        0, None, day.programme, day.cycle, day.point, day.device, b"", b"", (), f"clerk at {day.point}"[:64]
    )
    drafts: list[Receipt] = []
    for _, i, shown in visits:
        tag, r, rations = day.rows[i]
        if shown == 2:
            # A coupon of some other point: a digest of this one stands for it, so that it is on no roll.
            decision = decide(None, Presented(sha256(b"stray" + r).digest()[:16]), reserve)
        else:
            due = dict(zip(day.benefits, map(int, rations), strict=True))
            row = Row(tag, due, due if given[i] else None)
            decision = decide(row, Presented(exception=NO_COUPON_REASON) if shown else Presented(r), reserve)
            given[i] += 1
        if decision.from_reserve:
            for benefit, steps in decision.items.items():
                reserve[benefit] -= steps
        happened[decision.verdict] += 1
        happened["exceptions"] += shown == 1
        happened["claims"] += bool(decision.claim)
        drafts.append(replace(blank, tag=decision.tag, proof=decision.proof, items=tuple(decision.items.items())))
    happened["unredeemed"] = sum(not times for times in given)
    receipts = chain(drafts, day.signer())
    last = sha256(receipts[-1]).digest() if receipts else None
    return Chained(
        day.point, day.device, receipts, Head(day.programme, day.cycle, day.device, len(receipts), last), happened
    )


@dataclass(frozen=True)
class Month:
    """`batches`: files of receipts (CBOR sequences) in the order in which they come in. `heads`: one a device, in the
    order of the days. `forged`: how many items of the batches must be refused; `repeated`: how many come twice."""

    batches: list[bytes]
    heads: list[Head]
    forged: int
    repeated: int
    happened: dict[str, int]


def open_month(seed: int, month: int, days: Sequence[Day], files: int = 8, pool: Pool | None = None) -> Month:
    """All points' days of a month, and their receipts in `files` batches (1 or more) in hostile order.

    The work is in the signatures; with a pool of processes it is shared. The result does not depend on it.
    """
    if files < 1:
        raise ValueError("the receipts need at least one file")
    one = partial(serve, seed=seed, month=month)
    served: list[Chained] = list((pool.map if pool else map)(one, days))
    sent: list[list[bytes]] = [[] for _ in range(files)]
    repeated = 0
    for chained in served:
        repeated += _post(chained, sent, Chance(seed, "post", month, chained.point))
    forged = _forge(seed, month, days, served, sent)
    happened: dict[str, int] = {}
    for chained in served:
        for what, count in chained.happened.items():
            happened[what] = happened.get(what, 0) + count
    heads = [chained.head for chained in served]
    return Month([b"".join(batch) for batch in sent if batch], heads, forged, repeated, happened)


def _post(chained: Chained, sent: list[list[bytes]], chance: Chance) -> int:
    """Put a device's receipts into the files; returns how many were put there a second time."""
    receipts, files = chained.receipts, len(sent)
    if int(chance.below(100, 1)[0]) < ONLINE_PERCENT:
        # A steady line: a piece in every file, in order, nothing twice.
        for index, batch in enumerate(sent):
            batch += receipts[len(receipts) * index // files : len(receipts) * (index + 1) // files]
        return 0
    # Offline: lumps that arrive from the middle of the month on, in any order; some are sent again, some back to front.
    lumps = 1 + int(chance.below(3, 1)[0])
    repeated = 0
    for index in chance.order(lumps).tolist():
        part = receipts[len(receipts) * index // lumps : len(receipts) * (index + 1) // lumps]
        late, again, backwards = chance.below(files, 3).tolist()
        first = files // 2 + late % (files - files // 2)
        sent[first] += part[::-1] if backwards % 2 else part
        if again % 2:
            sent[first + again % (files - first)] += part
            repeated += len(part)
    return repeated


def _forge(seed: int, month: int, days: Sequence[Day], served: Sequence[Chained], sent: list[list[bytes]]) -> int:
    """Add receipts that must be refused, each for another reason; returns how many."""
    chance = Chance(seed, "forged", month)
    with_rows = [day for day in days if day.rows]
    if not with_rows:
        return 0
    day = with_rows[int(chance.below(len(with_rows), 1)[0])]
    other = with_rows[(with_rows.index(day) + 1) % len(with_rows)]
    tag, r, rations = day.rows[int(chance.below(len(day.rows), 1)[0])]
    thief = Ed25519PrivateKey.from_private_bytes(sha256(b"thief" + str(seed).encode()).digest())
    own, false = day.signer(), Signer(thief.public_key().public_bytes_raw(), thief.sign)
    items = tuple((b, int(n)) for b, n in zip(day.benefits, rations, strict=True) if n)
    good = Receipt(1, None, day.programme, day.cycle, day.point, day.device, tag, r, items, "nobody")
    bad = [
        write(good, false),  # another key under the device's name
        write(replace(good, device="no-such-device"), false),  # a device nobody certified
        write(replace(good, proof=bytes(16)), own),  # its r does not hash to its tag
        write(replace(good, cycle=f"{day.cycle}0"), own),  # another cycle
        write(replace(good, tag=bytes(16), proof="lost"), own),  # an exception for a tag that is on no roll
        write(replace(good, tag=tag, proof=NOT_ON_ROLL), own),  # on the roll, and says it is not
    ]
    if other is not day:
        bad.append(write(replace(good, point=other.point), own))  # a point that this device does not hold
    for item, where in zip(bad, chance.below(len(sent), len(bad)).tolist(), strict=True):
        sent[where].append(item)
    return len(bad)
