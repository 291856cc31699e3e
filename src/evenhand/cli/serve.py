"""`evenhand serve`: the server for browsers and for the phones of distribution points."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import set_start_method
from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.common import DataOption, say
from evenhand.core.errors import TryAgain, UsageError
from evenhand.wiring import data_folder, open_store, read_clock

app = typer.Typer(add_completion=False, rich_markup_mode=None)
WORKERS, THREADS = 2, 4
RESTART_SECONDS = 1
AUTHORITY = "Evenhand, this office only"


@app.command()
def serve(
    lan: Annotated[
        bool, typer.Option("--lan", help="Answer phones on the local network too, over HTTPS with a local authority.")
    ] = False,
    port: Annotated[int, typer.Option("--port", min=1, max=65534, help="The port.")] = 8443,
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name",
            metavar="HOST",
            help="A name or address phones use for this machine. Default: all it has.",
            show_default=False,
        ),
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option("--certificate", metavar="FILE", help="Your own certificate (PEM, with its chain), for --lan."),
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="Its private key (PEM).")] = None,
    data: DataOption = None,
) -> None:
    """Serve the console to officers and the counter app to phones until it is interrupted.

    On an empty data folder it first asks five questions in a browser on this machine, and makes a programme of the answers.

    Without --lan only this machine is answered, over plain HTTP, which browsers accept for localhost. With --lan phones
    reach it over HTTPS: the program makes a certificate authority of its own, kept in keys/, and a page (one port higher)
    walks each phone through trusting it. Behind a reverse proxy leave --lan out, let the proxy do HTTPS, and
    give its name: --name ration.example.org.

    A certificate of your own: --name ration.example.org --certificate fullchain.pem --key privkey.pem.

    Example: evenhand serve --lan
    """
    if (certificate is None) != (key is None):
        raise UsageError("a certificate and its key belong together", "give --certificate FILE and --key FILE")
    if certificate is not None and not lan:
        raise UsageError("--certificate is for --lan", "add --lan, or leave the certificate out")
    folder = data_folder(data)
    names = _names(name, lan)
    if not folder.exists() or not any(folder.iterdir()):
        _first_run(folder, port)
    # Held open for as long as we serve: the database starts once, and its tables are brought up to date before anybody asks.
    with open_store(folder, read_clock) as store:
        _free(port, "0.0.0.0" if lan else "127.0.0.1")
        prepare_accounts(folder)
        proxied = bool(name) and not lan
        os.environ |= {"EVENHAND_DATA": str(folder), "EVENHAND_HOSTS": ",".join(names)}
        os.environ |= {"EVENHAND_SECURE": str(int(lan or proxied)), "EVENHAND_PROXY": str(int(proxied))}
        if lan:
            _serve_lan(folder, names, port, certificate, key)
        else:
            say(f"Evenhand serves {store.programme.id} on this machine.  Stop with Ctrl-C.")
            say(f"  officers:        http://localhost:{port}/console/")
            say(f"  the counter app: http://localhost:{port}/counter/")
            say(f"  households:      http://localhost:{port}/my/")
            say("Phones are not answered; for those: evenhand serve --lan")
            _run("127.0.0.1", port, None, None)


def _serve_lan(folder: Path, names: list[str], port: int, certificate: Path | None, key: Path | None) -> None:
    from evenhand.cli.trust_server import serving
    from evenhand.render.trust import trust_pages
    from evenhand.store.serving import certificates

    address = f"https://{names[0]}:{port}/counter/"
    if certificate is not None:
        say(f"Evenhand serves phones at  {address}  with your own certificate.  Stop with Ctrl-C.")
        _run("0.0.0.0", port, certificate, key)
        return
    made = certificates(folder, names, read_clock(), AUTHORITY)
    _free(port + 1, "0.0.0.0")
    pages = trust_pages(made.authority.read_bytes(), made.digest(), f"http://{names[0]}:{port + 1}/", address)
    say(f"Evenhand serves phones at  {address}")
    say(f"A new phone first opens    http://{names[0]}:{port + 1}/   and follows the page. The QR is that address:")
    say(pages.terminal_qr)
    say(f"The authority's fingerprint, to compare: {made.digest()}")
    say("Stop with Ctrl-C.")
    with serving(port + 1, pages.files):
        _run("0.0.0.0", port, made.certificate, made.key)


def _first_run(folder: Path, port: int) -> None:
    """On an empty folder: pages that ask five questions and make a programme. TryAgain where nobody answered them."""
    _free(port, "127.0.0.1")
    token = secrets.token_urlsafe(18)
    say(f"{folder} is empty: there is no programme yet.")
    sys.stdout.flush()
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "evenhand.web.first.server", str(folder), str(port)]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(f"{token}\n".encode())
        process.stdin.close()
        try:
            process.wait()
        finally:
            process.kill()
    if process.returncode != 0:
        raise TryAgain("the first run ended before a programme was made", "run the command again")


def prepare_accounts(folder: Path) -> None:
    """Make the tables of accounts and sessions where they are not this program's yet, in a process of its own: Django is
    configured once a process, here for the flow's tables. The database must be running. TryAgain where it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-m", "evenhand.web.prepare"], env=environment | {"EVENHAND_DATA": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise TryAgain(f"the tables of accounts could not be made: {last[0]}", "run the command again")


@contextmanager
def working() -> Iterator[None]:
    """The process that does long work, begun again whenever it ends, for the length of the context."""
    over = threading.Event()
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    # Pages come first: what only waits for work must not be in the way of their start.
    command = [sys.executable, "-c", "import os; os.nice(10); from evenhand.web.worker import main; main()"]
    process: list[subprocess.Popen[bytes]] = []

    def watch() -> None:
        while not over.is_set():
            # It reads its standard input to the end: when this process is gone, however it went, so is the worker.
            process[:] = [subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, start_new_session=True)]
            process[0].wait()
            over.wait(RESTART_SECONDS)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        for one in process:
            one.kill()  # what it was doing is undone by the database, and done again at the next start
        watcher.join(5)


def _run(address: str, port: int, certificate: Path | None, key: Path | None) -> None:
    sys.stdout.flush()
    # Workers begin from nothing: in this process Django may be configured for the flow's tables already.
    set_start_method("spawn", force=True)
    from granian import Granian
    from granian.constants import Interfaces

    server = Granian(
        "evenhand.web.wsgi:application", address=address, port=port, interface=Interfaces.WSGI, workers=WORKERS,
        blocking_threads=THREADS, log_level="warning", ssl_cert=certificate, ssl_key=key, respawn_failed_workers=True,
    )  # fmt: skip
    with working():
        server.serve()


def _names(given: list[str] | None, lan: bool) -> list[str]:
    """How this machine is reached, the most useful first: its addresses, its names, and localhost."""
    if given:
        return [*dict.fromkeys([*given, "localhost", "127.0.0.1"])]
    found = []
    if lan:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                # Nothing is sent: this only asks which of our addresses would be used towards another network.
                probe.connect(("192.0.2.1", 9))
                found.append(probe.getsockname()[0])
            except OSError:
                pass
        host = socket.gethostname().lower()
        found += [host, host if host.endswith(".local") else f"{host.split('.')[0]}.local"]
        if found[0] == host:
            raise UsageError(
                "this machine has no address on a network", "join the network, or give one: --name 192.168.1.10"
            )
    return [*dict.fromkeys([*found, "localhost", "127.0.0.1"])]


def _free(port: int, address: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise UsageError(f"port {port} is not free: {error.strerror}", "choose another: --port 9443") from error
