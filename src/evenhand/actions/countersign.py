"""Two signatures of two persons under one digest: what changes in an open cycle is nobody's word alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

from evenhand.actions.approve import certified_keys
from evenhand.actions.cycles import person_signer
from evenhand.core.errors import UsageError
from evenhand.formats import cbor, cose
from evenhand.store import Store

REASON_LENGTH = 200
PREPARER, APPROVER = "preparer", "approver"
Payload = Callable[[str], list[cbor.Value]]
"""Role -> what is signed."""


def check_words(text: str, what: str, example: str) -> str:
    """The text without blanks around it. UsageError unless it is 1 to 200 printable characters."""
    if not text.strip() or len(text) > REASON_LENGTH or not text.isprintable():
        raise UsageError(f"{what}: 1 to {REASON_LENGTH} characters on one line", f"write it, as in: {example}")
    return text.strip()


def sign_first(
    store: Store, cycle: str, subject: str, payload: Payload, digest: bytes, person: str, passphrase: str
) -> None:
    """Within a transaction: the preparer's signature under `subject`. UsageError for who is not enrolled as preparer."""
    signer = person_signer(store, person, passphrase, PREPARER)
    _keep(store, cycle, subject, PREPARER, person, digest, cose.sign1(payload(PREPARER), signer))


def sign_second(
    store: Store, cycle: str, subject: str, payload: Payload, digest: bytes, person: str, passphrase: str
) -> dict[str, bytes]:
    """Within a transaction: the approver's signature, after the preparer's was looked at again. SHA-256 of both by role.

    UsageError for the person who prepared it, who is not enrolled as approver, or where the first signature does not hold:
    rows of the database alone are nobody's word.
    """
    signer = person_signer(store, person, passphrase, APPROVER)
    rows = store.rows(
        "select person, digest, cose from countersign where programme = %s and cycle = %s and subject = %s and role = %s",
        (store.programme.id, cycle, subject, PREPARER),
    )
    if not rows:
        raise UsageError(f"nobody has proposed {subject}", "propose it first")
    first, said, data = rows[0]
    if first == person:
        raise UsageError(f"{person} proposed {subject} and cannot confirm it", "a second person must")
    key = certified_keys(store).get((first, PREPARER))
    if key is None or bytes(said) != digest or not _holds(bytes(data), payload(PREPARER), key):
        raise UsageError(
            f"the proposal of {subject} is not what {first} signed, certified as preparer",
            "somebody wrote into the database or its files: find out who, and propose it again",
        )
    signed = cose.sign1(payload(APPROVER), signer)
    _keep(store, cycle, subject, APPROVER, person, digest, signed)
    return {PREPARER: sha256(bytes(data)).digest(), APPROVER: sha256(signed).digest()}


def signers(store: Store, cycle: str, subjects: Sequence[str]) -> dict[str, dict[str, str]]:
    """Subject -> role -> person, of those of these subjects that have a signature."""
    found: dict[str, dict[str, str]] = {}
    for subject, role, person in store.rows(
        "select subject, role, person from countersign where programme = %s and cycle = %s and subject = any(%s)",
        (store.programme.id, cycle, list(subjects)),
    ):
        found.setdefault(subject, {})[role] = person
    return found


def confirmed_files(store: Store, cycle: str) -> list[bytes]:
    """The signed files of all that two persons signed in the cycle."""
    rows = store.rows(
        "select c.cose from countersign c join countersign a on a.programme = c.programme and a.cycle = c.cycle"
        " and a.subject = c.subject and a.role = %s where c.programme = %s and c.cycle = %s order by c.subject, c.role",
        (APPROVER, store.programme.id, cycle),
    )
    return [bytes(row[0]) for row in rows]


def _holds(data: bytes, wanted: list[cbor.Value], key: bytes) -> bool:
    try:
        signed = cose.parse(data)
        return signed.array() == wanted and cose.verify(signed, key)
    except cose.CoseError:
        return False


def _keep(store: Store, cycle: str, subject: str, role: str, person: str, digest: bytes, data: bytes) -> None:
    store.execute(
        "insert into countersign (programme, cycle, subject, role, person, digest, cose)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (store.programme.id, cycle, subject, role, person, digest, data),
    )
