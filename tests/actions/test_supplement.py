"""Supplementary lists: from the reserve alone, by two persons, on the phone, in the books, and in front of the checker."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.parquet as pq
import pytest
from actions import months as monthly
from actions.newcomers import Late, failing, late
from actions.program import verify
from actions.village import ANA, BORIS, MARCH, at, secret
from folders import clock, copy_data, open_folder

from evenhand.actions import countersign, supplement
from evenhand.actions.cards import issue_cards
from evenhand.actions.cycles import find
from evenhand.actions.importing import import_file, policy_in_force
from evenhand.actions.point_news import news_file, point_news
from evenhand.actions.point_paper import Wish, _Work
from evenhand.actions.reserve import reserve_left
from evenhand.core.errors import InputError, UsageError
from evenhand.engines.duckdb import DuckDB
from evenhand.formats import cose
from evenhand.store import open_store


@pytest.fixture
def march() -> Iterator[Late]:
    with late() as found:
        yield found


def test_a_list_shares_the_reserve_and_its_households_see_why(march: Late) -> None:
    made = march.listed("A8", "A9")
    assert made.rations == {"A8": {"grain": 12, "oil": 2}, "A9": {"grain": 12, "oil": 2}}  # 24 and 4 in reserve
    assert made.levels["grain"] == (1, 0, 1)
    assert (made.proposed_by, made.confirmed_by) == ("ana", "boris")
    assert reserve_left(march.store, find(march.store, MARCH), "Alder") == {"grain": 0, "oil": 0}
    march.hands_over("A8")
    folder = march.publishes()
    done = verify(folder)
    assert done.returncode == 0, done.stdout
    assert "PASS supplement: 1 list of 2 households, promised 24 of grain, 4 of oil" in done.stdout
    table = pq.read_table(folder / "tables" / "supplements.parquet").to_pylist()
    assert {(r["benefit"], r["households"], r["rations"]) for r in table} == {("grain", 2, 24), ("oil", 2, 4)}
    left = pq.read_table(folder / "tables" / "left.parquet").to_pylist()
    alder = {(r["kind"], r["benefit"]): r["amount"] for r in left if r["point"] == "Alder"}
    assert alder["uncollected", "grain"] == (96 + 12) * 500  # A6 and A9 did not come
    for household, ended in (("A8", "redeemed"), ("A9", "not collected")):
        said = verify("card", march.paper.slips[household], folder)
        assert said.returncode == 0, said.stdout
        assert "level of list S001 1" in said.stdout
        assert ended in said.stdout


def test_one_newcomer_stands_at_the_level_of_the_point_and_is_not_told_of(march: Late) -> None:
    made = march.listed("A8")
    assert made.rations == {"A8": {"grain": 16, "oil": 2}}
    march.hands_over("A8", "A6")
    folder = march.publishes()
    done = verify(folder)
    assert done.returncode == 0, done.stdout
    table = pq.read_table(folder / "tables" / "supplements.parquet").to_pylist()
    assert {(r["households"], r["rations"]) for r in table} == {(None, None)}


def test_who_was_contested_before_leaves_less_for_the_list(march: Late) -> None:
    march.hands_over()  # A3 came twice: 48 steps, of which the reserve had 24
    assert march.propose("A8").rations == {"A8": {"grain": 0, "oil": 0}}


def test_a_list_that_waits_is_no_roll_and_a_reserve_used_meanwhile_stops_it(march: Late) -> None:
    waits = march.propose("A8", "A9")
    assert point_news(march.store, find(march.store, MARCH), "Alder") == {"supplements": [], "held": []}
    march.hands_over()
    with pytest.raises(UsageError, match="the reserve of Alder was used since: 24 steps of grain where 0 are left"):
        supplement.confirm(march.store, MARCH, waits.number, "boris", BORIS)


def test_the_phone_gets_rows_like_those_of_its_roll_in_the_state_and_as_a_file(march: Late) -> None:
    march.listed("A8", "A9")
    news = point_news(march.store, find(march.store, MARCH), "Alder")
    [[number, rows]] = news["supplements"]
    assert number == "S001"
    assert [row[2:7] for row in sorted(rows, key=lambda row: row[2])] == [
        ["Family A8", 1, [12, 2], [0, 0], [[6000, 4000], [0, 250]]],
        ["Family A9", 1, [12, 2], [0, 0], [[6000, 4000], [0, 250]]],
    ]
    signed = cose.parse(news_file(march.store, MARCH, "Alder"))
    assert cose.verify(signed, march.store.keys.log_vkey.public_key)
    assert signed.array()[:4] == ["evenhand/point-news/v1", march.store.programme.id, MARCH, "Alder"]
    assert signed.array()[5] == news


@pytest.mark.parametrize(
    ("households", "says"),
    [
        (["A1"], "stands on the roll of 2008-03/1 already"),
        (["B1"], "registered at Birch"),
        (["X"], "not registered"),
        (["A8", "A8"], "stands twice"),
    ],
)
def test_who_cannot_be_on_a_list_is_named(march: Late, households: list[str], says: str) -> None:
    with pytest.raises(InputError) as error:
        march.propose(*households)
    assert says in "\n".join(error.value.lines())


def test_nobody_is_listed_twice_and_a_number_is_never_used_again(march: Late) -> None:
    assert march.propose("A8").number == "S001"
    march.listed("A8")
    assert [one.number for one in supplement.lists(march.store, MARCH)] == ["S001", "S002"]
    for again in (lambda: march.propose("A8"), lambda: supplement.confirm(march.store, MARCH, "S001", "boris", BORIS)):
        with pytest.raises(InputError) as error:
            again()
        assert "stands on list S002" in "\n".join(error.value.lines())
    assert supplement.confirm(march.store, MARCH, "S002", "boris", BORIS).confirmed_by == "boris"


def test_a_second_person_must_confirm_by_command_and_by_sql(march: Late) -> None:
    made = march.propose("A8")
    with pytest.raises(UsageError, match="not enrolled as approver"):
        supplement.confirm(march.store, MARCH, made.number, "ana", ANA)
    with pytest.raises(UsageError, match="signature of a second person"):
        march.store.execute(
            "insert into countersign (programme, cycle, subject, role, person, digest, cose) values (%s, %s, %s, 'approver',"
            " ' ANA', %s, '')",
            (march.store.programme.id, MARCH, f"{MARCH}-S001", made.digest),
        )
    with pytest.raises(UsageError, match="not signed by two persons"):
        march.store.execute(
            "insert into roll_row (programme, cycle, tag, point, household, rations, supplement)"
            " values (%s, %s, %s, 'Alder', 'A8', '{12,2}', 'S001')",
            (march.store.programme.id, MARCH, bytes(16)),
        )


def test_a_file_changed_between_the_two_signatures_is_not_confirmed(march: Late) -> None:
    made = march.propose("A8")
    path = march.store.data / "cycles" / "2008-03-1" / "supplements" / "S001.cbor"
    path.write_bytes(path.read_bytes().replace(b"Alder", b"Birch"))
    with pytest.raises(UsageError, match="not the one that ana signed"):
        supplement.confirm(march.store, MARCH, made.number, "boris", BORIS)


def test_before_the_count_and_after_the_close_there_is_no_list() -> None:
    for state, says in (("open", "has not counted in"), ("closed", "is closed, not open")):
        with (
            open_folder() as folder,
            open_store(copy_data(at(state), folder), clock) as store,
            pytest.raises(UsageError, match=says),
        ):
            supplement.propose(store, DuckDB(), MARCH, "Alder", ["A1"], "late", "ana", ANA)


# What a forger who owns the program and the database would publish, and which check finds it.


def test_more_than_the_reserve_is_found(march: Late, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supplement, "reserve_left", lambda *_: {"grain": 100, "oil": 100})
    assert march.listed("A8", "A9").promised["grain"] == 32
    march.hands_over("A8", "A9")
    found = failing(march.checks())
    assert "32 steps are promised from a reserve of 24" in found["supplement"]


def test_more_than_the_reserve_is_found_where_too_few_are_told_of(march: Late, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supplement, "reserve_left", lambda *_: {"grain": 100, "oil": 100})
    monkeypatch.setattr(supplement, "levels_at", lambda *_: {"grain": (2, 0, 1), "oil": (2, 0, 1)})
    monkeypatch.setattr(supplement, "shares", _thrice(supplement.shares))
    assert march.listed("A8").promised["grain"] == 60
    march.hands_over()
    assert {"supplement", "left"} <= failing(march.checks()).keys()


def _thrice(shares):  # type: ignore[no-untyped-def]
    def more(*arguments):  # type: ignore[no-untyped-def]
        found = shares(*arguments)
        return supplement_shares(found.levels, {key: 3 * steps for key, steps in found.steps.items()})

    from evenhand.flow.cycle.supplementing import Shares as supplement_shares

    return more


def test_a_list_that_one_person_signed_twice_is_found(march: Late, monkeypatch: pytest.MonkeyPatch) -> None:
    made = march.propose("A8", "A9")
    honest = countersign.person_signer
    monkeypatch.setattr(countersign, "person_signer", lambda store, *_: honest(store, "ana", ANA, "preparer"))
    supplement.confirm(march.store, MARCH, made.number, "boris", BORIS)
    march.hands_over()
    assert 'one person signed twice: "ana"' in failing(march.checks())["supplement"]


def test_a_row_that_stands_on_the_roll_already_is_found(march: Late, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supplement, "_check_people", lambda *_: None)
    honest = supplement.roll_rows
    monkeypatch.setattr(supplement, "roll_rows", lambda rows, *more: honest(rows, *more).slice(0, 0))
    march.listed("A1", "A2")
    march.hands_over()
    found = failing(march.checks())
    assert "stands on the roll or list Alder already" in found["supplement"]


def test_what_a_newcomer_did_not_collect_is_owed_like_anybodys(monkeypatch: pytest.MonkeyPatch) -> None:
    def after_a_newcomer(store, cycle, rows, file):  # type: ignore[no-untyped-def]
        if cycle == MARCH:
            for kind, text in (
                ("households", "household,point,name\nA8,Alder,Family A8\n"),
                ("members", "household,member,birth_date,sex,occupation\nA8,1,1970-01-01,f,home\n"),
            ):
                path = store.data / f"{kind}.csv"
                path.write_text(text)
                import_file(store, DuckDB(), kind, path, policy_in_force(store))
            issue_cards(store, monthly.PERIODS, lambda households: [secret(h) for h in households])
            made = supplement.propose(store, DuckDB(), cycle, "Alder", ["A8"], "late", "ana", ANA)
            supplement.confirm(store, cycle, made.number, "boris", BORIS)
        return honest(store, cycle, rows, file)

    honest = monthly.hand_over
    monkeypatch.setattr(monthly, "hand_over", after_a_newcomer)
    policy = monthly.POLICY.replace('uncollected = "lapse"', 'uncollected = "carry 3 cycles"')
    with monthly.months(policy) as found:
        found.month("grain 216 kg; oil 10 l")
        found.month("grain 300 kg; oil 10 l")
        for period in ("2008-03", "2008-04"):
            done = found.verify(period)
            assert done.returncode == 0, done.stdout
        # 16 steps of grain and 2 of oil were promised in March: they stand on April's roll, beside what April gives.
        assert ("Alder", "grain", "uncollected", "2008-03", 16 * 500, 16) in found.owed("2008-04", "owed", "offered")
        assert found.rations("2008-04")["A8"] > 16


def test_the_printed_roll_has_newcomers_and_the_notice_of_a_row_that_is_held(march: Late) -> None:
    march.listed("A8", "A9")
    march.held("A6")
    work = _Work(march.store, find(march.store, MARCH), Wish(["Alder"], poster=True, roll=True))
    notice, families = work.papers("Alder")
    assert {family.name: family.rations["grain"] for family in families} == {
        "Family A1": 16, "Family A2": 32, "Family A3": 48, "Family A6 (H001)": 96, "Family A8": 12, "Family A9": 12,
    }  # fmt: skip
    assert sum(len(one.due) for one in notice.classes) == 0, "the notice tells of the roll, where k = 2 hides them all"
