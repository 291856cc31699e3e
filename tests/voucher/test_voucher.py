"""Vouchers: two shops, Cedar and Dogwood; the paper, the decision at a counter, and what is paid in the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from evenhand.core.errors import UsageError
from evenhand.flow.redemption import Receipt, chain, merge, read
from evenhand.flow.voucher import (
    Series,
    Voucher,
    VoucherError,
    decide,
    issue,
    merchant_of,
    read_voucher,
    settle,
    statement,
)
from evenhand.flow.voucher.settle import NOT_HERE, OWN_DOUBLE, SHARED
from evenhand.formats import cose
from evenhand.formats.cbor import Value

FIRST, LAST = date(2008, 3, 1), date(2008, 3, 31)
RICE = Series("rice-march", "rice", 10, FIRST, LAST, parts=True)
CASH = Series("cash-march", "money", 5000, FIRST, LAST, merchant="Cedar")
CLOTHES = Series("clothes-1943", "clothing", 66, FIRST, LAST, parts=True)


def signer(name: str) -> cose.Signer:
    key = Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())
    return cose.Signer(key.public_key().public_bytes_raw(), key.sign)


def secret(n: int) -> bytes:
    return sha256(str(n).encode()).digest()[:16]


ISSUER = signer("office")
CARD = "0000000195"


def one(series: Series, n: int = 1, card: str = "") -> tuple[Voucher, bytes]:
    return issue(series, [secret(n)], [card] if card else [], 0, "ration", ISSUER)[0]


def receipts(
    merchant: str, *taken: tuple[int, int], benefit: str = "rice", series: str = "rice-march"
) -> list[Receipt]:
    """The chain of a merchant's device: (number of the voucher, steps) in order."""
    drafts = [
        Receipt(0, None, "ration", series, merchant, f"{merchant}-1", tag, r, ((benefit, steps),), "clerk")
        for n, steps in taken
        for r, tag in [(secret(n), one(RICE, n)[0].tag)]
    ]
    return [read(raw) for raw in chain(drafts, signer(merchant))]


def test_a_voucher_is_read_back_with_what_was_shown_beside_it() -> None:
    voucher, raw = one(RICE, card="")
    assert read_voucher(raw, secret(1), "ration", [signer("other").public_key, ISSUER.public_key]) == voucher
    for data, r, programme, keys in (
        (raw[:-1], secret(1), "ration", [ISSUER.public_key]),
        (raw, secret(2), "ration", [ISSUER.public_key]),
        (raw, secret(1), "clothing", [ISSUER.public_key]),
        (raw, secret(1), "ration", [signer("thief").public_key]),
    ):
        with pytest.raises(VoucherError):
            read_voucher(data, r, programme, keys)


def test_books_have_numbered_leaves_and_names_are_card_numbers() -> None:
    made = issue(CLOTHES, [secret(n) for n in range(4)], [], 2, "ration", ISSUER)
    assert [(v.leaf, v.leaves) for v, _ in made] == [(1, 2), (2, 2), (1, 2), (2, 2)]
    with pytest.raises(VoucherError):
        issue(CLOTHES, [secret(n) for n in range(3)], [], 2, "ration", ISSUER)
    with pytest.raises(VoucherError):
        issue(CLOTHES, [secret(1), secret(1)], [], 0, "ration", ISSUER)
    with pytest.raises(ValueError):
        issue(CLOTHES, [secret(1)], ["12345"], 0, "ration", ISSUER)


def test_points_are_spent_in_parts_until_the_book_is_empty() -> None:
    book, _ = one(CLOTHES)
    coat = decide(book, 16, 0, LAST, "Dogwood", asked=True)
    assert (coat.steps, coat.left) == (16, 50)
    assert decide(book, 51, 16, LAST, "Dogwood", asked=True).reason == "50 steps are left on it"
    assert decide(book, 50, 16, LAST, "Dogwood", asked=True) == replace(coat, steps=50, left=0)
    assert decide(book, 1, 66, LAST, "Dogwood", asked=True).reason == "all of it is spent"


def test_a_refusal_names_its_reason_and_a_way_on() -> None:
    bearer, held, named = one(RICE)[0], one(CASH)[0], one(RICE, card=CARD)[0]
    day = date(2008, 3, 9)
    for answer, reason in (
        (decide(bearer, 1, 0, date(2008, 2, 29), "Cedar", True), "valid from 2008-03-01 on"),
        (decide(bearer, 1, 0, date(2008, 4, 1), "Cedar", True), "valid until 2008-03-31"),
        (decide(bearer, 1, 0, day, "Cedar", False), "any merchant takes it, so the server has to be asked first"),
        (decide(held, 5000, 0, day, "Dogwood", True), 'only "Cedar" takes this voucher'),
        (decide(held, 400, 0, day, "Cedar", False), "it is spent whole: 5000 steps"),
        (decide(named, 1, 0, day, "Cedar", True), "it bears the number of another card"),
        (decide(bearer, 0, 0, day, "Cedar", True), "10 steps are left on it"),
    ):
        assert (answer.steps, answer.reason) == (0, reason)
        assert answer.remedy
    assert decide(held, 5000, 0, day, "Cedar", asked=False).steps == 5000
    assert decide(named, 1, 0, day, "Cedar", True, CARD).steps == 1


