"""The counter's interface, spoken to over HTTP: a phone of Alder in the open cycle of March."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from actions.village import MARCH, ROOT, at, paper
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from folders import clock, copy_data, open_folder
from web.served import Phone, send, serving

from evenhand.actions.counter_enrol import certify, find_claim, invite
from evenhand.flow.redemption import Head, Receipt, chain, read_head, write_head
from evenhand.formats import cbor, code, cose
from evenhand.formats.cose import Signer
from evenhand.formats.tag import tag_of
from evenhand.store import Store, open_store
from evenhand.wiring import read_clock


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with open_folder() as folder:
        yield copy_data(at("received"), folder)


@pytest.fixture(scope="module")
def store(data: Path) -> Iterator[Store]:
    with open_store(data, clock) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(data: Path, store: Store) -> Iterator[str]:
    with serving(data) as address:
        yield address


@pytest.fixture(scope="module")
def phone(server: str, store: Store) -> Phone:
    return Phone(server, store.programme.origin, "phone-Alder", store.keys.device("phone-Alder"))


def state(phone: Phone) -> Any:
    status, answer = phone.call("GET", "state")
    assert status == 200, answer
    return answer


def test_a_phone_is_told_of_its_own_point_and_nothing_else(phone: Phone) -> None:
    told = state(phone)
    assert told["points"] == ["Alder"]
    (cycle,) = told["cycles"]
    assert (cycle["cycle"], cycle["state"], cycle["last"]) == (MARCH, "open", "2008-03-31")
    assert [b["id"] for b in cycle["benefits"]] == ["grain", "oil"]
    (point,) = cycle["points"]
    assert point["rows"] == 4 and point["counted"] == {"grain": 216, "oil": 34} and point["recut"] == []


def test_the_roll_holds_four_families_with_what_a_recut_needs_and_its_tags_are_those_in_the_log(phone: Phone) -> None:
    status, roll = phone.call("GET", f"roll?cycle={MARCH}&point=Alder")
    assert status == 200
    by_card = {row[1]: row for row in roll["rows"]}
    a6 = by_card[paper().cards["A6"]]
    assert a6[2:5] == ["Family A6", 6, [96, 15]]  # 16 steps of grain a head, 2.5 of oil
    assert a6[6] == [[36000, 24000], [0, 1500]]  # the floor and what is above it; oil has no floor
    assert roll["benefits"][0] | {"num": 1, "den": 1} == {
        "id": "grain", "step_base": 500, "units": 216, "reserve": 24, "rungs": 1, "num": 1, "den": 1,
    }  # fmt: skip
    tags = [row[0] for row in roll["rows"]]
    assert tags == sorted(tags)
    assert sha256(b"".join(tags)).digest() == state(phone)["cycles"][0]["points"][0]["tags_sha256"]


def test_no_answer_holds_a_coupon_or_a_way_to_open_a_row(phone: Phone) -> None:
    _, roll = phone.call("GET", f"roll?cycle={MARCH}&point=Alder")
    everything = cbor.dumps(roll)
    assert all(code.decode(paper().coupons[h, "2008-03"]) not in everything for h in ("A1", "A2", "A3", "A6"))


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (f"roll?cycle={MARCH}&point=Birch", 409, "does not hold"),
        (f"roll?cycle={MARCH}", 400, "which point"),
        ("roll?cycle=2008-09/1&point=Alder", 409, "there is no cycle"),
        (f"roll?cycle={MARCH}&point=%27%3B+drop+table+roll", 409, "does not hold"),
        (f"factors?cycle={MARCH}&point=Birch", 409, "does not hold"),
        (f"factors?cycle={MARCH}&point=Alder", 404, "no second factor"),
        (f"photo?cycle={MARCH}&point=Birch&tag={'00' * 16}", 409, "does not hold"),
        (f"photo?cycle={MARCH}&point=Alder&tag=xyz", 400, "not hexadecimal"),
        (f"photo?cycle={MARCH}&point=Alder&tag={'00' * 16}", 404, "no photo"),
    ],
)
def test_a_call_for_what_is_not_its_own_is_refused_in_words(phone: Phone, path: str, status: int, words: str) -> None:
    found, answer = phone.call("GET", path)
    assert found == status and words in answer["message"] and answer["remedy"]


@pytest.mark.parametrize(
    "forged",
    [
        {"origin": "another.example"}, {"device": "phone-Birch"}, {"device": "nobody"}, {"method": "POST"},
        {"path": "/api/counter/1/roll"}, {"digest": b"\0" * 32}, {"device": 7},
    ],
)  # fmt: skip
def test_a_signature_of_another_call_or_device_opens_nothing(phone: Phone, forged: dict[str, Any]) -> None:
    status, answer = phone.call("GET", "state", forged=forged)
    assert status == 401 and answer["error"] == "unknown-device"


@pytest.mark.parametrize("header", ["", "AAAA", "!!!!", "x" * 5000, "é"])
def test_a_header_that_is_no_signature_is_refused(phone: Phone, header: str) -> None:
    status, answer = send(
        phone.server, "GET", "/api/counter/1/state", headers={"Evenhand-Device": header.encode().decode("latin-1")}
    )
    assert status == 401 and "sign" in answer["message"]


def receipts(store: Store, households: str) -> list[bytes]:
    drafts = []
    for name in households.split():
        r = code.decode(paper().coupons[name, "2008-03"])
        items = (("grain", 16 * int(name[1])),)
        drafts.append(Receipt(1, None, store.programme.id, MARCH, "Alder", "phone-Alder", tag_of(r), r, items, "kim"))
    return chain(drafts, store.keys.device("phone-Alder"))


def test_receipts_count_once_gaps_are_named_and_the_day_closes_with_a_head_both_sides_signed(
    phone: Phone, store: Store
) -> None:
    first, second, third = receipts(store, "A1 A2 A3")
    path = f"receipts?cycle={MARCH}"
    status, answer = phone.call("POST", path, third)
    assert (status, answer["new"], answer["missing"], answer["head"]["receipts"]) == (200, 1, [[1, 2]], 0)
    early = Head(store.programme.id, MARCH, "phone-Alder", 3, sha256(third).digest())
    signed = write_head(early, store.keys.device("phone-Alder"))
    status, answer = phone.call("POST", f"close?cycle={MARCH}", signed)
    assert status == 409 and "receipt 2" in answer["message"]  # nothing is lost in silence
    status, answer = phone.call("POST", path, third + second + first + second)
    assert (answer["new"], answer["known"], answer["missing"], answer["forked"]) == (2, 2, [], False)
    assert read_head(answer["acknowledged"], store.keys.log_vkey.public_key) == early
    for _ in range(2):  # sent again it is the same
        assert phone.call("POST", f"close?cycle={MARCH}", signed) == (200, {"closed": True})
    assert state(phone)["cycles"][0]["points"][0]["closed"]


@pytest.mark.parametrize("body", [b"", b"\xff", b"\x9f", b"\x84", b"\x01", b"\xa0" * 501, b"\x80" * 10])
def test_what_is_no_receipt_changes_nothing(phone: Phone, store: Store, body: bytes) -> None:
    before = store.rows("select count(*) from receipt")
    status, answer = phone.call("POST", f"receipts?cycle={MARCH}", body)
    assert status in (400, 409) or answer["new"] == 0
    assert store.rows("select count(*) from receipt") == before


def enrol(server: str, token: str, key: Ed25519PrivateKey) -> tuple[int, Any]:
    public = key.public_key().public_bytes_raw()
    return send(
        server, "POST", "/api/counter/1/enrol", cbor.dumps({"token": token, "public_key": public, "agent": "test"})
    )


def test_a_phone_enrols_with_a_key_of_its_own_and_a_second_one_with_the_same_code_is_refused(
    server: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.execute("insert into node (node, name, kind) values ('Cedar', 'Cedar', 'point') on conflict do nothing")
    monkeypatch.setattr(store, "clock", read_clock)  # an invitation runs out after an hour of the server's own clock
    token, key = b"0123456789abcdef", Ed25519PrivateKey.generate()
    link = invite(store, "phone-Cedar", ["Cedar"], token)
    assert find_claim(store, token) is None
    status, answer = enrol(server, link, key)
    assert (status, answer["status"], answer["points"], answer["certificate"]) == (200, "waiting", ["Cedar"], None)
    status, refused = enrol(server, link, Ed25519PrivateKey.generate())
    assert status == 409 and "another phone answered" in refused["message"]
    claim = find_claim(store, token)
    assert claim is not None and claim.digits == answer["digits"] and len(claim.digits) == 6
    certify(store, claim, ROOT)
    assert enrol(server, link, key)[1]["status"] == "certified"
    mine = Phone(server, store.programme.origin, "phone-Cedar", Signer(key.public_key().public_bytes_raw(), key.sign))
    assert state(mine)["points"] == ["Cedar"]
    assert mine.call("GET", f"roll?cycle={MARCH}&point=Alder")[0] == 409


@pytest.mark.parametrize("token", ["", "0000", "0000-0000-0000-0000-0000-0000-0000", "x" * 300])
def test_a_code_nobody_gave_is_refused(server: str, token: str) -> None:
    status, answer = enrol(server, token, Ed25519PrivateKey.generate())
    assert status == 409 and "code" in answer["message"]


def note(store: Store, text: str, **changed: Any) -> bytes:
    fields = {
        "name": "evenhand/note/v1", "sequence": 1, "programme": store.programme.id, "cycle": MARCH, "device": "phone-Alder",
        "point": "Alder", "tag": bytes(16), "kind": "complaint", "text": text, "receipt": 0, "at": 1_204_400_000,
    }  # fmt: skip
    return cose.sign1(list((fields | changed).values()), store.keys.device("phone-Alder"))


def test_notes_are_kept_once_and_a_batch_with_a_false_one_keeps_none(phone: Phone, store: Store) -> None:
    path = f"notes?cycle={MARCH}"
    batch = note(store, "the rice is wet") + note(store, "خبز")
    assert phone.call("POST", path, batch) == (200, {"new": 2, "known": 0})
    assert phone.call("POST", path, batch) == (200, {"new": 0, "known": 2})
    for false in ({"device": "phone-Birch"}, {"point": "Birch"}, {"cycle": "2008-04/1"}, {"receipt": -1}, {"tag": b""}):
        status, answer = phone.call("POST", path, note(store, "a third") + note(store, "x", **false))
        assert status == 409 and "no note of this phone" in answer["message"]
    assert store.rows("select count(*) from counter_note") == [(2,)]
