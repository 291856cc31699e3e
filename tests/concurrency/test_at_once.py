"""The same work begun twice at the same moment, by two processes: done once; the other waits, is told, or tries again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from actions.program import Done, together
from actions.village import ANA, BORIS, COUNTS, EVENT, MARCH, ROOT, STEPS, THROW, at, handed_over, paper, tree
from folders import clock, copy_data, open_folder

from evenhand.actions.draft import draft
from evenhand.actions.enrol import enrol_person
from evenhand.actions.redeem import redeem
from evenhand.core.errors import TryAgain
from evenhand.store import Store, database, open_store


@contextmanager
def march(state: str) -> Iterator[Store]:
    """A copy of March in `state`, open."""
    with open_folder() as folder, open_store(copy_data(at(state), folder), clock) as store:
        yield store


def twice(store: Store, *arguments: object, words: tuple[str, str] = ("", "")) -> list[Done]:
    """The same command of two processes at once; each ends with 0, 2 or 3 and never a traceback."""
    data = str(store.data)
    done = together(*[(list(arguments), {"EVENHAND_DATA": data, "EVENHAND_PASSPHRASE": word}) for word in words])
    assert {found.returncode for found in done} <= {0, 3}, [found.stderr for found in done]
    assert any(found.returncode == 0 for found in done)
    return done


def finish(store: Store, state: str) -> dict[str, bytes]:
    """The steps that are left; the disclosure."""
    for name in list(STEPS)[list(STEPS).index(state) + 1 :]:
        STEPS[name](store, paper())
    return tree(store.data / "disclosures")


@pytest.fixture(scope="module")
def twin() -> dict[str, bytes]:
    return tree(at("published") / "disclosures")


@pytest.mark.parametrize("suffix", ["csv", "cbor"])
def test_the_same_batch_from_two_processes_counts_once(suffix: str, tmp_path: Path, twin: dict[str, bytes]) -> None:
    with march("redeemed") as sent:
        receipts = [bytes(row[0]) for row in sent.rows("select raw from receipt order by device, sequence")]
    file = tmp_path / f"batch.{suffix}"
    file.write_bytes(b"".join(receipts) if suffix == "cbor" else handed_over(paper()).encode())
    with march("received") as store:
        done = twice(store, "redeem", file, "--cycle", MARCH, "--json")
        news = [found.json() for found in done if found.returncode == 0]
        assert sum(found["new"] for found in news) == 8
        assert sum(found["duplicates"] for found in news) == 8 * (len(news) - 1)
        assert store.rows("select count(*) from receipt") == [(8,)]
        assert finish(store, "redeemed") == twin


def test_two_halves_from_two_processes_both_count(tmp_path: Path, twin: dict[str, bytes]) -> None:
    with march("redeemed") as sent:
        receipts = [bytes(row[0]) for row in sent.rows("select raw from receipt order by device, sequence")]
    for name, half in (("one", receipts[::2]), ("two", receipts[1::2])):
        (tmp_path / f"{name}.cbor").write_bytes(b"".join(half))
    with march("received") as store:
        orders = [["redeem", tmp_path / f"{name}.cbor", "--cycle", MARCH] for name in ("one", "two")]
        done = together(*[(order, {"EVENHAND_DATA": str(store.data)}) for order in orders])
        for order, found in zip(orders, done, strict=True):
            if found.returncode == 3:
                done = together((order, {"EVENHAND_DATA": str(store.data)}))
            assert found.returncode in (0, 3), found.stderr
        assert store.rows("select count(*) from receipt") == [(8,)]
        assert finish(store, "redeemed") == twin


def test_two_approvers_at_once_one_approves_and_the_other_is_told() -> None:
    with march("computed") as store:
        enrol_person(store, "carla", ["approver"], ROOT, "c")
        orders = [
            (["cycle", "approve", MARCH, "--as", name], {"EVENHAND_DATA": str(store.data), "EVENHAND_PASSPHRASE": word})
            for name, word in (("boris", BORIS), ("carla", "c"))
        ]
        done = together(*orders)  # type: ignore[arg-type]
        codes = sorted(found.returncode for found in done)
        assert codes in ([0, 2], [0, 3]), [found.stderr for found in done]
        who = store.rows("select person from approval where role = 'approver'")
        assert who == [("boris" if done[0].returncode == 0 else "carla",)]
        assert store.rows("select count(*) from log_entry where kind = 'approval'") == [(2,)]


STEPS_AT_ONCE = {
    "frozen": (["cycle", "freeze", MARCH, "--event", EVENT, "--as", "ana"], ANA, "drafted"),
    "computed": (["cycle", "compute", MARCH, "--outcome", THROW, "--as", "ana"], ANA, "frozen"),
    "committed": (["cycle", "commit", MARCH, "--as", "boris"], BORIS, "approved"),
    "open": (["cycle", "open", MARCH, "--as", "boris"], BORIS, "committed"),
    "closed": (["cycle", "close", MARCH, "--as", "boris"], BORIS, "redeemed"),
}


@pytest.mark.parametrize("state", STEPS_AT_ONCE)
def test_a_step_taken_twice_at_once_is_taken_once(state: str, twin: dict[str, bytes]) -> None:
    arguments, word, before = STEPS_AT_ONCE[state]
    with march(before) as store:
        twice(store, *arguments, words=(word, word))
        assert store.rows("select count(*) from cycle_event where state = %s", (state,)) == [(1,)]
        assert finish(store, state) == twin


def test_the_same_counts_from_two_processes_are_entered_once(tmp_path: Path, twin: dict[str, bytes]) -> None:
    (tmp_path / "counts.csv").write_text(COUNTS)
    with march("open") as store:
        done = twice(store, "receive", tmp_path / "counts.csv", "--cycle", MARCH, "--json")
        found = [len(one.json()["counted"]) for one in done if one.returncode == 0]
        assert sum(found) == 3
        assert finish(store, "received") == twin


def test_a_period_drafted_twice_at_once_is_drafted_once() -> None:
    with march("ready") as store:
        orders = [(["cycle", "draft", "2008-03", "--as", "ana"], {"EVENHAND_DATA": str(store.data)})] * 2
        done = together(*orders)  # type: ignore[arg-type]
        assert sorted(found.returncode for found in done) in ([0, 2], [0, 3])
        assert store.rows("select cycle from cycle") == [(MARCH,)]


def test_whoever_finds_the_cycle_locked_for_long_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.2)
    with march("received") as store, open_store(store.data, clock) as other:
        with other.transaction("cycle"):
            with pytest.raises(TryAgain) as error:
                redeem(store, MARCH, [])
            with pytest.raises(TryAgain):
                draft(store, "2008-05", "ana")
        assert error.value.exit_code == 3
        assert redeem(store, MARCH, []).new == 0
