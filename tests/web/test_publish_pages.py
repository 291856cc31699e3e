"""Publish in the browser: the folder is made as long work, and the checker's own words about it stand on the page."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from actions.village import at
from folders import clock, copy_data, open_folder
from web.browser_like import Reader
from web.served import serving

from evenhand.actions.accounts import add_on_machine
from evenhand.cli.serve import prepare_accounts
from evenhand.store import open_store

LIST, ONE = "/console/publish/", "/console/publish/2008-03/"
WHO = {"ana": ["policy"], "boris": ["approver"], "cleo": ["auditor"]}


@dataclass(frozen=True)
class Office:
    data: Path
    server: str
    readers: dict[str, Reader]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_folder() as folder:
        data = copy_data(at("closed"), folder)
        with open_store(data, clock) as store:
            prepare_accounts(data)
            words = {name: add_on_machine(store, name, roles) for name, roles in WHO.items()}
        with serving(data) as server:
            readers = {name: Reader(server) for name in WHO}
            for name, reader in readers.items():
                assert reader.sign_in(name, words[name]).status == 302
            yield Office(data, server, readers)


def published(office: Office) -> str:
    """Publish, or check again; the page afterwards."""
    boris = office.readers["boris"]
    job = boris.post(ONE + "start", ONE).headers["Location"]
    until = time.monotonic() + 90
    while f'href="{ONE}"' not in (page := boris.get(job).text):
        assert time.monotonic() < until, page
        time.sleep(0.3)
    return boris.get(ONE).text


def test_a_closed_cycle_is_published_and_checked_by_the_program_of_its_own(office: Office) -> None:
    assert "2008-03/1 is closed and waits to be published" in office.readers["cleo"].get(LIST).text
    assert office.readers["cleo"].post(ONE + "start", ONE).status == 403
    assert office.readers["cleo"].get("/public/2008-03.zip").status == 404
    page = published(office)
    folder = office.data / "disclosures" / "2008-03"
    program = Path(sys.executable).with_name("evenhand-verify")
    root = str(office.data / "keys" / "root.vkey")
    done = subprocess.run(
        [str(program), str(folder), "--root", root, "--json"], capture_output=True, text=True, check=False
    )
    said = json.loads(done.stdout)
    assert [f"<code>{one['name']}</code>" in page for one in said["checks"]] == [True] * len(said["checks"])
    assert said["verdict"] in page and page.count("</svg>PASS") == len(said["checks"])
    for line in said["cannot_show"]:
        assert line.split(",")[0] in page
    assert "never interrupted" in page and "No month before was given" in page
    assert "/public/2008-03.zip" in office.readers["cleo"].get("/public/").text
    assert f"all {len(said['checks'])} checks hold" in office.readers["cleo"].get(LIST).text


def test_a_folder_that_was_changed_is_said_to_fail_with_the_checkers_words(office: Office) -> None:
    published(office)
    target = office.data / "disclosures" / "2008-03" / "report" / "claims.json"
    kept = target.read_bytes()
    target.write_bytes(kept.replace(b"holds", b"h0lds"))
    page = published(office)
    assert "NOT verified" in page and "</svg>FAIL" in page and "report/claims.json" in page
    target.write_bytes(kept)
    assert "NOT verified" not in published(office)


def test_a_folder_that_was_published_elsewhere_can_be_made_again_here(office: Office) -> None:
    published(office)
    folder = office.data / "disclosures" / "2008-03"
    before = (folder / "datapackage.json").read_bytes()
    folder.rename(folder.with_name("gone"))
    assert "It was published into another folder" in office.readers["boris"].get(ONE).text
    published(office)
    assert (folder / "datapackage.json").read_bytes() == before


@pytest.mark.parametrize("language", ["en", "fr", "ar", "hi"])
def test_both_pages_are_in_the_readers_language(office: Office, language: str) -> None:
    for path in (LIST, ONE):
        found = office.readers["cleo"].get(path, **{"Accept-Language": language})
        assert f'<html lang="{language}"' in found.text and not re.search(r"[^/\w]pb\.[a-z]+", found.text)


@pytest.mark.parametrize("period", ["2008-04", "0", "x"])
def test_a_month_that_is_not_closed_is_missing(office: Office, period: str) -> None:
    assert office.readers["boris"].get(f"/console/publish/{period}/").status == 404
