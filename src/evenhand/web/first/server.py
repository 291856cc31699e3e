"""`python -m evenhand.web.first.server DATA PORT`: serves the first run on this machine until the programme is made. The
token of its address comes on standard input."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

LAST_SECONDS = 2


class Quiet(WSGIRequestHandler):
    """Writes no line for a request: the address holds the token."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class Patient(WSGIServer):
    """Waits for its port: nothing else is asked of it."""

    allow_reuse_address = True
    timeout = 1


def main(data: Path, port: int, token: str) -> None:
    """Serve until somebody went on from what was made."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "evenhand.web.first.settings"
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    from evenhand.web.first.pages import Run

    Run.token, Run.data = token, str(data)
    Run.begins, Run.zone = datetime.now(UTC).strftime("%Y-%m"), _zone()
    with make_server("127.0.0.1", port, application, Patient, Quiet) as server:
        print(
            "Open this address in a browser on this machine, and answer five questions. It is good for this run alone:"
        )
        print(f"  http://localhost:{port}/first/{token}/", flush=True)
        while not Run.over:
            server.handle_request()
        until = time.monotonic() + LAST_SECONDS  # what the last page still loads
        while time.monotonic() < until:
            server.handle_request()


def _zone() -> str:
    """The machine's own time zone, as far as it says; else UTC."""
    path = Path("/etc/localtime")
    found = str(path.resolve()).partition("zoneinfo/")[2] if path.exists() else ""
    return found or "UTC"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.stdin.readline().strip())
