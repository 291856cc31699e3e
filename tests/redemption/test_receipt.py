"""Receipts: bound by the cases, chained, and read back as signed."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
import spec_cases
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from evenhand.flow.redemption import Link, Receipt, RedemptionError, chain, read, split, write
from evenhand.formats import cbor
from evenhand.formats.cose import Signer, verify

CASES = spec_cases.load("receipts")
KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(CASES["device"]["private_key"]))
SIGNER = Signer(KEY.public_key().public_bytes_raw(), KEY.sign)


def receipt_of(case: dict) -> Receipt:
    proof = case["proof"]
    return Receipt(
        case["sequence"],
        bytes.fromhex(case["previous"]) if case["previous"] else None,
        case["programme"],
        case["cycle"],
        case["point"],
        case["device"],
        bytes.fromhex(case["tag"]),
        bytes.fromhex(proof["r"]) if "r" in proof else proof["exception"],
        tuple((benefit, steps) for benefit, steps in case["items"]),
        case["clerk"],
    )


@pytest.mark.parametrize("case", CASES["chain"], ids=spec_cases.name)
def test_a_receipt_has_the_bytes_and_hash_of_the_case(case: dict) -> None:
    data = write(receipt_of(case), SIGNER)
    assert data.hex() == case["cose"]
    found = read(data)
    assert found.hash.hex() == case["hash"] == sha256(data).hexdigest()
    assert found.raw == data
    assert found.signed is not None and verify(found.signed, SIGNER.public_key)
    assert replace(found, hash=b"", raw=b"", signed=None) == receipt_of(case)


def test_a_chain_sets_sequence_and_previous() -> None:
    drafts = [replace(receipt_of(case), sequence=9, previous=None) for case in CASES["chain"]]
    assert [data.hex() for data in chain(drafts, SIGNER)] == [case["cose"] for case in CASES["chain"]]


def test_a_chain_goes_on_after_the_last_receipt() -> None:
    first, second, third = (receipt_of(case) for case in CASES["chain"])
    begun = chain([first, second], SIGNER)
    after = read(begun[-1]).link
    assert after == Link("alder-1", 2, sha256(begun[-1]).digest(), sha256(begun[0]).digest())
    assert chain([third], SIGNER, after)[0].hex() == CASES["chain"][2]["cose"]


@pytest.mark.parametrize("case", CASES["refused"], ids=spec_cases.name)
def test_a_receipt_of_another_form_is_refused_with_a_reason(case: dict) -> None:
    with pytest.raises(RedemptionError) as caught:
        read(bytes.fromhex(case["cose"]))
    assert caught.value.reason


@given(st.binary(max_size=200))
def test_chance_bytes_are_refused_as_one_kind_of_error(data: bytes) -> None:
    with pytest.raises(RedemptionError):
        read(data)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sequence": 0},
        {"previous": bytes(32)},
        {"tag": b""},
        {"proof": ""},
        {"proof": "x" * 17},
        {"items": (("grain", -1),)},
        {"items": (("grain", 1), ("grain", 1))},
        {"programme": ""},
        {"clerk": "x" * 65},
        {"items": (("grain", 1.5),)},
    ],
    ids=str,
)
def test_what_could_not_be_read_is_not_signed(wrong: dict) -> None:
    with pytest.raises(RedemptionError):
        write(replace(receipt_of(CASES["chain"][0]), **wrong), SIGNER)


def test_a_file_of_receipts_is_split_into_its_items() -> None:
    items = [bytes.fromhex(case["cose"]) for case in CASES["chain"]]
    assert split(b"".join(items)) == items
    assert split(b"") == []


def test_a_file_that_breaks_off_is_refused_and_says_where() -> None:
    items = [bytes.fromhex(case["cose"]) for case in CASES["chain"]]
    with pytest.raises(RedemptionError, match=f"item 2, at byte {len(items[0])}"):
        split(items[0] + items[1][:-1])
    with pytest.raises(RedemptionError, match="item 1, at byte 0"):
        split(b"PK\x03\x04")


def test_an_item_that_is_not_a_receipt_is_split_off_and_refused_alone() -> None:
    items = split(cbor.dumps("hello") + bytes.fromhex(CASES["chain"][0]["cose"]))
    with pytest.raises(RedemptionError):
        read(items[0])
    assert read(items[1]).sequence == 1
