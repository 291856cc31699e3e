"""Heads of devices' chains."""

from __future__ import annotations

import pytest
from redemption.points import CYCLE, draft, signed, signer

from evenhand.flow.redemption import Head, RedemptionError, check_head, read, read_head, write_head
from evenhand.formats import cose

ALDER = signer("alder-1")
CHAIN = [read(data) for data in signed(draft("A1"), draft("A2"), draft("A3"))]
HEAD = Head("ration", CYCLE, "alder-1", 3, CHAIN[-1].hash)


def test_a_head_reads_back_and_is_signed_by_both_sides() -> None:
    for by in (ALDER, signer("log")):
        assert read_head(write_head(HEAD, by), by.public_key) == HEAD
    empty = Head("ration", CYCLE, "alder-1", 0, None)
    assert read_head(write_head(empty, ALDER), ALDER.public_key) == empty


def test_a_head_by_another_key_is_refused() -> None:
    with pytest.raises(RedemptionError, match="not signed"):
        read_head(write_head(HEAD, signer("thief")), ALDER.public_key)


@pytest.mark.parametrize(
    "payload",
    [
        ["evenhand/head/v1", "ration", CYCLE, "alder-1", 3],
        ["evenhand/head/v2", "ration", CYCLE, "alder-1", 0, None],
        ["evenhand/head/v1", "ration", CYCLE, "alder-1", 3, None],
        ["evenhand/head/v1", "ration", CYCLE, "alder-1", 0, bytes(32)],
        ["evenhand/head/v1", "ration", CYCLE, "alder-1", 3, bytes(31)],
        ["evenhand/head/v1", "ration", CYCLE, 5, 0, None],
        ["evenhand/head/v1", "", CYCLE, "alder-1", 0, None],
        ["evenhand/head/v1", "ration", CYCLE, "alder-1", -1, None],
        ["evenhand/head/v1", "ration", CYCLE, "alder-1", True, bytes(32)],
    ],
    ids=str,
)
def test_a_head_of_another_form_is_refused(payload: list) -> None:
    with pytest.raises(RedemptionError):
        read_head(cose.sign1(payload, ALDER), ALDER.public_key)


def test_a_head_that_is_none_is_not_signed() -> None:
    with pytest.raises(RedemptionError):
        write_head(Head("ration", CYCLE, "alder-1", 1, None), ALDER)


def test_a_whole_chain_has_nothing_wrong_in_any_order() -> None:
    assert check_head(HEAD, CHAIN) == check_head(HEAD, CHAIN[::-1]) == []
    assert check_head(HEAD, [receipt.link for receipt in CHAIN]) == []
    assert check_head(Head("ration", CYCLE, "alder-1", 0, None), []) == []


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_receipt_that_never_came_is_named(missing: int) -> None:
    rest = CHAIN[:missing] + CHAIN[missing + 1 :]
    assert check_head(HEAD, rest)[0] == f'receipt {missing + 1} of "alder-1" never came'


def test_receipts_later_than_the_head_and_beside_its_chain_are_named() -> None:
    assert check_head(Head("ration", CYCLE, "alder-1", 2, CHAIN[1].hash), CHAIN) == [
        '1 receipts of "alder-1" are later than its head'
    ]
    fork = read(signed(draft("A1", clerk="Pak"))[0])
    assert check_head(HEAD, [*CHAIN, fork]) == ['1 receipts of "alder-1" are not on the chain of its head: a fork']


def test_another_devices_receipts_do_not_matter() -> None:
    assert check_head(HEAD, [*CHAIN, *(read(data) for data in signed(draft("B1")))]) == []


def test_a_head_that_counts_otherwise_than_its_chain_is_found() -> None:
    assert check_head(Head("ration", CYCLE, "alder-1", 4, CHAIN[-1].hash), CHAIN)
    assert check_head(Head("ration", CYCLE, "alder-1", 2, CHAIN[-1].hash), CHAIN)
