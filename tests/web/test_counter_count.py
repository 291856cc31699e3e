"""A short lorry to Alder, counted in on its phone: what the server answers is what the phone worked out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from actions.village import MARCH, at
from folders import clock, copy_data, open_folder
from web.served import Phone, serving

from evenhand.actions.close import close, final_rolls
from evenhand.actions.publish import publish
from evenhand.actions.receive import receive
from evenhand.formats import cbor, cose
from evenhand.store import Store, open_store

PATH = f"count?cycle={MARCH}&point=Alder"
TO_ALDER = f"{MARCH}-W00001"


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with open_folder() as folder, open_store(copy_data(at("open"), folder), clock) as opened:
        yield opened


@pytest.fixture(scope="module")
def phone(store: Store) -> Iterator[Phone]:
    with serving(store.data) as address:
        yield Phone(address, store.programme.origin, "phone-Alder", store.keys.device("phone-Alder"))


def body(phone: Phone, counted: dict[str, Any], lines: list[Any] | None = None, point: str = "Alder") -> bytes:
    signed = cose.sign1(["evenhand/count/v1", "relief", MARCH, point, counted], phone.signer)
    return cbor.dumps({"cose": signed, "lines": lines or []})


LINES = [[TO_ALDER, "grain", "G1", 0, 202, 4, "bags torn"], [TO_ALDER, "oil", "O1", 0, 34, 0, ""]]
SHORT = {"grain": 202, "oil": 34}


def test_a_short_lorry_is_counted_recut_and_handed_out_and_the_month_verifies(phone: Phone, store: Store) -> None:
    status, answer = phone.call("POST", PATH, body(phone, SHORT, LINES))
    assert status == 409 and "its goods wait at Barn" in answer["message"]
    receive(store, MARCH, {"Barn": {"grain": 432, "oil": 68}})
    (point,) = phone.call("GET", "state")[1]["cycles"][0]["points"]
    assert point["expected"] == [[TO_ALDER, "Barn", "grain", 216], [TO_ALDER, "Barn", "oil", 34]]
    status, answer = phone.call("POST", PATH, body(phone, SHORT, LINES))
    assert (status, answer["counted"]) == (200, SHORT), answer
    # On paper: a ninth of 202 is 22 of reserve, 180 for 12 people: 15 steps (7.5 kg) a head instead of 16. The floor is
    # 144, above it lie 96 steps: 36 of 96 = 3/8. Nobody is owed anything from before.
    (cut,) = answer["recut"]
    benefit, counted, reserve, carry, rungs, num, den, units = cut
    assert (benefit, counted, reserve, carry, rungs, units) == ("grain", 202, 22, 0, 1, 180)
    assert Fraction(int(num), int(den)) == Fraction(3, 8)
    rations = sorted(row[0] for row, point in _rations(store) if point == "Alder")
    assert rations == [15, 30, 45, 90]
    kept = store.rows(
        "select benefit, sent, received, damaged, missing, reason from goods_received where waybill = %s", (TO_ALDER,)
    )
    assert kept == [("grain", 216, 202, 4, 10, "bags torn, lot G1"), ("oil", 34, 34, 0, 0, "")]
    again = phone.call("POST", PATH, body(phone, SHORT, LINES))
    assert again == (200, answer)  # sent again it is the same
    status, other = phone.call("POST", PATH, body(phone, {"grain": 201, "oil": 34}))
    assert status == 409 and "otherwise before" in other["message"]


def _rations(store: Store) -> list[tuple[list[int], str]]:
    table = final_rolls(store, MARCH)
    return list(zip(table["rations"].to_pylist(), table["point"].to_pylist(), strict=True))


def test_what_the_phone_counted_is_checked_from_outside(phone: Phone, store: Store, tmp_path: Path) -> None:
    receive(store, MARCH, {"Birch": {"grain": 216, "oil": 34}})
    close(store, MARCH, "boris")
    out = publish(store, MARCH, "boris", store.data.parent / "out")
    checker = Path(sys.executable).with_name("evenhand-verify")
    found = subprocess.run([checker, out, "--json"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
    names = {check["name"] for check in json.loads(found.stdout)["checks"]}
    assert {"counts", "recut", "goods-received"} <= names


@pytest.mark.parametrize(
    ("counted", "lines", "point", "words"),
    [
        ({"grain": -1}, [], "Alder", "no count of this phone"),
        ({"grain": "1"}, [], "Alder", "no count of this phone"),
        ({"grain": True}, [], "Alder", "no count of this phone"),
        (SHORT, [], "Birch", "no count of this phone"),
        (SHORT, [["W", "grain", "", 0, 1, 0]], "Alder", "a line of the count"),
        (SHORT, [["W", "grain", "", 0, -1, 0, ""]], "Alder", "a line of the count"),
        (SHORT, [7], "Alder", "a line of the count"),
    ],
)
def test_what_is_no_count_is_refused_in_words(
    phone: Phone, counted: dict[str, Any], lines: list[Any], point: str, words: str
) -> None:
    status, answer = phone.call("POST", PATH, body(phone, counted, lines, point))
    assert status == 409 and words in answer["message"] and answer["remedy"]


def test_only_the_holder_of_a_point_counts_there_and_only_by_its_own_key(phone: Phone, store: Store) -> None:
    birch = Phone(phone.server, phone.origin, "phone-Birch", store.keys.device("phone-Birch"))
    status, answer = birch.call("POST", PATH, body(birch, SHORT))
    assert status == 409 and "does not hold" in answer["message"]
    status, answer = phone.call("POST", PATH, body(birch, SHORT))
    assert status == 409 and "no count of this phone" in answer["message"]
