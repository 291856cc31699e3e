"""Rows that a release sent to another point: where they are, what they still get, and what each point has promised whom."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions.counter_sync import head_of
from evenhand.actions.cycles import Cycle, place
from evenhand.actions.opening import waybills_of
from evenhand.actions.releases import custody_of_moves
from evenhand.flow.redemption import Custody, Receipt, read_many, settle
from evenhand.flow.redemption.moving import Given
from evenhand.flow.redemption.receipt import NUMBER_MAX
from evenhand.store import Store


@dataclass(frozen=True)
class MovedRow:
    """A row that a release may have sent away: where it was, what it was given where, what is still due."""

    tag: bytes
    household: str
    points: tuple[str, ...]
    rations: tuple[int, ...]
    given: Given
    certain: bool

    def due(self, benefits: tuple[str, ...], upto: int) -> dict[str, int]:
        """What was still due by benefit when it left the point at this place of `points`."""
        before = set(self.points[: upto + 1])
        return {
            benefit: steps - sum(n for (point, b), n in self.given.items() if b == benefit and point in before)
            for benefit, steps in zip(benefits, self.rations, strict=True)
        }


def final_rolls_of(store: Store, cycle: str, tags: list[bytes]) -> pa.Table:
    """tag, point, rations of a few rows, after any re-cut."""
    return store.copy_out(
        "select r.tag, r.point, coalesce(c.rations, r.rations) as rations from roll_row r"
        " left join recut_row c on c.programme = r.programme and c.cycle = r.cycle and c.tag = r.tag"
        " where r.programme = %s and r.cycle = %s and r.tag = any(%s) order by r.point, r.tag",
        (store.programme.id, cycle, tags),
    )


def receipts_of(store: Store, cycle: str, tags: list[bytes]) -> list[Receipt]:
    """The receipts of a few rows."""
    rows = store.rows(
        "select raw from receipt where programme = %s and cycle = %s and tag = any(%s)",
        (store.programme.id, cycle, tags),
    )
    return [receipt for receipt, _ in read_many([bytes(row[0]) for row in rows], None) if isinstance(receipt, Receipt)]


def moved_rows(store: Store, cycle: Cycle, custody: Custody) -> list[MovedRow]:
    """Every row that a release sent to another point, by tag."""
    tags, benefits = sorted(custody.leaving), tuple(cycle.policy().benefits)
    if not tags:
        return []
    rolls = final_rolls_of(store, cycle.id, tags)
    moved = settle(rolls, benefits, receipts_of(store, cycle.id, tags), {}, custody).moved
    who = {
        bytes(tag): household
        for tag, household in store.rows(
            "select tag, household from roll_row where programme = %s and cycle = %s and tag = any(%s)",
            (store.programme.id, cycle.id, tags),
        )
    }
    counted = counted_in(store, cycle.id)
    heads: dict[str, int] = {}
    found = []
    for row in rolls.to_pylist():
        tag = row["tag"]
        path = custody.path(row["point"], tag)
        if len(path.points) == 1:
            continue
        turns = [turn for turn in path.turns if turn.upto < NUMBER_MAX]
        for turn in turns:
            heads.setdefault(turn.device, head_of(store, cycle.id, turn.device).receipts)
        certain = row["point"] in counted and all(heads[turn.device] >= turn.upto for turn in turns)
        given = moved[tag].given if tag in moved else {}
        found.append(MovedRow(tag, who[tag], path.points, tuple(row["rations"]), given, certain))
    return found


def counted_in(store: Store, cycle: str) -> set[str]:
    """Points that have counted in, or to which nothing is on its way."""
    waiting = {target for _, _, target, _, _ in waybills_of(store, cycle)}
    points = {row[0] for row in store.rows("select node from node where kind = 'point'")}
    named = (store.programme.id, cycle)
    done = {row[0] for row in store.rows("select point from count where programme = %s and cycle = %s", named)}
    return points - waiting | done


def promised(store: Store, cycle: Cycle) -> dict[tuple[str, str], int]:
    """(point, benefit) -> steps that are there for somebody: what the point may hand out, or all it counted where it was
    re-cut; less what rows that left take with them; with what those that came are to get."""
    named = (store.programme.id, cycle.id)
    totals = pq.read_table(place(store, cycle.id) / "public" / "tables" / "totals.parquet").to_pylist()
    found = {(row["point"], row["benefit"]): row["units"] for row in totals}
    for point, benefit, counted in store.rows(
        "select point, benefit, counted from recut where programme = %s and cycle = %s", named
    ):
        found[point, benefit] = counted
    benefits = tuple(cycle.policy().benefits)
    guests = store.rows("select tag, point, due from guest where programme = %s and cycle = %s", named)
    for _, point, due in guests:
        for benefit, steps in zip(benefits, due, strict=True):
            found[point, benefit] = found.get((point, benefit), 0) + steps
    there = {(bytes(tag), point) for tag, point, _ in guests}
    for row in moved_rows(store, cycle, custody_of_moves(store, cycle.id)):
        for at, point in enumerate(row.points[:-1]):
            if row.certain and (at == 0 or (row.tag, point) in there):
                for benefit, steps in row.due(benefits, at).items():
                    found[point, benefit] = found.get((point, benefit), 0) - steps
    return found
