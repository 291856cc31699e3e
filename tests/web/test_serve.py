"""`evenhand serve --lan`: a phone that trusts the authority reaches the counter, one that does not is refused."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from actions.village import at
from folders import copy_data, open_folder
from web.served import free_port

from evenhand.core.errors import UsageError
from evenhand.store.serving import certificates

NOW, DAY = 1_795_000_000, 86_400


@dataclass(frozen=True)
class Lan:
    data: Path
    port: int


@pytest.fixture(scope="module")
def lan() -> Iterator[Lan]:
    with open_folder() as folder:
        data, port = copy_data(at("received"), folder), free_port()
        command = [Path(sys.executable).with_name("evenhand"), "serve", "--lan", "--name", "127.0.0.1"]
        process = subprocess.Popen(
            [*command, "--port", str(port), "--data", data], stdout=subprocess.DEVNULL, env=dict(os.environ)
        )
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port + 1}/", timeout=5).read()
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield Lan(data, port)
        process.terminate()
        process.wait(20)


class Unmoved(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: that one was answered is what is asked."""

    def redirect_request(self, *args: object) -> None:
        return None


def read(address: str) -> tuple[str, str]:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


@pytest.mark.parametrize("language", ["", "en", "fr", "ar", "hi"])
def test_a_new_phone_is_walked_through_trusting_the_office_in_its_language(lan: Lan, language: str) -> None:
    kind, page = read(f"http://127.0.0.1:{lan.port + 1}/{language}")
    assert kind.startswith("text/html") and f'lang="{language or "en"}"' in page
    assert f"https://127.0.0.1:{lan.port}/counter/" in page and "evenhand-authority.crt" in page
    assert ('dir="rtl"' in page) == (language == "ar")


def test_with_the_authority_trusted_the_server_is_reached_and_without_it_not(lan: Lan) -> None:
    kind, pem = read(f"http://127.0.0.1:{lan.port + 1}/evenhand-authority.crt")
    assert kind == "application/x-x509-ca-cert" and "PRIVATE" not in pem
    address = f"https://127.0.0.1:{lan.port}/counter"
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(address, timeout=10)
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=ssl.create_default_context(cadata=pem)), Unmoved()
    )
    with pytest.raises(urllib.error.HTTPError, match="302"):
        opener.open(address, timeout=10)


def test_nothing_but_the_page_is_served_in_the_clear(lan: Lan) -> None:
    for path in ("/../keys/root.key", "/keys/lan-authority.key", "/counter/", "/api/counter/1/state", "/en/"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            read(f"http://127.0.0.1:{lan.port + 1}{path}")


def folder_with_keys(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir(mode=0o700)
    return tmp_path


def test_a_certificate_is_kept_until_a_month_before_its_end_and_the_authority_stays(tmp_path: Path) -> None:
    data = folder_with_keys(tmp_path)
    first = certificates(data, ["192.168.1.10", "store.local"], NOW, "Office")
    authority, made = first.authority.read_bytes(), first.certificate.read_bytes()
    certificates(data, ["192.168.1.10", "store.local"], NOW + 360 * DAY, "Office")
    assert first.certificate.read_bytes() == made
    certificates(data, ["192.168.1.10", "store.local"], NOW + 370 * DAY, "Office")
    assert first.certificate.read_bytes() != made and first.authority.read_bytes() == authority


def test_an_address_that_changed_gets_a_new_certificate_of_the_same_authority(tmp_path: Path) -> None:
    data = folder_with_keys(tmp_path)
    first = certificates(data, ["192.168.1.10"], NOW, "Office")
    made, digest = first.certificate.read_bytes(), first.digest()
    again = certificates(data, ["10.0.0.7"], NOW, "Office")
    assert again.certificate.read_bytes() != made and again.digest() == digest


@pytest.mark.parametrize("name", ["bank.example.com", "8.8.8.8", "localdomain.org"])
def test_the_authority_speaks_for_no_name_of_the_internet(tmp_path: Path, name: str) -> None:
    data = folder_with_keys(tmp_path)
    certificates(data, ["192.168.1.10"], NOW, "Office")
    with pytest.raises(UsageError, match="may not speak for"):
        certificates(data, [name], NOW, "Office")


def test_keys_that_others_can_read_are_refused(tmp_path: Path) -> None:
    data = folder_with_keys(tmp_path)
    certificates(data, ["192.168.1.10"], NOW, "Office")
    (data / "keys" / "lan-authority.key").chmod(0o644)
    with pytest.raises(UsageError, match="can be read by others"):
        certificates(data, ["192.168.1.10"], NOW, "Office")
