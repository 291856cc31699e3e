"""A country of points for the counter's benchmarks: an open cycle, a phone a point, a receipt signed for every household."""

from __future__ import annotations

import base64
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from evenhand.actions.enrol import certify
from evenhand.actions.holding import begin_holding
from evenhand.actions.init import init
from evenhand.flow.redemption import Receipt, chain
from evenhand.formats import cbor, cose
from evenhand.formats.cose import Signer
from evenhand.formats.tag import tag_of
from evenhand.store import Store, open_store
from evenhand.wiring import read_clock

PROGRAMME, ORIGIN, CYCLE, ROOT = "bench", "bench.example", "2008-03/1", "root passphrase"
STEPS = 9
"""What every household is due, in steps of the one benefit."""


@dataclass(frozen=True)
class Phone:
    """A point's phone, and everything it will have given, signed in its chain."""

    point: str
    name: str
    signer: Signer
    receipts: list[bytes]


@contextmanager
def country(points: int, households: int) -> Iterator[tuple[Store, list[Phone]]]:
    """An open store with `households` spread over `points`, nothing redeemed yet; and the phones."""
    folder = Path(tempfile.mkdtemp(prefix="evenhand-bench-"))
    folder.chmod(0o711)
    try:
        init(folder / "data", PROGRAMME, ORIGIN, "UTC", ROOT, read_clock)
        with open_store(folder / "data", read_clock) as store:
            yield store, _fill(store, points, households)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def coupon(number: int) -> bytes:
    """The r of a household."""
    return sha256(b"bench %d" % number).digest()[:16]


def _fill(store: Store, points: int, households: int) -> list[Phone]:
    names = [f"P{n:05}" for n in range(points)]
    root = store.keys.root(ROOT)
    with store.transaction(lock="log"):
        for name in names:
            public = store.keys.create_device(f"phone-{name}").public_key
            certify(store, root, "device", f"phone-{name}", [f"point:{name}"], public)
            begin_holding(store, f"phone-{name}", [name])
    store.log.publish()
    at = [names[n % points] for n in range(households)]
    coupons = [coupon(n) for n in range(households)]
    same = {"programme": [PROGRAMME] * households, "cycle": [CYCLE] * households}
    store.copy_in(
        "roll_row",
        pa.table(
            {
                **same, "tag": pa.array(map(tag_of, coupons), pa.binary()), "point": at,
                "household": [str(n) for n in range(households)],
                "rations": pa.array([[STEPS]] * households, pa.list_(pa.int64())),
            }
        ),
    )  # fmt: skip
    store.execute(
        "insert into cycle_event (programme, cycle, state, person, at, detail) values (%s, %s, 'open', 'bench', 0, '{}')",
        (PROGRAMME, CYCLE),
    )
    drafts: dict[str, list[Receipt]] = {name: [] for name in names}
    for point, r in zip(at, coupons, strict=True):
        items = (("grain", STEPS),)
        drafts[point].append(Receipt(1, None, PROGRAMME, CYCLE, point, f"phone-{point}", tag_of(r), r, items, "kim"))
    found = []
    for name in names:
        signer = store.keys.device(f"phone-{name}")
        found.append(Phone(name, f"phone-{name}", signer, chain(drafts[name], signer)))
    return found


class Caller:
    """A phone's connection to the server, kept open as a browser does and opened again when it breaks."""

    def __init__(self, port: int, phone: Phone) -> None:
        self._port, self._phone = port, phone
        self._connection: http.client.HTTPConnection | None = None

    def send(self, batch: list[bytes]) -> tuple[int, Any]:
        """(status, answer) of a batch of receipts; ConnectionError or an HTTP exception where nobody answers."""
        body = b"".join(batch)
        path = f"/api/counter/1/receipts?cycle={CYCLE}"
        said = ["evenhand/call/v1", ORIGIN, self._phone.name, "POST", path, sha256(body).digest(), 0]
        header = base64.urlsafe_b64encode(cose.sign1(said, self._phone.signer)).decode().rstrip("=")
        if self._connection is None:
            self._connection = http.client.HTTPConnection("localhost", self._port, timeout=60)
        try:
            self._connection.request("POST", path, body, {"Evenhand-Device": header})
            answer = self._connection.getresponse()
            data = answer.read()
        except BaseException:
            self._connection.close()
            self._connection = None
            raise
        kind = answer.headers.get("Content-Type", "")
        return answer.status, cbor.loads(data) if kind == "application/cbor" else data


@contextmanager
def serving(data: Path) -> Iterator[tuple[int, int]]:
    """(port, process id) of `evenhand serve` on `data`."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [str(Path(sys.executable).with_name("evenhand")), "serve", "--port", str(port), "--data", str(data)]
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"http://localhost:{port}/api/counter/1/state", timeout=5)
            except urllib.error.HTTPError:
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit("the server does not come up")
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)
