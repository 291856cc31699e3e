"""Enrol persons and devices: make a key, certify it by the root key, and say so in the log before its first use."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from evenhand.core.errors import UsageError
from evenhand.formats import cose
from evenhand.formats.entry import Entry
from evenhand.store import Store

ROLES = ("preparer", "approver")
EPOCH = 1
"""Keys are made once so far; renewing one (the next epoch) comes with revocation."""


def enrol_person(store: Store, name: str, roles: Sequence[str], root_passphrase: str, passphrase: str) -> str:
    """Make and certify the key of a person; the certificate's SHA-256 in hex.

    Enrolling again with the same roles and passphrase changes nothing. UsageError for a wrong passphrase, other roles,
    or roles nobody knows.
    """
    if not roles or set(roles) - set(ROLES):
        raise UsageError(f"a person's roles are {' and '.join(ROLES)}", "say --role preparer, --role approver, or both")
    if not passphrase:
        raise UsageError(f"the passphrase of {name} is empty", "let them choose one, and keep it to themselves")
    root = store.keys.root(root_passphrase)
    public = store.keys.create_person(name, passphrase).public_key
    ordered = [role for role in ROLES if role in roles]
    return enrol_key(store, root, "person", name, ordered, public)


def enrol_device(store: Store, name: str, points: Sequence[str], root_passphrase: str) -> str:
    """Make and certify the key of a device that holds `points`; the certificate's SHA-256 in hex.

    UsageError for a point that is not registered or that another device holds: a card has one holder at a time.
    """
    root = store.keys.root(root_passphrase)
    roles = point_roles(store, name, points)
    public = store.keys.create_device(name).public_key
    return enrol_key(store, root, "device", name, roles, public)


def point_roles(store: Store, name: str, points: Sequence[str]) -> list[str]:
    """The roles of device `name` for `points`; UsageError as `enrol_device`."""
    if not points:
        raise UsageError("the device holds no point", "say which: --point P17")
    found = store.rows("SELECT node FROM node WHERE kind = 'point' AND node = ANY(%s)", (list(points),))
    known = {row[0] for row in found}
    for point in points:
        if point not in known:
            raise UsageError(f'there is no point "{point}"', "import it first: evenhand import points FILE.csv")
    roles = sorted({f"point:{point}" for point in points})
    holders = store.rows(
        "SELECT name, role FROM certificate, unnest(roles) AS role"
        " WHERE kind = 'device' AND name <> %s AND role = ANY(%s) ORDER BY role, name LIMIT 1",
        (name, roles),
    )
    if holders:
        raise UsageError(
            f'device "{holders[0][0]}" already holds {holders[0][1]}',
            "enrol a device for other points; moving a point to another device comes later",
        )
    return roles


def enrol_key(store: Store, root: cose.Signer, kind: str, name: str, roles: list[str], public: bytes) -> str:
    """Certify a key and publish the log: in the log before its first use. The certificate's SHA-256 in hex."""
    with store.transaction(lock="log"):
        before = store.rows("SELECT roles FROM certificate WHERE kind = %s AND name = %s", (kind, name))
        if before and list(before[0][0]) != roles:
            raise UsageError(
                f'{kind} "{name}" is already enrolled ({", ".join(before[0][0])})',
                "roles are not changed afterwards: enrol under another name",
            )
        digest = certify(store, root, kind, name, roles, public)
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
