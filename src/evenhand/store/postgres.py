"""The embedded PostgreSQL server: made once, started when somebody comes, stopped when the last one leaves.

`start(data)` gives a running server and where to connect. It listens on no network, only on a socket in a folder of
mode 0700, and asks every role for its password (SCRAM); the passwords lie in `keys/database.json`, mode 0600. Each
process that uses the server holds a shared lock while it does: whoever leaves last stops it, and after a kill -9 the
next command finds the server running and uses it.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Thread

from evenhand.core.errors import TryAgain, UsageError
from evenhand.store import account as accounts
from evenhand.store import runtime
from evenhand.store.account import Account
from evenhand.store.cluster import APP, OWNER, WEB, check_safe, make_cluster, sweep
from evenhand.store.files import write_whole
from evenhand.store.locks import FileLock, held

DATABASE, PORT = "evenhand", 5432
SOCKET_BYTES_MAX = 107
START_SECONDS, RETRY_SECONDS, LOCK_SECONDS = 60, 10, 30

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "full_page_writes": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "4GB",
    "min_wal_size": "32MB",
    "checkpoint_timeout": "15min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "huge_pages": "off",
    "log_min_messages": "warning",
    "logging_collector": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "ISO, YMD",
}


@dataclass(frozen=True)
class Server:
    """A server: connection parameters of the owner's, the app's and the web's role. The app's reads and adds; the web's
    does that too, and keeps accounts and sessions in a schema of its own."""

    owner: dict[str, str]
    app: dict[str, str]
    web: dict[str, str]
    embedded: bool = True


def passwords(data: Path) -> dict[str, str]:
    """The roles' passwords, made at random the first time."""
    path = data / "keys" / "database.json"
    if path.exists():
        if path.stat().st_mode & 0o077:
            raise UsageError(f"{path} can be read by others", f"chmod 600 {path}")
        return dict(json.loads(path.read_text()))
    made = {role: secrets.token_urlsafe(32) for role in (OWNER, APP, WEB)}
    write_whole(path, json.dumps(made).encode())
    return made


def prepare_folder(data: Path, embedded: bool = True) -> None:
    """Make the data folder and its parts: private to the user, or to root and the group of its embedded server."""
    account = accounts.for_server(data / "postgres") if embedded else accounts.caller()
    if not data.exists():
        account.check_path(data)
        if data.parent == runtime.SHARED and not data.parent.exists():
            data.parent.mkdir()
            data.parent.chmod(0o755)
        data.mkdir(mode=0o700, parents=True, exist_ok=True)  # another init may be as quick
        if not account.is_ours:
            os.chown(data, 0, account.gid)
            data.chmod(0o710)
    account.check_path(data / "postgres")
    for part in ("keys", "snapshots", "disclosures", "log"):
        (data / part).mkdir(mode=0o700, exist_ok=True)


@contextmanager
def start(data: Path) -> Iterator[Server]:
    """The embedded server of `data`, running for as long as the context lasts.

    UsageError (2) where something about folders or authentication is unsafe, TryAgain (3) where another process holds
    the lock or the server does not come up.
    """
    cluster = data / "postgres"
    account = accounts.for_server(cluster)
    account.check_path(cluster)
    users = FileLock(data / "postgres.users")
    child: subprocess.Popen[bytes] | None = None
    sockets: Path | None = None
    try:
        with held(data / "postgres.lock", "starting or stopping the database", LOCK_SECONDS):
            users.take(alone=False, seconds=0)
            made = passwords(data)
            sweep(data)
            if not (cluster / "PG_VERSION").exists():
                make_cluster(cluster, account, made[OWNER])
            check_safe(cluster, account)
            sockets = _socket_folder(data, account)
            child = _bring_up(cluster, account, sockets)
        yield _server(sockets, made)
    finally:
        _leave(data, users, sockets, child)


def parameters(data: Path) -> Server:
    """Where the embedded server of `data` answers, whether or not it runs now."""
    return _server(_socket_folder(data, accounts.for_server(data / "postgres")), passwords(data))


def _server(sockets: Path, made: dict[str, str]) -> Server:
    common = {"host": str(sockets), "port": str(PORT), "dbname": DATABASE}
    roles = ({**common, "user": role, "password": made[role]} for role in (OWNER, APP, WEB))
    return Server(*roles)


def _leave(data: Path, users: FileLock, sockets: Path | None, child: subprocess.Popen[bytes] | None) -> None:
    """Give up our share; stop the server if nobody else holds one. Whoever leaves last stops it, whoever started it."""
    try:
        with held(data / "postgres.lock", "starting or stopping the database", LOCK_SECONDS):
            if users.take(alone=True, seconds=0) and sockets is not None and _answers(sockets):
                _stop(data / "postgres", child)
    except TryAgain:
        pass  # somebody is just arriving: the server is theirs to stop
    finally:
        users.close()


