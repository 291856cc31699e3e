"""Newcomers and held rows as a phone hears of them, and what it sends of them: from the state to the checker."""

from __future__ import annotations

from actions.newcomers import COMPLAIN, late
from actions.program import verify
from actions.village import BORIS, MARCH
from web.served import Phone, serving

from evenhand.actions import supplement
from evenhand.flow.redemption import HELD, Presented, Receipt, Row, chain, decide
from evenhand.formats import code


def test_a_phone_serves_a_newcomer_from_the_reserve_and_a_held_row_by_exception() -> None:
    with late() as march, serving(march.store.data) as address:
        store = march.store
        phone = Phone(address, store.programme.origin, "phone-Alder", store.keys.device("phone-Alder"))

        def point() -> dict:
            return phone.call("GET", "state")[1]["cycles"][0]["points"][0]

        waits = march.propose("A8", "A9")
        assert (point()["supplements"], point()["held"]) == ([], [])
        supplement.confirm(store, MARCH, waits.number, "boris", BORIS)
        made = march.held("A6", "identity")
        now = point()
        assert now["held"] == [[made.tag, "identity", "H001", COMPLAIN]]
        [[number, rows]] = now["supplements"]
        assert number == "S001"
        assert now["rows"] == 4, "the roll and its tags are as committed"
        newcomer = next(row for row in rows if row[2] == "Family A8")
        r = code.decode(march.paper.coupons["A8", "2008-03"])
        due = dict(zip(("grain", "oil"), newcomer[4], strict=True))
        served = decide(Row(newcomer[0], due, None, from_reserve=True), Presented(r), {"grain": 24, "oil": 4})
        roll = phone.call("GET", f"roll?cycle={MARCH}&point=Alder")[1]
        row = next(row for row in roll["rows"] if row[0] == made.tag)
        held = Row(row[0], dict(zip(("grain", "oil"), row[4], strict=True)), held=True)
        assert decide(held, Presented(bytes(16)), {}).verdict == "refuse"
        excused = decide(held, Presented(exception=HELD), {})
        batch = chain(
            [
                Receipt(
                    1,
                    None,
                    "relief",
                    MARCH,
                    "Alder",
                    "phone-Alder",
                    one.tag,
                    one.proof,
                    tuple(one.items.items()),
                    "Chun",
                )
                for one in (served, excused)
            ],
            phone.signer,
        )
        status, answer = phone.call("POST", f"receipts?cycle={MARCH}", b"".join(batch))
        assert (status, answer["new"], answer["refused"]) == (200, 2, [])
        folder = march.publishes()
        done = verify(folder)
        assert done.returncode == 0, done.stdout
        assert "PASS supplement: 1 list of 2 households" in done.stdout
        assert "PASS held: 1 notice, 0 lifted, 0 rows held at the close" in done.stdout
