"""Make a data folder for a programme: database, root key, log."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from evenhand.actions.enrol import certify
from evenhand.core.errors import UsageError
from evenhand.formats.entry import Entry
from evenhand.store import create_store, mark_ready

DEMO_ORIGIN = "demo."
"""Origins of demonstrations begin so, and no other may."""


def init(
    data: Path,
    programme: str,
    origin: str,
    zone: str,
    passphrase: str,
    clock: Callable[[], int],
    *,
    demo: bool = False,
    seed: bytes | None = None,
) -> str:
    """Initialise `data` for `programme`; the root's verifier key line, which outsiders learn by another way.

    `origin` names the log for ever; `zone` is the IANA zone cycle dates are local to. `seed` derives all keys and is
    for demonstrations only. Run again after an interruption it finishes; on an initialised folder it is a UsageError.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", programme):
        raise UsageError(f"{programme!r} cannot be a programme's id", "use up to 64 letters, digits, dots, - and _")
    if zone not in zoneinfo.available_timezones():
        raise UsageError(f'there is no time zone "{zone}"', "name one as in Asia/Pyongyang or UTC")
    if demo != origin.startswith(DEMO_ORIGIN):
        raise UsageError(
            f'an origin that begins with "{DEMO_ORIGIN}" is for demonstrations, and theirs begin so',
            "use a name you own, such as ration.example.org",
        )
    if seed is not None and not demo:
        raise UsageError("keys are derived from a seed in demonstrations only", "leave the seed out")
    if not passphrase:
        raise UsageError("the root key's passphrase is empty", "choose one, and keep it apart from the data folder")
    with create_store(data, programme, origin, zone, clock, demo=demo, seed=seed) as store:
        root = store.keys.create_root(passphrase)
        log = store.keys.create_log()
        with store.transaction(lock="log"):
            # The order is fixed: the root first, then the log's own key (spec/formats.md).
            store.log.append([Entry("key", programme, None, "root", sha256(root.public_key).digest())])
            certify(store, root, "log", "log", [], log.public_key)
        store.log.publish()
        mark_ready(store)
        return store.keys.root_vkey.line()
