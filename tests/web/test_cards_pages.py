"""Cards and devices as an officer meets them: each form right, wrong, by another role, for another area, and twice."""

from __future__ import annotations

import io
import re
import time
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from hashlib import sha256

import pytest
from actions.village import ROOT
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from web.browser_like import Answer
from web.served import send
from web.stores import KIM, Office, office

from evenhand.actions.holding import holders
from evenhand.actions.importing import import_file, policy_in_force
from evenhand.actions.print_runs import print_runs
from evenhand.engines.duckdb import DuckDB
from evenhand.formats import cbor, code

C = "/console/cards/"
PAGES = ("", "replace/", "papers/", "devices/", "vouchers/")
NEW = {"point": "", "periods": "2008-04", "paper": "a4", "language": "en"}


@pytest.fixture(scope="module")
def desk() -> Iterator[Office]:
    with office("open") as found:
        yield found


def raw(desk: Office, who: str, path: str, **fields: str) -> tuple[int, bytes, str]:
    """(status, bytes, type) of an answer that is no text."""
    reader = desk[who]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', reader.get(C).text)
    data = (
        urllib.parse.urlencode({"csrfmiddlewaretoken": token[1] if token else "", **fields}).encode()
        if fields
        else None
    )
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(reader.cookies))
    request = urllib.request.Request(desk.server + path, data=data, headers={"Origin": desk.server})
    with opener.open(request, timeout=60) as answer:
        return answer.status, answer.read(), answer.headers["Content-Type"]


def done(desk: Office, who: str, answer: Answer) -> str:
    """Wait for the job that an answer leads to; its page."""
    assert answer.status == 302 and answer.headers["Location"].startswith("/console/jobs/"), answer.text[:2000]
    until = time.monotonic() + 60
    while True:
        told = desk[who].get(answer.headers["Location"]).text
        if "hx-trigger" not in told.split('id="job"')[1].split(">")[0]:
            return told
        assert time.monotonic() < until, "the job does not end"
        time.sleep(0.2)


def test_pages_open_for_their_roles_and_show_another_area_nothing(desk: Office) -> None:
    for page in PAGES:
        assert desk["audit"].get(C + page).status == 200
        assert desk["judge"].get(C + page).status == 403
        told = desk["west"].get(C + page).text
        assert "Alder" not in told and "phone-" not in told.replace("phone-3", ""), page


@pytest.mark.parametrize("language", ["fr", "ar", "hi"])
def test_every_page_is_in_the_readers_language_with_no_key_left_over(desk: Office, language: str) -> None:
    for page in (*PAGES, "replace/?household=A1", "devices/?point=Alder"):
        found = desk["kim"].get(C + page, **{"Accept-Language": language})
        assert f'<html lang="{language}"' in found.text
        assert not re.search(r"\b(cd|st|ask)\.[a-z]+", re.sub(r'(href|src|action)="[^"]*"', "", found.text)), page


def test_cards_are_printed_for_who_has_none_taken_and_destroyed(desk: Office) -> None:
    assert "Every household has a card" in desk.post("rita", "issue", C, **NEW).text
    with desk.store() as store:
        path = store.data / "new.csv"
        path.write_text("household,point,name\nA9,Alder,<i>Kai</i>\n")
        import_file(store, DuckDB(), "households", path, policy_in_force(store))
    assert "Alder" in desk["rita"].get(C).text
    for fields in ({"periods": ""}, {"paper": "skin"}, {"language": "xx"}, {"point": "Nowhere"}):
        wrong = desk.post("rita", "issue", C, **{k: v for k, v in (NEW | fields).items() if v or k != "periods"})
        assert wrong.status == 422 and "There is" not in wrong.text
    assert desk.post("west", "issue", C, **NEW | {"point": "Alder"}).status == 403
    assert desk.post("boris", "issue", C, **NEW).status == 403
    done(desk, "rita", desk.post("rita", "issue", C, **NEW))
    with desk.store() as store:
        (run,) = print_runs(store, None)
    assert run.files == {"cards": 1, "coupons": 1, "slips": 1} and not run.unfinished
    status, held, kind = raw(desk, "rita", f"{C}files/{run.name}/cards")
    assert (status, kind) == (200, "application/zip")
    (name,) = zipfile.ZipFile(io.BytesIO(held)).namelist()
    assert zipfile.ZipFile(io.BytesIO(held)).read(name).startswith(b"%PDF")
    for who, path in (("west", "cards"), ("rita", "keys"), ("audit", "cards")):
        assert desk[who].get(f"{C}files/{run.name}/{path}").status in (403, 404)
    assert desk["rita"].get(f"{C}files/..%2f..%2fkeys/cards").status == 404
    assert desk.post("rita", "destroy", C, run=run.name).status == 422
    assert desk.post("west", "destroy", C, run=run.name, printed="yes").status == 422
    assert desk.post("rita", "destroy", C, run=run.name, printed="yes").status == 302
    assert not (desk.data / "papers" / run.name).exists()
    assert desk.post("rita", "destroy", C, run=run.name, printed="yes").status == 422


