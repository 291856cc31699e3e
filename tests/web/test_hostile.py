"""The server among hostile people: every page by every trick that is cheap to try."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from actions.village import BORIS, MARCH, at
from folders import copy_data, open_folder
from web.browser_like import Answer, Reader
from web.served import serving

from evenhand.actions.accounts import ROLES, add_on_machine
from evenhand.cli.serve import prepare_accounts
from evenhand.store import open_store
from evenhand.wiring import read_clock

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
TRICKS = (
    "%00", "..%2f..%2fetc%2fpasswd", "%2e%2e", "'%20or%201=1--", "%ff%fe", "A" * 3000, "%F0%9F%92%A9", "-1", "1e9",
    "99999999999999999999999", "%3Cscript%3E", "$%7B7*7%7D", "%0d%0aSet-Cookie:%20x=y",
)  # fmt: skip


@dataclass(frozen=True)
class Office:
    """A served village where a point and every household is called as no point and no household is; March is computed. A
    reader by role, and one (`north`) whose roles are of an area without points."""

    data: Path
    server: str
    passwords: dict[str, str]
    readers: dict[str, Reader]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_folder() as folder:
        data = copy_data(at("computed"), folder)
        with open_store(data, read_clock) as store:
            prepare_accounts(data)
            (valley,) = store.rows("select distinct area from node where kind = 'point'")[0]
            store.execute("insert into area (pcode, name, parent, level) values (%s, %s, %s, 9)", ("N", SCRIPT, valley))
            store.execute("insert into node (node, name, kind, area) values ('X1', %s, 'point', %s)", (SCRIPT, valley))
            store.execute("insert into household values ('X1', 900, 'Alder', %s, '{}')", (SCRIPT,))
            store.execute("insert into member values ('X1', '1', '1970-01-01', 'f', 'home', %s, '{}')", (SCRIPT,))
            passwords = {role: add_on_machine(store, role, [role]) for role in ROLES}
            passwords["boris"] = add_on_machine(store, "boris", ["approver"])
            passwords["north"] = add_on_machine(store, "north", [role for role in ROLES if role != "admin"], "N")
        with serving(data) as server:
            readers = {name: Reader(server) for name in passwords}
            for name, reader in readers.items():
                assert reader.sign_in(name, passwords[name]).status == 302
            yield Office(data, server, passwords, readers)


Pages = list[tuple[str, tuple[str, ...], tuple[str, ...]]]


def filled(pattern: str, value: str) -> str:
    """A page's address with `value` wherever it takes one."""
    return re.sub(r"<[^>]+>", lambda _: value, pattern)


def log(office: Office) -> str:
    """The end of what the server said."""
    return (office.data.parent / "server.log").read_text()[-1500:]


TELL = """
import django
django.setup()
from evenhand.web.console.urls import urls
for url in urls:
    print("/console/" + str(url.pattern), ",".join(url.callback.methods), ",".join(url.callback.roles), sep="|")
"""


@pytest.fixture(scope="module")
def every_page(office: Office) -> Pages:
    """(pattern, methods, roles) of every page of the console; told by a process whose Django is the server's."""
    told = subprocess.run(
        [sys.executable, "-c", TELL], capture_output=True, text=True, check=True, env=server_env(office)
    )
    lines = [line.split("|") for line in told.stdout.splitlines()]
    assert len(lines) > 10
    return [(path, tuple(methods.split(",")), tuple(roles.split(","))) for path, methods, roles in lines]


def server_env(office: Office) -> dict[str, str]:
    """The environment of a process that has the server's settings."""
    mine = {
        "DJANGO_SETTINGS_MODULE": "evenhand.web.settings",
        "EVENHAND_DATA": str(office.data),
        "EVENHAND_SECURE": "1",
    }
    return os.environ | mine


def test_no_address_however_strange_breaks_a_page(office: Office, every_page: Pages) -> None:
    reader = {role: office.readers[role] for role in ROLES}
    for pattern, methods, roles in every_page:
        if "GET" not in methods:
            continue
        mine = reader[roles[0]]
        asked = [filled(pattern, trick) for trick in TRICKS] if "<" in pattern else []
        plain = filled(pattern, "1")
        keys = ("page", "sort", "filter", "node", "point", "asked", "benefit", "export", "policy", "household", "kind")
        for trick in TRICKS[:: 1 if len(every_page) < 20 else 3]:
            asked.append(f"{plain}?" + "&".join(f"{key}={trick[:200]}" for key in keys))
        for address in asked:
            found = mine.get(address)
            assert found.status < 500 or found.status == 503, (address, log(office))
            assert "Set-Cookie: x=y" not in str(found.headers)


def test_a_name_with_markup_stays_a_name_on_every_page(office: Office, every_page: Pages) -> None:
    seen = 0
    for pattern, methods, roles in every_page:
        if "GET" not in methods:
            continue
        for value in ("X1",):
            found = office.readers[roles[0]].get(filled(pattern, value))
            assert "<script>alert" not in found.text and "<img src=x" not in found.text, pattern
            seen += "&lt;script&gt;alert" in found.text
    assert seen > 0, "no page shows the name, so nothing was tested"


