"""The embedded server: who can reach it, when it starts and stops, and what it survives."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from folders import NOW, clock, copy_data, is_root, open_folder

from evenhand.core.errors import TryAgain, UsageError
from evenhand.store import account, create_store, locks, open_store, postgres

HOLD = """
import sys, time
from pathlib import Path
from evenhand.store import open_store
with open_store(Path(sys.argv[1]), lambda: 0) as store:
    print(store.rows("SELECT 1")[0][0], flush=True)
    sys.stdin.readline()
    print(store.rows("SELECT 2")[0][0], flush=True)
"""


def hold(data: Path) -> subprocess.Popen[str]:
    """Another process with the store open."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLD), str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "1\n"
    return process


def server_pid(data: Path) -> int | None:
    return postgres._pid(data / "postgres")


def as_other_user(act: Callable[[], object]) -> str:
    """Run `act` as a user who is neither root nor the server; the name of the error it ends with, or "reached"."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            act()
            answer = "reached"
        except BaseException as error:
            answer = type(error).__name__
        os.write(writing, answer.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        return pipe.read()


def connect_socket(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(path)


def test_it_listens_on_no_network_and_in_a_private_folder(data: Path) -> None:
    with postgres.start(data) as server, psycopg.connect(**server.owner) as owner:
        assert owner.execute("SHOW listen_addresses").fetchone() == ("",)
        assert owner.execute("SHOW fsync").fetchone() == ("on",)
        folder = Path(owner.execute("SHOW unix_socket_directories").fetchone()[0])
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((data / "postgres").stat().st_mode) == 0o700
        assert folder.stat().st_uid == (data / "postgres").stat().st_uid
        methods = owner.execute("SELECT DISTINCT type, auth_method FROM pg_hba_file_rules ORDER BY 2").fetchall()
        assert methods == [("local", "reject"), ("local", "scram-sha-256")]


def test_nobody_gets_in_without_a_password(data: Path) -> None:
    with postgres.start(data) as server:
        for user in ("evenhand_owner", "evenhand_app", "postgres", "root"):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(host=server.app["host"], user=user, dbname="evenhand", password="guess")


@pytest.mark.skipif(not is_root(), reason="only root can act as another user")
def test_another_user_reaches_neither_socket_nor_files(data: Path) -> None:
    with postgres.start(data) as server:
        path = f"{server.app['host']}/.s.PGSQL.5432"
        connect_socket(path)  # we can
        assert as_other_user(lambda: connect_socket(path)) == "PermissionError"
        for name in (
            "keys/database.json",
            "keys/root.key",
            "keys/log.key",
            "postgres/PG_VERSION",
            "postgres/pg_hba.conf",
        ):
            assert as_other_user((data / name).read_bytes) == "PermissionError"


@pytest.mark.skipif(not is_root(), reason="only root runs the server as another user")
def test_root_runs_it_under_a_number_that_nobody_has(data: Path) -> None:
    owner = (data / "postgres").stat().st_uid
    assert owner != 0
    assert not account.is_named(owner)
    with postgres.start(data):
        pid = server_pid(data)
        assert Path(f"/proc/{pid}").stat().st_uid == owner
    strays = [path for path in (data / "postgres").rglob("*") if path.lstat().st_uid != owner]
    assert strays == []


@pytest.mark.skipif(not is_root(), reason="an ordinary user's server crosses what the user crosses")
def test_a_parent_folder_it_cannot_cross_is_an_error_and_stays_as_it_is(made: Path) -> None:
    with open_folder() as folder:
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        with (
            pytest.raises(UsageError, match="cannot pass through") as caught,
            create_store(closed / "data", "relief", "relief.example", "UTC", clock),
        ):
            pass
        assert caught.value.exit_code == 2
        assert str(closed) in caught.value.message
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert not (closed / "data").exists()


def test_an_unsafe_way_in_is_refused_at_start(data: Path) -> None:
    hba = data / "postgres" / "pg_hba.conf"
    text = hba.read_text()
    for line in (
        "local all all trust", "host all all 0.0.0.0/0 scram-sha-256", "local all evenhand_app password",
        "include other.conf",
    ):  # fmt: skip
        for unsafe in (f"{line}\n{text}", f"{text}{line}\n", line + "\n"):
            hba.write_text(unsafe)
            with pytest.raises(UsageError, match="not as Evenhand wrote it"), postgres.start(data):
                pass
    hba.write_text(text)
    with postgres.start(data):
        pass


def test_a_cluster_open_to_others_is_refused(data: Path) -> None:
    for mode in (0o750, 0o705, 0o777):
        (data / "postgres").chmod(mode)
        with pytest.raises(UsageError, match="mode 0700"), postgres.start(data):
            pass


def test_a_socket_folder_open_to_others_is_refused(data: Path) -> None:
    with postgres.start(data):
        pass
    (data / "socket").chmod(0o755)
    with pytest.raises(UsageError, match="socket folder"), postgres.start(data):
        pass


def test_passwords_that_others_can_read_are_refused(data: Path) -> None:
    (data / "keys" / "database.json").chmod(0o644)
    with pytest.raises(UsageError, match="can be read by others"), postgres.start(data):
        pass


def test_settings_written_into_the_cluster_cannot_open_it(data: Path) -> None:
    with (data / "postgres" / "postgresql.auto.conf").open("a") as file:
        file.write("listen_addresses = '*'\nunix_socket_permissions = 0777\nfsync = off\n")
    with postgres.start(data) as server, psycopg.connect(**server.owner) as owner:
        assert owner.execute("SHOW listen_addresses").fetchone() == ("",)
        assert owner.execute("SHOW unix_socket_permissions").fetchone() == ("0700",)
        assert owner.execute("SHOW fsync").fetchone() == ("on",)


def test_it_stops_when_the_last_user_leaves_whoever_started_it(data: Path) -> None:
    other = hold(data)
    with open_store(data, clock) as store:
        pid = server_pid(data)
        other.communicate("leave\n", timeout=30)
        assert store.rows("SELECT 3") == [(3,)]
        assert server_pid(data) == pid
    assert server_pid(data) is None


def test_who_leaves_first_leaves_it_running(data: Path) -> None:
    other = hold(data)
    with open_store(data, clock):
        pass
    out, _ = other.communicate("leave\n", timeout=30)
    assert out == "2\n"
    assert server_pid(data) is None


def test_after_a_kill_the_running_server_is_used_again(data: Path) -> None:
    other = hold(data)
    other.kill()
    other.wait()
    pid = server_pid(data)
    assert pid is not None
    os.kill(pid, 0)
    with open_store(data, clock) as store:
        assert server_pid(data) == pid
        assert store.rows("SELECT id FROM programme") == [("relief",)]
    assert server_pid(data) is None


def test_a_server_that_was_killed_is_started_again(data: Path) -> None:
    other = hold(data)
    os.kill(server_pid(data), signal.SIGKILL)
    other.kill()
    other.wait()
    assert server_pid(data) is not None  # stale
    with open_store(data, clock) as store:
        assert store.rows("SELECT at FROM programme") == [(NOW,)]


def test_a_process_file_with_somebody_elses_number_is_forgotten(data: Path) -> None:
    stale = data / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getppid()}\n{data}/postgres\n1\n5432\n\n\n0 0\nready   \n")
    with open_store(data, clock) as store:
        assert store.rows("SELECT 1") == [(1,)]


def test_an_interrupted_making_of_the_cluster_is_begun_again(made: Path) -> None:
    with open_folder() as folder:
        data = folder / "data"
        data.mkdir(mode=0o711)
        (data / "keys").mkdir(mode=0o700)
        (data / "postgres.new" / "cluster").mkdir(parents=True)
        (data / "postgres.new" / "cluster" / "half").write_text("x")
        with create_store(data, "relief", "relief.example", "UTC", clock) as store:
            assert store.rows("SELECT id FROM programme") == [("relief",)]
        assert not (data / "postgres.new").exists()


def test_odd_and_long_folder_names_work(data: Path) -> None:
    for name in ("a b", "it's", 'say "x"', "Ünïcode-дані", "x" * 120, "$HOME;echo"):
        data = data.rename(data.with_name(name))
        with open_store(data, clock) as store:
            assert store.rows("SELECT 1") == [(1,)]
        assert server_pid(data) is None


def test_a_copy_taken_while_stopped_is_a_backup(data: Path) -> None:
    with open_store(data, clock) as store:
        store.execute("INSERT INTO area (pcode, name, level) VALUES ('KP', 'Korea', 0)")
    with open_folder() as folder, open_store(copy_data(data, folder), clock) as copy:
        assert copy.rows("SELECT pcode FROM area") == [("KP",)]


def test_a_lock_that_cannot_be_had_says_try_again(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "LOCK_SECONDS", 0.1)
    lock = locks.FileLock(data / "postgres.lock")
    assert lock.take(alone=True, seconds=0)
    with pytest.raises(TryAgain) as caught, postgres.start(data):
        pass
    assert caught.value.exit_code == 3
    lock.close()


def test_several_commands_at_once_share_one_server(data: Path) -> None:
    others = [hold(data) for _ in range(3)]
    pid = server_pid(data)
    for other in others:
        other.communicate("leave\n", timeout=30)
    assert pid is not None
    assert server_pid(data) is None


def test_starting_and_stopping_is_quick(data: Path) -> None:
    begun = time.monotonic()
    for _ in range(3):
        with open_store(data, clock):
            pass
    assert time.monotonic() - begun < 30  # not a benchmark: it only catches a wait that runs into its limit
