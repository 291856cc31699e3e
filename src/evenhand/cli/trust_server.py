"""A small plain-HTTP server for the one page that a phone must read before it can trust anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Files = Mapping[str, tuple[str, bytes]]
"""Path -> (media type, content)."""


@contextmanager
def serving(port: int, files: Files) -> Iterator[None]:
    """Serve exactly these files on every address for the length of the context."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 20
        server_version, sys_version = "evenhand", ""

        def do_GET(self) -> None:
            kind, content = files.get(self.path, ("text/plain; charset=utf-8", b"There is nothing here.\n"))
            self.send_response(200 if self.path in files else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody's address is written down."""

    server = ThreadingHTTPServer(("0.0.0.0", port), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
