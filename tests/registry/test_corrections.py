"""Corrections and removals of households: entries with who and why; two persons; nobody vanishes while a case is open."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress

import pytest
from actions.village import at
from folders import NOW, clock, copy_data, open_folder
from registry.roles import grant

from evenhand.actions.complain import Complaint, complain
from evenhand.actions.correct import changes_of, correct, current
from evenhand.actions.cycles import newest
from evenhand.actions.registry_search import at_points, hits, search
from evenhand.actions.removal import announce, announced, confirm, gone, standing, take_back
from evenhand.core.errors import InputError, UsageError
from evenhand.engines.duckdb import DuckDB
from evenhand.store import Store, open_store

ENGINE = DuckDB()
LATER = NOW + 29 * 86_400


class Undone(Exception):
    """Ends a test's transaction."""


@pytest.fixture(scope="module")
def office() -> Iterator[Store]:
    """The villages with March frozen; rita and otto are registrars everywhere, rose in their valley, wim in another."""
    with open_folder() as folder, open_store(copy_data(at("frozen"), folder), clock) as found:
        grant(found, "rita", "registrar")
        grant(found, "otto", "registrar")
        grant(found, "rose", "registrar", "V")
        found.execute("insert into area (pcode, name, parent, level) values ('W', 'The other valley', null, 0)")
        grant(found, "wim", "registrar", "W")
        grant(found, "ana", "policy")
        yield found


@pytest.fixture()
def store(office: Store) -> Iterator[Store]:
    """The same for one test: what it writes is undone."""
    with suppress(Undone), office.transaction():
        yield office
        office.clock = clock  # type: ignore[method-assign]
        raise Undone


def later(store: Store) -> None:
    store.clock = lambda: LATER  # type: ignore[method-assign]


def test_a_correction_is_an_entry_with_old_new_who_and_why_and_the_newest_counts(store: Store) -> None:
    correct(store, ENGINE, "A1", "name", "Pak", "misspelt", "rita")
    correct(store, ENGINE, "A1", "name", "Paek", "misspelt again", "otto")
    assert current(store, "A1", "", "name") == "Paek"
    assert [(c.old, c.new, c.person, c.reason) for c in changes_of(store, "A1")] == [
        ("Pak", "Paek", "otto", "misspelt again"), ("Family A1", "Pak", "rita", "misspelt"),
    ]  # fmt: skip
    assert store.rows("select name from household where household = 'A1'") == [("Family A1",)]


def test_a_member_is_corrected_leaves_and_comes_back(store: Store) -> None:
    correct(store, ENGINE, "A2", "birth_date", "1971-02-28", "by the paper", "rita", member="2")
    assert current(store, "A2", "2", "birth_date") == "1971-02-28"
    correct(store, ENGINE, "A2", "listed", "no", "died in March", "rita", member="2")
    assert store.rows("select member from member_now where household = 'A2'") == [("1",)]
    with pytest.raises(UsageError):
        correct(store, ENGINE, "A2", "name", "Kim", "typed too late", "rita", member="2")
    correct(store, ENGINE, "A2", "listed", "yes", "it was another", "rita", member="2")
    assert len(store.rows("select from member_now where household = 'A2'")) == 2


def test_what_was_frozen_keeps_what_it_froze(store: Store) -> None:
    cycle = newest(store)
    hashes = store.rows('select snapshots from "freeze" where cycle = %s', (cycle,))[0][0]
    correct(store, ENGINE, "A1", "point", "Birch", "moved", "rita")
    rows = store.snapshots.table(hashes["households"]).to_pylist()
    assert next(row["point"] for row in rows if row["household"] == "A1") == "Alder"


@pytest.mark.parametrize(
    ("field", "value", "member"),
    [
        ("point", "Nowhere", ""), ("point", "Mill", ""), ("point", "", ""), ("name", "x" * 400, ""),
        ("name", "a\u202eb", ""),
        ("birth_date", "1971-02-30", "1"), ("birth_date", "2999-01-01", "1"), ("birth_date", "", "1"), ("sex", "x", "1"),
        ("occupation", "king", "1"), ("listed", "maybe", "1"),
    ],
)  # fmt: skip
def test_what_no_list_could_hold_is_refused_and_nothing_is_written(
    store: Store, field: str, value: str, member: str
) -> None:
    with pytest.raises(InputError) as refused:
        correct(store, ENGINE, "A1", field, value, "a reason", "rita", member)
    assert refused.value.problems[0].field == field and refused.value.problems[0].remedy
    assert changes_of(store, "A1") == []


@pytest.mark.parametrize(
    ("household", "field", "value", "reason", "person", "member"),
    [
        ("A1", "name", "Pak", "", "rita", ""), ("A1", "name", "Pak", "x" * 501, "rita", ""),
        ("A1", "serial", "7", "why", "rita", ""), ("A1", "household", "A9", "why", "rita", ""),
        ("A9", "name", "Pak", "why", "rita", ""), ("A1", "name", "Family A1", "why", "rita", ""),
        ("A1", "name", "Pak", "why", "ana", ""), ("A1", "name", "Pak", "why", "wim", ""),
        ("A1", "name", "Pak", "why", "nobody", ""), ("A1", "sex", "f", "why", "rita", "9"),
    ],
)  # fmt: skip
def test_who_may_not_or_says_not_why_corrects_nothing(
    store: Store, household: str, field: str, value: str, reason: str, person: str, member: str
) -> None:
    with pytest.raises(UsageError):
        correct(store, ENGINE, household, field, value, reason, person, member)
    assert store.rows("select from household_change") == []


