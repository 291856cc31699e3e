"""Enrol persons and devices: make a key, certify it by the root key, and say so in the log before its first use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from evenhand.actions.holding import begin_holding, check_reason, holders, take_over
from evenhand.core.errors import UsageError
from evenhand.formats import cose
from evenhand.formats.entry import Entry
from evenhand.store import Store

ROLES = ("preparer", "approver", "store")
"""What a person's key may sign: a preparer's half of a cycle, an approver's, or only papers about goods."""
EPOCH = 1
"""Keys are made once so far; renewing one (the next epoch) comes with revocation."""


@dataclass(frozen=True)
class Place:
    """A device's place at its points: the first one there; one that `replaces` another, for a `reason`; or a `second` one,
    which holds nothing until the holder releases rows to it."""

    replaces: str = ""
    reason: str = ""
    second: bool = False


FIRST = Place()


def enrol_person(store: Store, name: str, roles: Sequence[str], root_passphrase: str, passphrase: str) -> str:
    """Make and certify the key of a person; the certificate's SHA-256 in hex.

    Enrolling again with the same roles and passphrase changes nothing. UsageError for a wrong passphrase, other roles,
    or roles nobody knows.
    """
    if not roles or set(roles) - set(ROLES):
        raise UsageError(
            f"a person's roles are {', '.join(ROLES)}", "say --role preparer, --role approver, --role store"
        )
    if not passphrase:
        raise UsageError(f"the passphrase of {name} is empty", "let them choose one, and keep it to themselves")
    root = store.keys.root(root_passphrase)
    public = store.keys.create_person(name, passphrase).public_key
    ordered = [role for role in ROLES if role in roles]
    return enrol_key(store, root, "person", name, ordered, public)


def enrol_device(store: Store, name: str, points: Sequence[str], root_passphrase: str, place: Place = FIRST) -> str:
    """Make and certify the key of a device for `points`; the certificate's SHA-256 in hex.

    UsageError for a point that is not registered, or held by a device that `place` does not name.
    """
    root = store.keys.root(root_passphrase)
    roles = point_roles(store, name, points, place)
    public = store.keys.create_device(name).public_key
    return enrol_key(store, root, "device", name, roles, public, place)


def point_roles(store: Store, name: str, points: Sequence[str], place: Place = FIRST) -> list[str]:
    """The roles of device `name` for `points`; UsageError as `enrol_device`."""
    if not points:
        raise UsageError("the device holds no point", "say which: --point P17")
    if place.replaces and place.second:
        raise UsageError("a device replaces another one or stands beside it", "leave out --replaces or --second")
    if place.replaces:
        check_reason(place.reason)
    found = store.rows("SELECT node FROM node WHERE kind = 'point' AND node = ANY(%s)", (list(points),))
    known = {row[0] for row in found}
    now = holders(store)
    for point in sorted(set(points)):
        holder = now.get(point)
        if point not in known:
            raise UsageError(f'there is no point "{point}"', "import it first: evenhand import points FILE.csv")
        if place.second and holder in (None, name):
            raise UsageError(f'no other device holds "{point}"', "enrol the first one without --second")
        if place.replaces and holder not in (place.replaces, name):
            raise UsageError(f'device "{place.replaces}" does not hold "{point}"', f"its holder: {holder or 'nobody'}")
        if holder not in (None, name) and not place.replaces and not place.second:
            raise UsageError(
                f'device "{holder}" already holds point:{point}',
                f'lost or broken: --replaces {holder} --reason "…"; a second queue at the point: --second',
            )
    return sorted({f"point:{point}" for point in points})


def enrol_key(
    store: Store, root: cose.Signer, kind: str, name: str, roles: list[str], public: bytes, place: Place = FIRST
) -> str:
    """Certify a key, give a device its place at its points, and publish the log: in the log before its first use. The
    certificate's SHA-256 in hex."""
    with store.transaction(lock="log"):
        before = store.rows("SELECT roles FROM certificate WHERE kind = %s AND name = %s", (kind, name))
        if before and list(before[0][0]) != roles:
            raise UsageError(
                f'{kind} "{name}" is already enrolled ({", ".join(before[0][0])})',
                "roles are not changed afterwards: enrol under another name",
            )
        digest = certify(store, root, kind, name, roles, public)
        points = [role.removeprefix("point:") for role in roles if kind == "device"]
        if place.replaces:
            take_over(store, name, points, place.replaces, place.reason, root)
        elif points and not place.second:
            begin_holding(store, name, points)
    store.log.publish()
    return digest.hex()


def certify(store: Store, root: cose.Signer, kind: str, name: str, roles: list[str], public: bytes) -> bytes:
    """Within a transaction: sign a certificate, keep it, append its log entry. Its SHA-256. Repeating is harmless."""
    subject = "log" if kind == "log" else f"{kind}:{name}"
    payload = ["evenhand/certificate/v1", store.programme.origin, kind, name, roles, public, EPOCH]
    signed = cose.sign1(payload, root)
    digest = sha256(signed).digest()
    store.log.append([Entry("key", store.programme.id, None, subject, digest)])
    store.execute(
        "INSERT INTO certificate (sha256, kind, name, roles, public_key, epoch, cose)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (sha256) DO NOTHING",
        (digest, kind, name, roles, public, EPOCH, signed),
    )
    return digest
