"""The registry's pages as a reader meets them: found by name, corrected, removed by two, and lists brought in or refused."""

from __future__ import annotations

import http.client
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from actions.village import at
from folders import clock, copy_data, open_folder
from web.browser_like import Reader
from web.served import serving

from evenhand.actions.accounts import ROLES, add_on_machine
from evenhand.actions.personal_reads import reads_of
from evenhand.actions.removal import gone
from evenhand.cli.serve import prepare_accounts
from evenhand.store import open_store

FIND, BRING = "/console/registry/", "/console/registry/bring/"
NAMES = {"A1": "Pak Chol-su", "A2": "محمد الأحمد", "A3": "राम शर्मा", "A6": "김철수", "B1": "José Müller", "B2": "=1+1"}


@dataclass(frozen=True)
class Office:
    data: Path
    server: str
    readers: dict[str, Reader]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_folder() as folder:
        data = copy_data(at("open"), folder)
        with open_store(data, clock) as store:
            prepare_accounts(data)
            store.execute("insert into area (pcode, name, parent, level) values ('W', 'The other valley', null, 0)")
            for household, name in NAMES.items():
                store.execute(
                    "insert into household_change (household, field, old, new, reason, person, at)"
                    " values (%s, 'name', %s, %s, 'x', 'y', 0)",
                    (household, f"Family {household}", name),
                )
            passwords = {role: add_on_machine(store, role, [role]) for role in ROLES}
            passwords |= {"rita": add_on_machine(store, "rita", ["registrar"])}
            passwords |= {"wim": add_on_machine(store, "wim", ["registrar"], "W")}
        with serving(data) as server:
            readers = {name: Reader(server) for name in passwords}
            for name, reader in readers.items():
                assert reader.sign_in(name, passwords[name]).status == 302
            yield Office(data, server, readers)


def send(
    office: Office, who: str, content: bytes, name: str = "list.csv", kind: str = "households"
) -> tuple[int, str, str]:
    """(status, where to, page) after a file was sent as a browser sends it."""
    reader, line = office.readers[who], secrets.token_hex(12)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', reader.get(BRING).text)
    fields = {"csrfmiddlewaretoken": token[1] if token else "", "kind": kind}
    body = b"".join(
        f'--{line}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
    )
    body += f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    body += content + f"\r\n--{line}--\r\n".encode()
    to = http.client.HTTPConnection(urlsplit(office.server).netloc)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in reader.cookies)
    headers = {"Content-Type": f"multipart/form-data; boundary={line}", "Cookie": cookies, "Origin": office.server}
    to.request("POST", BRING, body, headers)
    answer = to.getresponse()
    return answer.status, answer.headers.get("Location", ""), answer.read().decode()


@pytest.mark.parametrize(
    ("asked", "household"),
    [
        ("pak", "A1"), ("CHOL pak", "A1"), ("su", "A1"), ("محمد", "A2"), ("الاحمد", "A2"), ("राम", "A3"), ("김철", "A6"),
        ("jose muller", "B1"), ("family a1", "A1"), ("A6", "A6"),
    ],
)  # fmt: skip
def test_a_household_is_found_by_the_beginnings_of_a_name_in_any_script(
    office: Office, asked: str, household: str
) -> None:
    found = office.readers["registrar"].get(f"{FIND}?q={quote(asked)}")
    assert found.status == 200 and f"household={household}" in found.text


@pytest.mark.parametrize(
    "asked", ["zzz", "'; drop table household; --", "%", "_", "\\", "' & !x:*", "<script>", "\0", " "]
)
def test_what_is_no_name_finds_nothing_and_breaks_nothing(office: Office, asked: str) -> None:
    found = office.readers["registrar"].get(f"{FIND}?q={quote(asked)}")
    assert found.status == 200 and "household=" not in found.text.split("<main")[1].split('id="changes"')[0]
    assert "<script>" not in found.text.split("<main")[1]


def test_a_place_lists_its_households_and_a_registrar_of_another_place_sees_none(office: Office) -> None:
    found = office.readers["registrar"].get(f"{FIND}?q=V1").text
    assert found.count('<th scope="row"><a href="/console/registry/household/') == 8
    wim = office.readers["wim"]
    for asked in ("V1", "Alder", "pak", "A1", "family"):
        assert "household=A1" not in wim.get(f"{FIND}?q={asked}").text
    assert wim.get("/console/registry/household/?household=A1").status == 404
    assert wim.get("/console/registry/correct/?household=A1").status == 404
    assert "Pak" not in wim.get(FIND).text


