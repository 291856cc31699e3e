"""Rows, rolls and outcome files, bound by the cases."""

from __future__ import annotations

import pytest
import spec_cases
from hypothesis import given
from hypothesis import strategies as st

from evenhand.formats import cbor, roll

CASES = spec_cases.load("rows")


def unhex(case: dict, *names: str) -> list[bytes]:
    return [bytes.fromhex(case[name]) for name in names]


def record_of(fields: dict) -> roll.Record:
    grants = tuple(
        roll.Grant(
            g["benefit"], tuple(g["ladder"]), g["carry_micro"], g["ration_steps"], tuple(g["reasons"]),
            tuple(tuple(debt) for debt in g["owed"]),
        )
        for g in fields["grants"]
    )  # fmt: skip
    return roll.Record(fields["card"], fields["point"], bytes.fromhex(fields["policy_sha256"]), grants)


@pytest.mark.parametrize("case", CASES["rows"], ids=spec_cases.name)
def test_a_row_is_sealed_as_in_the_case(case: dict) -> None:
    tag, salt, key, record, row = unhex(case, "tag", "salt", "seal_key", "record_hex", "row")
    assert record_of(case["record"]).encode() == record
    assert roll.seal_row(record, case["padded_size"], case["cycle"], tag, salt, key) == row
    assert roll.open_row(row, case["cycle"], salt, key) == record_of(case["record"])


@pytest.mark.parametrize("case", CASES["rows_refused"], ids=spec_cases.name)
def test_a_row_that_was_changed_does_not_open(case: dict) -> None:
    salt, key, row = unhex(case, "salt", "seal_key", "row")
    with pytest.raises(roll.RollError):
        roll.open_row(row, case["cycle"], salt, key)


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_no_flipped_byte_of_a_row_passes(where: int, flip: int) -> None:
    case = CASES["rows"][0]
    salt, key, row = unhex(case, "salt", "seal_key", "row")
    changed = bytearray(row)
    changed[where % len(row)] ^= flip
    with pytest.raises(roll.RollError):
        roll.open_row(bytes(changed), case["cycle"], salt, key)


def test_rows_of_one_padding_have_one_size() -> None:
    assert len({len(case["row"]) for case in CASES["rows"]}) == 1


@pytest.mark.parametrize("length", [65, 70000])
def test_a_record_too_long_for_its_row_is_refused(length: int) -> None:
    with pytest.raises(roll.RollError):
        roll.seal_row(bytes(length), 64 if length < 1000 else length, "2008-03/1", bytes(16), bytes(16), bytes(32))


def test_a_key_of_another_size_does_not_open() -> None:
    case = CASES["rows"][0]
    salt, row = unhex(case, "salt", "row")
    with pytest.raises(roll.RollError):
        roll.open_row(row, case["cycle"], salt, bytes(31))


@pytest.mark.parametrize("case", CASES["rolls"], ids=spec_cases.name)
def test_a_roll_is_packed_as_in_the_case(case: dict) -> None:
    packed = roll.pack(case["programme"], case["cycle"], case["point"], [bytes.fromhex(row) for row in case["rows"]])
    assert packed.encode().hex() == case["file"]
    assert packed.tags_sha256().hex() == case["tags_sha256"]
    assert roll.unpack(bytes.fromhex(case["file"])) == packed
    assert len(packed) == len(case["rows"])
    assert [packed.row(i) for i in range(len(packed))] == sorted(bytes.fromhex(row) for row in case["rows"])


@pytest.mark.parametrize("case", CASES["outcomes"], ids=spec_cases.name)
def test_an_outcome_file_is_packed_as_in_the_case(case: dict) -> None:
    rows = [
        roll.outcome_row(bytes.fromhex(row["tag"]), row["status"], bytes.fromhex(row["value"])) for row in case["rows"]
    ]
    packed = roll.pack(case["programme"], case["cycle"], case["point"], rows)
    assert packed.row_size == roll.OUTCOME_SIZE == 33
    assert packed.encode().hex() == case["file"]


@pytest.mark.parametrize("case", CASES["files_refused"], ids=spec_cases.name)
def test_a_file_of_another_form_is_refused(case: dict) -> None:
    with pytest.raises(roll.RollError):
        roll.unpack(bytes.fromhex(case["file"]))


@pytest.mark.parametrize(
    ("tag", "status", "value"),
    [(bytes(15), 1, b""), (bytes(16), 0, b""), (bytes(16), 8, b""), (bytes(16), 1, bytes(17))],
)
def test_an_outcome_that_is_none_is_refused(tag: bytes, status: int, value: bytes) -> None:
    with pytest.raises(roll.RollError):
        roll.outcome_row(tag, status, value)


def test_a_tag_twice_or_rows_of_two_sizes_are_not_packed() -> None:
    alder, birch = roll.outcome_row(b"a" * 16, 4), roll.outcome_row(b"b" * 16, 4)
    for rows in ([alder, birch, roll.outcome_row(b"a" * 16, 3)], [alder, birch + b"\0"]):
        with pytest.raises(roll.RollError):
            roll.pack("ration", "2008-03/1", "Alder", rows)


def test_a_roll_of_nobody_is_a_file_too() -> None:
    packed = roll.pack("ration", "2008-03/1", "Alder", [])
    assert roll.unpack(packed.encode()) == packed
    assert len(packed) == 0


GOOD = [1, "0000000098", "Alder", bytes(32), [["grain", [500], -1, 1, ["due.a"], [["uncollected", "2008-02", 500]]]]]


@pytest.mark.parametrize(
    "wrong",
    [
        [2, *GOOD[1:]], [True, *GOOD[1:]], GOOD[:-1], [*GOOD, 0], [1, 98, *GOOD[2:]], [1, "98", 5, *GOOD[3:]],
        [*GOOD[:3], bytes(31), []], [*GOOD[:3], "x", []], [*GOOD[:4], [["grain", [500], -1, 1, ["due.a"]]]],
        [*GOOD[:4], [["grain", ["500"], -1, 1, [], []]]], [*GOOD[:4], [["grain", "500", -1, 1, [], []]]],
        [*GOOD[:4], [["grain", [500], None, 1, [], []]]], [*GOOD[:4], [["grain", [500], -1, True, [], []]]],
        [*GOOD[:4], [["grain", [500], -1, 1, [3], []]]], [*GOOD[:4], [["grain", [500], -1, 1, "due", []]]],
        [*GOOD[:4], [[b"grain", [500], -1, 1, [], []]]], [*GOOD[:4], [["grain", [500], -1, 1, [], 0]]],
        [*GOOD[:4], [["grain", [500], -1, 1, [], [["uncollected", "2008-02"]]]]],
        [*GOOD[:4], [["grain", [500], -1, 1, [], [["uncollected", 2, 500]]]]], [*GOOD[:4], {}], [*GOOD[:4], 1], {}, None, 5,
    ],
    ids=repr,
)  # fmt: skip
def test_a_record_of_another_form_is_refused(wrong: object) -> None:
    assert roll.decode_record(cbor.dumps(GOOD)).encode() == cbor.dumps(GOOD)
    with pytest.raises(roll.RollError):
        roll.decode_record(cbor.dumps(wrong))
