"""Canonical CBOR: bound by the cases, compared with cbor2, and closed under reading."""

from __future__ import annotations

import cbor2
import pytest
import spec_cases
from hypothesis import example, given
from hypothesis import strategies as st

from evenhand.formats import cbor

CASES = spec_cases.load("cbor")

numbers = st.integers(-(2**64), 2**64 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
leaves = st.none() | st.booleans() | numbers | st.binary(max_size=300) | texts
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=30)
        | st.dictionaries(texts, inner, max_size=6)
        | st.dictionaries(numbers, inner, max_size=6)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize("case", CASES["encode"], ids=spec_cases.name)
def test_a_value_has_the_bytes_of_the_case(case: dict) -> None:
    value = spec_cases.value(case["value"])
    assert cbor.dumps(value).hex() == case["hex"]
    assert cbor.loads(bytes.fromhex(case["hex"])) == value


@pytest.mark.parametrize("case", CASES["refuse"], ids=spec_cases.name)
def test_bytes_that_are_not_canonical_are_refused(case: dict) -> None:
    with pytest.raises(cbor.CborError):
        cbor.loads(bytes.fromhex(case["hex"]))


@given(values)
def test_cbor2_reads_what_is_written(value: object) -> None:
    assert cbor2.loads(cbor.dumps(value)) == value


@given(st.recursive(leaves, lambda inner: st.lists(inner, max_size=30), max_leaves=20))
def test_cbor2_writes_the_same_bytes(value: object) -> None:
    assert cbor.dumps(value) == cbor2.dumps(value, canonical=True)


@given(st.binary(max_size=40))
@example(bytes.fromhex("a10000"))
def test_what_is_read_has_exactly_these_bytes(data: bytes) -> None:
    try:
        value = cbor.loads(data)
    except cbor.CborError:
        return
    assert cbor.dumps(value) == data


@given(values, st.integers(0, 10**6), st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_another_value(value: object, where: int, flip: int) -> None:
    data = bytearray(cbor.dumps(value))
    data[where % len(data)] ^= flip
    try:
        changed = cbor.loads(bytes(data))
    except cbor.CborError:
        return
    assert cbor.dumps(changed) == bytes(data)


@pytest.mark.parametrize(
    "value",
    [1.5, {1, 2}, 2**64, -(2**64) - 1, "\ud800", {b"k": 1}, {True: 1}, {None: 1}, {(1,): 2}, 1j, bytearray(b"a")],
    ids=repr,
)
def test_what_the_subset_cannot_hold_is_not_written(value: object) -> None:
    with pytest.raises(cbor.CborError):
        cbor.dumps(value)  # type: ignore[arg-type]


def test_what_is_too_deep_to_read_is_not_written() -> None:
    value: list = []
    for _ in range(cbor.DEPTH_MAX):
        value = [value]
    assert cbor.loads(cbor.dumps(value)) == value
    with pytest.raises(cbor.CborError):
        cbor.dumps([value])


def test_items_of_a_sequence_are_read_one_after_another() -> None:
    data = cbor.dumps([1, "a"]) + cbor.dumps(None)
    first, end = cbor.load_from(data, 0)
    assert first == [1, "a"]
    assert cbor.load_from(data, end) == (None, len(data))


@pytest.mark.parametrize("leaf", [b"\x07", b"\x41a", b"\x61a", b"\xf6"])
def test_the_deepest_item_that_is_read_is_the_deepest_that_is_written(leaf: bytes) -> None:
    just = b"\x81" * cbor.DEPTH_MAX + leaf
    assert cbor.dumps(cbor.loads(just)) == just
    with pytest.raises(cbor.CborError, match="too deep"):
        cbor.loads(b"\x81" + just)
