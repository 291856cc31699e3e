"""Log entries."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.formats import cbor, entry

ROLL = entry.Entry("roll", "ration", "2008-03/1", "Alder", bytes(range(32)), {"rows": 3, "rations": {"grain": 87}})


def test_an_entry_is_the_array_of_the_specification() -> None:
    expected = [
        1,
        "roll",
        "ration",
        "2008-03/1",
        "Alder",
        bytes(range(32)),
        {"rows": 3, "rations": {"grain": 87}},
        None,
    ]
    assert ROLL.encode() == cbor.dumps(expected)
    assert entry.decode(ROLL.encode()) == ROLL
    assert ROLL.hash == sha256(ROLL.encode()).digest()


@pytest.mark.parametrize("kind", entry.KINDS)
def test_every_kind_reads_as_written(kind: str) -> None:
    made = entry.Entry(kind, "ration", None, "x", bytes(32), {}, bytes(32))
    assert entry.decode(made.encode()) == made


GOOD = [1, "roll", "ration", "2008-03/1", "Alder", bytes(32), {}, None]


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (0, 2), (0, True), (0, "1"), (1, "rolls"), (1, None), (1, []), (2, 1), (2, None), (3, 1), (3, False), (4, None),
        (5, bytes(31)), (5, "x" * 32), (5, None), (6, []), (6, None), (7, bytes(31)), (7, 0), (7, False),
    ],
)  # fmt: skip
def test_a_field_of_another_type_is_refused(place: int, wrong: object) -> None:
    items = [*GOOD]
    items[place] = wrong
    entry.decode(cbor.dumps(GOOD))
    with pytest.raises(entry.EntryError):
        entry.decode(cbor.dumps(items))


@pytest.mark.parametrize("value", [GOOD[:-1], [*GOOD, None], {}, None, "x", []], ids=repr)
def test_another_shape_is_refused(value: object) -> None:
    with pytest.raises(entry.EntryError):
        entry.decode(cbor.dumps(value))


@given(st.binary(max_size=100))
def test_chance_bytes_are_refused_as_one_kind_of_error(data: bytes) -> None:
    with pytest.raises(entry.EntryError):
        entry.decode(data)
