"""A month whose policy asks for a PIN: from the enrolment at the office to the visit afterwards, over the network."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from actions import village
from actions.village import ANA, MARCH, STEPS, read_paper
from folders import clock, make_data, open_folder
from web.served import Phone, serving

from evenhand.actions.close import close
from evenhand.actions.factors import Said, enrol_factor
from evenhand.actions.follow_up import found_at, tally, visits
from evenhand.actions.hand_over import hand_over
from evenhand.core.errors import UsageError
from evenhand.formats import cbor, factor
from evenhand.formats.code import decode
from evenhand.formats.tag import tag_of
from evenhand.store import Store, open_store


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with open_folder() as found, pytest.MonkeyPatch.context() as patch:
        said = village.POLICY.replace("k = 2\n", 'k = 2\nsecond_factor = "pin"\nfollow_up = "1/2"\n')
        patch.setattr(village, "POLICY", said)
        with open_store(make_data(found), clock) as store:
            village.set_up(store, found)
            for step in list(STEPS)[: list(STEPS).index("received") + 1]:
                STEPS[step](store, read_paper(found / "paper"))
            enrol_factor(store, "A2", Said("pin", "4071"), "ana", ANA)
        yield found


def phone_at(server: str, store: Store) -> Phone:
    return Phone(server, store.programme.origin, "phone-Alder", store.keys.device("phone-Alder"))


def test_a_phone_is_given_a_check_tests_it_with_the_coupon_and_asks_the_server_without(folder: Path) -> None:
    with open_store(folder / "data", clock) as store, serving(folder / "data") as server:
        phone, paper = phone_at(server, store), read_paper(folder / "paper")
        r = decode(paper.coupons["A2", "2008-03"])
        said = {
            pin: factor.stretched(pin, store.programme.origin, store.programme.id, paper.cards["A2"])
            for pin in ("4071", "1704")
        }
        _, answer = phone.call("GET", f"factors?cycle={MARCH}&point=Alder")
        assert answer == {
            "factor": "pin",
            "rows": [[tag_of(r), factor.check(factor.factor_key(r), said["4071"]), None, None]],
        }
        cycle = phone.call("GET", "state")[1]["cycles"][0]
        assert (cycle["second_factor"], cycle["presence"]) == ("pin", "coupon")
        assert cycle["points"][0]["factors"] == sha256(cbor.dumps(answer)).digest()

        def ask(pin: str) -> Any:
            body = cbor.dumps({"tag": tag_of(r), "stretched": said[pin]})
            return phone.call("POST", f"factor?cycle={MARCH}&point=Alder", body)

        assert [ask("1704")[1], ask("4071")[1]] == [{"holds": False, "left": 2}, {"holds": True, "left": 2}]
        tag = tag_of(r).hex()
        assert phone.call("GET", f"photo?cycle={MARCH}&point=Alder&tag={tag}")[0] == 404


def test_who_is_served_without_the_pin_is_an_exception_and_some_are_visited(folder: Path) -> None:
    with open_store(folder / "data", clock) as store:
        paper = read_paper(folder / "paper")
        rows = [
            {"point": "Alder", "card": paper.cards["A2"], "coupon": "", "exception": "factor differs"},
            {"point": "Alder", "card": paper.cards["A3"], "coupon": "", "exception": "no-coupon"},
            {"point": "Alder", "card": "", "coupon": paper.coupons["A1", "2008-03"], "exception": ""},
        ]
        hand_over(store, MARCH, rows, "given.csv")
        with pytest.raises(UsageError, match="not closed"):
            visits(store, MARCH)
        close(store, MARCH, "boris")
        [visit] = visits(store, MARCH)
        assert (visit.point, visit.found) == ("Alder", "")
        assert (visit.household, visit.reason) in {("A2", "factor differs"), ("A3", "no-coupon")}
        found_at(store, MARCH, visit.household, "received", "all of it", "ana", ANA)
        assert tally(visits(store, MARCH)) == {"received": 1}
        for household, word in (("A1", "received"), (visit.household, "perhaps")):
            with pytest.raises(UsageError):
                found_at(store, MARCH, household, word, "", "ana", ANA)
