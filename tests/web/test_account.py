"""One's own account: tokens, sessions, sign-in by a real service of OpenID Connect; accounts switched off and reset."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from actions.village import at
from folders import copy_data, open_folder
from web.browser_like import Answer, Reader
from web.served import serving

from evenhand.actions.accounts import account_changes, add_on_machine
from evenhand.actions.personal_reads import note_read
from evenhand.cli.serve import prepare_accounts
from evenhand.core.errors import UsageError
from evenhand.store import open_store
from evenhand.web.oidc import service_of
from evenhand.wiring import read_clock

WHO = {"ana": ["admin"], "adam": ["admin"], "olga": ["auditor"], "otto": ["auditor"], "omar": ["auditor"]}


@dataclass(frozen=True)
class Office:
    """A served village, its accounts' passwords, and a provider of sign-ins that knows somebody called `staff-7`."""

    data: Path
    server: str
    passwords: dict[str, str]

    def reader(self, name: str) -> Reader:
        reader = Reader(self.server)
        assert reader.sign_in(name, self.passwords[name]).status == 302
        return reader


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    from oidc_provider_mock import run_server_in_thread

    with open_folder() as folder, run_server_in_thread() as provider:
        data = copy_data(at("computed"), folder)
        (data / "oidc.toml").write_text(
            f'name = "Ministry"\nserver_url = "http://localhost:{provider.server_port}"\n'
            'client_id = "evenhand"\nclient_secret = "secret"\n'
        )
        with open_store(data, read_clock) as store:
            prepare_accounts(data)
            passwords = {name: add_on_machine(store, name, roles) for name, roles in WHO.items()}
            note_read(store, "olga", "registry", ["A1", "A2", "A1"])
        with serving(data) as server:
            yield Office(data, server, passwords)


def make(reader: Reader, password: str, **fields: str) -> Answer:
    """Ask for a token on the page."""
    told = {"title": "harvest report", "scope": "cycles:read", "days": "7", "password": password} | fields
    return reader.post("/console/account/make", "/console/account/", **told)


def test_a_token_is_made_with_the_password_shown_once_and_taken_back(office: Office) -> None:
    reader = office.reader("olga")
    assert make(reader, "wrong").status == 422
    assert make(reader, office.passwords["olga"], days="900").status == 422
    assert make(reader, office.passwords["olga"], scope="receipts:write").status == 422
    made = make(reader, office.passwords["olga"])
    secret = re.search(r"evenhand_[0-9A-Z]{40,}", made.text)
    assert made.status == 200 and secret
    page = reader.get("/console/account/").text
    assert "harvest report" in page and secret[0] not in page
    assert cycles(office, secret[0]) == 200
    number = re.search(r'name="which" value="([0-9a-f]{64})"', page)
    assert number and reader.post("/console/account/revoke", "/console/account/", which=number[1]).status == 302
    assert cycles(office, secret[0]) == 401
    other = office.reader("otto")
    assert other.post("/console/account/revoke", "/console/account/", which=number[1]).status == 422


def cycles(office: Office, secret: str) -> int:
    asked = urllib.request.Request(f"{office.server}/api/1/cycles", headers={"Authorization": f"Bearer {secret}"})
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_an_account_that_is_switched_off_is_out_at_once_with_its_reason_on_record(office: Office) -> None:
    admin, target = office.reader("ana"), office.reader("otto")
    secret = re.search(r"evenhand_[0-9A-Z]{40,}", make(target, office.passwords["otto"]).text)
    assert secret and cycles(office, secret[0]) == 200
    change = {"username": "otto", "act": "off", "reason": "left the office"}
    assert target.post("/console/people/change", "/console/account/", **change).status == 403
    assert admin.post("/console/people/change", "/console/people/", **change | {"reason": " "}).status == 422
    assert admin.post("/console/people/change", "/console/people/", **change | {"username": "ana"}).status == 422
    assert admin.post("/console/people/change", "/console/people/", **change).status == 302
    assert target.get("/console/").status == 302 and cycles(office, secret[0]) == 401
    assert Reader(office.server).sign_in("otto", office.passwords["otto"]).headers.get("Location") != "/console/"
    with open_store(office.data, read_clock) as store:
        newest = account_changes(store)[0]
    assert (newest.username, newest.act, newest.reason, newest.person) == ("otto", "off", "left the office", "ana")
    assert admin.post("/console/people/change", "/console/people/", **change | {"act": "on"}).status == 302
    assert office.reader("otto").get("/console/").status == 200


