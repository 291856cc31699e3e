"""Settle: how every row of a cycle ended, computed from the set of its receipts alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.core.errors import UsageError
from evenhand.flow.redemption.decide import NOT_ON_ROLL
from evenhand.flow.redemption.receipt import Items, Receipt
from evenhand.formats.roll import CONTESTED, EXCEPTION, REDEEMED, REFUSED, UNCOLLECTED

OUTCOMES = pa.schema(
    [("tag", pa.binary()), ("point", pa.string()), ("status", pa.int64()), ("value", pa.binary())],
)
PARTIAL = ("partial", "partial redemption comes later: fewer items than the ration")
DIFFERS = ("items differ", "its items are not the ration of its row")
"""What stands in an outcome row, and the same in full."""


@dataclass(frozen=True, order=True)
class Contested:
    """A receipt for a tag given before, or for somebody not on the roll: charged to the tag, never to a person.

    `first` is the hash of the receipt that counts as the redemption (empty for somebody not on the roll); `items` are
    the steps it says were given, all from the reserve.
    """

    point: str
    tag: bytes
    sequence: int
    hash: bytes
    first: bytes
    items: Items


@dataclass(frozen=True, order=True)
class Beyond:
    """Steps that a receipt says were given beyond the point's reserve: counted and named here, in no movement."""

    point: str
    benefit: str
    tag: bytes
    hash: bytes
    steps: int


@dataclass(frozen=True, order=True)
class Unsettled:
    """A genuine receipt that cannot be the redemption of its row, and why."""

    point: str
    tag: bytes
    hash: bytes
    reason: str


@dataclass(frozen=True)
class Settlement:
    """`outcomes` has a row for every row of every roll, sorted by (point, tag): status and value as in outcome files.

    Steps by (point, benefit): `given` for rations (0 too, wherever anybody has a ration above 0), `over_issue` from the
    reserve and never above it, `beyond` it by receipt. `exceptions` counts them by point, people not on the roll too.
    """

    outcomes: pa.Table
    given: dict[tuple[str, str], int]
    over_issue: dict[tuple[str, str], int]
    beyond: list[Beyond]
    contested: list[Contested]
    not_on_roll: list[Contested]
    refused: list[Unsettled]
    exceptions: dict[str, int]


def settle(
    rolls: pa.Table, benefits: Sequence[str], receipts: Iterable[Receipt], reserve: Mapping[tuple[str, str], int]
) -> Settlement:
    """Settle the merged `receipts` of a cycle.

    `rolls`: tag, point, rations (list of final steps, after any re-cut, in the order of `benefits`). `reserve`: steps
    by (point, benefit). The first receipt on the holder's chain for a tag is its redemption if its items are exactly
    the ration; each later one is contested and comes from the reserve in the order of the chain. UsageError if a tag
    stands twice or the rations do not fit `benefits`.
    """
    book = _Book(rolls, benefits, reserve)
    unique = {receipt.hash: receipt for receipt in receipts}
    for receipt in sorted(unique.values(), key=lambda r: (r.point, r.sequence, r.device, r.hash)):
        book.enter(receipt)
    return book.close()