def test_the_record_tells_what_is_registered_due_and_changed_and_the_look_is_written_down(office: Office) -> None:
    found = office.readers["auditor"].get("/console/registry/household/?household=A1").text
    for text in ("Pak Chol-su", "Alder", "10 kg for each member", "Family A1", "1970-01-01"):
        assert text in found
    assert "/console/registry/correct/" not in found
    with open_store(office.data, clock) as store:
        assert ("auditor", "household", "A1") in {(r.username, r.page, r.household) for r in reads_of(store)}


def test_a_name_that_a_spreadsheet_would_run_leaves_harmless(office: Office) -> None:
    found = office.readers["registrar"].get(f"{FIND}?q=family&export=csv").text
    assert "'=1+1" in found and found.splitlines()[1].startswith("#meta+id")


def test_a_correction_stands_in_the_record_with_its_reason(office: Office) -> None:
    reader, form = office.readers["registrar"], "/console/registry/correct/?household=A2&member=1&field=birth_date"
    page = form.partition("?")[0]
    asked = {"household": "A2", "member": "1", "field": "birth_date", "new": "1971-02-30", "reason": "by the paper"}
    wrong = reader.post(page, form, **asked)
    assert wrong.status == 422 and "1971-02-30" in wrong.text and "by the paper" in wrong.text
    assert reader.post(page, form, **(asked | {"new": "1971-02-28"})).status == 302
    found = reader.get("/console/registry/household/?household=A2").text
    assert "1971-02-28" in found and "by the paper" in found
    assert office.readers["wim"].post(page, FIND, **(asked | {"new": "1972-01-01"})).status == 404
    assert office.readers["auditor"].post(page, FIND, **asked).status == 403


def test_a_removal_is_announced_by_one_and_not_confirmed_by_the_same_or_too_early(office: Office) -> None:
    page, record = "/console/registry/removal/", "/console/registry/household/?household=B4"
    reader, rita = office.readers["registrar"], office.readers["rita"]
    told = {"household": "B4", "reason": "moved abroad", "notice": "letter of 3 March"}
    assert reader.post(page + "propose", record, **(told | {"notice": ""})).status == 422
    assert reader.post(page + "propose", record, **told).status == 302
    assert "moved abroad" in rita.get(record).text and "B4" in rita.get(FIND).text
    for who in (reader, rita):
        assert who.post(page + "answer", record, household="B4", answer="confirm").status == 422
    assert rita.post(page + "answer", record, household="B4", answer="back", reason="").status == 422
    assert rita.post(page + "answer", record, household="B4", answer="back", reason="she came back").status == 302
    assert "she came back" in rita.get(record).text
    with open_store(office.data, clock) as store:
        assert gone(store) == []


def test_a_list_is_looked_at_first_and_goes_in_when_its_sender_says_so(office: Office) -> None:
    status, to, _ = send(office, "registrar", b"household,point,name\nC1,Alder,Li\nA1,Alder,Pak Chol-su\n")
    assert status == 302
    reader = office.readers["registrar"]
    seen = reader.get(to).text
    assert "Nothing is wrong with this list" in seen and "Bring these rows in (1 new)" in seen and "Li" in seen
    with open_store(office.data, clock) as store:
        assert not store.rows("select from household where household = 'C1'")
        upload = to.partition("upload=")[2]
        assert office.readers["rita"].get(to).status == 404
        assert reader.post(BRING, to, upload=upload).status == 302
        assert store.rows("select point from household where household = 'C1'") == [("Alder",)]
    assert "The list is in" in reader.get(to).text


