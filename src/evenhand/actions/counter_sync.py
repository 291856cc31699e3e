"""What a phone sends: its receipts, as often as it likes, and at the end of its days the signed head of its chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from evenhand.actions.cycles import find
from evenhand.actions.redeem import Taken, check_counted_in
from evenhand.core.errors import UsageError
from evenhand.flow.redemption import Device, Head, Link, Receipt, check_head, merge, parse, read_head, write_head
from evenhand.flow.redemption.errors import RedemptionError
from evenhand.formats import cose
from evenhand.store import Store

BATCH_MAX = 500
NOTE = "evenhand/note/v1"


@dataclass(frozen=True)
class Synced:
    """A batch taken in: what became of it, the ranges of numbers that are missing, and how far the chain is here."""

    taken: Taken
    missing: list[tuple[int, int]]
    forked: bool
    head: Head
    acknowledged: bytes


GATE = """
select
  (select state from cycle_event where programme = %(programme)s and cycle = %(cycle)s order by id desc limit 1),
  (select array_agg(p) from unnest(%(points)s::text[]) p
     where not exists (select from holding h where h.point = p and h.device = %(device)s)
     or exists (select from holding h where h.point = p and h.device = %(device)s and not exists (
       select from holding later where later.point = p and later.since > h.since and later.since < (
         select index from log_entry where programme = %(programme)s and kind = 'roll' and cycle = %(cycle)s
         and subject = p)))),
  coalesce((select array[a.receipts::text, encode(a.hash, 'hex')] from acknowledged a where a.programme = %(programme)s
     and a.cycle = %(cycle)s and a.device = %(device)s order by a.receipts desc limit 1), array['0', null])
"""
AROUND = """
select sequence, hash, previous from receipt where programme = %(programme)s and cycle = %(cycle)s
  and device = %(device)s and (sequence >= %(whole)s or sequence = any(%(sequences)s))
"""
ON_ROLL = """
select point, tag, supplement <> '' from roll_row
where programme = %(programme)s and cycle = %(cycle)s and tag = any(%(tags)s)
union all select point, tag, true from guest where programme = %(programme)s and cycle = %(cycle)s and tag = any(%(tags)s)
"""
INSERT = """
insert into receipt (hash, sequence, previous, point, tag, exception, raw, programme, cycle, device)
select one.*, %s, %s, %s
from unnest(%b::bytea[], %b::bigint[], %b::bytea[], %b::text[], %b::bytea[], %b::text[], %b::bytea[]) as one
"""


def sync(store: Store, device: Device, cycle: str, batch: list[bytes]) -> Synced:
    """Take in at most 500 receipts of one device, in one transaction. Sent again they count once; what is here of its
    chain is acknowledged by the log key's signature over its head.

    Devices do not wait for each other, and the work does not grow with what came before. UsageError as for `redeem`.
    """
    if len(batch) > BATCH_MAX:
        raise UsageError(f"{len(batch)} receipts in one batch", f"send at most {BATCH_MAX} at a time")
    programme = store.programme.id
    named = {"programme": programme, "cycle": cycle, "device": device.name}
    parsed = [parse(raw) for raw in batch]
    found = [one for one in parsed if isinstance(one, Receipt)]
    with store.transaction(f"device:{device.name}", beside="cycle"):
        state, held, (count, last) = store.rows(GATE, {**named, "points": sorted(device.points)})[0]
        if state != "open":
            raise UsageError(f"cycle {cycle} is {state or 'not known'}, not open", "ask the officer", "not-open")
        whole, end = int(count), bytes.fromhex(last) if last else None
        sequences = sorted({r.sequence + near for r in found for near in (-1, 0)})
        around = [
            Link(device.name, sequence, bytes(digest), _bytes(previous))
            for sequence, digest, previous in store.rows(AROUND, {**named, "whole": whole, "sequences": sequences})
        ]
        rolls: dict[str, list[bytes]] = {}
        late: dict[str, list[bytes]] = {}
        for point, tag, came_late in store.rows(ON_ROLL, {**named, "tags": [r.tag for r in found]}):
            for table in (rolls, late) if came_late else (rolls,):
                table.setdefault(point, []).append(bytes(tag))
        holders = dict.fromkeys(held or (), device.name)
        merged = merge(
            around,
            batch,
            [device],
            programme,
            cycle,
            rolls,
            holders,
            whole={device.name: whole},
            parsed=parsed,
            late=late,
        )
        if merged.new:
            check_counted_in(store, cycle, {receipt.point for receipt in merged.new})
            store.execute(INSERT, insert_values(programme, cycle, device.name, merged.new))
        head = _grown(Head(programme, cycle, device.name, whole, end), [*around, *(r.link for r in merged.new)])
        if head.receipts > whole:
            store.execute(
                "insert into acknowledged (programme, cycle, device, receipts, hash) values (%s, %s, %s, %s, %s)",
                (programme, cycle, device.name, head.receipts, head.hash),
            )
    taken = Taken(len(merged.new), len(merged.duplicates), merged.refused, merged.forks, merged.gaps)
    missing = [(gap.first, gap.last) for gap in merged.gaps]
    return Synced(taken, missing, bool(merged.forks), head, write_head(head, store.keys.log()))


def insert_values(programme: str, cycle: str, device: str, receipts: Sequence[Receipt]) -> list[object]:
    """What INSERT is given: all receipts are of one device and cycle."""
    return [
        programme, cycle, device, [r.hash for r in receipts], [r.sequence for r in receipts],
        [r.previous for r in receipts], [r.point for r in receipts], [r.tag for r in receipts],
        [r.proof if isinstance(r.proof, str) else None for r in receipts], [r.raw for r in receipts],
    ]  # fmt: skip


def _grown(head: Head, links: list[Link]) -> Head:
    """`head` moved on over the receipts that follow it one by one."""
    following = {
        (link.sequence, link.previous): link.hash for link in sorted(links, key=lambda one: one.hash, reverse=True)
    }
    count, last = head.receipts, head.hash
    while (after := following.get((count + 1, last))) is not None:
        count, last = count + 1, after
    return replace(head, receipts=count, hash=last)


def head_of(store: Store, cycle: str, device: str) -> Head:
    """How far a device's chain has come here without a gap: at least as far as was acknowledged."""
    named = {"programme": store.programme.id, "cycle": cycle, "device": device}
    rows = store.rows(
        "select receipts, hash from acknowledged where programme = %(programme)s and cycle = %(cycle)s"
        " and device = %(device)s order by receipts desc limit 1",
        named,
    )
    whole, end = (rows[0][0], bytes(rows[0][1])) if rows else (0, None)
    around = [
        Link(device, sequence, bytes(digest), _bytes(previous))
        for sequence, digest, previous in store.rows(AROUND, {**named, "whole": whole, "sequences": []})
    ]
    return _grown(Head(store.programme.id, cycle, device, whole, end), around)