def test_two_merchants_who_took_one_voucher_share_its_worth() -> None:
    voucher, _ = one(RICE)
    found = settle([voucher], [*receipts("Cedar", (1, 10)), *receipts("Dogwood", (1, 5))], "2008-03-09")
    assert [(line.merchant, line.claimed, line.paid, line.reason) for line in found.lines] == [
        ("Cedar", 10, 7, SHARED),
        ("Dogwood", 5, 3, SHARED),
    ]
    assert (found.spent, found.open) == ({"rice-march": 10}, {"rice-march": 0})


def test_a_merchant_who_takes_one_voucher_twice_is_paid_once_and_one_not_meant_nothing() -> None:
    voucher, held = one(RICE)[0], replace(one(RICE, 2)[0], series=replace(RICE, id="held", merchant="Cedar"))
    taken = [*receipts("Cedar", (1, 10), (1, 10), (2, 4)), *receipts("Dogwood", (2, 9))]
    found = settle([voucher, held], taken, "2008-04-01")
    assert [(line.series, line.merchant, line.paid, line.reason) for line in found.lines] == [
        ("held", "Cedar", 4, ""),
        ("held", "Dogwood", 0, NOT_HERE),
        ("rice-march", "Cedar", 10, OWN_DOUBLE),
    ]
    assert (found.spent, found.expired) == ({"held": 4, "rice-march": 10}, {"held": 6, "rice-march": 0})
    assert statement(found.lines)[0] == ("Cedar", "held", 1, 4, 4)


def test_without_the_paper_nothing_is_paid() -> None:
    voucher, _ = one(RICE)
    told = [replace(r, proof="no paper") for r in receipts("Cedar", (1, 10))]
    assert settle([voucher], told, "2008-03-09").lines == ()
    made_up = receipts("Cedar", (7, 10))  # a voucher nobody issued
    assert settle([voucher], made_up, "2008-03-09").spent == {"rice-march": 0}
    with pytest.raises(UsageError):
        settle([voucher, voucher], [], "2008-03-09")


def test_a_merchants_device_signs_as_a_points_does_and_merges_the_same() -> None:
    root = signer("root")
    payload: list[Value] = [
        "evenhand/certificate/v1",
        "demo.x",
        "device",
        "Cedar-1",
        ["merchant:Cedar"],
        signer("Cedar").public_key,
        1,
    ]
    device = merchant_of(cose.sign1(payload, root), root.public_key, "demo.x")
    assert device.points == {"Cedar"}
    raws = [r.raw for r in receipts("Cedar", (1, 4), (1, 6))]
    rolls, holders = {"Cedar": [one(RICE)[0].tag]}, {"Cedar": "Cedar-1"}
    merged = merge([], [raws[1], raws[0], raws[0]], [device], "ration", "rice-march", rolls, holders)
    assert (len(merged.new), len(merged.duplicates), merged.refused) == (2, 1, [])
    other = merge([], raws, [device], "ration", "cash-march", rolls, holders)
    assert len(other.refused) == 2


TAKEN = st.lists(
    st.tuples(st.sampled_from(["Cedar", "Dogwood", "Elm"]), st.integers(0, 3), st.integers(0, 15)), max_size=12
)


@given(TAKEN, st.randoms())
def test_never_more_is_paid_than_was_issued_and_any_order_pays_the_same(
    taken: list[tuple[str, int, int]], mixed: object
) -> None:
    vouchers = [one(RICE, n)[0] for n in range(3)] + [
        replace(one(RICE, 3)[0], series=replace(RICE, id="h", merchant="Elm"))
    ]
    sent = [
        r
        for merchant in ("Cedar", "Dogwood", "Elm")
        for r in receipts(merchant, *[(n, steps) for who, n, steps in taken if who == merchant])
    ]
    found = settle(vouchers, sent, "2008-03-09")
    again = [*sent, *sent[:3]]
    mixed.shuffle(again)  # type: ignore[attr-defined]
    assert settle(vouchers, again, "2008-03-09") == found
    for voucher in vouchers:
        lines = [line for line in found.lines if line.tag == voucher.tag]
        claimed = sum(min(line.claimed, 10) for line in lines if line.reason != NOT_HERE)
        assert sum(line.paid for line in lines) == min(10, claimed)
        assert all(0 <= line.paid <= min(line.claimed, 10) for line in lines)
    for name, count in (("rice-march", 3), ("h", 1)):
        assert found.spent[name] + found.open[name] + found.expired[name] == 10 * count
