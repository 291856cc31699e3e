"""Each device's last receipt was signed by the device and by the log key, or the device is told to be lost."""

from __future__ import annotations

from typing import Any

from evenhand_verify import cbor
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.journal import Entry
from evenhand_verify.numbers import many
from evenhand_verify.result import Check, Malformed, capped
from evenhand_verify.signatures import Cose

NAME = "evenhand/head/v1"


def run(d: Disclosure) -> str | list[str]:
    """Heads of the redeemed entries against the signed files, both signatures; chains long enough for their rows."""
    files = [cose for cose in d.signed.values() if cose.name == NAME]
    by_payload: dict[bytes, list[Cose]] = {}
    for cose in files:
        by_payload.setdefault(cose.payload, []).append(cose)
    failures: list[str] = []
    used: set[bytes] = set()
    devices: dict[str, tuple[Any, ...]] = {}
    lost: set[str] = set()
    for point, entry in d.by_point("redeemed").items():
        receipts = 0
        for head in entry.part("heads", list):
            if not _is_head(head):
                failures.append(f"a head that is none, {entry.where}")
                continue
            name, count, last = head[:3]
            receipts += count
            if len(head) == 4:
                lost.add(name)
            if devices.setdefault(name, (count, last)) != (count, last):
                failures.append(f'the device "{name}" has two heads, {entry.where}')
            pair = by_payload.get(cbor.encode([NAME, entry.programme, entry.cycle, name, count, last]), [])
            used |= {c.payload for c in pair}
            failures += _signatures(d, entry, name, pair, point, name in lost)
        served = sum(entry.part(kind, int) for kind in ("redeemed", "exception", "contested"))
        if receipts < served and not lost & {head[0] for head in entry.part("heads", list) if _is_head(head)}:
            failures.append(f"{served} rows were served with {receipts} receipts, {entry.where}")
    for payload, pair in by_payload.items():
        if payload not in used and pair[0].body[:2] == [d.meta.programme, d.meta.cycle]:
            failures.append(f"a head that no outcome names, {pair[0].where}")
    told = f"; unclosed, more receipts may exist: {', '.join(sorted(lost))}" if lost else ""
    return capped(failures) or f"{many(len(devices) - len(lost), 'device')}, each head signed by both sides{told}"


def _is_head(head: Any) -> bool:
    if not isinstance(head, list) or len(head) not in (3, 4) or head[3:] not in ([], ["unclosed"]):
        return False
    name, count, last = head[:3]
    whole = isinstance(name, str) and type(count) is int and count >= 0
    return whole and (last is None if count == 0 else isinstance(last, bytes) and len(last) == 32)


def _signatures(d: Disclosure, entry: Entry, name: str, pair: list[Cose], point: str, lost: bool) -> list[str]:
    by_device = by_log = False
    failures = []
    for cose in pair:
        if cose.signed_by(d.log_key.public_key):
            by_log = True
            continue
        try:
            device = d.signer(cose, "device", entry.index)
        except Malformed:
            continue
        if device.name == name:
            by_device = True
            if f"point:{point}" not in device.roles:
                failures.append(f'the device "{name}" is not certified for point {point}, {entry.where}')
    if not by_device and not lost:
        failures.append(f'the head of "{name}" is not signed by that device, {entry.where}')
    if not by_log:
        failures.append(f'the head of "{name}" is not signed by the log key, {entry.where}')
    return failures


CHECK = Check("heads", "each device's chain ends where both it and the log key signed", run)
