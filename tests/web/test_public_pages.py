"""What everybody sees: a place after it closed, a month as files, a code checked; no name, no sign-in, no cookie."""

from __future__ import annotations

import csv
import gzip
import io
import re
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from actions.village import at, paper
from folders import clock, copy_data, open_folder
from grievance.people import Moment, draw
from web.browser_like import Reader
from web.served import serving

from evenhand.actions.close import close
from evenhand.actions.complain import Complaint, complain
from evenhand.formats.note import NoteError, open_note
from evenhand.store import open_store

PAGES = (
    "/public/", "/public/places/", "/public/places/?area=V", "/public/places/?q=al", "/public/places/Alder/",
    "/public/places/Alder/2008-03/", "/public/verify/", "/public/verify/?place=Alder&month=2008-03",
)  # fmt: skip
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Town:
    data: Path
    server: str


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """The villages after March was published."""
    with open_folder() as folder:
        data = copy_data(at("published"), folder)
        with serving(data) as server:
            yield Town(data, server)


def fetched(town: Town, path: str) -> bytes:
    with urllib.request.urlopen(town.server + path, timeout=30) as answer:
        return bytes(answer.read())


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_opens_to_anybody_sets_no_cookie_and_loads_nothing_from_elsewhere(town: Town, path: str) -> None:
    found = Reader(town.server).get(path)
    assert found.status == 200 and "Set-Cookie" not in found.headers
    policy = found.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    assert not re.search(r"<[^>]+\sstyle=|<style|<[^>]+\son\w+=|https?://(?!www\.w3\.org)", found.text)
    assert "public" in found.headers["Cache-Control"] and "Accept-Language" in found.headers["Vary"]
    assert not re.search(r"Family|\b[AB][1-6]\b|\b000000\d{4}\b", found.text)


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_with_all_it_loads_is_under_30_kb(town: Town, path: str) -> None:
    text = Reader(town.server).get(path).text
    loaded = re.findall(r'(?:href|src)="(/static/[^"#]+)"', text)
    assert "/static/tokens.css" in loaded
    sizes = [len(gzip.compress(text.encode()))] + [len(gzip.compress(fetched(town, name))) for name in set(loaded)]
    assert sum(sizes) <= 30_000, sizes


@pytest.mark.parametrize("language", ["en", "fr", "ar", "hi"])
def test_every_public_page_is_in_the_readers_language(town: Town, language: str) -> None:
    for path in PAGES:
        found = Reader(town.server).get(path, **{"Accept-Language": language})
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in found.text
        assert not re.search(r"[^/\w]pu\.[a-z]+", found.text)


def test_a_place_tells_what_was_due_came_and_was_given(town: Town) -> None:
    """Alder: 12 people x 10 kg due, 216 steps of 500 g allocated and counted; A1, A2, A3 took 16 steps a head."""
    cells = re.findall(
        r'<td role="cell" class="n"[^>]*>([^<]+)</td>', Reader(town.server).get("/public/places/Alder/").text
    )
    assert cells[:5] == ["120", "108", "108", "48", "40"]
    birch = Reader(town.server).get("/public/places/Birch/2008-03/").text
    assert "4 of 4 households were served: 100" in birch and "brought down to the same share" in birch