def test_no_form_is_taken_without_its_token_or_from_another_site(office: Office, every_page: Pages) -> None:
    for pattern, methods, roles in every_page:
        if "POST" not in methods:
            continue
        reader, address = office.readers[roles[0]], filled(pattern, "1")
        assert reader.post(address, token="").status == 403, pattern
        assert reader.post(address, token="x" * 64).status == 403, pattern
        if "GET" not in methods:
            assert reader.get(address).status == 405, pattern


def test_every_answer_says_what_a_page_may_load_and_has_no_script_in_its_text(
    office: Office, every_page: Pages
) -> None:
    for pattern, methods, roles in every_page:
        if "GET" not in methods:
            continue
        found = office.readers[roles[0]].get(filled(pattern, "1"))
        policy = found.headers.get("Content-Security-Policy", "")
        assert "default-src 'none'" in policy and "unsafe" not in policy, pattern
        assert found.headers["X-Frame-Options"] == "DENY" or "frame-ancestors 'none'" in policy
        assert found.headers["Cache-Control"] and "no-store" in found.headers["Cache-Control"], pattern
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>\s*[^<\s]", found.text), pattern
        assert not re.search(r"<[a-z][^<>]*\s(?:on[a-z]+|style)=", found.text), pattern


def raw(office: Office, method: str, path: str, body: bytes = b"", **headers: str) -> int:
    """The status of a request with headers of any kind."""
    host = urllib.parse.urlsplit(office.server).netloc
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.putrequest(method, path, skip_host=True)
        for name, value in {"Host": host, "Content-Length": str(len(body))}.items() | {}.items():
            if name not in headers:
                connection.putheader(name, value)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body)
        return connection.getresponse().status
    finally:
        connection.close()


def test_headers_and_methods_that_no_browser_sends_are_refused_quietly(office: Office) -> None:
    assert raw(office, "GET", "/console/", Host="evil.example") == 400
    assert raw(office, "GET", "/console/", X_Forwarded_Host="evil.example") == 302
    assert raw(office, "GET", "/accounts/login/?next=//evil.example/", X_Forwarded_Proto="https") == 200
    assert raw(office, "TRACE", "/console/") in (302, 405)
    assert raw(office, "PUT", "/accounts/login/", b"x") in (403, 405)
    assert raw(office, "POST", "/accounts/login/", bytes(1 << 21), Content_Type="text/plain") in (400, 403, 413)
    assert raw(office, "GET", "/static/../settings.py") == 404
    assert raw(office, "GET", "/static/%2e%2e/settings.py") == 404
    assert raw(office, "GET", "/counter/..%2fsettings.py") in (404, 400)


def test_nobody_is_led_to_another_site_after_signing_in(office: Office) -> None:
    reader = Reader(office.server)
    for away in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        found = reader.post(f"/accounts/login/?next={urllib.parse.quote(away)}", "/accounts/login/",
                            login="auditor", password=office.passwords["auditor"], next=away)  # fmt: skip
        assert "evil" not in found.headers.get("Location", "") and "javascript" not in found.headers.get("Location", "")
        reader = Reader(office.server)
    assert "evil" not in reader.get("/language/fr?back=//evil.example/").headers["Location"]


def test_of_two_who_approve_at_the_same_moment_one_signs_and_the_other_is_told(office: Office) -> None:
    mine = [office.readers["boris"], Reader(office.server)]
    assert mine[1].sign_in("boris", office.passwords["boris"]).status == 302
    found: list[Answer] = []

    def sign(reader: Reader) -> None:
        found.append(reader.post("/console/cycle/sign", "/console/cycle/", cycle=MARCH, passphrase=BORIS))

    threads = [threading.Thread(target=sign, args=(reader,)) for reader in mine]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one.status in (302, 422) for one in found)
    with open_store(office.data, read_clock) as store:
        assert store.rows("select count(*) from approval where role = 'approver'") == [(1,)]


def test_whoever_has_another_area_sees_no_household_and_no_point_of_this_one(office: Office, every_page: Pages) -> None:
    for pattern, methods, _ in every_page:
        if "GET" not in methods:
            continue
        for value in ("Alder", "A1", "X1"):
            address = filled(pattern, value)
            for asked in (address, f"{address}?asked=A1&filter=A1&point=Alder&node=Alder&household=A1"):
                found = office.readers["north"].get(asked)
                assert "&lt;script&gt;alert(1)&lt;/script&gt;" not in found.text or found.status in (403, 404), asked
                assert not re.search(r"<bdi>A[1236]</bdi>", found.text), asked


def test_djangos_own_check_for_servers_finds_nothing(office: Office) -> None:
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    told = subprocess.run(command, capture_output=True, text=True, env=server_env(office))
    assert told.returncode == 0, told.stderr
