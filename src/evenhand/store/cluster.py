"""The files of the embedded database: making them once, and refusing them where they are not safe."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from evenhand.core.errors import TryAgain, UsageError
from evenhand.store import account as accounts
from evenhand.store import runtime
from evenhand.store.account import Account
from evenhand.store.files import sync_folder, write_whole

UNFINISHED = "postgres.new"
OWNER, APP, WEB, DESK = "evenhand_owner", "evenhand_app", "evenhand_web", "evenhand_desk"

HBA = """\
# Written by Evenhand, which refuses to start when it reads otherwise.
# type  database  role            method
local   all       evenhand_owner  scram-sha-256
local   all       evenhand_app    scram-sha-256
local   all       evenhand_web    scram-sha-256
local   all       all             reject
"""


def sweep(data: Path) -> None:
    """Remove clusters whose making was killed. An initdb that outlived its caller works in a folder of its own."""
    for left in data.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)


def make_cluster(cluster: Path, account: Account, owner_password: str) -> None:
    """Make the cluster beside its place and rename it when it is whole.

    initdb wants a password-file entry for its uid, which an unused uid has not. It therefore runs under a named one,
    but with the unused number as its only group, below a folder which that group alone can cross: other programs of
    the named user can neither reach the files nor trace the process. Then everything is given to the server's uid.
    """
    if account.is_ours and not accounts.is_named(account.uid):
        raise UsageError(
            f"user number {account.uid} has no entry in the password file, and PostgreSQL's initdb needs one",
            "run as a user that has one, or name a server in EVENHAND_DATABASE_URL",
        )
    # Absolute: initdb runs in a folder of its own, and Python 3.11 keeps a relative path relative.
    beside = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=cluster.parent.absolute()))
    made_by = None if account.is_ours else accounts.named_uid()
    if made_by is not None:
        os.chown(beside, 0, account.gid)
        beside.chmod(0o710)
    inside, secret = beside / "cluster", beside / "secret"
    inside.mkdir(mode=0o700)
    write_whole(secret, owner_password.encode())
    if made_by is not None:
        for path in (inside, secret):
            os.chown(path, made_by, account.gid)
    command: list[str | Path] = [
        runtime.programs(account) / "initdb", "--pgdata", inside, "--username", OWNER, "--pwfile", secret,
        "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin",
        "--builtin-locale", "C.UTF-8", "--no-instructions",
    ]  # fmt: skip
    process = account.start(command, beside, subprocess.PIPE, uid=made_by)
    output, _ = process.communicate()
    if process.returncode != 0:
        last = output.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise TryAgain(f"the database could not be made: {last[0]}", "see whether the disk is full; then run again")
    secret.unlink()
    write_whole(inside / "pg_hba.conf", HBA.encode())
    if made_by is not None:
        for folder, folders, files in os.walk(inside):
            for name in (*folders, *files):
                os.chown(Path(folder, name), account.uid, account.gid, follow_symlinks=False)
        os.chown(inside, account.uid, account.gid)
    inside.rename(cluster)
    sync_folder(cluster.parent)
    shutil.rmtree(beside)


def check_safe(cluster: Path, account: Account) -> None:
    """UsageError unless the cluster is private to its account and every way in asks for a password."""
    if not accounts.is_private(cluster, account):
        raise UsageError(
            f"{cluster} is not a folder of user {account.uid} with mode 0700; the database does not start on it",
            f"chown -R {account.uid}:{account.gid} {cluster}; chmod 700 {cluster}",
        )
    hba = cluster / "pg_hba.conf"
    wanted = [line.split() for line in HBA.splitlines() if not line.startswith("#")]
    found = [words for line in hba.read_text().splitlines() if (words := line.partition("#")[0].split())]
    if found != wanted:
        strange = next((" ".join(words) for words in found if words not in wanted), "a line is missing or out of order")
        raise UsageError(
            f"{hba} is not as Evenhand wrote it ({strange}); the database does not start on it",
            "restore it: three lines, local only, scram-sha-256 for the two roles, reject for all others",
        )