def test_the_signed_table_verifies_with_the_log_key_and_no_letter_of_it_can_be_changed(
    town: Town, tmp_path: Path
) -> None:
    note = fetched(town, "/public/places/Alder/2008-03.csv.note").decode()
    plain = fetched(town, "/public/places/Alder/2008-03.csv").decode()
    with open_store(town.data, clock) as store:
        key = store.keys.log_vkey
        assert open_note(note, key) == plain
        (root,) = [row["log_root"] for row in list(csv.DictReader(io.StringIO(plain)))[1:2]]
        checkpoint = fetched(town, "/public/2008-03/files/log/checkpoint").decode()
        assert open_note(checkpoint, key)  # the same key signs the published log
    for number, digit in enumerate(note):
        if digit.isdigit() and number < len(plain):
            with pytest.raises(NoteError):
                open_note(note[:number] + str((int(digit) + 1) % 10) + note[number + 1 :], key)
    assert len(bytes.fromhex(root)) == 32
    (tmp_path / "a.csv.note").write_text(note)
    done = subprocess.run(
        [str(Path(sys.executable).with_name("evenhand-verify")), "note", str(tmp_path / "a.csv.note"), "--key", key.line()],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_zip_is_the_folder_and_the_checker_holds_it(town: Town, tmp_path: Path) -> None:
    data = fetched(town, "/public/2008-03.zip")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path)
    kept = town.data / "disclosures" / "2008-03"
    same = {p.relative_to(kept): p.read_bytes() for p in kept.rglob("*") if p.is_file()}
    assert {
        p.relative_to(tmp_path / "2008-03"): p.read_bytes() for p in (tmp_path / "2008-03").rglob("*") if p.is_file()
    } == same
    done = subprocess.run(
        [str(Path(sys.executable).with_name("evenhand-verify")), "card", paper().slips["A1"], str(tmp_path / "2008-03")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_report_opens_with_its_own_style_and_nothing_else(town: Town) -> None:
    found = Reader(town.server).get("/public/2008-03/files/report/index.html")
    assert found.status == 200 and found.headers["Content-Type"].startswith("text/html")
    policy = found.headers["Content-Security-Policy"]
    assert "style-src 'sha256-" in policy and "script" not in policy and "unsafe" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/public/2008-03/files/../../keys/log.key", "/public/2008-03/files/%2e%2e/%2e%2e/keys/log.key",
        "/public/2008-03/files/..%2f..%2fkeys%2flog.key", "/public/2008-03/files//etc/passwd",
        "/public/2008-03/files/report", "/public/2008-03/files/rolls/..%5c..%5ckeys", "/public/2008-04.zip",
        "/public/2008-04/files/datapackage.json", "/public/places/Nowhere/", "/public/places/Barn/",
        "/public/places/Alder/2008-04/", "/public/places/Alder/2008-04.csv.note", "/public/places/?area=V9",
        "/public/places/%00/", "/public/places/Alder%27%20or%201=1/", "/public/nothing",
    ],
)  # fmt: skip
def test_nothing_else_is_here(town: Town, path: str) -> None:
    found = Reader(town.server).get(path)
    assert found.status == 404 and "PRIVATE" not in found.text and "Set-Cookie" not in found.headers


@pytest.mark.parametrize("query", ["%", "_", "<script>alert(1)</script>", "' or 1=1 --", "x" * 5000, "\u202eAlder"])
def test_a_search_is_words_and_nothing_else(town: Town, query: str) -> None:
    found = Reader(town.server).get(f"/public/places/?q={urllib.request.quote(query)}")
    assert found.status == 200 and "<script>alert" not in found.text and "/public/places/Alder/" not in found.text


def test_complaints_are_those_of_the_area_and_none_where_they_are_few() -> None:
    """k = 2: two about quality are told, one about conduct and one about details fall together as several kinds."""
    with open_folder() as folder:
        data = copy_data(at("redeemed"), folder)
        moment = Moment()
        with open_store(data, moment) as store:
            for kind in ("quality", "quality", "conduct", "details"):
                complain(store, Complaint(kind, "rotten", point="Alder"), draw)
            moment.now += 3600
            close(store, "2008-03/1", "boris")
        with serving(data) as server:
            page = Reader(server).get("/public/places/Alder/").text
    rows = re.findall(
        r'<tr><th scope="row">([^<]+)</th><td class="n">([^<]+)</td><td class="n">([^<]+)</td></tr>', page
    )
    assert rows == [("Bad food", "2", "0"), ("of several kinds", "2", "0")]
    assert "rotten" not in page and "closed and not published yet" in page


def test_only_reading_is_answered(town: Town) -> None:
    assert Reader(town.server).post("/public/places/Alder/", "/accounts/login/").status == 405


def test_a_place_is_shown_only_once_it_has_closed() -> None:
    with open_folder() as folder, serving(copy_data(at("redeemed"), folder)) as server:
        for path in ("/public/places/Alder/", "/public/places/Alder/2008-03/", "/public/places/Alder/2008-03.csv"):
            assert Reader(server).get(path).status == 404
        assert "Nothing is published yet" in Reader(server).get("/public/places/").text
