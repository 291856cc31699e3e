"""A lost card: the next epoch counts from the first month that is not frozen, and then the old coupons serve no more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from actions.village import ANA, APRIL, BORIS, MARCH, POLICY, STEPS, adopted, at, paper
from folders import clock, copy_data, open_folder

from evenhand.actions.approve import approve
from evenhand.actions.card_paper import holders_of_paper
from evenhand.actions.cards import KEYS, Paper
from evenhand.actions.commit import commit
from evenhand.actions.compute import compute
from evenhand.actions.cycles import find
from evenhand.actions.draft import draft
from evenhand.actions.freeze import _check_may_freeze, freeze
from evenhand.actions.reissue import People, household_of, reissue, renew
from evenhand.core.errors import UsageError
from evenhand.core.period import month
from evenhand.engines.duckdb import DuckDB
from evenhand.formats import code
from evenhand.formats.tag import tag_of
from evenhand.render.sheets import Run
from evenhand.store import Store, open_store

pytest.importorskip("typst", reason="typst is not installed (extra paper)")
RUN = Run("relief", "a4")
BOTH = People("ana", ANA, "boris", BORIS)


def secrets(households: list[str]) -> list[bytes]:
    return [f"new {household:>12}".encode() for household in households]


def tags(store: Store, period: str) -> dict[str, bytes]:
    rows = store.rows(f"select household, tag from {KEYS} k", {"period": period})
    assert len(rows) == len(dict(rows))
    return {household: bytes(tag) for household, tag in rows}


def coupon_tag(household: str, period: str) -> bytes:
    return tag_of(code.decode(paper().coupons[household, period]))


def same(households: list[str]) -> list[bytes]:
    return [b"yet another one!"] * len(households)


def lost(store: Store, out: Path, **given: object) -> object:
    return reissue(store, "A2", "lost", BOTH, given.get("periods", ()), secrets, out, RUN)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "new"), [("drafted", {"2008-03", "2008-04"}), ("frozen", {"2008-04"}), ("open", {"2008-04"})]
)
def test_it_counts_from_the_first_month_whose_tags_are_not_fixed(tmp_path: Path, state: str, new: set[str]) -> None:
    with open_folder() as folder, open_store(copy_data(at(state), folder), clock) as store:
        number = store.rows("select number from card where household = 'A2'")[0][0]
        done = lost(store, tmp_path / "out")
        assert (done.number, done.epoch, set(done.periods)) == (number, 2, new)
        assert [path.parent.name for path in done.printed.files] == ["cards", "coupons", "slips"]
        for period in ("2008-03", "2008-04"):
            found = tags(store, period)
            assert set(found) == set(paper().cards)
            for household, tag in found.items():
                same = tag == coupon_tag(household, period)
                assert same == (household != "A2" or period not in new)
        row = store.rows("select reason, person, second, from_period from card where household = 'A2' and epoch = 2")
        assert row == [("lost", "ana", "boris", min(new))]


def test_the_next_roll_has_the_new_coupon_and_not_the_old(tmp_path: Path) -> None:
    with open_folder() as folder, open_store(copy_data(at("closed"), folder), clock) as store:
        lost(store, tmp_path / "out")
        draft(store, "2008-04", "ana")
        freeze(store, APRIL, "ana", ANA, "dice in April")
        compute(store, DuckDB(), APRIL, "ana", ANA, "1 2 3")
        approve(store, APRIL, "boris", BORIS)
        commit(store, APRIL, "boris")
        on_roll = {
            bytes(row[0]): row[1]
            for row in store.rows("select tag, household from roll_row where cycle = %s", (APRIL,))
        }
        assert on_roll[tags(store, "2008-04")["A2"]] == "A2"
        assert coupon_tag("A2", "2008-04") not in on_roll
        assert on_roll[coupon_tag("A1", "2008-04")] == "A1"


def test_lost_twice_is_the_third_epoch(tmp_path: Path) -> None:
    with open_folder() as folder, open_store(copy_data(at("open"), folder), clock) as store:
        lost(store, tmp_path / "one")
        done = reissue(store, "A2", "burnt", BOTH, (), same, tmp_path / "two", RUN)
        assert done.epoch == 3
        assert len(tags(store, "2008-04")) == 8
        with pytest.raises(UsageError, match="database refuses"):  # one secret for two cards
            reissue(store, "A3", "lost", BOTH, (), same, tmp_path / "three", RUN)
        assert store.rows("select max(epoch) from card where household = 'A3'") == [(1,)]


def test_a_lost_sheet_kills_its_later_months_even_where_no_new_coupon_is_printed_for_them(tmp_path: Path) -> None:
    with open_folder() as folder, open_store(copy_data(at("drafted"), folder), clock) as store:
        lost(store, tmp_path / "out", periods=["2008-03"])
        assert "A2" not in tags(store, "2008-04")
        with pytest.raises(UsageError) as caught:
            _check_may_freeze(store, replace(find(store, MARCH), period=month("2008-04")), "dice", [])
        assert "run: evenhand card renew 2008-04" in "".join(caught.value.lines())
        STEPS["frozen"](store, paper())
        done = renew(store, ["2008-04"], BOTH, secrets_of("renewed"), tmp_path / "april", RUN)
        assert done.cards == 1  # the others have theirs
        assert len(tags(store, "2008-04")) == 8


def secrets_of(word: str) -> object:
    return lambda households: [f"{word} {household:>8}".encode()[:16].ljust(16) for household in households]


def test_renewal_gives_everybody_new_coupons_for_months_to_come(tmp_path: Path) -> None:
    with open_folder() as folder, open_store(copy_data(at("open"), folder), clock) as store:
        done = renew(store, ["2008-05", "2008-06"], People("ana", ANA), secrets, tmp_path / "out", RUN)
        assert (done.cards, done.coupons) == (8, 16)
        assert len(tags(store, "2008-06")) == 8
        assert tags(store, "2008-04")["A2"] == coupon_tag("A2", "2008-04")
        assert store.rows("select count(distinct number) from card") == [(8,)]
        with pytest.raises(UsageError, match="every card has coupons"):
            renew(store, ["2008-05"], People("ana", ANA), secrets, tmp_path / "again", RUN)
        with pytest.raises(UsageError, match="fixed already"):
            renew(store, ["2008-03", "2008-07"], People("ana", ANA), secrets, tmp_path / "again", RUN)


def test_a_card_lost_after_a_renewal_counts_from_the_first_open_month_and_says_so(tmp_path: Path) -> None:
    with open_folder() as folder, open_store(copy_data(at("open"), folder), clock) as store:
        renew(store, ["2008-06"], People("ana", ANA), secrets, tmp_path / "june", RUN)
        done = reissue(store, "A2", "lost", BOTH, (), same, tmp_path / "lost", RUN)
        assert (done.epoch, done.periods) == (3, ("2008-04", "2008-06"))
        for period in done.periods:
            assert tags(store, period)["A2"] not in {coupon_tag("A2", "2008-04"), tags(store, period)["A1"]}
        slip = {"household": ["A2"], "card": ["0000000292"], "epoch": [3], "secret": [bytes(16)], "id": [bytes(16)]}
        coupons = {"household": ["A2"], "period": ["2008-04"], "r": [bytes(16)]}
        assert holders_of_paper(store, Paper(pa.table(slip), pa.table(coupons)))[0].since == "2008-04"


def test_what_is_refused_changes_nothing(tmp_path: Path) -> None:
    with open_folder() as folder, open_store(copy_data(at("open"), folder), clock) as store:
        for people, reason, periods, said in (
            (People("ana", ANA, "Ana ", ANA), "lost", (), "cannot confirm it"),
            (People("ana", ANA, "boris", "wrong"), "lost", (), "passphrase"),
            (People("eve", ANA), "lost", (), "nobody called"),
            (BOTH, "  ", (), "no reason"),
            (BOTH, "lost", ("2008-03",), "fixed already"),
            (BOTH, "lost", ("March",), "not a month"),
        ):
            with pytest.raises(UsageError, match=said):
                reissue(store, "A2", reason, people, periods, secrets, tmp_path / "out", RUN)
        for household, card, said in (
            ("A9", "", "no household"),
            ("", "0000000292x", "not a card number"),
            ("", "", "name the"),
            ("A2", "0000000292", "name the"),
            ("", code.card_number(99), "no card"),
        ):
            with pytest.raises(UsageError, match=said):
                household_of(store, household, card)
        assert household_of(store, "", paper().cards["A2"]) == "A2"
        assert store.rows("select count(*) from card where epoch > 1") == [(0,)]
        assert not (tmp_path / "out").exists()


def test_where_the_policy_asks_for_two_persons_one_is_refused(tmp_path: Path) -> None:
    with open_folder() as folder, open_store(copy_data(at("drafted"), folder), clock) as store:
        (tmp_path / "policy.toml").write_text(POLICY.replace("k = 2", 'k = 2\nreissue = "two persons"'))
        adopted(store, tmp_path / "policy.toml")
        with pytest.raises(UsageError, match="asks for two persons"):
            reissue(store, "A2", "lost", People("ana", ANA), (), secrets, tmp_path / "out", RUN)
        assert lost(store, tmp_path / "out")


def test_march_is_still_served_by_the_old_coupon_and_by_the_number(tmp_path: Path) -> None:
    with open_folder() as folder, open_store(copy_data(at("received"), folder), clock) as store:
        lost(store, tmp_path / "out")
        STEPS["redeemed"](store, paper())  # A2 comes without a coupon, by its number
        assert store.rows("select count(*) from receipt where cycle = %s and exception = 'no-coupon'", (MARCH,)) == [
            (1,)
        ]