def test_a_new_password_ends_the_sessions_of_the_old_one(office: Office) -> None:
    admin, target = office.reader("ana"), office.reader("adam")
    change = {"username": "adam", "act": "reset", "reason": "lost the phone"}
    made = admin.post("/console/people/change", "/console/people/", **change)
    password = re.search(r"[a-z2-9]{5}(?:-[a-z2-9]{5}){3}", made.text)
    assert made.status == 200 and password
    assert target.get("/console/").status == 302
    assert Reader(office.server).sign_in("adam", office.passwords["adam"]).status == 200
    assert Reader(office.server).sign_in("adam", password[0]).status == 302


def test_one_sees_where_one_is_signed_in_and_ends_the_others(office: Office) -> None:
    here, there = office.reader("omar"), office.reader("omar")
    page = here.get("/accounts/sessions/")
    assert page.status == 200 and page.text.count("<tr") >= 3
    assert here.post("/accounts/sessions/").status == 302
    assert there.get("/console/").status == 302 and here.get("/console/").status == 200


def test_every_read_is_listed_for_auditors_and_administrators_alone(office: Office) -> None:
    page = office.reader("ana").get("/console/reads/")
    assert page.status == 200 and page.text.count(">registry<") == 2 and "A1" in page.text
    assert office.reader("olga").get("/console/reads/?filter=A2").status == 200


def by_service(office: Office, reader: Reader, at: str, process: str = "login") -> Answer:
    """Sign in at the service as staff-7 and come back."""
    sent = reader.post(f"/accounts/oidc/office/login/?process={process}", at)
    assert sent.status == 302, sent.text[:500]
    away = sent.headers["Location"]
    form = urllib.parse.urlencode({"sub": "staff-7"}).encode()
    opener = urllib.request.build_opener(Unmoved(), urllib.request.HTTPCookieProcessor(CookieJar()))
    try:
        opener.open(urllib.request.Request(away, data=form), timeout=30)
        raise AssertionError("the service does not lead back")
    except urllib.error.HTTPError as moved:
        back = moved.headers["Location"]
    assert back.startswith(office.server)
    return reader.get(back.removeprefix(office.server))


class Unmoved(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


def test_whoever_joined_their_account_to_the_service_signs_in_by_it_and_nobody_else(office: Office) -> None:
    stranger = Reader(office.server)
    refused = by_service(office, stranger, "/accounts/login/")
    assert stranger.get("/console/").status == 302, "the service knows them, we do not"
    assert refused.headers.get("Location", "").startswith("/accounts/") or refused.status in (200, 403)
    mine = office.reader("olga")
    assert by_service(office, mine, "/accounts/3rdparty/", "connect").status == 302
    again = Reader(office.server)
    assert by_service(office, again, "/accounts/login/").status == 302
    assert ">olga<" in again.get("/console/").text
    policy = Reader(office.server).get("/accounts/login/").headers["Content-Security-Policy"]
    assert "form-action 'self' http://localhost:" in policy
    assert "form-action 'self';" in again.get("/console/").headers["Content-Security-Policy"]


@pytest.mark.parametrize(("text", "wrong"), [
    ("name = 1", "name"), ('name = "x"', "server_url"), ("nonsense", "cannot be read"),
    ('name="x"\nserver_url="http://id.example.org"\nclient_id="x"\nclient_secret="x"', "https"),
    ('name="x"\nserver_url="https://x"\nclient_id="x"\nclient_secret="x"\nmore="x"', "more"),
])  # fmt: skip
def test_a_file_that_names_no_service_is_refused_with_what_to_write(tmp_path: Path, text: str, wrong: str) -> None:
    (tmp_path / "oidc.toml").write_text(text)
    with pytest.raises(UsageError, match=wrong):
        service_of(tmp_path)
