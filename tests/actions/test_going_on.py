"""What comes after an interruption, a second attempt, a second publication: the same log, the same bytes, or a clear no."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from actions.program import verify
from actions.village import ANA, BORIS, MARCH, STEPS, THROW, at, paper, rows_by_table, tree
from folders import clock, copy_data, open_folder

from evenhand.actions.approve import approve
from evenhand.actions.close import close
from evenhand.actions.commit import commit
from evenhand.actions.compute import compute
from evenhand.actions.cycles import place, staging
from evenhand.actions.draft import draft
from evenhand.actions.freeze import freeze
from evenhand.actions.opening import onward, open_cycle
from evenhand.actions.publish import publish
from evenhand.actions.receive import receive
from evenhand.actions.show import next_step, show
from evenhand.actions.void import void
from evenhand.core.errors import UsageError
from evenhand.engines.duckdb import DuckDB
from evenhand.flow.ledger import Stock
from evenhand.store import Store, open_store
from evenhand.store.log import Log

LOGGED = [name for name in STEPS if name not in ("drafted", "open", "redeemed")]
"""The steps that append to the log."""


@pytest.fixture
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A copy of March in the state that the test is parametrized with."""
    with open_folder() as folder, open_store(copy_data(at(request.param), folder), clock) as opened:
        yield opened


def before(step: str) -> str:
    names = ["ready", *STEPS]
    return names[names.index(step) - 1]