def keep_notes(store: Store, device: Device, cycle: str, batch: list[bytes]) -> tuple[int, int]:
    """Keep notes a clerk wrote: COSE `evenhand/note/v1`, see spec/counter-api.md. (new, known before). UsageError for one
    that is not a note of this device and cycle; then none is kept."""
    if len(batch) > BATCH_MAX:
        raise UsageError(f"{len(batch)} notes in one batch", f"send at most {BATCH_MAX} at a time")
    rows = [(*_note(store, device, cycle, raw), raw) for raw in batch]
    with store.transaction(f"device:{device.name}", beside="cycle"):
        before = store.rows("select count(*) from counter_note where device = %s", (device.name,))[0][0]
        store.execute_many(
            "insert into counter_note (hash, programme, cycle, device, sequence, point, tag, kind, text, receipt, noted_at,"
            " raw) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (hash) do nothing",
            rows,
        )
        after = store.rows("select count(*) from counter_note where device = %s", (device.name,))[0][0]
    return after - before, len(batch) - (after - before)


def _note(store: Store, device: Device, cycle: str, raw: bytes) -> tuple[object, ...]:
    wrong = UsageError("this is no note of this phone and cycle", "update the app; the notes stay on the phone")
    try:
        signed = cose.parse(raw)
        fields = signed.array()
    except cose.CoseError as error:
        raise wrong from error
    if len(fields) != 11 or fields[0] != NOTE or not cose.verify(signed, device.public_key):
        raise wrong
    _, sequence, programme, told, name, point, tag, kind, text, receipt, at = fields
    numbers = all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 2**53 for n in (sequence, receipt, at))
    words = all(isinstance(t, str) and len(t) <= most for t, most in ((kind, 64), (text, 2000)))
    whose = (programme, told, name) == (store.programme.id, cycle, device.name) and point in device.points
    if not (numbers and words and whose and isinstance(tag, bytes) and len(tag) == 16) or "\0" in f"{kind}{text}":
        raise wrong
    return sha256(raw).digest(), programme, told, name, sequence, point, tag, kind, text, receipt, at


def close_counter(store: Store, device: Device, cycle: str, signed_head: bytes) -> None:
    """Keep the head a phone signed at the close of a day, countersigned by the log key; after another day, the later one.
    The same again changes nothing. UsageError if receipts are missing here, or an earlier head held more."""
    try:
        head = read_head(signed_head, device.public_key)
    except RedemptionError as error:
        raise UsageError(f"the head cannot stand: {error.reason}", "send it again from the phone") from error
    if (head.programme, head.cycle, head.device) != (store.programme.id, cycle, device.name):
        raise UsageError("the head is of another programme, cycle or device", "send the one of this cycle")
    with store.transaction("cycle"):
        found = find(store, cycle)
        if found.state != "open":
            raise UsageError(f"cycle {cycle} is {found.state}, not open", "ask the officer", "not-open")
        before = store.rows(
            "select receipts, hash from head where programme = %s and cycle = %s and device = %s"
            " order by receipts desc limit 1",
            (head.programme, cycle, device.name),
        )
        if before and before[0][0] >= head.receipts:
            if (before[0][0], _bytes(before[0][1])) != (head.receipts, head.hash):
                raise UsageError("this phone has closed with another head", "ask the officer to look at both", "closed")
            return
        links = [
            Link(device.name, sequence, bytes(digest), _bytes(previous))
            for sequence, digest, previous in store.rows(
                "select sequence, hash, previous from receipt where programme = %s and cycle = %s and device = %s",
                (head.programme, cycle, device.name),
            )
        ]
        wrong = check_head(head, links)
        if wrong:
            raise UsageError("; ".join(wrong), "send the receipts again, then close", "receipts-missing")
        store.execute(
            "insert into head (programme, cycle, device, receipts, hash, device_cose, server_cose)"
            " values (%s, %s, %s, %s, %s, %s, %s)",
            (
                head.programme, cycle, device.name, head.receipts, head.hash, signed_head,
                write_head(head, store.keys.log()),
            ),
        )  # fmt: skip


def _bytes(value: object) -> bytes | None:
    return None if value is None else bytes(value)  # type: ignore[call-overload, no-any-return]
