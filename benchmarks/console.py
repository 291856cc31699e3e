"""Every page of the console at a country's size, against bare Django views on the same server: median and 95th percentile of
one reader alone, and pages a second and a CPU second of eight readers together.

`python -m benchmarks console [--people 240000]`. Baselines, run beside: a view that says one word, and one that knows who
asks (the session's row and the account's), both on granian with as many workers and threads.
"""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evenhand.actions.accounts import ROLES, add_on_machine
from evenhand.cli.serve import THREADS, WORKERS, prepare_accounts
from evenhand.store import open_store
from evenhand.wiring import read_clock

ONE_BY_ONE, READERS, SECONDS = 30, 8, 5
SERVE = """
import sys
from evenhand.cli import main
if __name__ == "__main__":
    sys.argv = ["evenhand", "serve", "--port", sys.argv[1], "--data", sys.argv[2]]
    main()
"""
BARE = f"""
import sys
from granian import Granian
from granian.constants import Interfaces
if __name__ == "__main__":
    from multiprocessing import set_start_method
    set_start_method("spawn", force=True)
    Granian("benchmarks.bare_view:application", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.WSGI,
            workers={WORKERS}, blocking_threads={THREADS}, log_level="warning").serve()
"""


@contextmanager
def server(code: str, folder: Path, port: int, data: Path) -> Iterator[int]:
    """A server process; its id."""
    script = folder / f"serve{port}.py"
    script.write_text(code)
    there = os.environ | {"EVENHAND_DATA": str(data), "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path])}
    process = subprocess.Popen([sys.executable, script, str(port), str(data)], env=there, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/word")
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < until, "the server does not come up"
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


class Reader:
    """One connection with its cookies."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.port, self.cookies = port, cookies or {}
        self.connection = http.client.HTTPConnection("localhost", port, timeout=60)

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, bytes]:
        """(status, body)."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = urllib.parse.urlencode(fields) if fields else None
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://localhost:{self.port}"}
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # the server ends a connection after some requests
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        text = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, text

    def sign_in(self, name: str, password: str) -> None:
        """Sign in as a browser does."""
        self.ask("GET", "/accounts/login/")
        fields = {"login": name, "password": password, "csrfmiddlewaretoken": self.cookies["csrf"]}
        status, _ = self.ask("POST", "/accounts/login/", fields)
        assert status == 302, status


def cpu_seconds(root: int) -> float:
    """What a process and those below it have used, and the database's processes; user and system."""
    table = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parts = (entry / "stat").read_text().rpartition(")")[2].split()
                name = (entry / "comm").read_text().strip()
            except OSError:
                continue
            table[int(entry.name)] = (int(parts[1]), int(parts[11]) + int(parts[12]), name)
    mine, more = {root}, {root}
    while more := {pid for pid, (parent, _, _) in table.items() if parent in more} - mine:
        mine |= more
    ticks = sum(used for pid, (_, used, name) in table.items() if pid in mine or name.startswith("postgres"))
    return ticks / os.sysconf("SC_CLK_TCK")


def together(reader: Reader, path: str, root: int) -> tuple[float, float]:
    """Pages a second, and a CPU second, of several readers for some seconds."""
    done, over = [0] * READERS, time.monotonic() + SECONDS

    def read(at: int) -> None:
        mine = Reader(reader.port, dict(reader.cookies))
        while time.monotonic() < over:
            status, _ = mine.ask("GET", path)
            assert status == 200, (path, status)
            done[at] += 1

    before, began = cpu_seconds(root), time.monotonic()
    threads = [threading.Thread(target=read, args=(at,)) for at in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - began), sum(done) / (cpu_seconds(root) - before)


def alone(reader: Reader, path: str) -> tuple[float, float, int]:
    """Median and 95th percentile in milliseconds of one reader, and the bytes of the page."""
    took, size = [], 0
    for _ in range(ONE_BY_ONE):
        began = time.perf_counter()
        status, text = reader.ask("GET", path)
        took.append((time.perf_counter() - began) * 1000)
        assert status == 200, (path, status)
        size = len(text)
    return statistics.median(took), sorted(took)[int(0.95 * ONE_BY_ONE)], size


PAGES = (
    ("auditor", "/console/"), ("policy", "/console/cycle/"), ("registrar", "/console/registry/"),
    ("registrar", "/console/registry/?q=kim"), ("policy", "/console/policy/"), ("store", "/console/stock/"),
    ("store", "/console/stock/waybills/"), ("store", "/console/cards/devices/"), ("reviewer", "/console/grievances/"),
    ("auditor", "/console/publish/"), ("auditor", "/console/reads/"), ("auditor", "/public/places/"), ("auditor", "/my/"),
)  # fmt: skip


def main() -> None:
    """Print a line a page, then the ratios."""
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=24_000)
    people = options.parse_args().people
    folder = Path(tempfile.mkdtemp(prefix="evenhand-bench-"))
    folder.chmod(0o711)
    try:
        data = folder / "data"
        made = [str(Path(sys.executable).with_name("evenhand")), "demo", "--people", str(people), "--months", "2"]
        subprocess.run([*made, "--data", data, "--out", folder / "out"], check=True, stdout=subprocess.DEVNULL)
        with open_store(data, read_clock) as store:
            prepare_accounts(data)
            passwords = {role: add_on_machine(store, role, [role]) for role in ROLES}
        with server(SERVE, folder, 18443, data) as ours, server(BARE, folder, 18444, data) as bare:
            readers: dict[str, Reader] = {}
            print(
                f"{people:,} people, {WORKERS} workers with {THREADS} threads; milliseconds of {ONE_BY_ONE} asked in turn"
            )
            for role, path in PAGES:
                if role not in readers:
                    readers[role] = Reader(18443)
                    readers[role].sign_in(role, passwords[role])
                median, late, size = alone(readers[role], path)
                print(f"  {path:<32} median {median:7.1f}   p95 {late:7.1f}   {size / 1000:7.1f} kB")
            home = together(readers["auditor"], "/console/", ours)
            door = together(readers["auditor"], "/my/", ours)
            other = Reader(18444, dict(readers["auditor"].cookies))
            word, who = together(other, "/word", bare), together(other, "/who", bare)
            print(f"pages a second (and a CPU second) of {READERS} readers together")
            for name, found in (("a view that says one word", word), ("a view that knows who asks", who),
                                ("/console/", home), ("/my/", door)):  # fmt: skip
                print(f"  {name:<28} {found[0]:8.0f} ({found[1]:8.0f})")
            print(f"  /console/ against who asks: {home[0] / who[0]:.2f}, by CPU {home[1] / who[1]:.2f};"
                  f" /my/ against one word: {door[0] / word[0]:.2f}, by CPU {door[1] / word[1]:.2f}")  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