def test_a_registrar_corrects_in_their_own_area_and_below(store: Store) -> None:
    assert correct(store, ENGINE, "A1", "name", "Pak", "misspelt", "rose").person == "rose"


def test_a_removal_takes_two_persons_a_reason_and_its_days(store: Store) -> None:
    announce(store, "A1", "moved abroad", "letter on 3 March", "rita")
    assert standing(store, "A1").stands == "announced" and gone(store) == []
    assert [one.household for one in announced(store, frozenset({"Alder"}))] == ["A1"]
    assert announced(store, frozenset({"Birch"})) == []
    with pytest.raises(UsageError, match="28 more days to object"):
        confirm(store, "A1", "otto")
    later(store)
    for person in ("rita", "RITA ", "ana", "wim"):
        with pytest.raises(UsageError):
            confirm(store, "A1", person)
    assert confirm(store, "A1", "otto").stands == "removed"
    assert gone(store) == ["A1"]
    with pytest.raises(UsageError):
        announce(store, "A1", "again", "letter", "rita")
    assert take_back(store, "A1", "it was another family", "rita").stands == "listed"
    assert gone(store) == []


def test_a_removal_is_withdrawn_by_one_person_and_may_be_announced_anew(store: Store) -> None:
    announce(store, "A1", "moved abroad", "letter", "rita")
    take_back(store, "A1", "came back", "rita")
    later(store)
    with pytest.raises(UsageError):
        confirm(store, "A1", "otto")
    announce(store, "A1", "moved abroad for good", "letter", "rita")
    with pytest.raises(UsageError, match="28 more days"):
        confirm(store, "A1", "otto")


@pytest.mark.parametrize(("reason", "notice"), [("", "letter"), ("moved", ""), ("moved", " "), ("x\0y", "letter")])
def test_no_removal_without_a_reason_and_a_notice(store: Store, reason: str, notice: str) -> None:
    with pytest.raises(UsageError):
        announce(store, "A1", reason, notice, "rita")


def test_while_a_case_on_eligibility_is_open_nobody_is_removed_and_who_was_is_served_again(store: Store) -> None:
    announce(store, "A1", "moved abroad", "letter", "rita")
    announce(store, "A2", "moved abroad", "letter", "rita")
    later(store)
    confirm(store, "A2", "otto")
    for household in ("A1", "A2"):
        said = Complaint("not-on-list", "we are here", "", "", household, "", "", "paper", False)
        complain(store, said, lambda household=household: hashlib.sha256(household.encode()).digest(), "dora")
    with pytest.raises(UsageError, match="goes on being served"):
        confirm(store, "A1", "otto")
    assert gone(store) == []


@pytest.mark.parametrize(
    ("step", "person", "at_"), [("confirmed", "rita", LATER), ("confirmed", "otto", NOW), ("restored", "otto", LATER)]
)
def test_the_database_itself_refuses_one_person_too_early_and_out_of_order(
    store: Store, step: str, person: str, at_: int
) -> None:
    announce(store, "A1", "moved abroad", "letter", "rita")
    number = standing(store, "A1").announcement
    with pytest.raises(Exception, match="28 days"):
        store.execute(
            "insert into household_removal (household, step, announcement, reason, person, at)"
            " values ('A1', %s, %s, 'x', %s, %s)",
            (step, number, person, at_),
        )


def test_entries_cannot_be_changed(store: Store) -> None:
    correct(store, ENGINE, "A1", "name", "Pak", "misspelt", "rita")
    with pytest.raises(Exception, match="permission denied|append-only"):
        store.execute("update household_change set new = 'Kim'")


def test_a_desk_sees_who_moved_to_its_area_and_not_who_moved_away() -> None:
    with open_folder() as folder, open_store(copy_data(at("ready"), folder), clock) as store:
        grant(store, "rita", "registrar")
        store.execute("insert into area (pcode, name, parent, level) values ('W', 'The other valley', null, 0)")
        store.execute("insert into node (node, name, kind, area) values ('Dogwood', 'Dogwood', 'point', 'W')")
        correct(store, ENGINE, "A1", "point", "Dogwood", "moved", "rita")
        seen = {}
        for area in ("V1", "W"):
            with store.desk([area]):
                seen[area] = {row[0] for row in store.rows("select household from household_now")}
                changes = store.rows("select household from household_change")
            assert changes == ([("A1",)] if area == "W" else [])
        assert seen["W"] == {"A1"} and len(seen["V1"]) == 7
        assert {one.household for one in hits(store, search(store, "A1", frozenset({"Dogwood"})).households)} == {"A1"}
        here = at_points(store, ("Dogwood",))
        assert here.count("") == 1 and [row["household"] for row in here.rows("", "", 0, 50)] == ["A1"]
        assert at_points(store, ("Alder",)).count("") == 3
