"""A person's own key in two steps by two people: its owner makes it with a passphrase of their own, whoever has the root
key's passphrase certifies it. Neither learns the other's; the public half is compared by its signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from evenhand.actions.enrol import ROLES, enrol_key
from evenhand.core.errors import UsageError
from evenhand.store import Store

LENGTH_MIN = 12


@dataclass(frozen=True)
class OwnKey:
    """A key: whose, the signs of its public half, and what it is certified for; no roles while it waits."""

    person: str
    signs: str
    roles: tuple[str, ...] = ()


def signs_of(public: bytes) -> str:
    """What two people read to each other to know that they mean one key: twelve hex digits in groups of four."""
    text = sha256(public).hexdigest()[:12]
    return " ".join(text[at : at + 4] for at in (0, 4, 8))


def make_key(store: Store, person: str, passphrase: str, again: str) -> OwnKey:
    """Make the key of `person`, who types its passphrase twice. The same again changes nothing. UsageError for a
    passphrase that is too short or not typed alike, or where a key is certified already."""
    if len(passphrase) < LENGTH_MIN:
        raise UsageError(
            f"a passphrase has {LENGTH_MIN} characters or more", "take four or five words nobody would guess"
        )
    if passphrase != again:
        raise UsageError("the passphrase was not typed the same way twice", "type it again")
    if certified(store, person) is not None:
        raise UsageError(
            f"{person} has a certified key already", "one key a person; a lost one is replaced on the machine"
        )
    public = store.keys.create_person(person, passphrase).public_key
    store.keys.put_public(person, public)
    return OwnKey(person, signs_of(public))


def certified(store: Store, person: str) -> OwnKey | None:
    """The certified key of `person`, None where there is none."""
    rows = store.rows(
        "select public_key, roles from certificate where kind = 'person' and name = %s order by epoch desc limit 1",
        (person,),
    )
    return OwnKey(person, signs_of(bytes(rows[0][0])), tuple(rows[0][1])) if rows else None


def waiting(store: Store) -> list[OwnKey]:
    """Keys that are made and not certified yet."""
    known = {row[0] for row in store.rows("select name from certificate where kind = 'person'")}
    return [OwnKey(name, signs_of(public)) for name, public in store.keys.publics().items() if name not in known]


def certify_key(store: Store, person: str, signs: str, roles: Sequence[str], root_passphrase: str) -> None:
    """Certify a key that waits, for `roles`, by the root key. UsageError where it is not the key with these signs, for no
    or unknown roles, or a wrong passphrase."""
    found = store.keys.publics().get(person)
    if found is None or person not in {key.person for key in waiting(store)}:
        raise UsageError(f"no key of {person} waits", "they make it first, on their own page")
    if signs_of(found) != signs:
        raise UsageError(f"the key of {person} is not the one that was shown", "compare its signs with them again")
    ordered = [role for role in ROLES if role in roles]
    if not ordered or set(roles) - set(ROLES):
        raise UsageError("a key is certified for something", f"choose of {', '.join(ROLES)}")
    enrol_key(store, store.keys.root(root_passphrase), "person", person, ordered, found)