class _Book:
    """The rows while receipts are entered in the order of the chains."""

    def __init__(self, rolls: pa.Table, benefits: Sequence[str], reserve: Mapping[tuple[str, str], int]) -> None:
        rolls = rolls.select(["tag", "point", "rations"]).sort_by([("point", "ascending"), ("tag", "ascending")])
        self._benefits = tuple(benefits)
        self._tags: list[bytes] = rolls["tag"].to_pylist()
        self._points: list[str] = rolls["point"].to_pylist()
        self._rations = _matrix(rolls, len(self._benefits))
        self._index = {tag: i for i, tag in enumerate(self._tags)}
        if len(self._index) != len(self._tags):
            raise UsageError("a tag stands twice on the rolls", "build the rolls again: one secret is on two cards")
        self._status = [UNCOLLECTED] * len(self._tags)
        self._value = [bytes(16)] * len(self._tags)
        self._first: dict[int, bytes] = {}
        self._reserve = dict(reserve)
        self._over: dict[tuple[str, str], int] = {}
        self._beyond: list[Beyond] = []
        self._contested: list[Contested] = []
        self._not_on_roll: list[Contested] = []
        self._refused: list[Unsettled] = []
        self._due = self._rations.tolist()

    def enter(self, r: Receipt) -> None:
        """Enter one receipt; those of its point with lower sequences are in."""
        row = self._index.get(r.tag)
        if row is None or self._points[row] != r.point:
            if r.proof == NOT_ON_ROLL:
                self._not_on_roll.append(self._again(r, b""))
            else:
                self._refused.append(Unsettled(r.point, r.tag, r.hash, "its tag does not stand on the roll"))
        elif row in self._first:
            self._contested.append(self._again(r, self._first[row]))
            self._status[row], self._value[row] = CONTESTED, bytes(16)
        elif (fault := self._fault(r.items, self._due[row])) is not None:
            self._refused.append(Unsettled(r.point, r.tag, r.hash, fault[1]))
            self._status[row], self._value[row] = REFUSED, fault[0].encode().ljust(16, b"\0")
        else:
            self._first[row] = r.hash
            if isinstance(r.proof, bytes):
                self._status[row], self._value[row] = REDEEMED, r.proof
            else:
                self._status[row], self._value[row] = EXCEPTION, r.proof.encode().ljust(16, b"\0")

    def _fault(self, items: Items, due: list[int]) -> tuple[str, str] | None:
        left = dict(items)
        more = fewer = False
        for benefit, steps in zip(self._benefits, due, strict=True):
            given = left.pop(benefit, 0)
            more, fewer = more or given > steps, fewer or given < steps
        if more or any(left.values()):
            return DIFFERS
        return PARTIAL if fewer else None

    def _again(self, r: Receipt, first: bytes) -> Contested:
        for benefit, steps in r.items:
            key = (r.point, benefit)
            taken = min(steps, max(0, self._reserve.get(key, 0)))
            if taken:
                self._reserve[key] -= taken
                self._over[key] = self._over.get(key, 0) + taken
            if steps > taken:
                self._beyond.append(Beyond(r.point, benefit, r.tag, r.hash, steps - taken))
        return Contested(r.point, r.tag, r.sequence, r.hash, first, r.items)

    def close(self) -> Settlement:
        """The settlement of what was entered."""
        points, which = np.unique(np.array(self._points, dtype=object), return_inverse=True)
        due = np.zeros((len(points), len(self._benefits)), dtype=np.int64)
        sums = due.copy()
        rows = np.array(sorted(self._first), dtype=np.int64)
        np.add.at(due, which, self._rations)
        np.add.at(sums, which[rows], self._rations[rows])
        exceptions = dict.fromkeys(points.tolist(), 0)
        for point, status in zip(self._points, self._status, strict=True):
            exceptions[point] += status == EXCEPTION
        for guest in self._not_on_roll:
            exceptions[guest.point] = exceptions.get(guest.point, 0) + 1
        given = {
            (points[p], self._benefits[b]): int(sums[p, b])
            for p, b in zip(*map(np.ndarray.tolist, due.nonzero()), strict=True)
        }
        outcomes = pa.table([self._tags, self._points, self._status, self._value], schema=OUTCOMES)
        return Settlement(
            outcomes, given, self._over, sorted(self._beyond), sorted(self._contested), sorted(self._not_on_roll),
            sorted(self._refused), exceptions,
        )  # fmt: skip


def _matrix(rolls: pa.Table, width: int) -> npt.NDArray[np.int64]:
    column = rolls["rations"].combine_chunks()
    flat = column.flatten()
    lengths = pc.unique(pc.list_value_length(column)).to_pylist()
    if lengths not in ([], [width]) or flat.null_count:
        raise UsageError(
            f"the rations of the rolls are not {width} numbers each", "give one ration for each benefit, in its order"
        )
    found: npt.NDArray[np.int64] = flat.to_numpy(zero_copy_only=False).astype(np.int64).reshape(rolls.num_rows, width)
    return found
