"""Redeem: take in batches of receipts, in any order, as often as they are sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass

import pyarrow as pa

from evenhand.actions.cycles import Progress, find, quiet
from evenhand.actions.holding import signing_in
from evenhand.core.errors import UsageError
from evenhand.flow.redemption import Device, Fork, Gap, Link, Receipt, Refused, device_of, merge
from evenhand.flow.redemption.merge import Pool
from evenhand.store import Store


@dataclass(frozen=True)
class Taken:
    """What became of a batch: every item is new, a duplicate, or refused with a reason."""

    new: int
    duplicates: int
    refused: list[Refused]
    forks: list[Fork]
    gaps: list[Gap]


def redeem(
    store: Store,
    cycle: str,
    batch: Sequence[bytes],
    progress: Progress = quiet,
    pool: Pool | None = None,
) -> Taken:
    """Merge a batch of receipts (each the bytes of one COSE_Sign1) into an open cycle, in one transaction.

    A receipt is known by its hash: sent again it is a duplicate and counts once. UsageError if the cycle is not open, or
    if a point is not counted in yet: what it may hand out is not known before, and it could never be counted after.
    """
    with store.transaction("cycle"):
        found = find(store, cycle)
        if found.state != "open":
            raise UsageError(f"cycle {cycle} is {found.state}, not open", f"see: evenhand cycle show {cycle}")
        progress("merging receipts", 0, len(batch))
        holders, beside = signing_in(store, cycle)
        merged = merge(
            known_links(store, cycle), batch, devices_of(store), store.programme.id, cycle, tags_by_point(store, cycle),
            holders, pool, beside=beside, late=late_by_point(store, cycle),
        )  # fmt: skip
        check_counted_in(store, cycle, {receipt.point for receipt in merged.new})
        store.copy_in("receipt", pa.table(receipt_columns(store, cycle, merged.new), schema=RECEIPT))
        progress("merging receipts", len(batch), len(batch))
    return Taken(len(merged.new), len(merged.duplicates), merged.refused, merged.forks, merged.gaps)


def check_counted_in(store: Store, cycle: str, points: Set[str]) -> None:
    """UsageError if goods are on the way to one of `points` that were not counted in."""
    rows = store.rows(
        "select distinct w.target from waybill w where w.programme = %s and w.cycle = %s and w.target = any(%s)"
        " and not exists (select from count c where c.programme = w.programme and c.cycle = w.cycle"
        " and c.point = w.target) order by 1",
        (store.programme.id, cycle, sorted(points)),
    )
    if rows:
        raise UsageError(
            f"goods are on the way to {', '.join(row[0] for row in rows)} and not counted in",
            f"enter what came first: evenhand receive FILE --cycle {cycle}; then send these receipts again",
            "not-counted-in",
        )


def devices_of(store: Store, names: Collection[str] | None = None) -> list[Device]:
    """Every device the root key has certified, or those of these names."""
    root, origin = store.keys.root_vkey.public_key, store.programme.origin
    some = None if names is None else list(names)
    rows = store.rows(
        "select cose from certificate where kind = 'device' and (%s::text[] is null or name = any(%s)) order by name, epoch",
        (some, some),
    )
    return [device_of(bytes(row[0]), root, origin) for row in rows]


def device_named(store: Store, name: str) -> Device | None:
    """The device of this name, by its newest certificate; None if none is certified."""
    root, origin = store.keys.root_vkey.public_key, store.programme.origin
    rows = store.rows(
        "select cose from certificate where kind = 'device' and name = %s order by epoch desc limit 1", (name,)
    )
    return device_of(bytes(rows[0][0]), root, origin) if rows else None


def tags_by_point(store: Store, cycle: str) -> dict[str, list[bytes]]:
    """The tags on each point's roll, with those of rows that came there."""
    table = store.copy_out(
        "select point, tag from roll_row where programme = %(programme)s and cycle = %(cycle)s"
        " union select point, tag from guest where programme = %(programme)s and cycle = %(cycle)s order by point, tag",
        {"programme": store.programme.id, "cycle": cycle},
    )
    found: dict[str, list[bytes]] = {}
    for point, tag in zip(table["point"].to_pylist(), table["tag"].to_pylist(), strict=True):
        found.setdefault(point, []).append(tag)
    return found


def late_by_point(store: Store, cycle: str) -> dict[str, list[bytes]]:
    """Of these the tags that came to the point in the middle of the cycle: on a supplementary list, or from elsewhere."""
    found: dict[str, list[bytes]] = {}
    for point, tag in store.rows(
        "select point, tag from roll_row where programme = %(programme)s and cycle = %(cycle)s and supplement <> ''"
        " union all select point, tag from guest where programme = %(programme)s and cycle = %(cycle)s",
        {"programme": store.programme.id, "cycle": cycle},
    ):
        found.setdefault(point, []).append(bytes(tag))
    return found


def known_links(store: Store, cycle: str) -> list[Link]:
    """What is known of every receipt of the cycle, as links of the devices' chains."""
    table = store.copy_out(
        "select device, sequence, hash, previous from receipt where programme = %s and cycle = %s",
        (store.programme.id, cycle),
    )
    columns = (table[name].to_pylist() for name in ("device", "sequence", "hash", "previous"))
    return [Link(*row) for row in zip(*columns, strict=True)]


RECEIPT = pa.schema(
    [
        ("hash", pa.binary()), ("programme", pa.string()), ("cycle", pa.string()), ("device", pa.string()),
        ("sequence", pa.int64()), ("previous", pa.binary()), ("point", pa.string()), ("tag", pa.binary()),
        ("exception", pa.string()), ("raw", pa.binary()),
    ]
)  # fmt: skip


def receipt_columns(store: Store, cycle: str, receipts: Sequence[Receipt]) -> list[list[object]]:
    """Columns of the table `receipt`, in the order of `RECEIPT`."""
    count = len(receipts)
    return [
        [r.hash for r in receipts], [store.programme.id] * count, [cycle] * count, [r.device for r in receipts],
        [r.sequence for r in receipts], [r.previous for r in receipts], [r.point for r in receipts],
        [r.tag for r in receipts], [r.proof if isinstance(r.proof, str) else None for r in receipts],
        [r.raw for r in receipts],
    ]  # fmt: skip
