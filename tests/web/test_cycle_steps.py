"""A cycle from its draft to its close in the browser alone: each step by whoever may, each refused to all others."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from actions.village import ANA, BORIS, MARCH, ROOT, at
from folders import clock, copy_data, open_folder
from web.browser_like import Answer, Reader
from web.served import serving

from evenhand.actions.accounts import add_on_machine
from evenhand.cli.serve import prepare_accounts
from evenhand.store import open_store

PAGE = "/console/cycle/"
WHO = {"ana": ["policy"], "boris": ["approver"], "carl": ["policy"], "dora": ["store"], "eve": ["admin"]}


@pytest.fixture(scope="module")
def readers() -> Iterator[dict[str, Reader]]:
    with open_folder() as folder:
        data = copy_data(at("ready"), folder)
        with open_store(data, clock) as store:
            prepare_accounts(data)
            passwords = {name: add_on_machine(store, name, roles) for name, roles in WHO.items()}
        with serving(data) as server:
            made = {name: Reader(server) for name in WHO}
            for name, reader in made.items():
                assert reader.sign_in(name, passwords[name]).status == 302
            yield made


def take(reader: Reader, step: str, **fields: str) -> Answer:
    return reader.post(f"{PAGE}{step}", PAGE, cycle=MARCH, **fields)


def said(answer: Answer) -> str:
    return " ".join(re.findall(r'<p lang="en" dir="ltr">(.*?)</p>', answer.text))


def finished(reader: Reader, answer: Answer) -> str:
    """How the job ended that a form began."""
    place = answer.headers["Location"]
    assert answer.status == 302 and place.startswith("/console/jobs/"), (answer.status, said(answer))
    end = time.monotonic() + 60
    while 'hx-get="' in (page := reader.get(place)).text:
        assert time.monotonic() < end
        time.sleep(0.2)
    return "done" if "#m-done" in page.text else said(page)


def test_a_month_is_drafted_frozen_thrown_computed_signed_twice_committed_and_opened(
    readers: dict[str, Reader],
) -> None:
    ana, boris, carl = readers["ana"], readers["boris"], readers["carl"]
    assert "There is no cycle yet" in ana.get(PAGE).text
    wrong = take(ana, "draft", period="2008-13")
    assert wrong.status == 422 and "is not a month" in said(wrong) and 'value="2008-13"' in wrong.text
    assert take(ana, "draft", period="2008-03").status == 302

    assert "No key is certified for carl" in carl.get(PAGE).text
    wrong = take(ana, "freeze", event="dice <b>thrown", passphrase="not the word")
    assert wrong.status == 422 and "dice &lt;b&gt;thrown" in wrong.text and "not the word" not in wrong.text
    assert take(ana, "freeze", event="", passphrase=ANA).status == 422
    assert finished(ana, take(ana, "freeze", event="dice <b>thrown", passphrase=ANA)) == "done"

    assert "not the step that comes now" in said(take(ana, "prepare", passphrase=ANA))
    assert "is enrolled" in said(take(carl, "event", outcome="6 6 6"))
    assert finished(ana, take(ana, "event", outcome="4 6 1 2 5")) == "done"
    seen = ana.get(PAGE).text
    assert "who gets how much" in seen and "What came of it: 4 6 1 2 5" in seen and "dice &lt;b&gt;thrown" in seen

    months = f"{PAGE}ahead/"
    assert "pipeline breaks in April" in ana.get(f"{months}?go=1&grain.2008-05=100").text
    wrong = ana.get(f"{months}?go=1&grain.2008-05=%3Cb%3Elots")
    assert wrong.status == 422 and "&lt;b&gt;lots" in wrong.text

    assert take(ana, "prepare", passphrase=ANA).status == 302
    assert "You prepared it" in ana.get(PAGE).text
    assert take(boris, "sign", passphrase=BORIS).status == 302
    assert "after the commitment" not in boris.get(PAGE).text and "Give 2008-03/1 up" in boris.get(PAGE).text
    assert finished(boris, take(boris, "commit")) == "done"
    late = take(ana, "void", reason="too late")
    assert late.status == 422 and "not the step that comes now" in said(late)
    assert finished(boris, take(boris, "open")) == "done"
    assert "still on the way" in finished(boris, take(boris, "close"))
    assert "still on the way" in said(boris.get(PAGE)) and "Close 2008-03/1" in boris.get(PAGE).text


def test_whose_step_it_is_not_reads_whose_it_is_and_is_refused(readers: dict[str, Reader]) -> None:
    assert "This step is for:" in readers["dora"].get(PAGE).text
    for step in ("draft", "freeze", "event", "compute", "prepare", "sign", "commit", "open", "close", "void"):
        assert take(readers["dora"], step).status == 403
    assert readers["ana"].post(f"{PAGE}close", PAGE, cycle="2008-02/1").status == 422


def test_a_key_is_made_by_its_owner_and_certified_by_whoever_has_the_root_passphrase(
    readers: dict[str, Reader],
) -> None:
    page, carl, eve = "/console/key/", readers["carl"], readers["eve"]
    word = "five words nobody would guess"
    assert carl.post(f"{page}make", page, passphrase="short", again="short").status == 422
    assert carl.post(f"{page}make", page, passphrase=word, again=word + "!").status == 422
    assert carl.post(f"{page}make", page, passphrase=word, again=word).status == 302
    signs = re.search(r"([0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4})", carl.get(page).text)
    assert signs and "carl has made a key" in eve.get(page).text and signs[1] in eve.get(page).text
    asked = {"person": "carl", "signs": signs[1], "role": "preparer"}
    assert carl.post(f"{page}certify", page, **asked, passphrase=ROOT).status == 403
    wrong = eve.post(f"{page}certify", page, **asked, passphrase=word)
    assert wrong.status == 422 and "does not open the key of root" in said(wrong)
    other = eve.post(f"{page}certify", page, **{**asked, "signs": "0000 0000 0000"}, passphrase=ROOT)
    assert other.status == 422 and "not the one that was shown" in said(other)
    assert eve.post(f"{page}certify", page, **{**asked, "role": "king"}, passphrase=ROOT).status == 422
    assert eve.post(f"{page}certify", page, **asked, passphrase=ROOT).status == 302
    assert "Your key is certified" in carl.get(page).text and "No key waits" in eve.get(page).text
    assert carl.post(f"{page}make", page, passphrase=word, again=word).status == 422
