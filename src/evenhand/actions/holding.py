"""Who holds a point: its first device by its certificate, a later one by the root key's word that it replaces another.

A second device of a point holds nothing until the holder releases rows to it (see `releases`).
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from evenhand.core.errors import UsageError
from evenhand.formats import cbor, cose
from evenhand.formats.entry import Entry
from evenhand.store import Store

NAME = "evenhand/holding/v1"
REASON_LENGTH = 200

HELD = """
select h.point, h.device from holding h
left join log_entry r
  on r.programme = %(programme)s and r.kind = 'roll' and r.cycle = %(cycle)s and r.subject = h.point
where (%(points)s::text[] is null or h.point = any(%(points)s)) and not exists (
  select from holding later where later.point = h.point and later.since > h.since and later.since < r.index
) order by h.point, h.since
"""
"""Devices that held a point since its roll was committed, the earliest first. Who was replaced before has no part in it."""


def holders(store: Store) -> dict[str, str]:
    """Point -> the device that holds it now."""
    return dict(store.rows("select distinct on (point) point, device from holding order by point, since desc"))


def points_held(store: Store, device: str) -> list[str]:
    """The points a device holds now, sorted."""
    rows = store.rows(
        "select point from holding h where device = %s and not exists"
        " (select from holding later where later.point = h.point and later.since > h.since) order by point",
        (device,),
    )
    return [row[0] for row in rows]


def points_beside(store: Store, device: str) -> list[str]:
    """The points at which a device is the second one: certified, and never their holder. Sorted."""
    rows = store.rows(
        "select p from (select distinct substr(role, 7) as p from certificate, unnest(roles) role"
        " where kind = 'device' and name = %(device)s and role like 'point:%%') mine"
        " where not exists (select from holding h where h.point = p and h.device = %(device)s) order by p",
        {"device": device},
    )
    return [row[0] for row in rows]


PHONES = """
with latest as (select device from holding where point = %(point)s order by since desc limit 1)
select distinct on (c.name) c.name, c.public_key from certificate c
where c.kind = 'device' and %(role)s = any(c.roles) and (c.name in (select device from latest)
  or not exists (select from holding h where h.point = %(point)s and h.device = c.name))
order by c.name, c.epoch desc
"""


def phones_at(store: Store, point: str) -> list[cbor.Value]:
    """The phones at a point now, its holder and its second ones: name and public key. Sorted by name."""
    rows = store.rows(PHONES, {"point": point, "role": f"point:{point}"})
    return [[name, bytes(key)] for name, key in rows]


def held_in(store: Store, cycle: str, point: str | None = None) -> dict[str, tuple[str, ...]]:
    """Point -> the devices that held it in this cycle, the earliest first. Of one point, or of all."""
    return held_at(store, cycle, None if point is None else [point])


def held_at(store: Store, cycle: str, points: Sequence[str] | None) -> dict[str, tuple[str, ...]]:
    """The same of some points."""
    named = {"programme": store.programme.id, "cycle": cycle, "points": None if points is None else list(points)}
    found: dict[str, tuple[str, ...]] = {}
    for name, device in store.rows(HELD, named):
        found[name] = (*found.get(name, ()), device)
    return found


def seconds(store: Store) -> dict[str, tuple[str, ...]]:
    """Point -> its second devices, sorted: certified for it, and never its holder."""
    found: dict[str, tuple[str, ...]] = {}
    for point, device in store.rows(
        "select distinct substr(role, 7), name from certificate c, unnest(roles) role where kind = 'device'"
        " and role like 'point:%' and not exists"
        " (select from holding h where h.point = substr(role, 7) and h.device = c.name) order by 1, 2"
    ):
        found[point] = (*found.get(point, ()), device)
    return found


def signing_in(store: Store, cycle: str) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Point -> its holder; point -> the other devices whose receipts of this cycle count: those it replaced since the
    cycle was committed, and second devices."""
    held, others = held_in(store, cycle), seconds(store)
    beside = {point: (*devices[:-1], *others.get(point, ())) for point, devices in held.items()}
    return {point: devices[-1] for point, devices in held.items()}, beside


def begin_holding(store: Store, device: str, points: Sequence[str]) -> None:
    """Within a transaction: a newly certified device holds those of its points that nobody holds."""
    store.execute(
        "insert into holding (point, since, device, replaces, reason, cose)"
        " select p, (select max(index) from log_entry where programme = %(programme)s and kind = 'key'"
        " and subject = %(subject)s), %(device)s, '', '', ''"
        " from unnest(%(points)s::text[]) p where not exists (select from holding h where h.point = p)",
        {
            "programme": store.programme.id, "subject": f"device:{device}", "device": device, "points": list(points),
        },
    )  # fmt: skip


def take_over(store: Store, device: str, points: Sequence[str], replaces: str, reason: str, root: cose.Signer) -> None:
    """Within a transaction: `device` holds `points` from now on in the place of `replaces`, said in the log with the reason.
    Saying it again changes nothing. UsageError where `replaces` does not hold a point, or the reason is empty."""
    check_reason(reason)
    now = holders(store)
    for point in sorted(points):
        if now.get(point) == device:
            continue
        if now.get(point) != replaces:
            raise UsageError(
                f'device "{replaces}" does not hold "{point}"', f"it is held by: {now.get(point, 'nobody')}"
            )
        if store.rows("select from holding where point = %s and device = %s", (point, device)):
            raise UsageError(f'device "{device}" was replaced at "{point}" itself', "enrol it anew under another name")
        signed = cose.sign1([NAME, store.programme.origin, store.programme.id, point, device, replaces, reason], root)
        subject = f"{point}/{device}"
        totals = {"point": point, "device": device, "replaces": replaces}
        store.log.append([Entry("holder", store.programme.id, None, subject, sha256(signed).digest(), {**totals})])
        store.execute(
            "insert into holding (point, since, device, replaces, reason, cose)"
            " select %s, index, %s, %s, %s, %s from log_entry where programme = %s and kind = 'holder' and subject = %s",
            (point, device, replaces, reason, signed, store.programme.id, subject),
        )


def check_reason(reason: str) -> None:
    """UsageError unless a device is replaced with a reason."""
    if not reason.strip() or len(reason) > REASON_LENGTH or not reason.isprintable():
        raise UsageError(
            f"a device is replaced with a reason of 1 to {REASON_LENGTH} plain letters",
            'say why: --reason "dropped into the river"',
        )
