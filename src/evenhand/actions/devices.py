"""Devices of the points, as an officer sees them: who holds what, when it was heard, phones that wait to be certified."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from evenhand.actions.counter_enrol import Claim, certify, digits_of
from evenhand.actions.enrol import Place, enrol_device
from evenhand.actions.holding import holders
from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.store import Store

WAITS_SECONDS = 24 * 3600
"""An invitation that nobody certified is shown so long."""

DEVICES = """
with newest as (
  select distinct on (name) name, roles, public_key from certificate where kind = 'device' order by name, epoch desc
), placed as (
  select name, public_key, substr(role, 7) as point from newest, unnest(roles) role where role like 'point:%%'
  and (%(points)s::text[] is null or substr(role, 7) = any(%(points)s))
), held as materialized (select distinct on (point) point, device from holding
  where %(points)s::text[] is null or point = any(%(points)s) order by point, since desc)
select p.name, p.point, n.name,
  case when h.device = p.name then 'holds'
       when exists (select from holding o where o.point = p.point and o.device = p.name) then 'replaced'
       else 'second' end,
  (select at from heard where device = p.name order by hour desc limit 1),
  (select agent from counter_claim c where c.public_key = p.public_key),
  exists (select from head where programme = %(programme)s and cycle = %(cycle)s and device = p.name)
from placed p join node n on n.node = p.point left join held h on h.point = p.point order by n.name, p.point, p.name
"""

WAITING = """
select i.token_sha256, i.device, i.points, i.replaces, i.reason, i.second, i.expires, c.public_key, c.agent
from counter_invitation i left join counter_claim c using (token_sha256)
where i.at > %(since)s and (c.public_key is not null or i.expires > %(now)s)
  and not exists (select from certificate k where k.kind = 'device' and k.name = i.device)
  and (%(points)s::text[] is null or i.points <@ %(points)s::text[]) order by i.at desc limit 50
"""


@dataclass(frozen=True)
class DeviceAt:
    """A device at one of its points. `stands`: `holds`, `second` or `replaced`; `heard`: UTC seconds of its newest call;
    `agent`: what its browser calls itself, None for a device whose key the server keeps; `closed`: it closed its days of the
    newest cycle."""

    device: str
    point: str
    name: str
    stands: str
    heard: int | None
    agent: str | None
    closed: bool


@dataclass(frozen=True)
class Invited:
    """An invitation: `digits` are what the phone shows too, None while no phone has answered."""

    token_sha256: bytes
    device: str
    points: tuple[str, ...]
    place: Place
    expires: int
    public_key: bytes | None
    agent: str

    @property
    def digits(self) -> str | None:
        """The six digits that phone and officer compare."""
        return None if self.public_key is None else digits_of(self.token_sha256, self.public_key)


def devices_at(store: Store, cycle: str | None, points: Set[str] | None) -> list[DeviceAt]:
    """Every device of these points (None: all), by point."""
    at = {"programme": store.programme.id, "cycle": cycle, "points": None if points is None else sorted(points)}
    return [DeviceAt(*row) for row in store.rows(DEVICES, at)]


def points_without(store: Store, points: Set[str] | None) -> list[tuple[str, str]]:
    """(id, name) of points that no device holds."""
    rows = store.rows(
        "select node, name from node n where kind = 'point' and (%(points)s::text[] is null or node = any(%(points)s))"
        " and not exists (select from holding h where h.point = n.node) order by name limit 200",
        {"points": None if points is None else sorted(points)},
    )
    return [(row[0], row[1]) for row in rows]


def invited(store: Store, points: Set[str] | None) -> list[Invited]:
    """Phones invited to these points (None: all) and not certified yet, the newest first."""
    now = store.clock()
    at = {"since": now - WAITS_SECONDS, "now": now, "points": None if points is None else sorted(points)}
    return [
        Invited(
            bytes(token), device, tuple(its), Place(replaces, reason, second), expires, key and bytes(key), agent or ""
        )
        for token, device, its, replaces, reason, second, expires, key, agent in store.rows(WAITING, at)
    ]


def certify_invited(store: Store, token_hex: str, digits: str, root_passphrase: str, points: Set[str] | None) -> str:
    """Certify the phone that answered an invitation; its name. `digits`: as the officer reads them off the phone.

    InputError where they are not this phone's, UsageError for an invitation that waits for none, or a wrong passphrase.
    """
    found = next((one for one in invited(store, points) if one.token_sha256.hex() == token_hex), None)
    if found is None or found.public_key is None:
        raise UsageError("no phone waits for this", "invite it again")
    if digits.replace(" ", "") != found.digits:
        message = "these are not the digits of the phone that answered"
        raise InputError(
            [
                Problem(
                    "",
                    0,
                    "digits",
                    digits[:10],
                    message,
                    "read them off the phone again; if they differ, invite it anew",
                )
            ]
        )
    claim = Claim(found.device, found.points, found.public_key, found.digits or "", None)
    certify(store, claim, root_passphrase, found.place)
    return found.device


def take_back(store: Store, point: str, reason: str, root_passphrase: str) -> str:
    """Take a point from the device that holds it: a device of the office, whose key lies here, holds it from now on; its
    name. What the old one gave still counts whenever it arrives; it gets no roll any more.

    UsageError where nobody holds the point, or the office does already; without a reason; for a wrong passphrase.
    """
    holder = holders(store).get(point)
    if holder is None:
        raise UsageError(f'no device holds "{point}"', "invite a phone for it")
    if holder.startswith(OFFICE):
        raise UsageError(f'the office holds "{point}" already', "invite a phone for it")
    before = store.rows("select count(*) from holding where point = %s", (point,))[0][0]
    name = f"{OFFICE}{point}-{before + 1}"[:64]
    enrol_device(store, name, [point], root_passphrase, Place(holder, reason))
    return name


OFFICE = "office-"