def test_a_lost_card_is_replaced_with_a_reason_and_who_looked_is_written_down(desk: Office) -> None:
    page = f"{C}replace/"
    found = desk["kim"].get(f"{page}?household=A2&case=R-77").text
    assert 'value="complaint' not in found  # whoever reads a card must not learn who complained
    number = re.search(r'name="card" value="(\d+)"', found)
    assert number
    with desk.store() as store:
        assert ("kim", "cards", "A2") in store.rows("select username, page, household from personal_read")
    assert "no such card" in desk["west"].get(f"{page}?card={number[1]}").text
    assert "A2" not in desk["west"].get(f"{page}?card={number[1]}").text
    assert "read it again" in desk["kim"].get(f"{page}?card=123").text
    right = {"card": number[1], "epoch": "1", "reason": "lost at the market", "passphrase": KIM, "paper": "a4",
             "language": "en", "second": "", "other": ""}  # fmt: skip
    for fields in ({"reason": ""}, {"passphrase": "no"}, {"epoch": "7"}, {"second": "kim", "other": KIM}):
        assert desk.post("kim", "do", page, **right | fields).status == 422
    assert desk.post("west", "do", page, **right).status == 422
    assert desk.post("audit", "do", page, **right).status == 403
    assert desk.post("kim", "do", page, **right).status == 302
    twice = desk.post("kim", "do", page, **right)
    assert twice.status == 422 and "replaced meanwhile" in twice.text
    with desk.store() as store:
        assert store.rows("select reason, person from card where household = 'A2' and epoch = 2") == [
            ("lost at the market", "kim")
        ]
        (run,) = print_runs(store, None)
        assert run.what == "reissue" and run.points == ("Alder",)


def test_a_household_collects_at_another_point_once_its_own_released_it(desk: Office) -> None:
    page = f"{C}replace/"
    found = desk["kim"].get(f"{page}?household=A3")
    number = re.search(r'name="card" value="(\d+)"', found.text)
    assert number
    right = {"card": number[1], "target": "Birch", "reason": "stays with her sister", "passphrase": KIM}
    for fields in ({"target": "Alder"}, {"target": "Nowhere"}, {"reason": ""}, {"passphrase": "no"}):
        assert desk.post("kim", "move", page, **right | fields).status == 422
    assert desk.post("west", "move", page, **right).status == 422
    assert desk.post("audit", "move", page, **right).status == 403
    assert desk.post("kim", "move", page, **right).status == 302
    assert "released for Birch, and waits" in desk["kim"].get(f"{page}?household=A3").text
    assert "collects at Birch already" in desk.post("kim", "move", page, **right).text


def test_a_notice_and_a_roll_are_printed(desk: Office) -> None:
    page = f"{C}papers/print"
    right = {"point": "Alder", "paper": "poster", "when": "Monday", "complaint": "", "language": "fr"}
    status, held, kind = raw(desk, "kim", page, **right)
    assert (status, kind) == (200, "application/pdf") and held.startswith(b"%PDF")
    assert raw(desk, "kim", page, **right | {"paper": "roll"})[1].startswith(b"%PDF")
    with desk.store() as store:
        read = store.rows("select count(*) from personal_read where username = 'kim' and page = 'roll on paper'")
        assert read == [(4,)]
    for fields in ({"point": "Nowhere"}, {"paper": "keys"}, {"when": "x" * 121}):
        assert desk.post("kim", "print", f"{C}papers/", **right | fields).status == 422
    assert desk.post("west", "print", f"{C}papers/", **right).status == 403
    assert desk.post("audit", "print", f"{C}papers/", **right).status == 403
    told = done(desk, "kim", desk.post("kim", "print", f"{C}papers/", **right | {"point": ""}))
    assert "/console/cards/" in told
    with desk.store() as store:
        assert {"poster": 2} in [run.files for run in print_runs(store, None)]


