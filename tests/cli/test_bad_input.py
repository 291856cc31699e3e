"""Mistakes of every kind, typed as commands: exit 2, words that say where and what to do, and no table changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from actions.program import Done, evenhand
from actions.village import ANA, APRIL, BORIS, EVENT, MARCH, POLICY, THROW, at, paper, rows_by_table
from actions.village import COUNTS as COUNTED_IN
from folders import PROGRAMME, clock, copy_data, open_folder

from evenhand.flow.redemption import Receipt, chain
from evenhand.store import Store, open_store

FREEZE = ["cycle", "freeze", MARCH, "--event", EVENT, "--as", "ana"]
STOCK = "node,commodity,lot,quantity,best_before,source\n"
LANES = "lane,from,to,commodity,capacity,cost\n"
GAP = POLICY.replace(
    "values = [{from = 2008-01-01, value = 10}]",
    "values = [{from = 2008-01-01, to = 2008-03-31, value = 10}, {from = 2008-05-01, value = 9}]",
)


"""One worker: what the tests share is made once."""


@pytest.fixture(scope="module")
def stores() -> Iterator[dict[str, Store]]:
    """Stores by state, opened when first asked for: what is refused leaves no trace, so tests may share them."""
    opened: dict[str, Store] = {}
    contexts = []

    class Opened(dict):  # type: ignore[type-arg]
        def __missing__(self, state: str) -> Store:
            folder = open_folder()
            contexts.append(folder)
            context = open_store(copy_data(at(state), folder.__enter__()), clock)
            contexts.append(context)  # type: ignore[arg-type]
            self[state] = context.__enter__()
            return self[state]

    opened = Opened()
    yield opened
    for context in reversed(contexts):
        context.__exit__(None, None, None)


def everything(store: Store) -> tuple[dict[str, int], str]:
    """Rows of all tables, and the published checkpoint."""
    return rows_by_table(store), (store.data / "log" / "checkpoint").read_text()


def refused(store: Store, tmp_path: Path, arguments: list[str], text: str | bytes | None, word: str = ANA) -> Done:
    """The command must fail with 2 and change nothing; `{file}` in it stands for a file that holds `text`."""
    file = tmp_path / ("input.cbor" if isinstance(text, bytes) else "input.csv")
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = everything(store)
    words = [argument.replace("{file}", str(file)) for argument in arguments]
    done = evenhand(*words, EVENHAND_DATA=str(store.data), EVENHAND_PASSPHRASE=word)
    assert (done.returncode, done.stdout) == (2, ""), (done.stdout, done.stderr)
    assert "what to do" in done.stderr.lower()
    assert everything(store) == before
    return done


IMPORTS = {
    "a wrong cell": (
        "members", "household,member,birth_date,sex,occupation\nA1,9,1970-13-01,f,home\n",
        ["row 1", 'field "birth_date"', 'value "1970-13-01"'],
    ),
    "an unlisted word": (
        "members", "household,member,birth_date,sex,occupation\nA1,9,1970-01-01,f,king\n",
        ["row 1", 'field "occupation"', 'value "king"'],
    ),
    "a missing file": ("areas", None, ["input.csv", "no such file"]),
    "negative stock": ("stock", STOCK + "Mill,grain,G9,-5 kg,,Harvest\n", ["row 1", 'field "quantity"', '"-5 kg"']),
    "stock of nothing known": ("stock", STOCK + "Mill,gold,G9,5 kg,,Harvest\n", ["row 1", '"gold"']),
    "a lane to nowhere": ("lanes", LANES + "X,Barn,Atlantis,,,1\n", ["row 1", 'field "to"', '"Atlantis"']),
    "a household without a point": ("households", "household,point,name\nZ1,,Zed\n", ["row 1", 'field "point"']),
    "a household at no point": ("households", "household,point,name\nZ1,Mill,Zed\n", ["row 1", '"Mill"']),
    "an unknown column": ("households", "household,point,religion\nZ1,Alder,none\n", ["religion"]),
    "a good row before a bad one": (
        "households", "household,point,name\nZ1,Alder,Zed\nZ2,Nowhere,Zoe\n", ["row 2", '"Nowhere"'],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", IMPORTS)
def test_a_file_with_a_mistake_is_refused_as_a_whole(stores: dict[str, Store], tmp_path: Path, case: str) -> None:
    kind, text, says = IMPORTS[case]
    done = refused(stores["ready"], tmp_path, ["import", kind, "{file}"], text)
    for words in [*says, "input.csv"]:
        assert words in done.stderr


def test_a_policy_with_a_gap_in_its_dates_is_not_adopted(stores: dict[str, Store], tmp_path: Path) -> None:
    done = refused(stores["ready"], tmp_path, ["policy", "propose", "{file}", "--as", "ana"], GAP)
    assert "2008-04-01" in done.stderr
    assert "input.csv, line " in done.stderr


STEPS = {
    "freeze by nobody known": ("drafted", [*FREEZE[:-1], "mallory"], None, ANA, 'nobody called "mallory"'),
    "freeze by the wrong role": ("drafted", [*FREEZE[:-1], "boris"], None, BORIS, "not enrolled as preparer"),
    "freeze with a wrong passphrase": ("drafted", FREEZE, None, "guess", "passphrase"),
    "freeze without an event": (
        "drafted", ["cycle", "freeze", MARCH, "--event", " ", "--as", "ana"], None, ANA, "public event",
    ),
    "draft by nobody known": ("ready", ["cycle", "draft", "2008-03", "--as", "mallory"], None, ANA, "mallory"),
    "draft of no month": ("ready", ["cycle", "draft", "2008-13", "--as", "ana"], None, ANA, "2008-13"),
    "draft twice": ("drafted", ["cycle", "draft", "2008-03", "--as", "ana"], None, ANA, "2008-03/1"),
    "an unknown cycle": ("ready", ["cycle", "freeze", "2008-09/1", "--event", EVENT, "--as", "ana"], None, ANA, "2008-09/1"),
    "compute before freeze": (
        "drafted", ["cycle", "compute", MARCH, "--outcome", THROW, "--as", "ana"], None, ANA, "cycle freeze",
    ),
    "compute without an outcome": (
        "frozen", ["cycle", "compute", MARCH, "--outcome", " ", "--as", "ana"], None, ANA, "outcome",
    ),
    "commit before the second signature": (
        "computed", ["cycle", "commit", MARCH, "--as", "boris"], None, BORIS, "cycle approve",
    ),
    "commit by nobody known": ("approved", ["cycle", "commit", MARCH, "--as", "mallory"], None, BORIS, "mallory"),
    "redeem before open": (
        "committed", ["redeem", "{file}", "--cycle", MARCH], "point,card,coupon,exception\nAlder,,x,\n", "", "not open",
    ),
    "receive before open": (
        "committed", ["receive", "{file}", "--cycle", MARCH], "node,commodity,steps\nBarn,grain,1\n", "", "not open",
    ),
    "close with goods on the way": ("open", ["cycle", "close", MARCH, "--as", "boris"], None, BORIS, "on the way"),
    "publish before close": ("open", ["cycle", "publish", MARCH, "--as", "boris"], None, BORIS, "cycle close"),
    "void without a reason": (
        "frozen", ["cycle", "void", MARCH, "--reason", " ", "--as", "ana"], None, ANA, "reason",
    ),
    "void after the commitment": (
        "committed", ["cycle", "void", MARCH, "--reason", "oh", "--as", "ana"], None, ANA, "cannot be voided",
    ),
    "void by nobody known": (
        "frozen", ["cycle", "void", MARCH, "--reason", "oh", "--as", "mallory"], None, ANA, "mallory",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STEPS)
def test_a_step_that_cannot_be_taken_is_refused(stores: dict[str, Store], tmp_path: Path, case: str) -> None:
    state, arguments, text, word, says = STEPS[case]
    assert says in refused(stores[state], tmp_path, arguments, text, word).stderr


COUNTS = {
    "more than was sent": ("open", "Barn,grain,433\nBarn,oil,68\n", ["433", "more grain than lay there"]),
    "a node nobody knows": ("open", "Barn,grain,432\nBarn,oil,68\nCedar,grain,1\n", ["Cedar", "no such node"]),
    "a benefit nobody knows": ("open", "Barn,gold,1\n", ["gold", "not a stocked benefit"]),
    "a benefit left out": ("open", "Barn,grain,432\n", ['value "oil"', "not counted"]),
    "half a step": ("open", "Barn,grain,1.5\n", ["row 1", 'field "steps"', '"1.5"']),
    "a count below zero": ("open", "Barn,grain,-1\n", ["row 1", 'field "steps"', '"-1"']),
    "twice in one file": ("open", "Barn,grain,432\nBarn,grain,432\n", ["row 2", "twice"]),
    "a point before its depot": ("open", "Alder,grain,0\nAlder,oil,0\n", ["Alder", "wait at Barn", "count Barn first"]),
    "another count of the same node": ("received", "Alder,grain,215\nAlder,oil,34\n", ["otherwise before"]),
}


@pytest.mark.parametrize("case", COUNTS)
def test_a_count_that_cannot_be_is_refused_and_nothing_of_its_file_is_entered(
    stores: dict[str, Store], tmp_path: Path, case: str
) -> None:
    state, lines, says = COUNTS[case]
    done = refused(stores[state], tmp_path, ["receive", "{file}", "--cycle", MARCH], "node,commodity,steps\n" + lines)
    for words in [*says, "input.csv"]:
        assert words in done.stderr


def test_nothing_is_handed_out_at_a_point_before_it_is_counted_in_and_no_count_changes_after(tmp_path: Path) -> None:
    """Else it could never be counted, and the cycle never closed."""
    with open_folder() as folder, open_store(copy_data(at("open"), folder), clock) as store:
        coupon = f"point,card,coupon,exception\nAlder,,{paper().coupons['A1', '2008-03']},\n"
        redeem = ["redeem", "{file}", "--cycle", MARCH]
        assert "Alder and not counted in" in refused(store, tmp_path, redeem, coupon).stderr
        with open_store(at("redeemed"), clock) as sent:
            rows = sent.rows("select raw from receipt where point = 'Alder' order by sequence limit 1")
        assert "Alder and not counted in" in refused(store, tmp_path, redeem, bytes(rows[0][0])).stderr
        for name, text in (("counts.csv", COUNTED_IN), ("one.csv", coupon)):
            (folder / name).write_text(text)
            command = "receive" if name == "counts.csv" else "redeem"
            done = evenhand(command, folder / name, "--cycle", MARCH, EVENHAND_DATA=str(store.data))
            assert done.returncode == 0, done.stderr
        late = "node,commodity,steps\nAlder,grain,215\nAlder,oil,34\n"
        done = refused(store, tmp_path, ["receive", "{file}", "--cycle", MARCH], late)
        assert "counted otherwise before" in done.stderr


LISTS = {
    "a code misread": ("Alder,,{A1}X,\n", ["row 1", 'field "coupon"']),
    "a card misread": ("Alder,0000000099,,no-coupon\n", ["row 1", 'field "card"']),
    "neither coupon nor reason": ("Alder,,,\n", ["row 1", "give a coupon"]),
    "coupon and reason": ("Alder,,{A1},no-coupon\n", ["row 1", "give a coupon"]),
    "a point nobody holds": ("Cedar,,{A1},\n", ["row 1", 'field "point"', '"Cedar"']),
    "a good row before a bad one": ("Alder,,{A1},\nCedar,,{A1},\n", ["row 2", '"Cedar"']),
    "a reason too long": ("Alder,{card},,the coupon was eaten by a goat\n", ["row 1", 'field "exception"']),
}


@pytest.mark.parametrize("case", LISTS)
def test_a_list_of_what_was_handed_over_with_a_mistake_is_refused_as_a_whole(
    stores: dict[str, Store], tmp_path: Path, case: str
) -> None:
    rows, says = LISTS[case]
    coupon, card = paper().coupons["A1", "2008-03"], paper().cards["A2"]
    text = "point,card,coupon,exception\n" + rows.replace("{A1}", coupon).replace("{card}", card)
    done = refused(stores["received"], tmp_path, ["redeem", "{file}", "--cycle", MARCH], text)
    for words in [*says, "input.csv"]:
        assert words in done.stderr


def receipt(store: Store, cycle: str, **more: object) -> bytes:
    fields = {"programme": PROGRAMME, "point": "Alder", "tag": bytes(16), "proof": "no-coupon", **more}
    draft = Receipt(
        sequence=1, previous=None, cycle=cycle, device="phone-Alder", items=(("grain", 16),), clerk="", **fields
    )  # type: ignore[arg-type]
    return chain([draft], store.keys.device("phone-Alder"))[0]


def test_receipts_of_another_cycle_programme_or_point_count_for_nothing(
    stores: dict[str, Store], tmp_path: Path
) -> None:
    store = stores["received"]
    made = [receipt(store, APRIL), receipt(store, MARCH, programme="other"), receipt(store, MARCH, point="Birch")]
    (tmp_path / "strange.cbor").write_bytes(b"".join(made))
    before = everything(store)
    done = evenhand("redeem", tmp_path / "strange.cbor", "--cycle", MARCH, "--json", EVENHAND_DATA=str(store.data))
    found = done.json()
    assert (found["new"], found["duplicates"], len(found["refused"])) == (0, 0, 3)
    assert all(one["reason"] for one in found["refused"])
    assert everything(store) == before


def test_a_broken_file_of_receipts_is_refused(stores: dict[str, Store], tmp_path: Path) -> None:
    store = stores["received"]
    whole = receipt(store, MARCH)
    done = refused(store, tmp_path, ["redeem", "{file}", "--cycle", MARCH], whole + whole[:-1])
    assert "item 2" in done.stderr


def test_a_point_with_fewer_families_than_k_cannot_be_frozen(tmp_path: Path) -> None:
    with open_folder() as folder, open_store(copy_data(at("ready"), folder), clock) as store:
        for name, text in (
            ("points.csv", "point,name,area\nCedar,Cedar,V1\n"),
            ("households.csv", "household,point,name\nC1,Cedar,Family C1\n"),
            ("members.csv", "household,member,birth_date,sex,occupation\nC1,1,1970-01-01,f,home\n"),
        ):
            (folder / name).write_text(text)
            done = evenhand("import", name.removesuffix(".csv"), folder / name, EVENHAND_DATA=str(store.data))
            assert done.returncode == 0, done.stderr
        for arguments in (
            ["card", "issue", "2008-03", "--out", folder / "new"],
            ["cycle", "draft", "2008-03", "--as", "ana"],
        ):
            assert evenhand(*arguments, EVENHAND_DATA=str(store.data)).returncode == 0  # type: ignore[misc]
        done = refused(store, tmp_path, FREEZE, None)
        assert 'value "Cedar"' in done.stderr
        assert "fewer than k = 2" in done.stderr


def test_a_cycle_is_not_frozen_while_the_one_before_is_open(tmp_path: Path) -> None:
    with open_folder() as folder, open_store(copy_data(at("open"), folder), clock) as store:
        draft = evenhand("cycle", "draft", "2008-04", "--as", "ana", EVENHAND_DATA=str(store.data))
        assert draft.returncode == 0, draft.stderr
        done = refused(store, tmp_path, ["cycle", "freeze", APRIL, "--event", EVENT, "--as", "ana"], None)
        assert f"cycle close {MARCH}" in done.stderr


def test_another_outcome_than_the_logged_one_is_refused(tmp_path: Path) -> None:
    """Whoever stops after the outcome is in the log cannot try another until a friend wins."""
    arguments = ["cycle", "compute", MARCH, "--outcome", THROW, "--as", "ana"]
    with open_folder() as folder, open_store(copy_data(at("frozen"), folder), clock) as store:
        kill_at = 200
        while store.log.find("event", MARCH, "event") is None:
            assert evenhand(*arguments, EVENHAND_DATA=str(store.data), kill_at=kill_at).killed
            kill_at += 100
        done = refused(store, tmp_path, ["cycle", "compute", MARCH, "--outcome", "6 6 6", "--as", "ana"], None)
        assert "already says something else" in done.stderr


def test_a_folder_that_is_not_there_and_a_wrong_root_passphrase(stores: dict[str, Store], tmp_path: Path) -> None:
    nowhere = evenhand("cycle", "show", EVENHAND_DATA=str(tmp_path / "nothing"))
    assert (nowhere.returncode, "evenhand init" in nowhere.stderr) == (2, True)
    store = stores["ready"]
    before = everything(store)
    done = evenhand(
        "enrol", "person", "carla", "--role", "approver", EVENHAND_DATA=str(store.data), EVENHAND_ROOT_PASSPHRASE="no"
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert everything(store) == before
