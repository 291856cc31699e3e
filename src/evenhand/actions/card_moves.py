"""Cards that collect elsewhere in this cycle: asked for, released by the old point's phone, at the new one with their goods.

A row is at one point at a time. It leaves by the signed release of the device that holds it, and is at the other point once
goods for it lie there that nobody else was promised. Until then whoever comes there is a stranger, served from the reserve.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.actions.counter_rows import phone_rows
from evenhand.actions.counter_sync import head_of
from evenhand.actions.cycles import Cycle, find, place, signer_of
from evenhand.actions.hold import held_now
from evenhand.actions.holding import holders
from evenhand.actions.moved_rows import counted_in, final_rolls_of, moved_rows, promised, receipts_of
from evenhand.actions.releases import custody_of_moves, keep_releases
from evenhand.actions.stock import on_hand_at, steps_of
from evenhand.core.errors import UsageError
from evenhand.flow.ledger import node
from evenhand.flow.redemption import Release, settle, write_release
from evenhand.flow.redemption.custody import POINT
from evenhand.formats import cbor
from evenhand.store import Store

REASON_LENGTH = 200


@dataclass(frozen=True)
class Move:
    """A row that is to collect elsewhere. `state`: `asked` (the holder's phone has not released it), `waits` (released;
    `lacks` says what is missing: receipts of the old point, its count, that of the new one, or goods), `there`. `due`: steps
    it still gets, by benefit."""

    household: str
    tag: bytes
    source: str
    target: str
    state: str
    lacks: str
    due: Mapping[str, int]


def ask_move(store: Store, cycle: str, household: str, target: str, reason: str, person: str, passphrase: str) -> str:
    """Ask that a household collects at `target` in this cycle; the state of the move. The phone that holds its row is told,
    and releases it; where that device's key is on this server, it does so at once.

    UsageError unless the cycle is open, the household is on a roll and has something to get, and `target` is another
    point that a device holds; for a held row; and without a reason.
    """
    signer_of(store, person, passphrase)
    if not reason.strip() or len(reason) > REASON_LENGTH or not reason.isprintable():
        raise UsageError(
            f"a reason has 1 to {REASON_LENGTH} plain letters", 'say why: --reason "stays with her sister"'
        )
    with store.transaction("cycle"):
        found = find(store, cycle)
        if found.state != "open":
            raise UsageError(f"cycle {cycle} is {found.state}, not open", "a card moves while its cycle is open")
        tag, home = _row_of(store, cycle, household)
        held = holders(store)
        if target not in held:
            raise UsageError(f'no device holds a point "{target}"', "name a point where there is a phone")
        custody = custody_of_moves(store, cycle, [home])
        path = custody.path(home, tag).points
        source = path[-1]
        if source == target:
            raise UsageError(f'household "{household}" collects at {target} already', "nothing is to be done")
        if target in path[1:]:
            raise UsageError(f"its row was at {target} before", "in a cycle a row comes to a point once")
        if any(one.tag == tag for one in held_now(store, cycle, home)):
            raise UsageError(f'the row of "{household}" is held', "release the hold first")
        rows = final_rolls_of(store, cycle, [tag])
        left = settle(rows, tuple(found.policy().benefits), receipts_of(store, cycle, [tag]), {}, custody).left
        if not len(left):
            raise UsageError(f'household "{household}" has collected everything', "nothing is left to move")
        store.execute(
            "insert into card_move (programme, cycle, tag, household, source, target, reason, person, at)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (store.programme.id, cycle, tag, household, source, target, reason.strip(), person, store.clock()),
        )
        signed = _sign_here(store, cycle, source, held.get(source, ""), target, tag)
    if signed is not None:
        keep_releases(store, cycle, [signed])
    admit(store, cycle, target)
    return next((one.state for one in moves_of(store, cycle) if one.tag == tag and one.target == target), "asked")


def _row_of(store: Store, cycle: str, household: str) -> tuple[bytes, str]:
    rows = store.rows(
        "select tag, point from roll_row where programme = %s and cycle = %s and household = %s",
        (store.programme.id, cycle, household),
    )
    if not rows:
        raise UsageError(f'household "{household}" is on no roll of {cycle}', "name it as in the register")
    return bytes(rows[0][0]), rows[0][1]


def _sign_here(store: Store, cycle: str, point: str, device: str, target: str, tag: bytes) -> bytes | None:
    """The release by a device whose key this server keeps; None for a phone, which makes its own."""
    try:
        signer = store.keys.device(device)
    except UsageError:
        return None
    head = head_of(store, cycle, device)
    number = store.rows(
        "select count(*) from released where programme = %s and cycle = %s and device = %s",
        (store.programme.id, cycle, device),
    )[0][0]
    release = Release(
        number + 1,
        store.programme.id,
        cycle,
        point,
        device,
        f"{POINT}{target}",
        head.receipts,
        head.hash,
        ((tag, tag),),
    )
    return write_release(release, signer)


def admit(store: Store, cycle: str, point: str) -> None:
    """Let rows that left for `point` be there as far as goods for them lie there; by tag. Once there, they stay."""
    if not _waiting(store, cycle, point):
        return
    with store.transaction("cycle"):
        found = find(store, cycle)
        for move in _moves_to(store, found, point):
            if move.state == "waits" and not move.lacks:
                store.execute(
                    "insert into guest (programme, cycle, tag, point, due, at) values (%s, %s, %s, %s, %s, %s)",
                    (store.programme.id, cycle, move.tag, point, list(move.due.values()), store.clock()),
                )


def _waiting(store: Store, cycle: str, point: str) -> bool:
    return bool(
        store.rows(
            "select from released where programme = %s and cycle = %s and target = %s limit 1",
            (store.programme.id, cycle, f"{POINT}{point}"),
        )
    )


def _moves_to(store: Store, cycle: Cycle, point: str | None) -> list[Move]:
    """Rows that left for `point`, or for any: there, or what they wait for."""
    custody = custody_of_moves(store, cycle.id)
    rows = [row for row in moved_rows(store, cycle, custody) if point in (None, row.points[-1])]
    benefits, counted = tuple(cycle.policy().benefits), counted_in(store, cycle.id)
    steps, taken = steps_of(cycle.policy().benefits.values()), promised(store, cycle)
    there = {
        (bytes(tag), at): dict(zip(benefits, due, strict=True))
        for tag, at, due in store.rows(
            "select tag, point, due from guest where programme = %s and cycle = %s", (store.programme.id, cycle.id)
        )
    }
    free = {key: -units for key, units in taken.items()}
    for account, benefit, _, _, quantity, _ in on_hand_at(store, [node(row.points[-1]) for row in rows]):
        if benefit in steps:
            key = account.removeprefix(node("")), benefit
            free[key] = free.get(key, 0) + quantity // steps[benefit]
    found = []
    for row in rows:
        at = row.points[-1]
        if (row.tag, at) in there:
            found.append(Move(row.household, row.tag, row.points[-2], at, "there", "", there[row.tag, at]))
            continue
        due = row.due(benefits, len(row.points) - 2)
        short = [b for b in due if b in steps and due[b] > max(0, free.get((at, b), 0))]
        lacks = (
            f"receipts or count of {row.points[-2]}" if not row.certain
            else f"count of {at}" if at not in counted
            else "goods: " + ", ".join(f"{due[b] - max(0, free.get((at, b), 0))} steps of {b}" for b in short) if short
            else ""
        )  # fmt: skip
        if not lacks:
            for benefit in due:
                free[at, benefit] = free.get((at, benefit), 0) - due[benefit]
        found.append(Move(row.household, row.tag, row.points[-2], at, "waits", lacks, due))
    return found


def has_moves(store: Store, cycle: str) -> bool:
    """Whether anybody asked for a move in a cycle, or a phone released a row: what a page asks before it reads them."""
    at = (store.programme.id, cycle)
    return any(
        store.rows(f"select from {table} where programme = %s and cycle = %s limit 1", at)
        for table in ("card_move", "released")
    )


def moves_of(store: Store, cycle: str) -> list[Move]:
    """Every move of a cycle: those asked for and not released yet, then the released ones, by point and household."""
    found = find(store, cycle)
    custody, benefits = custody_of_moves(store, cycle), tuple(found.policy().benefits)
    asked = []
    for tag, household, home, source, target in store.rows(
        "select distinct on (m.tag) m.tag, m.household, r.point, m.source, m.target from card_move m join roll_row r"
        " on r.programme = m.programme and r.cycle = m.cycle and r.tag = m.tag"
        " where m.programme = %s and m.cycle = %s order by m.tag, m.id desc",
        (store.programme.id, cycle),
    ):
        if custody.path(home, bytes(tag)).points[-1] == source:
            asked.append(Move(household, bytes(tag), source, target, "asked", f"the release by {source}", {}))
    released = sorted(_moves_to(store, found, None), key=lambda move: (move.target, move.household))
    assert all(set(move.due) == set(benefits) for move in released)
    return sorted(asked, key=lambda move: (move.source, move.household)) + released


def asked_of(store: Store, cycle: str, point: str) -> list[tuple[bytes, str]]:
    """(tag, point to go to) of rows that this point's phone is asked to release."""
    if not store.rows(
        "select from card_move where programme = %s and cycle = %s and source = %s limit 1",
        (store.programme.id, cycle, point),
    ):
        return []
    return [(move.tag, move.target) for move in moves_of(store, cycle) if (move.state, move.source) == ("asked", point)]


