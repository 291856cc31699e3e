"""Vouchers on a real database: two shops, four vouchers, receipts twice and late, payments once."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from actions import village
from folders import clock, copy_data, open_folder

from evenhand.actions.reissue import People
from evenhand.actions.voucher_payment import Payment, settle_series
from evenhand.actions.vouchers import Leaf, enrol_merchant, issue_vouchers, serve, take_receipts
from evenhand.core.errors import InputError, UsageError
from evenhand.flow.redemption import Receipt, chain, read, write
from evenhand.flow.voucher import Series
from evenhand.formats import code
from evenhand.formats.tag import tag_of
from evenhand.store import Store, open_store

FIRST, LAST = date(2008, 3, 1), date(2099, 12, 31)
CASH = Series("cash", "money", 5000, FIRST, LAST, parts=True)
BOTH = People("ana", village.ANA, "boris", village.BORIS)
SECRETS = [sha256(f"voucher {n}".encode()).digest()[:16] for n in range(4)]


@pytest.fixture
def store() -> Iterator[Store]:
    with open_folder() as folder, open_store(copy_data(village.base() / "data", folder), clock) as opened:
        for shop in ("cedar", "dogwood"):
            enrol_merchant(opened, f"{shop}-till", shop, village.ROOT)
        yield opened


def issued(store: Store, series: Series = CASH) -> list[Leaf]:
    return issue_vouchers(store, series, 1, SECRETS, [], 2, BOTH)


def offline(store: Store, shop: str, *taken: tuple[int, int]) -> list[bytes]:
    """A till's receipts, made without asking: (number of the voucher from 0, cents)."""
    drafts = [
        Receipt(0, None, store.programme.id, "cash", shop, f"{shop}-till", tag_of(SECRETS[n]), SECRETS[n],
                (("money", cents),), "till")
        for n, cents in taken
    ]  # fmt: skip
    return chain(drafts, store.keys.device(f"{shop}-till"))


def test_issue_serve_and_pay_once(store: Store, tmp_path: Path) -> None:
    leaves = issued(store)
    assert [(leaf.voucher.leaf, leaf.voucher.leaves) for leaf in leaves] == [(1, 2), (2, 2), (1, 2), (2, 2)]
    assert not any(bytes(SECRETS[0]) in bytes(row[0]) for row in store.rows("select tag from voucher"))
    rows = [{"merchant": "cedar", "voucher": leaves[0].code, "steps": steps} for steps in ("2000", "3000")]
    assert serve(store, "cash", rows, "monday.csv").new == 2
    with pytest.raises(InputError) as refused:
        serve(store, "cash", [rows[0] | {"merchant": "dogwood"}, rows[1] | {"voucher": "xyz"}], "tuesday.csv")
    assert [p.message for p in refused.value.problems][0] == "all of it is spent"
    assert len(refused.value.problems) == 2
    done = settle_series(store, "cash", tmp_path / "a", True, "boris")
    assert done.payments == (Payment("cedar", 1, 5000, 5000),)
    assert (done.settled.spent, done.settled.open) == ({"cash": 5000}, {"cash": 15000})
    assert settle_series(store, "cash", tmp_path / "b", True, "boris").payments == ()
    paid = list(csv.DictReader((tmp_path / "a" / "payments.csv").open()))
    assert paid == [{"merchant": "cedar", "reference": "cash/cedar/1", "steps": "5000", "amount": "50.00"}]


def test_what_two_shops_took_offline_is_shared_and_what_was_paid_too_early_owed_back(
    store: Store, tmp_path: Path
) -> None:
    issued(store)
    cedar, dogwood = offline(store, "cedar", (0, 5000), (1, 700)), offline(store, "dogwood", (0, 5000))
    taken = take_receipts(store, "cash", [cedar[1], cedar[1]])
    assert (taken.new, taken.known, taken.missing) == (1, 1, [("cedar-till", 1, 1)])
    take_receipts(store, "cash", cedar)
    assert settle_series(store, "cash", tmp_path, True, "boris").payments == (Payment("cedar", 1, 5700, 5700),)
    take_receipts(store, "cash", dogwood)
    done = settle_series(store, "cash", tmp_path, True, "boris")
    assert done.payments == (Payment("cedar", 2, -2500, -2500), Payment("dogwood", 1, 2500, 2500))
    amounts = [row["amount"] for row in csv.DictReader((tmp_path / "payments.csv").open())]
    assert amounts == ["-25.00", "25.00"]
    assert done.settled.spent == {"cash": 5700}


