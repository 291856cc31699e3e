"""Held rows: by two persons, for a reason and with a notice, served by exception, kept at the close, and checked."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.parquet as pq
import pytest
from actions import months as monthly
from actions.months import months
from actions.newcomers import COMPLAIN, Late, failing, late
from actions.program import verify
from actions.village import ANA, BORIS, MARCH, _rows, handed_over, paper

from evenhand.actions import close as closing
from evenhand.actions import countersign, hold
from evenhand.actions.cycles import find
from evenhand.actions.hand_over import hand_over
from evenhand.actions.hold_notice import print_notice
from evenhand.actions.point_news import point_news
from evenhand.core.errors import InputError, UsageError


@pytest.fixture
def march() -> Iterator[Late]:
    with late() as found:
        yield found


def test_a_held_row_ends_as_held_its_ration_is_kept_and_its_household_can_tell_why(march: Late) -> None:
    made = march.held("A6", "deceased")
    assert (made.notice, made.proposed_by, made.confirmed_by) == ("H001", "ana", "boris")
    news = point_news(march.store, find(march.store, MARCH), "Alder")
    assert news["held"] == [[made.tag, "deceased", "H001", COMPLAIN]]
    march.hands_over()
    folder = march.publishes()
    done = verify(folder)
    assert done.returncode == 0, done.stdout
    assert "PASS held: 1 notice, 0 lifted, 1 row held at the close; most at Alder: 1 of 4" in done.stdout
    left = pq.read_table(folder / "tables" / "left.parquet").to_pylist()
    alder = {(r["kind"], r["benefit"]): (r["amount"], r["lapsed"]) for r in left if r["point"] == "Alder"}
    assert alder["remedy", "grain"] == (96 * 500, 0)  # what the policy lets lapse is kept: nobody was late
    assert alder["remedy", "oil"] == (15 * 100, 0)
    assert ("uncollected", "grain") not in alder
    assert pq.read_table(folder / "tables" / "held.parquet").to_pylist() == [
        {"area": "", "reason": "several", "placed": None, "lifted": None, "ended": None}
    ]
    said = verify("card", paper().slips["A6"], folder)
    assert said.returncode == 0, said.stdout
    assert "held and not given: notice H001, reason deceased; your ration is kept" in said.stdout
    # The reason can be read by nobody else.
    assert not [
        path
        for path in folder.rglob("*")
        if path.is_file() and b"deceased" in path.read_bytes() and path.name not in ("README.md", "datapackage.json")
    ]


def test_what_was_kept_is_on_the_roll_of_the_next_month(monkeypatch: pytest.MonkeyPatch) -> None:
    def held_then_closed(store, cycle, *more, **named):  # type: ignore[no-untyped-def]
        if cycle == MARCH:
            one = hold.propose(store, cycle, "A6", "identity", COMPLAIN, "ana", ANA)
            hold.confirm(store, cycle, one.notice, "boris", BORIS)
        return closing.close(store, cycle, *more, **named)

    monkeypatch.setattr(monthly, "close", held_then_closed)
    with months() as found:
        found.month("grain 216 kg; oil 10 l", absent=["A6"])
        march = found.rations("2008-03")["A6"]
        found.month("grain 300 kg; oil 10 l")
        assert ("Alder", "grain", "remedy", "2008-03", march * 500, march) in found.owed("2008-04", "owed", "offered")
        assert found.rations("2008-04")["A6"] > march
        for period in ("2008-03", "2008-04"):
            done = found.verify(period)
            assert done.returncode == 0, done.stdout
        assert found.card("A6", "2008-04").returncode == 0


def test_a_released_row_is_served_and_may_be_held_again_under_another_notice(march: Late) -> None:
    march.held("A6")
    hold.propose_lift(march.store, MARCH, "H001", "ana", ANA)
    assert len(hold.held_now(march.store, MARCH)) == 1  # until the second person confirms
    hold.confirm(march.store, MARCH, "H001", "boris", BORIS)
    assert hold.held_now(march.store, MARCH) == []
    assert march.held("A6").notice == "H002"
    hold.propose_lift(march.store, MARCH, "H002", "ana", ANA)
    hold.confirm(march.store, MARCH, "H002", "boris", BORIS)
    march.hands_over("A6")
    done = march.checks()
    assert done.returncode == 0, done.stdout
    assert "PASS held: 2 notices, 2 lifted, 0 rows held at the close" in done.stdout


def test_a_held_row_is_served_by_its_own_exception_alone(march: Late) -> None:
    march.held("A6")
    with pytest.raises(InputError) as error:
        march.hands_over("A6")
    assert 'serve the card with the exception "held"' in "\n".join(error.value.lines())
    row = {"point": "Alder", "card": paper().cards["A6"], "coupon": "", "exception": "held"}
    hand_over(march.store, MARCH, [*_rows(handed_over(paper())), row], "handed.csv")
    folder = march.publishes()
    assert verify(folder).returncode == 0
    assert "served without the coupon (held)" in verify("card", paper().slips["A6"], folder).stdout


@pytest.mark.parametrize(
    ("household", "reason", "complain", "says"),
    [
        ("A6", "rude to the clerk", COMPLAIN, "is no reason to hold a row"),
        ("A6", "duplicate", " ", "says where to complain"),
        ("X", "duplicate", COMPLAIN, "has no row"),
    ],
)
def test_no_hold_without_a_reason_of_the_list_and_somewhere_to_complain(
    march: Late, household: str, reason: str, complain: str, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        hold.propose(march.store, MARCH, household, reason, complain, "ana", ANA)
    assert hold.acts(march.store, MARCH) == []


def test_one_person_holds_nobody_and_who_was_served_is_not_held(march: Late) -> None:
    hold.propose(march.store, MARCH, "A6", "duplicate", COMPLAIN, "ana", ANA)
    assert point_news(march.store, find(march.store, MARCH), "Alder")["held"] == []
    with pytest.raises(UsageError, match="not enrolled as approver"):
        hold.confirm(march.store, MARCH, "H001", "ana", ANA)
    with pytest.raises(UsageError, match="nothing is held by it"):
        hold.propose_lift(march.store, MARCH, "H001", "ana", ANA)
    # A proposal that nobody confirms stands in nobody's way, and once another one is confirmed it comes to nothing.
    march.held("A6", "moved")
    for again in (
        lambda: hold.propose(march.store, MARCH, "A6", "moved", COMPLAIN, "ana", ANA),
        lambda: hold.confirm(march.store, MARCH, "H001", "boris", BORIS),
    ):
        with pytest.raises(UsageError, match="the row of A6 is held already"):
            again()
    hold.propose(march.store, MARCH, "A1", "moved", COMPLAIN, "ana", ANA)
    march.hands_over()
    for served in (
        lambda: hold.propose(march.store, MARCH, "A1", "moved", COMPLAIN, "ana", ANA),
        lambda: hold.confirm(march.store, MARCH, "H003", "boris", BORIS),
    ):
        with pytest.raises(UsageError, match="A1 was served already"):
            served()


# What a forger who owns the program and the database would publish, and which check finds it.


def test_a_row_that_ends_as_held_without_an_entry_is_found(march: Late, monkeypatch: pytest.MonkeyPatch) -> None:
    tag = bytes(march.store.rows("select tag from roll_row where household = 'A6'")[0][0])
    monkeypatch.setattr(closing, "held_values", lambda *_: {tag: b"because we said so"[:16]})
    march.hands_over()
    assert "no hold with a reason stands" in failing(march.checks())["held"]


def test_a_held_household_that_is_said_not_to_have_come_is_found(march: Late, monkeypatch: pytest.MonkeyPatch) -> None:
    march.held("A6")
    monkeypatch.setattr(closing, "held_values", lambda *_: {})
    march.hands_over()
    assert "ended as if its household had not come" in failing(march.checks())["held"]


def test_a_hold_that_one_person_signed_twice_is_found(march: Late, monkeypatch: pytest.MonkeyPatch) -> None:
    made = hold.propose(march.store, MARCH, "A6", "duplicate", COMPLAIN, "ana", ANA)
    honest = countersign.person_signer
    monkeypatch.setattr(countersign, "person_signer", lambda store, *_: honest(store, "ana", ANA, "preparer"))
    hold.confirm(march.store, MARCH, made.notice, "boris", BORIS)
    march.hands_over()
    assert 'one person signed twice: "ana"' in failing(march.checks())["held"]


def test_a_notice_is_printed_for_what_is_held_alone(march: Late) -> None:
    pytest.importorskip("typst", reason="typst is not installed (extra paper)")
    hold.propose(march.store, MARCH, "A6", "duplicate", COMPLAIN, "ana", ANA)
    with pytest.raises(UsageError, match="H001 is not confirmed"):
        print_notice(march.store, MARCH, "H001")
    hold.confirm(march.store, MARCH, "H001", "boris", BORIS)
    assert print_notice(march.store, MARCH, "H001", "ar").startswith(b"%PDF")
