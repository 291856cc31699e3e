"""Policy in the browser: written with its faults beside their lines, compared on the registry, adopted by two persons."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from actions.village import ANA, BORIS, POLICY, at
from folders import clock, copy_data, open_folder
from web.browser_like import Reader
from web.served import serving

from evenhand.actions.accounts import add_on_machine
from evenhand.cli.serve import prepare_accounts
from evenhand.store import open_store

LIST, WRITE = "/console/policy/", "/console/policy/write"
MORE = POLICY.replace("value = 10}", "value = 12}").replace('grain = "20 kg"', 'grain = "24 kg"')
WHO = {"ana": ["policy"], "boris": ["approver"], "cleo": ["auditor"], "dan": ["store"]}


@dataclass(frozen=True)
class Office:
    server: str
    readers: dict[str, Reader]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_folder() as folder:
        data = copy_data(at("ready"), folder)
        with open_store(data, clock) as store:
            prepare_accounts(data)
            words = {name: add_on_machine(store, name, roles) for name, roles in WHO.items()}
        with serving(data) as server:
            readers = {name: Reader(server) for name in WHO}
            for name, reader in readers.items():
                assert reader.sign_in(name, words[name]).status == 302
            yield Office(server, readers)


def test_a_fault_stands_beside_its_line_with_its_remedy_and_the_text_is_not_lost(office: Office) -> None:
    broken = POLICY.replace("kg/person", "kg/persons")
    found = office.readers["ana"].post("/console/policy/check", WRITE, text=broken)
    line = broken.splitlines().index('unit = "kg/persons"') + 1
    assert found.status == 422
    assert f"line {line}" in found.text and "<code>unit = &quot;kg/persons&quot;</code>" in found.text
    assert 'name="passphrase"' not in found.text
    sent = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", found.text, re.S)
    assert (
        sent
        and sent[1].replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'") == broken
    )


@pytest.mark.parametrize(
    "text",
    ["", "x" * 400_001, "\x00", "title = \ud83d", "</textarea><script>alert(1)</script>", '[policy]\nid = "<b>"'],
)
def test_what_is_no_policy_is_refused_in_words(office: Office, text: str) -> None:
    found = office.readers["ana"].post(
        "/console/policy/check", WRITE, text=text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    )
    assert found.status == 422 and "<script>alert" not in found.text


def test_a_failing_test_is_told_and_cannot_be_proposed(office: Office) -> None:
    ana, wrong = office.readers["ana"], MORE.replace('grain = "24 kg"', 'grain = "20 kg"')
    found = ana.post("/console/policy/check", WRITE, text=wrong)
    assert "fails" in found.text and 'name="passphrase"' not in found.text
    assert ana.post("/console/policy/propose", WRITE, text=wrong, passphrase=ANA).status == 422
    assert "No text waits" in ana.get(LIST).text


def test_proposed_by_one_compared_on_the_registry_and_adopted_by_another(office: Office) -> None:
    ana, boris = office.readers["ana"], office.readers["boris"]
    checked = ana.post("/console/policy/check", WRITE, text=MORE)
    assert checked.status == 200 and "holds" in checked.text and "grain_due.otherwise" in checked.text
    assert ana.post("/console/policy/propose", WRITE, text=MORE, passphrase="a guess").status == 422
    asked = ana.post("/console/policy/propose", WRITE, text=MORE, passphrase=ANA)
    page = asked.headers["Location"]
    assert asked.status == 302 and re.fullmatch(r"/console/policy/[0-9a-f]{16}/", page)
    assert "waits for a second person" in ana.get(page).text and 'name="passphrase"' not in ana.get(page).text

    assert boris.post(page + "compare", page, on="tomorrow").status == 422
    job = boris.post(page + "compare", page, on="2008-03-01").headers["Location"]
    until = time.monotonic() + 60
    while not (found := re.search(r'href="(/console/policy/compare/[^"]+)"', boris.get(job).text)):
        assert time.monotonic() < until, boris.get(job).text
        time.sleep(0.3)
    told = office.readers["cleo"].get(found[1])
    assert "Of 8 households 8 gain, 0 lose" in told.text and "Upper Valley" in told.text
    assert "48 kg" in told.text  # 24 people get 2 kg more each
    assert not re.search(r"\b[AB][1-6]\b", office.readers["cleo"].get(found[1] + "areas.csv").text)
    for file in ("changes.csv", "report.html", "..%2F..%2Fevenhand.toml"):
        assert office.readers["cleo"].get(found[1] + file).status == 404
    assert office.readers["dan"].get(found[1]).status == 403

    assert "<ins>values = [{from = 2008-01-01, value = 12}]</ins>" in boris.get(page).text
    assert ana.post(page + "adopt", page, passphrase=ANA).status == 403
    assert boris.post(page + "adopt", page, passphrase="a guess").status == 422
    assert boris.post(page + "adopt", page, passphrase=BORIS).status == 302
    assert "Proposed by ana, adopted by boris" in office.readers["dan"].get(page).text
    assert office.readers["dan"].get(page + "text").text == MORE
    assert boris.post(page + "adopt", page, passphrase=BORIS).status in (302, 422)


def test_a_proposal_is_declined_with_a_reason_that_everybody_reads(office: Office) -> None:
    text = MORE.replace("value = 12}", "value = 14}").replace('grain = "24 kg"', 'grain = "28 kg"')
    ana, boris = office.readers["ana"], office.readers["boris"]
    page = ana.post("/console/policy/propose", WRITE, text=text, passphrase=ANA).headers["Location"]
    assert boris.post(page + "decline", page, reason=" ").status == 422
    assert boris.post(page + "decline", page, reason="not in <the> act").status == 302
    assert "not in &lt;the&gt; act" in ana.get(LIST).text
    assert boris.get(page).status == 404


@pytest.mark.parametrize("language", ["en", "fr", "ar", "hi"])
def test_every_page_of_the_policy_is_in_the_readers_language(office: Office, language: str) -> None:
    ana = office.readers["ana"]
    page = re.search(r'href="(/console/policy/[0-9a-f]{16}/)"', ana.get(LIST).text)
    assert page
    for path in (LIST, WRITE, page[1]):
        found = ana.get(path, **{"Accept-Language": language})
        assert f'<html lang="{language}"' in found.text and not re.search(r"[^/]\bpo\.[a-z]+", found.text)


@pytest.mark.parametrize("sha", ["0" * 16, "zz", "a" * 64, "compare"])
def test_an_address_of_no_policy_is_missing(office: Office, sha: str) -> None:
    assert office.readers["ana"].get(f"/console/policy/{sha}/").status == 404