def test_receipts_of_other_series_shops_and_without_paper_buy_nothing(store: Store, tmp_path: Path) -> None:
    issued(store)
    held = Series("held", "money", 5000, FIRST, LAST, merchant="dogwood")
    issue_vouchers(store, held, 1, [sha256(b"h").digest()[:16]], [], 0, BOTH)
    assert [reason for _, reason in take_receipts(store, "held", offline(store, "cedar", (0, 5000))).refused]
    told = replace(read(offline(store, "cedar", (0, 5000))[0]), proof="lost paper")
    take_receipts(store, "cash", [write(told, store.keys.device("cedar-till"))])
    assert settle_series(store, "cash", tmp_path, False, "boris").settled.spent == {"cash": 0}
    row = {"merchant": "dogwood", "voucher": code.encode(SECRETS[0]), "steps": "5000"}
    assert serve(store, "cash", [row], "monday.csv").new == 1  # nobody emptied it without its paper


def test_a_series_is_issued_once_by_a_preparer_to_merchants_and_cards_that_exist(store: Store) -> None:
    issued(store)
    other = Series("other", "money", 1, FIRST, LAST)
    for series, cards, people in (
        (CASH, [], BOTH),
        (other, [], People("boris", village.BORIS, "ana", village.ANA)),
        (other, [], People("ana", village.ANA)),
        (other, [], People("ana", village.ANA, "Ana", village.ANA)),
        (other, [], People("ana", village.ANA, "boris", village.ANA)),
        (replace(other, merchant="elm"), [], BOTH),
        (other, ["9999999905"], BOTH),
        (replace(other, id="2008-03/1"), [], BOTH),
        (replace(other, first=LAST, last=FIRST), [], BOTH),
    ):
        with pytest.raises(UsageError):
            issue_vouchers(store, series, 1, [sha256(b"x").digest()[:16]], cards, 0, people)
    with pytest.raises(UsageError):
        enrol_merchant(store, "second-till", "cedar", village.ROOT)
    with pytest.raises(UsageError):
        take_receipts(store, "unknown", [])


def test_paper_that_cannot_be_written_issues_nothing(store: Store) -> None:
    def full(leaves: list[Leaf]) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError):
        issue_vouchers(store, CASH, 1, SECRETS, [], 2, BOTH, full)
    assert len(issued(store)) == 4


def test_the_commands(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from evenhand.cli.voucher import app

    monkeypatch.setenv("EVENHAND_PASSPHRASE", village.ANA)
    monkeypatch.setenv("EVENHAND_SECOND_PASSPHRASE", village.BORIS)
    data = ["--data", str(store.data)]
    printed = ["--merchant", "cedar", "--pdf", "--says", "4 loaves", "--language", "ar"]
    terms = [
        *printed,
        "--series",
        "bread",
        "--benefit",
        "bread",
        "--worth",
        "4",
        "--from",
        "2008-03-01",
        "--to",
        "2099-01-01",
    ]
    made = CliRunner().invoke(
        app,
        ["issue", *terms, "--count", "2", "--out", str(tmp_path), "--as", "ana", "--second", "boris", "--json", *data],
    )
    assert made.exit_code == 0, made.output
    path = Path(json.loads(made.stdout)["file"])
    assert path.stat().st_mode & 0o077 == 0
    rows = list(csv.DictReader(path.open()))
    assert (tmp_path / "vouchers.pdf").read_bytes().startswith(b"%PDF")
    read = CliRunner().invoke(app, ["check", rows[0]["scan"], "--json", *data])
    assert (json.loads(read.stdout)["worth"], json.loads(read.stdout)["merchant"]) == (4, "cedar")
    swapped = rows[1]["code"].replace("-", "") + rows[0]["scan"][28:]
    for wrong in (swapped, rows[0]["scan"][:-8], "nonsense", ""):
        assert isinstance(CliRunner().invoke(app, ["check", wrong, *data]).exception, UsageError)
    taken = tmp_path / "monday.csv"
    taken.write_text(f"merchant,voucher,steps\ncedar,{rows[0]['code']},4\n")
    sent = CliRunner().invoke(app, ["redeem", str(taken), "--series", "bread", "--json", *data])
    assert json.loads(sent.stdout)["new"] == 1
    done = CliRunner().invoke(app, ["settle", "bread", "--out", str(tmp_path), "--as", "boris", "--json", *data])
    assert {key: json.loads(done.stdout)[key] for key in ("issued_steps", "spent_steps", "open_steps")} == {
        "issued_steps": 8, "spent_steps": 4, "open_steps": 4,
    }  # fmt: skip