def guests_at(store: Store, cycle: Cycle, point: str) -> list[cbor.Value]:
    """Rows of other rolls that are at `point` now, as its phone gets them (spec/counter-api.md), by tag."""
    admit(store, cycle.id, point)
    named = (store.programme.id, cycle.id, point)
    mine = {bytes(row[0]) for row in store.rows(
        "select tag from guest where programme = %s and cycle = %s and point = %s", named
    )}  # fmt: skip
    if not mine:
        return []
    benefits, found = tuple(cycle.policy().benefits), {}
    for row in moved_rows(store, cycle, custody_of_moves(store, cycle.id)):
        if row.tag in mine and row.points[-1] == point:
            before = set(row.points[:-1])
            given = [sum(n for (p, b), n in row.given.items() if b == benefit and p in before) for benefit in benefits]
            found[row.tag] = (row.points[0], row.rations, given)
    packed: dict[bytes, list[cbor.Value]] = {}
    for home in sorted({home for home, _, _ in found.values()}):
        rows = pq.read_table(place(store, cycle.id) / "private" / "rows.parquet", filters=pc.field("point") == home)
        rows = rows.filter(pc.is_in(rows["tag"], pc.cast(list(found), rows["tag"].type)))
        for line in phone_rows(store, cycle, home, rows):
            tag = line[0]  # type: ignore[index]
            if tag in found and found[tag][0] == home:
                line[4], line[5] = list(found[tag][1]), [0] * len(benefits)  # type: ignore[index]
                line[8] |= {"home": home, "given": found[tag][2]}  # type: ignore[index, operator]
                packed[tag] = line  # type: ignore[assignment]
    return [packed[tag] for tag in sorted(packed)]