def _socket_folder(data: Path, account: Account) -> Path:
    """A folder of mode 0700 for the socket, with a path short enough for one (107 bytes)."""
    folder = data.absolute() / "socket"
    if len(os.fsencode(folder)) + len(f"/.s.PGSQL.{PORT}") > SOCKET_BYTES_MAX:
        name = "evenhand-" + sha256(os.fsencode(data.resolve())).hexdigest()[:20]
        if os.geteuid() == 0:
            folder = Path("/run" if Path("/run").is_dir() else "/var/run", name)
        else:
            own = os.environ.get("XDG_RUNTIME_DIR", "")
            folder = Path(own, name) if own and len(own) < 60 and Path(own).is_dir() else Path("/tmp", name)
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        if folder.lstat().st_uid == os.geteuid() and not account.is_ours and not any(folder.iterdir()):
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)  # a crash came between the two steps
    if not accounts.is_private(folder, account):
        raise UsageError(
            f"the socket folder {folder} is not a folder of user {account.uid} with mode 0700",
            f"look who made it, then remove it: rm -r {folder}",
        )
    return folder


def _pid(cluster: Path) -> int | None:
    try:
        return int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _answers(sockets: Path) -> bool:
    """Whether a server accepts connections there."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(sockets / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def _is_ready(cluster: Path, child: subprocess.Popen[bytes]) -> bool:
    """Whether the process file is this child's (one of a killed server may still lie there) and says ready."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(child.pid) and lines[7].strip() == "ready"


def _bring_up(cluster: Path, account: Account, sockets: Path) -> subprocess.Popen[bytes] | None:
    """Find the server running (None) or launch it (the child). TryAgain if neither comes about within a minute.

    A launch may fail for a while: the server of a killed command is still starting, or sessions of a killed server have
    not yet noticed. So it is tried again.
    """
    until = time.monotonic() + START_SECONDS
    while not _answers(sockets):
        _forget_stale_process(cluster)
        child = _launch(cluster, account, sockets)
        while child.poll() is None:
            if _is_ready(cluster, child):
                # Buried when it dies, whoever killed it: the dead but unburied keep their number, and no server could start.
                Thread(target=child.wait, name="postgres", daemon=True).start()
                return child
            if time.monotonic() > until:
                child.send_signal(signal.SIGINT)
                raise TryAgain("the database does not come up", f"see {cluster / 'server.log'}; then run again")
            time.sleep(0.01)
        text = (cluster / "server.log").read_text(errors="replace")
        fatal = [line.partition("FATAL:")[2].strip() for line in text.splitlines() if "FATAL:" in line]
        passing = any("lock file" in line or "shared memory" in line for line in fatal)
        if not passing or time.monotonic() > until - START_SECONDS + RETRY_SECONDS:
            why = fatal[-1] if fatal else f"see {cluster / 'server.log'}"
            raise TryAgain(f"the database does not start: {why}", "run the command again")
        time.sleep(0.1)
    return None


def _forget_stale_process(cluster: Path) -> None:
    """Remove a process file whose number, since a restart of the machine, belongs to some other program."""
    pid = _pid(cluster)
    try:
        if pid is not None and Path(f"/proc/{pid}/comm").read_text().strip() != "postgres":
            (cluster / "postmaster.pid").unlink(missing_ok=True)
    except OSError:
        pass  # no such process, or no /proc: PostgreSQL decides


def _launch(cluster: Path, account: Account, sockets: Path) -> subprocess.Popen[bytes]:
    command: list[str | Path] = [runtime.programs(account) / "postgres", "-D", cluster.absolute(), "-k", sockets]
    for name, value in SETTINGS.items():
        command += ["-c", f"{name}={value}"]
    (cluster / "server.log").unlink(missing_ok=True)  # never write, as root, through what another account put there
    log = os.open(cluster / "server.log", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        if not account.is_ours:
            os.fchown(log, account.uid, account.gid)
        return account.start(command, cluster, log)
    finally:
        os.close(log)


def _stop(cluster: Path, child: subprocess.Popen[bytes] | None) -> None:
    """A fast shutdown, as pg_ctl does it: open sessions are rolled back, everything is flushed."""
    pid = child.pid if child is not None and child.poll() is None else _pid(cluster)
    if pid is None:
        return
    try:
        os.kill(pid, signal.SIGINT)
    except ProcessLookupError:
        return
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if child is not None and child.pid == pid:
            if child.poll() is not None:
                return
        elif _pid(cluster) is None:
            return
        time.sleep(0.005)
