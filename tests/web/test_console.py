"""The console as a reader meets it: signing in, who may open what, roles by two administrators, the second signature."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from actions.village import BORIS, MARCH, at
from folders import clock, copy_data, open_folder
from web.browser_like import Reader
from web.served import serving

from evenhand.actions.accounts import ROLES, add_on_machine, answer, propose, roles_of, waiting
from evenhand.cli.serve import prepare_accounts
from evenhand.core.errors import UsageError
from evenhand.store import open_store

GUIDE = Path(__file__).parents[2] / "docs" / "guide"


@dataclass(frozen=True)
class Office:
    """A served village whose March is computed; a password by account; one signed-in reader by role."""

    data: Path
    server: str
    passwords: dict[str, str]
    readers: dict[str, Reader]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_folder() as folder:
        data = copy_data(at("computed"), folder)
        with open_store(data, clock) as store:
            prepare_accounts(data)
            passwords = {role: add_on_machine(store, role, [role]) for role in ROLES}
            passwords |= {name: add_on_machine(store, name, roles) for name, roles in EXTRA.items()}
        with serving(data) as server:
            readers = {role: Reader(server) for role in ROLES}
            for role, reader in readers.items():
                assert reader.sign_in(role, passwords[role]).status == 302
            yield Office(data, server, passwords, readers)


EXTRA = {"ana": ["policy", "approver"], "boris": ["approver"], "admin2": ["admin"], "idle": [], "guessed": ["auditor"]}
PAGES = ("", "cycle/", "people/", "components/")


def test_the_table_in_the_guide_is_what_the_pages_declare() -> None:
    made = runpy.run_path(str(GUIDE / "make_access.py"))
    assert (GUIDE / "console-access.md").read_text() == made["HEAD"] + made["table"]()


def test_every_page_opens_for_the_roles_of_the_table_and_for_no_other(office: Office) -> None:
    rows = re.findall(r"^\| `(/console/[^`]*)` \| (.+) \|$", (GUIDE / "console-access.md").read_text(), re.M)
    urls = runpy.run_path(str(GUIDE / "make_access.py"))["urls"]
    methods = {f"/console/{url.pattern}": url.callback.methods for url in urls}
    assert len(rows) >= 7
    for pattern, cells in rows:
        path = re.sub(r"<int:[a-z_]+>", "0", re.sub(r"<(str|slug|path):[a-z_]+>|<[a-z_]+>", "none", pattern))
        for role, cell in zip(ROLES, cells.split(" | "), strict=True):
            reader = office.readers[role]
            found = reader.get(path) if "GET" in methods[pattern] else reader.post(path, "/console/")
            assert (found.status != 403) == (cell == "yes"), (path, role, found.status)
            if path == pattern and "GET" in methods[pattern] and cell == "yes":
                assert found.status == 200


def test_whoever_is_not_signed_in_or_has_no_role_sees_nothing(office: Office) -> None:
    for path in PAGES:
        found = Reader(office.server).get(f"/console/{path}")
        assert found.status == 302 and found.headers["Location"].startswith("/accounts/login/?next=")
    idle = Reader(office.server)
    idle.sign_in("idle", office.passwords["idle"])
    assert idle.get("/console/").status == 403


def test_nobody_signs_up_and_nobody_resets_a_password_by_mail(office: Office) -> None:
    reader = Reader(office.server)
    fields = {"username": "mallory", "password1": "a long enough word 1", "password2": "a long enough word 1"}
    assert reader.post("/accounts/signup/", "/accounts/login/", **fields).status in (200, 403)
    assert reader.sign_in("mallory", "a long enough word 1").status == 200
    assert reader.get("/accounts/password/reset/").status == 404
    assert reader.get("/accounts/email/").status == 404


def test_guessing_a_password_ends_after_five_tries_for_the_right_one_too(office: Office) -> None:
    reader = Reader(office.server)
    for _ in range(5):
        assert reader.sign_in("guessed", "wrong").status == 200
    assert reader.sign_in("guessed", office.passwords["guessed"]).status == 200
    assert reader.get("/console/").status == 302


def test_signing_in_gives_a_new_session_so_that_a_planted_one_is_worth_nothing(office: Office) -> None:
    reader = Reader(office.server)
    reader.get("/accounts/login/")
    reader.cookies.set_cookie(next(_cookie(office, "session", "planted")))
    assert reader.sign_in("admin2", office.passwords["admin2"]).status == 302
    values = {cookie.value for cookie in reader.cookies if cookie.name == "session"}
    assert values and "planted" not in values


def _cookie(office: Office, name: str, value: str) -> Iterator[object]:
    from http.cookiejar import Cookie

    yield Cookie(
        0, name, value, None, False, "localhost.local", False, False, "/", True, False, None, True, None, None, {}
    )


def test_a_form_without_its_token_is_refused(office: Office) -> None:
    admin = office.readers["admin"]
    assert admin.post("/console/people/add", token="x" * 64, username="planted").status == 403
    assert "planted" not in admin.get("/console/people/").text


@pytest.mark.parametrize("path", ["/accounts/login/", *[f"/console/{page}" for page in PAGES], "/accounts/2fa/"])
def test_a_page_loads_nothing_from_elsewhere_and_holds_no_script_or_style(office: Office, path: str) -> None:
    found = office.readers["admin"].get(path) if "login" not in path else Reader(office.server).get(path)
    policy = found.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert found.headers["Cache-Control"] == "no-store" or "no-cache" in found.headers["Cache-Control"]
    assert not re.search(r"<[^>]+\sstyle=|<style|<[^>]+\son\w+=|https?://(?!www\.w3\.org)", found.text)
    for tag in re.findall(r"<script[^>]*>", found.text):
        assert 'src="/static/' in tag or 'type="application/json"' in tag


@pytest.mark.parametrize("language", ["en", "fr", "ar", "hi"])
def test_every_page_is_in_the_readers_language_with_no_key_left_over(office: Office, language: str) -> None:
    for path in PAGES:
        found = office.readers["admin"].get(f"/console/{path}", **{"Accept-Language": language})
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in found.text
        assert not re.search(r"\bco\.[a-z]+", found.text)


def test_the_language_chooser_goes_back_to_our_own_pages_only(office: Office) -> None:
    back = Reader(office.server).get("/language/fr?back=https://evil.example/").headers["Location"]
    assert back == "/console/"
    assert Reader(office.server).get("/language/fr?back=//evil.example/").headers["Location"] == "/console/"


def test_a_role_needs_two_administrators_and_nobody_answers_for_themselves(office: Office) -> None:
    first, second = office.readers["admin"], Reader(office.server)
    second.sign_in("admin2", office.passwords["admin2"])
    page = "/console/people/"
    asked = {"username": "idle", "role": "auditor", "area": "", "revoked": "0"}
    assert first.post(page + "propose", page, **asked).status == 302
    with open_store(office.data, clock) as store:
        (proposal,) = waiting(store)
        assert roles_of(store, "idle") == {}
        given = {"proposal": str(proposal.id), "answer": "confirm"}
        assert first.post(page + "answer", page, **given).status == 422
        assert second.post(page + "answer", page, **given).status == 302
        assert roles_of(store, "idle") == {"auditor": (None,)}
        assert second.post(page + "answer", page, **given).status == 422
        propose(store, "admin2", "idle", "auditor", None, revoked=True)
        answer(store, "admin", waiting(store)[0].id, True)
        assert roles_of(store, "idle") == {}


@pytest.mark.parametrize(
    ("admin", "username", "role", "area"),
    [
        ("auditor", "idle", "store", None), ("admin", "nobody", "store", None), ("admin", "idle", "king", None),
        ("admin", "idle", "store", "V9"), ("admin", "idle", "admin", "V1"), ("admin", "auditor", "auditor", None),
    ],
)  # fmt: skip
def test_what_nobody_may_propose_is_refused(
    office: Office, admin: str, username: str, role: str, area: str | None
) -> None:
    with open_store(office.data, clock) as store, pytest.raises(UsageError):
        propose(store, admin, username, role, area)


def test_the_database_refuses_a_role_confirmed_by_whoever_proposed_it(office: Office) -> None:
    with open_store(office.data, clock) as store, pytest.raises(Exception, match="role_grant_two_persons"):
        store.execute(
            "insert into role_grant (programme, step, username, role, person, second, proposal, at)"
            " values ('relief', 'confirmed', 'idle', 'admin', 'admin', 'admin', 1, 0)"
        )


def test_a_name_with_markup_in_it_stays_a_name(office: Office) -> None:
    found = office.readers["admin"].post("/console/people/add", "/console/people/", username="<b onmouseover=x>eve")
    assert found.status == 422 and "<b onmouseover" not in found.text and "&lt;b onmouseover" in found.text


def test_only_the_approver_signs_with_the_passphrase_of_a_key_of_their_own(office: Office) -> None:
    page, sign = "/console/cycle/", "/console/cycle/sign"
    ana, boris = Reader(office.server), Reader(office.server)
    ana.sign_in("ana", office.passwords["ana"])
    boris.sign_in("boris", office.passwords["boris"])
    asked = {"cycle": MARCH, "passphrase": BORIS}
    assert "You prepared it" in ana.get(page).text
    assert ana.post(sign, page, **asked).status == 422
    assert 'name="passphrase"' in boris.get(page).text
    assert office.readers["approver"].post(sign, page, **asked).status == 422
    wrong = boris.post(sign, page, cycle=MARCH, passphrase="not the word")
    assert wrong.status == 422 and "not the word" not in wrong.text
    assert boris.post(sign, page, cycle="2008-02/1", passphrase=BORIS).status == 422
    assert boris.post(sign, page, **asked).status == 302
    assert "Approved and signed by boris" in boris.get(page).text
    with open_store(office.data, clock) as store:
        assert store.rows("select state from cycle_event order by id desc limit 1") == [("approved",)]


def test_the_frameworks_own_checks_for_deployment_find_nothing(office: Office) -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "evenhand.web.settings", "EVENHAND_DATA": str(office.data), "EVENHAND_SECURE": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_accounts_of_the_machine_are_made_once_and_with_names_that_cannot_be_mistaken(office: Office) -> None:
    with open_store(office.data, clock) as store:
        for name in ("boris", "Boris", "bоris", "", "a" * 31, "x y"):
            with pytest.raises(UsageError):
                add_on_machine(store, name, ["auditor"])
