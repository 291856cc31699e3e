"""Settle: how every row of a cycle ended, computed from the set of its receipts alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.core.errors import UsageError
from evenhand.flow.redemption.custody import Custody
from evenhand.flow.redemption.decide import NOT_ON_ROLL, UNDONE
from evenhand.flow.redemption.moving import Moved, Moving, ended_where, served_where
from evenhand.flow.redemption.receipt import Items, Receipt
from evenhand.formats.roll import CONTESTED, EXCEPTION, HELD, REDEEMED, REFUSED, UNCOLLECTED

OUTCOMES = pa.schema(
    [("tag", pa.binary()), ("point", pa.string()), ("status", pa.int64()), ("value", pa.binary())],
)
DIFFERS = ("items differ", "its items are more than the ration of its row, or other ones")
"""What stands in an outcome row, and the same in full."""
LEFT = pa.schema([("tag", pa.binary()), ("benefit", pa.string()), ("steps", pa.int64())])


@dataclass(frozen=True, order=True)
class Contested:
    """A receipt for a tag given before, or for somebody not on the roll: charged to the tag, never to a person.

    `first` is the hash of the first receipt that counts for the row (empty for somebody not on the roll); `items` are the
    steps it says were given, all from the reserve.
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
    `left`: the steps of every row that nobody collected, whole or the rest of a part, without zeros, in the same order.

    Steps by (point, benefit): `given` for rations (0 too, wherever anybody has a ration above 0), those of supplementary
    lists too, `over_issue` from the reserve; lists and over-issue together never above it, `beyond` it by receipt.
    `exceptions` counts them by point, people not on the roll too. `moved`: rows that left for another point; their outcome
    and what they got stand where they got it, and on their own roll's side they ended as moved.
    """

    outcomes: pa.Table
    left: pa.Table
    given: dict[tuple[str, str], int]
    over_issue: dict[tuple[str, str], int]
    beyond: list[Beyond]
    contested: list[Contested]
    not_on_roll: list[Contested]
    refused: list[Unsettled]
    exceptions: dict[str, int]
    moved: dict[bytes, Moved] = field(default_factory=dict)


def settle(
    rolls: pa.Table,
    benefits: Sequence[str],
    receipts: Iterable[Receipt],
    reserve: Mapping[tuple[str, str], int],
    custody: Custody | None = None,
    held: Mapping[bytes, bytes] | None = None,
) -> Settlement:
    """Settle the merged `receipts` of a cycle.

    `rolls`: tag, point, rations (list of final steps, after any re-cut, in the order of `benefits`) and, if there, listed:
    whether the row came on a supplementary list; such a row draws on the reserve in its turn, as whoever is contested does.
    `reserve`: steps by (point, benefit). `held`: tag -> the value of its outcome, of rows that are held: they end so unless
    something was given to them. Receipts are entered in the order of the holder's chain; where several devices gave to a
    row, here or at another point, in the order in which it was theirs (`custody`). One whose items lie within what is left
    of the row's ration is a part of it (or all); one that hands over nothing, by exception, ends the row as refused with its
    reason until something is given; any other is contested and comes from the reserve. A receipt whose proof is `undone`
    takes back the one it follows on the chain. UsageError if a tag stands twice or the rations do not fit `benefits`.
    """
    book = _Book(rolls, benefits, reserve, held or {}, custody or Custody())
    unique = {receipt.hash: receipt for receipt in receipts}
    undoing = {r.hash: r.previous for r in unique.values() if _takes_back(r, unique)}
    aside = undoing.keys() | undoing.values()
    moving = book.moving
    for receipt in sorted(
        unique.values(), key=lambda r: (moving.home(r), moving.turn(r), r.sequence, r.device, r.hash)
    ):
        if receipt.hash not in aside:
            book.enter(receipt)
    return book.close()


def _takes_back(r: Receipt, all_of: Mapping[bytes, Receipt]) -> bool:
    """Whether it is a receipt that takes back the one before it: of the same device and tag, and not itself an undoing."""
    if r.proof != UNDONE or r.items or r.previous is None:
        return False
    before = all_of.get(r.previous)
    return before is not None and before.proof != UNDONE and (before.device, before.tag) == (r.device, r.tag)


class _Book:
    """The rows while receipts are entered in the order of the chains."""

    def __init__(
        self,
        rolls: pa.Table,
        benefits: Sequence[str],
        reserve: Mapping[tuple[str, str], int],
        held: Mapping[bytes, bytes],
        custody: Custody,
    ) -> None:
        names = [name for name in ("tag", "point", "rations", "listed") if name in rolls.column_names]
        rolls = rolls.select(names).sort_by([("point", "ascending"), ("tag", "ascending")])
        self._benefits = tuple(benefits)
        self._tags: list[bytes] = rolls["tag"].to_pylist()
        self._points: list[str] = rolls["point"].to_pylist()
        self._rations = _matrix(rolls, len(self._benefits))
        self._index = {tag: i for i, tag in enumerate(self._tags)}
        if len(self._index) != len(self._tags):
            raise UsageError("a tag stands twice on the rolls", "build the rolls again: one secret is on two cards")
        self._listed = set(pc.indices_nonzero(rolls["listed"]).to_pylist()) if "listed" in names else set()
        self._held = held
        leaving = [self._index[tag] for tag in custody.leaving if tag in self._index]
        self.moving = Moving(
            custody, {self._tags[row]: self._points[row] for row in leaving if row not in self._listed}
        )
        self._status = [UNCOLLECTED] * len(self._tags)
        self._value = [bytes(16)] * len(self._tags)
        self._first: dict[int, bytes] = {}
        self._reserve = dict(reserve)
        self._over: dict[tuple[str, str], int] = {}
        self._beyond: list[Beyond] = []
        self._unfounded: list[tuple[int, int, int]] = []
        self._contested: list[Contested] = []
        self._not_on_roll: list[Contested] = []
        self._refused: list[Unsettled] = []
        self._due: list[list[int]] = self._rations.tolist()
        self._left = [list(row) for row in self._due]

    def enter(self, r: Receipt) -> None:
        """Enter one receipt; those of its point with lower sequences are in."""
        row = self._index.get(r.tag)
        if r.proof == UNDONE:
            self._refused.append(Unsettled(r.point, r.tag, r.hash, "it takes back no receipt that is here"))
            return
        elsewhere = row is None or self._points[row] != r.point
        if r.proof == NOT_ON_ROLL and (elsewhere or row in self._listed):
            self._not_on_roll.append(self._again(r, b""))  # a row that moves or is listed may come after its household
            return
        if row is None or (elsewhere and not self.moving.may_be_at(r.tag, r.point)):
            self._refused.append(Unsettled(r.point, r.tag, r.hash, "its tag does not stand on the roll"))
            return
        items = dict(r.items)
        wanted = [items.pop(benefit, 0) for benefit in self._benefits]
        due, left = self._due[row], self._left[row]
        if any(items.values()) or any(n > most for n, most in zip(wanted, due, strict=True)):
            self._refuse(r, row, *DIFFERS)
        elif isinstance(r.proof, str) and not any(wanted) and any(left):
            self._refuse(r, row, r.proof, "nothing was handed over")
        elif self._is_whole_again(row, wanted) or any(n > most for n, most in zip(wanted, left, strict=True)):
            self._contested.append(self._again(r, self._first[row]))
            self._status[row], self._value[row] = CONTESTED, bytes(16)
        else:
            self._give(r, row, wanted)

    def _is_whole_again(self, row: int, wanted: list[int]) -> bool:
        """Whether somebody comes for a row that has had all there is: a second visit, even for nothing."""
        return row in self._first and not any(self._left[row])

    def _give(self, r: Receipt, row: int, wanted: list[int]) -> None:
        self._left[row] = [most - n for n, most in zip(wanted, self._left[row], strict=True)]
        if row in self._listed:
            for place, (benefit, steps) in enumerate(zip(self._benefits, wanted, strict=True)):
                if (r.point, benefit) in self._reserve:
                    self._unfounded.append((row, place, steps - self._draw(r, benefit, steps)))
        self.moving.give(r, zip(self._benefits, wanted, strict=True))
        self._first.setdefault(row, r.hash)
        if self._status[row] == CONTESTED:
            return
        # Of several parts one with the coupon proves that it was there.
        if isinstance(r.proof, bytes):
            self._status[row], self._value[row] = REDEEMED, r.proof
        elif self._status[row] != REDEEMED:
            self._status[row], self._value[row] = EXCEPTION, r.proof.encode().ljust(16, b"\0")

    def _refuse(self, r: Receipt, row: int, word: str, reason: str) -> None:
        self._refused.append(Unsettled(r.point, r.tag, r.hash, reason))
        if row not in self._first and self._status[row] != CONTESTED:
            self._status[row], self._value[row] = REFUSED, word.encode().ljust(16, b"\0")

    def _again(self, r: Receipt, first: bytes) -> Contested:
        for benefit, steps in r.items:
            if taken := self._draw(r, benefit, steps):
                self._over[r.point, benefit] = self._over.get((r.point, benefit), 0) + taken
        return Contested(r.point, r.tag, r.sequence, r.hash, first, r.items)

    def _draw(self, r: Receipt, benefit: str, steps: int) -> int:
        """What of these steps the reserve still had; the rest is beyond it."""
        key = (r.point, benefit)
        taken = min(steps, max(0, self._reserve.get(key, 0)))
        if taken:
            self._reserve[key] -= taken
        if steps > taken:
            self._beyond.append(Beyond(r.point, benefit, r.tag, r.hash, steps - taken))
        return taken

    def _hold(self) -> None:
        """Rows that are held and got nothing end as held."""
        for tag, value in self._held.items():
            row = self._index.get(tag)
            if row is not None and row not in self._first and self._status[row] in (UNCOLLECTED, REFUSED):
                self._status[row], self._value[row] = HELD, value

    def close(self) -> Settlement:
        """The settlement of what was entered."""
        self._hold()
        points, which = np.unique(np.array(self._points, dtype=object), return_inverse=True)
        due = np.zeros((len(points), len(self._benefits)), dtype=np.int64)
        sums = due.copy()
        left = np.array(self._left, dtype=np.int64).reshape(self._rations.shape)
        np.add.at(due, which, self._rations)
        np.add.at(sums, which, self._rations - left)
        for row, place, steps in self._unfounded:
            sums[which[row], place] -= steps
        moved = self.moving.moved()
        outcomes = pa.table([self._tags, self._points, self._status, self._value], schema=OUTCOMES)
        outcomes = ended_where(outcomes, moved)
        exceptions = dict.fromkeys(points.tolist(), 0)
        for point in outcomes.filter(pc.equal(outcomes["status"], EXCEPTION))["point"].to_pylist():
            exceptions[point] = exceptions.get(point, 0) + 1
        for guest in self._not_on_roll:
            exceptions[guest.point] = exceptions.get(guest.point, 0) + 1
        given = {
            (points[p], self._benefits[b]): int(sums[p, b])
            for p, b in zip(*map(np.ndarray.tolist, due.nonzero()), strict=True)
        }
        rest_rows, rest_benefits = map(np.ndarray.tolist, left.nonzero())
        rest = pa.table(
            [
                [self._tags[i] for i in rest_rows],
                [self._benefits[b] for b in rest_benefits],
                left[left.nonzero()],
            ],
            schema=LEFT,
        )
        return Settlement(
            outcomes, rest, served_where(given, moved), self._over, sorted(self._beyond), sorted(self._contested),
            sorted(self._not_on_roll), sorted(self._refused), exceptions, moved,
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