def test_a_phone_is_invited_answers_and_is_certified_by_its_digits_and_taken_back(desk: Office) -> None:
    page = f"{C}devices/"
    ask = {"point": "Alder", "device": "phone-3", "place": "replaces", "reason": "the clerk has a phone"}
    for fields in ({"point": "Nowhere"}, {"device": ""}, {"device": "office-x"}, {"place": "first"}, {"reason": ""}):
        assert desk.post("kim", "invite", page, **ask | fields).status == 422
    assert desk.post("west", "invite", page, **ask).status == 403
    assert desk.post("rita", "invite", page, **ask).status == 403
    shown = desk.post("kim", "invite", page, **ask)
    assert shown.status == 200 and "<svg" in shown.text
    link = re.search(r"#enrol=([0-9A-Z-]+)", shown.text)
    assert link and f"{desk.server}/counter/#enrol=" in shown.text
    assert link[1] not in desk["kim"].get(page).text
    assert "No phone has answered yet" in desk["kim"].get(page).text
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    body = cbor.dumps({"token": link[1], "public_key": key, "agent": "<b>Mozilla</b>"})
    status, told = send(desk.server, "POST", "/api/counter/1/enrol", body, {"Content-Type": "application/cbor"})
    assert status == 200
    waiting = desk["kim"].get(page).text
    assert "&lt;b&gt;Mozilla" in waiting and told["digits"] not in waiting
    assert desk["west"].get(page).text.count("phone-3") == waiting.count("Such as phone-3")
    right = {"phone": sha256(code.decode(link[1])).hexdigest(), "digits": told["digits"], "root": ROOT}
    wrong = f"{(int(told['digits']) + 1) % 10**6:06}"
    assert desk.post("kim", "certify", page, **right | {"digits": wrong}).status == 422
    assert desk.post("kim", "certify", page, **right | {"root": "guess"}).status == 422
    assert desk.post("lee", "certify", page, **right | {"phone": "00"}).status == 422
    assert desk.post("audit", "certify", page, **right).status == 403
    assert desk.post("kim", "certify", page, **right).status == 302
    assert desk.post("kim", "certify", page, **right).status == 422
    with desk.store() as store:
        assert holders(store)["Alder"] == "phone-3"
    back = {"point": "Alder", "reason": "it was stolen", "root": ROOT}
    assert desk.post("west", "back", page, **back).status == 403
    assert desk.post("kim", "back", page, **back | {"reason": " "}).status == 422
    assert desk.post("kim", "back", page, **back).status == 302
    assert desk.post("kim", "back", page, **back).status == 422
    with desk.store() as store:
        assert holders(store)["Alder"] == "office-Alder-3"
    assert "office-Alder-3" in desk["kim"].get(page).text


def test_guesses_at_the_root_key_end_though_ones_own_key_signs_well(desk: Office) -> None:
    page = f"{C}devices/"
    for _ in range(5):
        desk.post("lee", "back", page, point="Birch", reason="gone", root="guess")
    told = desk.post("lee", "back", page, point="Birch", reason="gone", root=ROOT)
    assert told.status == 422 and "too many attempts" in told.text


def test_vouchers_are_for_whoever_sees_the_whole_programme(desk: Office) -> None:
    page = f"{C}vouchers/"
    assert "No vouchers were issued yet" in desk["boris"].get(page).text
    assert desk["boris"].get(f"{page}file?series=x&file=payments").status == 404
    assert desk["west"].get(f"{page}file?series=x&file=payments").status == 403
    assert desk.post("boris", "pay", page, series="x").status == 422
    assert desk.post("kim", "pay", page, series="x").status == 403