@pytest.mark.parametrize(("store", "step"), [(before(step), step) for step in LOGGED], indirect=["store"])
def test_a_step_stopped_before_its_log_was_published_publishes_it_when_run_again(
    store: Store, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_log, calls = Log.publish, []

    def stop(log: Log) -> str:
        calls.append(log)
        if len(calls) == (2 if step == "computed" else 1):  # compute publishes the outcome first
            raise KeyboardInterrupt
        return publish_log(log)

    monkeypatch.setattr(Log, "publish", stop)
    with pytest.raises(KeyboardInterrupt):
        STEPS[step](store, paper())
    monkeypatch.undo()
    rows = rows_by_table(store)
    STEPS[step](store, paper())
    assert covered(store) == len(store.log.entries())
    assert rows_by_table(store) == {**rows, "checkpoint": rows["checkpoint"] + 1}


def covered(store: Store) -> int:
    """How many entries the checkpoint on the disk is over."""
    return int((store.data / "log" / "checkpoint").read_text().splitlines()[1])


@pytest.mark.parametrize("store", ["approved"], indirect=True)
def test_a_voided_attempt_is_told_for_ever_and_the_next_one_uses_the_same_coupons(store: Store) -> None:
    void(store, MARCH, "ana", "the stock of the mill was counted twice")
    void(store, MARCH, "ana", "again")
    second = draft(store, "2008-03", "ana")
    assert second == "2008-03/2"
    freeze(store, second, "ana", ANA, "dice thrown again on 4 March")
    compute(store, DuckDB(), second, "ana", ANA, THROW)
    approve(store, second, "boris", BORIS)
    commit(store, second, "boris")
    open_cycle(store, second, "boris")
    receive(store, second, {"Barn": {"grain": 432, "oil": 68}})
    receive(store, second, {"Alder": {"grain": 216, "oil": 34}, "Birch": {"grain": 216, "oil": 34}})
    from evenhand.actions.hand_over import hand_over

    row = {"point": "Alder", "card": "", "coupon": paper().coupons["A1", "2008-03"], "exception": ""}
    assert hand_over(store, second, [row], "list").new == 1
    assert close(store, second, "boris")["redeemed"] == 1
    folder = publish(store, second, "boris")
    assert folder.name == "2008-03"
    done = verify(folder, "--root", folder / "keys" / "root.vkey")
    assert done.returncode == 0, done.stdout
    kinds = [row[0] for row in store.rows("select kind from log_entry where cycle = %s order by index", (MARCH,))]
    assert kinds[-1] == "void"
    states = {row["cycle"]: row["state"] for row in show(store)["cycles"]}
    assert states == {MARCH: "void", second: "published"}


@pytest.mark.parametrize("store", ["published"], indirect=True)
def test_published_again_the_same_bytes_come_out_anywhere(store: Store) -> None:
    first = tree(store.data / "disclosures" / "2008-03")
    assert tree(publish(store, MARCH, "boris", store.data / "elsewhere")) == first
    (store.data / "disclosures" / "2008-03" / "datapackage.json").write_text("spoilt")
    assert tree(publish(store, MARCH, "boris", store.data / "disclosures")) == first


@pytest.mark.parametrize("store", ["published"], indirect=True)
def test_a_month_published_with_the_one_before_it_says_so_when_that_is_not_there(store: Store) -> None:
    """Its report tells of both; another report would be another disclosure under one entry of the log."""
    april = draft(store, "2008-04", "ana")
    freeze(store, april, "ana", ANA, "dice")
    compute(store, DuckDB(), april, "ana", ANA, THROW)
    approve(store, april, "boris", BORIS)
    commit(store, april, "boris")
    open_cycle(store, april, "boris")
    store_all_that_came(store, april)
    close(store, april, "boris")
    folder = publish(store, april, "boris", store.data / "disclosures")
    elsewhere = store.data / "elsewhere"
    with pytest.raises(UsageError, match="2008-03 before it"):
        publish(store, april, "boris", elsewhere)
    publish(store, MARCH, "boris", elsewhere)
    assert tree(publish(store, april, "boris", elsewhere)) == tree(folder)
    assert verify(folder, "--previous", store.data / "disclosures" / "2008-03").returncode == 0


def store_all_that_came(store: Store, cycle: str) -> None:
    """Count in everything as it was sent: what lies there and what is on the way, in whole steps."""
    from evenhand.actions.stock import read_stock
    from evenhand.flow.ledger import node, transit

    steps = {"grain": 500, "oil": 100}
    for names in (("Barn",), ("Alder", "Birch")):
        stock = read_stock(store)
        counts = {
            n: {b: (stock.total(node(n), b) + stock.total(transit(n), b)) // step for b, step in steps.items()}
            for n in names
        }
        receive(store, cycle, counts)


@pytest.mark.parametrize("store", ["closed"], indirect=True)
def test_a_folder_that_holds_something_else_is_refused_before_anything_is_logged(store: Store) -> None:
    strange = store.data / "disclosures" / "2008-03"
    strange.mkdir(parents=True)
    (strange / "letter.txt").write_text("dear")
    rows = rows_by_table(store)
    with pytest.raises(UsageError, match="holds something else"):
        publish(store, MARCH, "boris")
    assert rows_by_table(store) == rows
    assert (strange / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize("store", ["computed"], indirect=True)
@pytest.mark.parametrize("name", ["tables/levels.parquet", "rolls/Alder.cbor", "policy/village.toml", "notes.txt"])
def test_a_computed_file_that_was_changed_is_not_approved(store: Store, name: str) -> None:
    path = staging(store, MARCH) / "public" / name
    path.write_bytes((path.read_bytes() if path.exists() else b"") + b"\0")
    with pytest.raises(UsageError, match=name):
        approve(store, MARCH, "boris", BORIS)


@pytest.mark.parametrize("store", ["approved"], indirect=True)
def test_an_approved_file_that_was_changed_or_lost_is_not_committed(store: Store) -> None:
    path = staging(store, MARCH) / "public" / "rolls" / "Alder.cbor"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(UsageError, match="rolls/Alder"):
        commit(store, MARCH, "boris")
    final = place(store, MARCH) / "public" / "rolls" / "Alder.cbor"
    final.unlink()
    with pytest.raises(UsageError, match="rolls/Alder"):
        commit(store, MARCH, "boris")
    final.write_bytes(data)
    assert commit(store, MARCH, "boris") == 2


def test_a_depots_loss_is_shared_by_all_its_loads() -> None:
    bills = [
        ("W1", "Barn", "Alder", "grain", 100),
        ("W2", "Barn", "Birch", "grain", 50),
        ("W3", "Mill", "Barn", "grain", 9),
    ]
    held = Stock([("node:Barn", "grain", "G", None, 60 * 500)])
    assert [(bill[0], bill[4]) for bill in onward(bills, "Barn", held, {"grain": 500})] == [("W1", 40), ("W2", 20)]
    plenty = Stock([("node:Barn", "grain", "G", None, 1000 * 500)])
    assert [(bill[0], bill[4]) for bill in onward(bills, "Barn", plenty, {"grain": 500})] == [("W1", 100), ("W2", 50)]


def test_every_state_says_what_comes_next() -> None:
    assert next_step(MARCH, "draft") == f"next: evenhand cycle freeze {MARCH}"
    assert next_step(MARCH, "approved") == f"next: evenhand cycle commit {MARCH}"
    assert next_step(MARCH, "open").endswith(f"evenhand cycle close {MARCH}")
    assert next_step(MARCH, "published") == "done"
    assert "cycle draft 2008-03" in next_step(MARCH, "void")


@pytest.mark.parametrize("store", ["received"], indirect=True)
def test_private_files_are_for_the_operator_alone(store: Store) -> None:
    """Who is on which row never leaves the data folder: no published file of the cycle names a family or its card."""
    for name, data in tree(at("published") / "disclosures").items():
        for secret in (b"Family A1", paper().cards["A1"].encode(), paper().slips["A1"].encode()):
            assert secret not in data, name
    assert (place(store, MARCH) / "private" / "rows.parquet").exists()