def test_everything_wrong_with_a_list_is_told_by_row_and_field_and_nothing_changes(office: Office) -> None:
    text = "household,point,name\nD1,Nowhere,Li\nD2,,Li\nD1,Alder,Li\n<b>,Alder,x\n" + "D" * 65 + ",Alder,x\n"
    status, to, _ = send(office, "registrar", text.encode())
    seen = office.readers["registrar"].get(to).text
    assert status == 302 and "This list cannot go in as it is" in seen and "4 in all" in seen
    assert (
        "there is no such point" in seen
        and "this already stands in row 1" in seen
        and "<b>" not in seen.split("<main")[1].replace("<b><bdi>", "")
    )
    upload = to.partition("upload=")[2]
    assert office.readers["registrar"].post(BRING, to, upload=upload).status == 422
    with open_store(office.data, clock) as store:
        assert not store.rows("select from household where household like 'D%'")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "list.csv"), (b"PK\x03\x04" + b"\0" * 40, "list.csv"), (b"\x1f\x8b\x08\0" + b"x" * 40, "list.csv"),
        (b"%PDF-1.7\nhousehold,point\n", "list.csv"), (b"PAR1" + b"x" * 40, "list.parquet"),
        (b"PAR1" + b"\xff" * 60 + b"PAR1", "list.csv"), (b"household,point\nA\xff,Alder\n", "list.csv"),
        (b"household,point\nA\0,Alder\n", "list.csv"), (b'household,point\n"A,Alder\n', "list.csv"),
        (b"<html><script>alert(1)</script></html>", "list.csv"), (b"household,point\nC9,Alder\n", "../../../etc/passwd"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_in_words(office: Office, content: bytes, name: str) -> None:
    status, to, page = send(office, "registrar", content, name)
    if "passwd" in name:
        assert status == 302 and "etc" not in to
        return
    seen = page if status == 422 else office.readers["registrar"].get(to).text
    assert status == 422 or (status == 302 and "This list cannot go in as it is" in seen)
    assert "<script>alert" not in seen


def test_a_parquet_file_is_taken_whatever_it_is_called_and_one_that_unpacks_to_too_much_is_not(
    office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "list.parquet"
    pq.write_table(pa.table({"household": ["E1"], "point": ["Alder"], "name": ["Li"]}), path)
    status, to, _ = send(office, "registrar", path.read_bytes(), "list.csv")
    assert status == 302 and "1 new" in office.readers["registrar"].get(to).text
    same = pa.DictionaryArray.from_arrays(pa.array([0] * 50_000_001, pa.int8()), pa.array(["E1"]))
    pq.write_table(pa.table({"household": same}), path, compression="zstd")
    status, _, page = send(office, "registrar", path.read_bytes(), "list.parquet")
    assert status == 422 and "unpacks to more" in page


def test_a_long_form_of_a_stranger_is_refused_before_it_is_read(office: Office) -> None:
    for path, length in ((BRING, 17 << 20), ("/accounts/login/", 17 << 20), (FIND, 17 << 20), (BRING, 1 << 40)):
        to = http.client.HTTPConnection(urlsplit(office.server).netloc, timeout=20)
        to.putrequest("POST", path)
        to.putheader("Content-Length", str(length))
        to.putheader("Content-Type", "multipart/form-data; boundary=x")
        to.endheaders(b"--x")
        assert to.getresponse().status == 413
        to.close()


def test_only_a_registrar_of_the_whole_programme_sends_lists(office: Office) -> None:
    assert send(office, "wim", b"household,point\nF1,Alder\n")[0] in (403, 422)
    assert send(office, "auditor", b"household,point\nF1,Alder\n")[0] == 403
    assert office.readers["auditor"].get(BRING).status == 403


def test_an_empty_list_has_the_columns_that_are_asked(office: Office) -> None:
    found = office.readers["registrar"].get(BRING + "members.csv")
    assert found.text.strip() == "household,member,birth_date,sex,occupation,name"
    assert office.readers["registrar"].get(BRING + "kings.csv").status == 404


@pytest.mark.parametrize("language", ["en", "fr", "ar", "hi"])
@pytest.mark.parametrize(
    "path", [FIND, FIND + "?q=family", "/console/registry/household/?household=A1", BRING,
             "/console/registry/correct/?household=A1", "/console/registry/correct/?household=A1&field=point"],
)  # fmt: skip
def test_every_page_is_in_the_readers_language(office: Office, path: str, language: str) -> None:
    found = office.readers["registrar"].get(path, **{"Accept-Language": language})
    assert found.status == 200 and f'<html lang="{language}"' in found.text
    assert not re.search(r"\bre\.[a-z]+", found.text)
