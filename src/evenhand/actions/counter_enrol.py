"""Enrol a phone: an officer invites it, it makes its own key and answers, and the officer certifies what answered.

The private key never leaves the phone. The six digits that phone and officer compare bind the certificate to the key that
lies in that phone, so that somebody else who saw the QR gains nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from evenhand.actions.enrol import FIRST, Place, enrol_key, point_roles
from evenhand.core.errors import UsageError
from evenhand.formats import cbor, code
from evenhand.store import Store
from evenhand.store.keys import check_name

INVITATION_SECONDS = 3600
TOKEN_BYTES = 16


@dataclass(frozen=True)
class Claim:
    """A phone that answered: its name and points, its public key, the digits to compare, its certificate if it has one."""

    device: str
    points: tuple[str, ...]
    public_key: bytes
    digits: str
    certificate: bytes | None


def invite(store: Store, device: str, points: Sequence[str], token: bytes, place: Place = FIRST) -> str:
    """Invite a phone called `device` to take its place at `points`, for an hour. `token`: 16 random bytes; returns it as a
    code.

    UsageError for a name that is taken, or for a point that is not registered or held by a device `place` does not name.
    """
    check_name(device)
    point_roles(store, device, points, place)
    if store.rows("select 1 from certificate where kind = 'device' and name = %s", (device,)):
        raise UsageError(f'device "{device}" is already enrolled', "choose another name")
    store.execute(
        "insert into counter_invitation (token_sha256, device, points, replaces, reason, second, expires, at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            sha256(token).digest(), device, sorted(set(points)), place.replaces, place.reason, place.second,
            store.clock() + INVITATION_SECONDS, store.clock(),
        ),
    )  # fmt: skip
    return code.encode(token)


def claim(store: Store, token_code: str, public_key: bytes, agent: str) -> Claim:
    """A phone answers an invitation with its key, or asks again whether it is certified.

    UsageError for a code nobody gave, one that has run out, or one that another phone answered first.
    """
    digest = sha256(_token(token_code)).digest()
    with store.transaction("enrol"):
        invitation = store.rows(
            "select device, points, expires from counter_invitation where token_sha256 = %s", (digest,)
        )
        if not invitation:
            raise UsageError("nobody gave this code", "scan the code on the officer's screen again", "code-unknown")
        answered = store.rows("select public_key from counter_claim where token_sha256 = %s", (digest,))
        if answered and bytes(answered[0][0]) != public_key:
            raise UsageError("another phone answered this code first", "ask the officer for a new code", "code-taken")
        if not answered:
            if store.clock() > invitation[0][2]:
                raise UsageError("this code has run out", "ask the officer for a new code", "code-expired")
            if len(public_key) != 32:
                raise UsageError("the key is not one of Ed25519", "use a newer browser")
            store.execute(
                "insert into counter_claim (token_sha256, public_key, agent, at) values (%s, %s, %s, %s)",
                (digest, public_key, agent[:200], store.clock()),
            )
    return _claim(store, invitation[0][0], tuple(invitation[0][1]), public_key, digest)


def find_claim(store: Store, token: bytes) -> Claim | None:
    """The phone that answered this invitation, or None so far."""
    digest = sha256(token).digest()
    rows = store.rows(
        "select i.device, i.points, c.public_key from counter_invitation i join counter_claim c using (token_sha256)"
        " where token_sha256 = %s",
        (digest,),
    )
    return _claim(store, rows[0][0], tuple(rows[0][1]), bytes(rows[0][2]), digest) if rows else None


def certify(store: Store, found: Claim, root_passphrase: str, place: Place = FIRST) -> str:
    """Certify the key of a phone whose digits the officer has compared; the certificate's SHA-256 in hex."""
    roles = point_roles(store, found.device, found.points, place)
    return enrol_key(store, store.keys.root(root_passphrase), "device", found.device, roles, found.public_key, place)


def promote(store: Store, device: str, points: Sequence[str], root_passphrase: str, place: Place) -> str | None:
    """Let a phone that is certified for `points` already, such as the second one there, take the place of another; its
    certificate's SHA-256 in hex. None for a phone that has no certificate yet."""
    rows = store.rows("select public_key from certificate where kind = 'device' and name = %s", (device,))
    if not rows:
        return None
    roles = point_roles(store, device, points, place)
    root = store.keys.root(root_passphrase)
    return enrol_key(store, root, "device", device, roles, bytes(rows[0][0]), place)


def digits_of(token_sha256: bytes, public_key: bytes) -> str:
    """The six digits that phone and officer compare: of SHA-256(CBOR ["evenhand/enrol/v1", SHA-256(token), key])."""
    digest = sha256(cbor.dumps(["evenhand/enrol/v1", token_sha256, public_key])).digest()
    return f"{int.from_bytes(digest[:8]) % 10**6:06d}"


def _claim(store: Store, device: str, points: tuple[str, ...], public_key: bytes, token_sha256: bytes) -> Claim:
    rows = store.rows(
        "select cose from certificate where kind = 'device' and name = %s and public_key = %s order by epoch desc",
        (device, public_key),
    )
    certificate = bytes(rows[0][0]) if rows else None
    return Claim(device, points, public_key, digits_of(token_sha256, public_key), certificate)


def _token(text: str) -> bytes:
    try:
        return code.decode(text)
    except code.CodeError as error:
        raise UsageError(
            f"this is no enrolment code: {error}", "scan the code on the officer's screen again"
        ) from error
