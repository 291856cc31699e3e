"""Stock and dispatch as a storekeeper meets them: each form right, wrong, by another role, for another area, and twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from actions.village import MARCH
from web.stores import KIM, Office, office

from evenhand.actions.stock import on_hand_at
from evenhand.store import Store

S = "/console/stock/"
BARN_BILL, ALDER_BILL = f"{MARCH}-W00003", f"{MARCH}-W00001"
OIL = {"node": "Mill", "commodity": "oil", "lot": "O2", "quantity": "2.5", "source": "Press", "best_before": "2011-04-01",
       "pack": ""}  # fmt: skip


@pytest.fixture(scope="module")
def desk() -> Iterator[Office]:
    with office("open") as found:
        yield found


def lies(store: Store, node: str, benefit: str) -> int:
    return sum(row[4] for row in on_hand_at(store, [f"node:{node}"]) if row[1] == benefit)


PAGES = ("", "arrivals/", "waybills/", "received/", "transfers/", "lanes/", "writeoffs/", "lorries/")


def test_pages_open_for_their_roles_and_show_another_area_nothing(desk: Office) -> None:
    for page in PAGES:
        assert desk["audit"].get(S + page).status == 200
        assert desk["judge"].get(S + page).status == 403
        told = desk["west"].get(S + page)
        assert told.status == 200 and "Alder" not in told.text and "Barn" not in told.text, page
    assert desk["west"].get(S + "?node=Alder").status == 403
    assert desk["west"].get(S + "?node=Shed").status == 200
    assert desk["west"].get(S + "waybills/print?from=Barn").status == 403
    assert '<form class="fields" method="post"' not in desk["audit"].get(S + "arrivals/").text


@pytest.mark.parametrize("language", ["fr", "ar", "hi"])
def test_every_page_is_in_the_readers_language_with_no_key_left_over(desk: Office, language: str) -> None:
    for page in (*PAGES, "?node=Mill", f"waybills/?bill={BARN_BILL}", "received/?node=Barn", "writeoffs/?node=Mill"):
        found = desk["kim"].get(S + page, **{"Accept-Language": language})
        assert f'<html lang="{language}"' in found.text
        assert not re.search(r"\b(st|ask|co)\.[a-z]+", re.sub(r'(href|src|action)="[^"]*"', "", found.text)), page


def test_what_came_is_entered_once_and_a_wrong_field_says_so_beside_it(desk: Office) -> None:
    page = S + "arrivals/"
    wrong = desk.post("kim", "add", page, **OIL | {"quantity": "2 kg", "best_before": "soon", "lot": ""})
    assert wrong.status == 422 and wrong.text.count('aria-invalid="true"') == 3
    assert 'value="2 kg"' in wrong.text  # nothing typed is lost
    assert desk.post("kim", "add", page, **OIL | {"node": "Alder"}).status == 422
    assert desk.post("west", "add", page, **OIL).status == 403
    assert desk.post("rita", "add", page, **OIL).status == 403
    assert desk.post("kim", "add", page, **OIL).status == 302
    twice = desk.post("kim", "add", page, **OIL)
    assert twice.status == 422 and "received there already" in twice.text
    with desk.store() as store:
        assert lies(store, "Mill", "oil") == 3200 + 2500
    assert "O2" in desk["kim"].get(S + "?node=Mill").text
    assert "O2" in desk["kim"].get(S).text  # past its day


def test_a_lorry_leaves_when_the_storekeeper_signs(desk: Office) -> None:
    page = S + "waybills/"
    assert "loaded" in desk["kim"].get(f"{page}?bill={BARN_BILL}").text
    right = {"bill": BARN_BILL, "carrier": "lorry 12", "passphrase": KIM}
    for fields in ({"carrier": ""}, {"passphrase": "no"}, {"bill": "W99"}):
        found = desk.post("kim", "send", page, **right | fields)
        assert found.status == 422 and KIM not in found.text
    assert desk.post("lee", "send", page, **right).status == 422  # no key is certified for lee
    assert desk.post("west", "send", page, **right).status == 422  # nothing of it is in the West, so there is none
    assert desk.post("boris", "send", page, **right).status == 403
    for _ in range(2):
        assert desk.post("kim", "send", page, **right).status == 302
    with desk.store() as store:
        assert store.rows("select subject from statement where kind = 'sent'") == [(BARN_BILL,)]
    assert "Signed: the lorry has left" in desk["kim"].get(f"{page}?bill={BARN_BILL}").text
    assert "goods wait at the depot" in desk["kim"].get(f"{page}?bill={ALDER_BILL}").text


def test_whoever_guesses_a_passphrase_is_stopped(desk: Office) -> None:
    right = {"bill": ALDER_BILL, "carrier": "lorry 12"}
    for _ in range(5):
        desk.post("lee", "send", S + "waybills/", **right, passphrase="guess")
    assert "too many attempts" in desk.post("lee", "send", S + "waybills/", **right, passphrase="guess").text


def test_a_depot_and_a_point_without_a_phone_are_counted_in(desk: Office) -> None:
    page = S + "received/"
    lines = {"came1": "216", "damaged1": "0", "reason1": "", "came2": "6.8", "damaged2": "", "reason2": ""}
    wrong = desk.post("kim", "enter", page, node="Barn", **lines | {"came1": "200", "came2": "6.85"})
    assert wrong.status == 422 and "whole number of 100" in wrong.text.replace("\u00a0", " ").replace("0.1 l", "100")
    unexplained = desk.post("kim", "enter", page, node="Barn", **lines | {"came1": "200"})
    assert unexplained.status == 422 and "without a reason" in unexplained.text and 'value="200"' in unexplained.text
    assert desk.post("west", "enter", page, node="Barn", **lines).status == 403
    assert desk.post("audit", "enter", page, node="Barn", **lines).status == 403
    assert desk.post("kim", "enter", page, node="Barn", **lines).status == 302
    assert desk.post("kim", "enter", page, node="Barn", **lines).status == 302  # the same again changes nothing
    assert desk.post("kim", "enter", page, node="Barn", **lines | {"came1": "215.5", "reason1": "mice"}).status == 422
    alder = {"node": "Alder", "came1": "101", "damaged1": "7", "reason1": "soaked", "came2": "3.4", "damaged2": "0"}
    key = desk.data / "keys" / "device-phone-Alder.key"
    kept = key.read_bytes()
    key.unlink()  # as if a phone held Alder
    assert "phone cannot" in desk["kim"].get(f"{page}?node=Alder").text
    bare = desk.post("kim", "enter", page, **alder)
    assert bare.status == 422 and "say why no phone counts here" in bare.text
    assert desk.post("kim", "enter", page, **alder, why="the phone drowned", passphrase="no").status == 422
    assert desk.post("kim", "enter", page, **alder, why="the phone drowned", passphrase=KIM).status == 302
    key.write_bytes(kept)
    key.chmod(0o600)
    told = desk["kim"].get(S + "?node=Alder").text
    assert "soaked" in told and "rations brought down" in told


def test_goods_move_between_points(desk: Office) -> None:
    page = S + "transfers/"
    right = {"from": "Birch", "to": "Alder", "commodity": "oil", "steps": "1", "received": "0.9", "on_the_way": "yes",
             "reason": "the lorry went wrong", "passphrase": KIM}  # fmt: skip
    for fields, said in (
        ({"to": "Birch"}, "the same point"), ({"steps": "40"}, "only 34 steps"), ({"reason": ""}, "no reason"),
        ({"steps": "1.05"}, "whole number"), ({"received": ""}, "how much came"),
    ):  # fmt: skip
        found = desk.post("kim", "enter", page, **right | fields)
        assert found.status == 422 and said in found.text, said
    assert desk.post("west", "enter", page, **right).status == 403
    assert desk.post("boris", "enter", page, **right).status == 403
    for _ in range(2):
        assert desk.post("kim", "enter", page, **right).status == 302
    assert desk["kim"].get(page).text.count("the lorry went wrong") == 1


def test_a_lane_closes_and_what_had_not_left_is_told(desk: Office) -> None:
    page = S + "lanes/"
    right = {"lane": "M", "reason": "the bridge is gone", "passphrase": KIM}
    for fields in ({"lane": "X"}, {"reason": " "}, {"passphrase": "no"}):
        assert desk.post("kim", "close", page, **right | fields).status == 422
    assert desk.post("west", "close", page, **right).status == 403
    assert desk.post("audit", "close", page, **right).status == 403
    done = desk.post("kim", "close", page, **right)
    assert done.status == 302
    assert "No waybill changed" in desk["kim"].get(done.headers["Location"]).text
    assert "closed already" in desk.post("kim", "close", page, **right).text


def test_stock_is_written_off_by_two_persons(desk: Office) -> None:
    page = S + "writeoffs/"
    right = {"node": "Mill", "lot": "oil/O1", "quantity": "1", "reason": "a drum <b>leaked</b>"}
    for fields in ({"quantity": "4"}, {"quantity": "x"}, {"reason": ""}, {"lot": "oil/none"}, {"lot": ""}):
        found = desk.post("kim", "propose", page, **right | fields)
        assert found.status == 422 and "There is a problem" not in found.text
    assert desk.post("west", "propose", page, **right).status == 403
    assert desk.post("boris", "propose", page, **right).status == 403
    assert desk.post("kim", "propose", page, **right).status == 302
    shown = desk["boris"].get(page).text
    assert "a drum &lt;b&gt;leaked" in shown
    number = re.search(r'name="proposal" value="(\d+)"', shown)
    assert number
    answer = {"proposal": number[1], "answer": "confirm"}
    assert desk.post("kim", "answer", page, **answer).status == 422
    assert desk.post("west", "answer", page, **answer).status == 403
    assert desk.post("audit", "answer", page, **answer).status == 403
    with desk.store() as store:
        before = lies(store, "Mill", "oil")
    assert desk.post("boris", "answer", page, **answer).status == 302
    assert desk.post("lee", "answer", page, **answer).status == 422
    with desk.store() as store:
        assert lies(store, "Mill", "oil") == before - 1000
    assert desk.post("kim", "answer", page, proposal="x", answer="confirm").status == 422


def test_lorries_need_places_and_say_so(desk: Office) -> None:
    found = desk["kim"].get(S + "lorries/?depot=Barn&number=2&load=200&fuel=28&days=1")
    assert found.status == 200 and "nobody wrote down where Barn lies" in found.text
    assert desk["kim"].get(S + "lorries/?depot=Barn&number=x&load=&fuel=28&days=999").status == 200
