"""Which Unix account the embedded server runs under, and what that account can reach.

PostgreSQL refuses uid 0. As root the server therefore gets a numeric uid and gid that nobody else has: no entry in the
password file, no login, nothing it owns but its own folder. Otherwise it runs as whoever calls.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from evenhand.core.errors import UsageError

FIRST_UID, LAST_UID = 61777, 61999


@dataclass(frozen=True)
class Account:
    """A uid and gid to run the server's programs under."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether that is simply the calling user."""
        return self.uid == os.geteuid()

    def start(
        self, command: Sequence[str | Path], folder: Path, output: IO[bytes] | int, *, uid: int | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a program in `folder` under this account (or under `uid` with this account's group alone).

        It gets a bare environment, and a session of its own: an interrupt at the terminal must not reach the database.
        """
        extra: dict[str, Any] = {}
        if not self.is_ours:
            extra = {"user": self.uid if uid is None else uid, "group": self.gid, "extra_groups": []}
        environment = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
        try:
            return subprocess.Popen(
                [str(part) for part in command],
                cwd=folder, env=environment, umask=0o077, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, **extra,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            raise UsageError(
                f"the database's program cannot be started: {error}",
                "run as an ordinary user with --data FOLDER, or name a server in EVENHAND_DATABASE_URL",
            ) from error

    def can_cross(self, folder: Path) -> bool:
        """Whether this account may pass through `folder`."""
        return _allows(folder, self, 1)

    def check_path(self, folder: Path) -> None:
        """UsageError naming the first parent folder that this account cannot pass through. Nothing is widened."""
        if self.is_ours:
            return
        parents = [part for part in reversed(folder.resolve().parents) if part.exists()]
        blocked = next((part for part in parents if not self.can_cross(part)), None)
        if blocked is not None:
            raise UsageError(
                f"run by root, the database works as user {self.uid}, which cannot pass through {blocked}",
                f"choose another --data, leave --data out, or allow it yourself: chmod o+x {blocked}",
            )


def _allows(path: Path, account: Account, bit: int) -> bool:
    found = path.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & bit << 6)
    if found.st_gid == account.gid:
        return bool(found.st_mode & bit << 3)
    return bool(found.st_mode & bit)


def caller() -> Account:
    """Whoever runs this program."""
    return Account(os.geteuid(), os.getegid())


def for_server(cluster: Path) -> Account:
    """The account that owns `cluster`, or the one to make it under."""
    if os.geteuid() != 0:
        return caller()
    if cluster.exists() and (owner := cluster.lstat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    taken_uids = {entry.pw_uid for entry in pwd.getpwall()}
    taken_gids = {entry.gr_gid for entry in grp.getgrall()}
    for number in range(FIRST_UID, LAST_UID + 1):
        if number not in taken_uids and number not in taken_gids:
            return Account(number, number)
    raise UsageError(
        f"no unused user number between {FIRST_UID} and {LAST_UID} to run the database under",
        "run as an ordinary user, or name a server in EVENHAND_DATABASE_URL",
    )


def is_named(uid: int) -> bool:
    """Whether the password file has an entry for `uid`."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def named_uid() -> int:
    """A uid that has an entry in the password file: initdb insists on one. Only ever used with a private group."""
    entries = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0}
    for name in ("nobody", "daemon", "bin"):
        if name in entries:
            return entries[name]
    if entries:
        return min(entries.values())
    raise UsageError(
        "the password file names no user but root, and PostgreSQL's initdb needs one",
        "run as an ordinary user, or name a server in EVENHAND_DATABASE_URL",
    )


def is_private(folder: Path, account: Account) -> bool:
    """Whether `folder` is a real folder of this account with mode 0700."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and stat.S_IMODE(found.st_mode) == 0o700
