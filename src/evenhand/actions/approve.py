"""Approve: a second person signs the same digest as the preparer, over the same files, read again from the disk."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from evenhand.actions.cycles import advance, done_before, person_signer, staging, step_due
from evenhand.core.errors import UsageError
from evenhand.flow.cycle.digest import approval_digest
from evenhand.formats import cose
from evenhand.formats.cose import Signer
from evenhand.formats.entry import Entry
from evenhand.store import Store


def file_hashes(root: Path) -> dict[str, bytes]:
    """SHA-256 of every file below `root`, by its path with slashes."""
    return {
        path.relative_to(root).as_posix(): sha256(path.read_bytes()).digest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def staged_digest(store: Store, cycle: str, files: Mapping[str, bytes]) -> bytes:
    """The digest to sign for these files and the cycle's freeze and event entries."""
    freeze, event = store.log.find("freeze", cycle, "freeze"), store.log.find("event", cycle, "event")
    if freeze is None or event is None:
        raise UsageError(f"the log has no freeze and event of cycle {cycle}", "freeze and compute it first")
    return approval_digest(freeze, event, files)


def staged_files(store: Store, cycle: str) -> dict[str, bytes]:
    """SHA-256 of every file that was computed for `cycle`, by its path, in order; empty before it is."""
    rows = store.rows(
        "select path, sha256 from staged_file where programme = %s and cycle = %s", (store.programme.id, cycle)
    )
    return {path: bytes(digest) for path, digest in sorted(rows)}


def is_staged(store: Store, cycle: str) -> bool:
    """Whether the files of `cycle` were computed."""
    return bool(
        store.rows("select from staged_file where programme = %s and cycle = %s limit 1", (store.programme.id, cycle))
    )


def check_staged(store: Store, cycle: str, root: Path) -> dict[str, bytes]:
    """Read every computed file again and compare it with what was staged; UsageError naming the first that differs."""
    found, staged = file_hashes(root / "public"), staged_files(store, cycle)
    for path in sorted(staged.keys() | found.keys()):
        if staged.get(path) != found.get(path):
            raise UsageError(
                f"{path} of cycle {cycle} is not the file that was computed",
                "void the cycle with a reason, find out who changed it, and draft the period again",
            )
    return staged


def certified_keys(store: Store) -> dict[tuple[str, str], bytes]:
    """(person, role) -> public key, of every certificate that the root key signed."""
    root, found = store.keys.root_vkey.public_key, {}
    for (data,) in store.rows("select cose from certificate where kind = 'person' order by epoch"):
        signed = cose.parse(bytes(data))
        name, _, _, person, roles, key, _ = signed.array()
        if name == "evenhand/certificate/v1" and cose.verify(signed, root) and isinstance(roles, list):
            found.update({(str(person), str(role)): bytes(key) for role in roles})  # type: ignore[arg-type]
    return found


def sign_approval(store: Store, cycle: str, role: str, person: str, signer: Signer, digest: bytes) -> None:
    """Append one signed approval to the database and to the log."""
    signed = cose.sign1(["evenhand/approval/v1", store.programme.id, cycle, role, digest], signer)
    store.execute(
        "insert into approval (programme, cycle, role, person, digest, cose) values (%s, %s, %s, %s, %s, %s)",
        (store.programme.id, cycle, role, person, digest, signed),
    )
    store.log.append([Entry("approval", store.programme.id, cycle, role, sha256(signed).digest(), {"digest": digest})])


def approve(store: Store, cycle: str, person: str, passphrase: str, forged: Signer | None = None) -> bytes:
    """Approve `cycle` as the second person. Returns the digest signed. `forged`: the demo's lie signs with another key.

    UsageError if the person prepared it, is not enrolled as approver, or a computed file has changed since.
    """
    done_before(store, cycle, "approved")
    with store.transaction("cycle"):
        if step_due(store, cycle, "approved") is None:
            rows = store.rows(
                "select digest, person from approval where programme = %s and cycle = %s and role = 'approver'",
                (store.programme.id, cycle),
            )
            if rows[0][1] != person:
                raise UsageError(f"{rows[0][1]} has approved cycle {cycle} already", "there is nothing left to approve")
            person_signer(store, person, passphrase, "approver")
            return bytes(rows[0][0])
        preparer = store.rows(
            "select person, digest from approval where programme = %s and cycle = %s and role = 'preparer'",
            (store.programme.id, cycle),
        )[0]
        if preparer[0] == person:
            raise UsageError(f"{person} prepared cycle {cycle} and cannot approve it", "a second person must approve")
        signer = person_signer(store, person, passphrase, "approver")
        digest = staged_digest(store, cycle, check_staged(store, cycle, staging(store, cycle)))
        if digest != bytes(preparer[1]):
            raise UsageError(f"the files of {cycle} are not those its preparer signed", "void it with a reason")
        sign_approval(store, cycle, "approver", person, forged or signer, digest)
        advance(store, cycle, "approved", person)
    store.log.publish()
    return digest
