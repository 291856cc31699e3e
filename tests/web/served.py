"""A running `evenhand serve`, and a phone that speaks to it as spec/counter-api.md says."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from evenhand.formats import cbor, cose
from evenhand.formats.cose import Signer


def free_port() -> int:
    """A port nobody uses now (and the one above it)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """The address of a server on `data`, up for the length of the context."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("evenhand")), "serve", "--port", str(port), "--data", str(data)]
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    log = data.parent / "server.log"  # a pipe that nobody reads would stop the server when it is full
    with log.open("w") as written:
        process = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT, env=environment)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://localhost:{port}/api/counter/1/state", timeout=5)
            except urllib.error.HTTPError:
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, "the server does not come up"
                time.sleep(0.1)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(20)


@dataclass(frozen=True)
class Phone:
    """A device with its key, as it calls the server."""

    server: str
    origin: str
    name: str
    signer: Signer

    def call(self, method: str, path: str, body: bytes = b"", forged: dict[str, Any] | None = None) -> tuple[int, Any]:
        """(status, decoded answer). `forged` replaces parts of what is signed."""
        full = f"/api/counter/1/{path}"
        told = {
            "origin": self.origin,
            "device": self.name,
            "method": method,
            "path": full,
            "digest": sha256(body).digest(),
        }
        told |= forged or {}
        signed = cose.sign1(["evenhand/call/v1", *told.values(), 1_200_000_000], self.signer)
        header = base64.urlsafe_b64encode(signed).decode().rstrip("=")
        return send(self.server, method, full, body, {"Evenhand-Device": header})


def send(
    server: str, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """(status, decoded answer) of one call."""
    request = urllib.request.Request(
        server + path, method=method, data=body if method == "POST" else None, headers=headers or {}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, cbor.loads(answer.read())
    except urllib.error.HTTPError as error:
        content = error.read()
        kind = error.headers.get("Content-Type", "")
        return error.code, cbor.loads(content) if kind == "application/cbor" else content
