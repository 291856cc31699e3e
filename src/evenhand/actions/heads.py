"""The heads of the devices' chains at a cycle's close: signed by both sides, or published as unclosed."""

from __future__ import annotations

from collections.abc import Collection

from evenhand.actions.holding import seconds, signing_in
from evenhand.core.errors import UsageError
from evenhand.flow.redemption import Head, Receipt, check_head, write_head
from evenhand.flow.redemption.outcome import HeadRow
from evenhand.formats.cose import Signer
from evenhand.store import Store


def signed_heads(
    store: Store, cycle: str, receipts: list[Receipt], unclosed: Collection[str]
) -> dict[str, list[HeadRow]]:
    """Sign the final head of every device that could give in this cycle on both sides; point -> heads. UsageError if a chain
    has a gap or ends twice, unless the device is given up as `unclosed`, or was replaced: then the log key alone signs how
    far its chain came without a gap."""
    by_device: dict[str, list[Receipt]] = {}
    for receipt in receipts:
        by_device.setdefault(receipt.device, []).append(receipt)
    holders, beside = signing_in(store, cycle)
    points: dict[str, list[str]] = {}
    for point, holder in sorted(holders.items()):
        for device in (holder, *beside[point]):
            points.setdefault(device, []).append(point)
    unknown = set(unclosed) - points.keys()
    if unknown:
        raise UsageError(f"no device is called {', '.join(sorted(unknown))}", "name devices as they were enrolled")
    lost = {*unclosed, *(points.keys() - holders.values() - {d for found in seconds(store).values() for d in found})}
    found: dict[str, list[HeadRow]] = {}
    for device, its in sorted(points.items()):
        row = _head(store, cycle, device, by_device.get(device, []), device in lost)
        for point in its:
            found.setdefault(point, []).append(row)
    return found


def _head(store: Store, cycle: str, device: str, mine: list[Receipt], lost: bool) -> HeadRow:
    last = max(mine, key=lambda r: (r.sequence, r.hash)) if mine else None
    head = Head(store.programme.id, cycle, device, last.sequence if last else 0, last.hash if last else None)
    wrong = check_head(head, mine)
    sent = store.rows(
        "select receipts, hash from head where programme = %s and cycle = %s and device = %s"
        " order by receipts desc limit 1",
        (store.programme.id, cycle, device),
    )
    signer = None if sent else _signer(store, device)
    ends = bool(sent) and (sent[0][0], sent[0][1] and bytes(sent[0][1])) == (head.receipts, head.hash)
    if lost and (wrong or not (ends or signer)):
        return _give_up(store, cycle, device, mine)
    if wrong:
        raise UsageError(
            f"the chain of {device} does not close: {'; '.join(wrong)}",
            "have the device send its receipts again (it names the missing numbers), then close; if it is lost, say"
            f" so, and it will be published so: --unclosed {device}",
        )
    if signer is not None:
        _insert(store, head, write_head(head, signer))
    elif not sent:
        raise UsageError(
            f"the phone {device} has not closed its day",
            f"close the day on the phone, or give it up as lost: --unclosed {device}",
        )
    elif not ends:
        raise UsageError(
            f"{device} closed its day after {sent[0][0]} receipts and sent {head.receipts}",
            f"close the day on the device again, or give it up as lost: --unclosed {device}",
        )
    return device, head.receipts, head.hash


def _signer(store: Store, device: str) -> Signer | None:
    """The key of a device that this server keeps; None for a phone, which keeps its own and signs when its day is over."""
    try:
        return store.keys.device(device)
    except UsageError:
        return None


def _insert(store: Store, head: Head, device_cose: bytes) -> None:
    store.execute(
        "insert into head (programme, cycle, device, receipts, hash, device_cose, server_cose)"
        " values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            store.programme.id, head.cycle, head.device, head.receipts, head.hash, device_cose,
            write_head(head, store.keys.log()),
        ),
    )  # fmt: skip


def _give_up(store: Store, cycle: str, device: str, receipts: list[Receipt]) -> HeadRow:
    """Head of a device that is lost: the longest part of its chain without a gap or a fork, signed by the log key."""
    links: dict[bytes | None, list[Receipt]] = {}
    for receipt in receipts:
        links.setdefault(receipt.previous, []).append(receipt)
    end: Receipt | None = None
    while len(following := links.get(end.hash if end else None, [])) == 1:
        end = following[0]
    head = Head(store.programme.id, cycle, device, end.sequence if end else 0, end.hash if end else None)
    _insert(store, head, b"")
    return device, head.receipts, head.hash, "unclosed"
