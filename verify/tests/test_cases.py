"""The checker reads what `spec/cases` binds every implementation to, to the byte."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from evenhand_verify import cbor
from evenhand_verify.card import bounds, share
from evenhand_verify.cards import Keys, derive, number_fits, read_code, tag_of
from evenhand_verify.checks.recut import expected
from evenhand_verify.facts import Total
from evenhand_verify.numbers import Ladder, Level
from evenhand_verify.packed import Packed, open_row, outcomes, read_packed
from evenhand_verify.result import Malformed, UsageError
from evenhand_verify.signatures import read_cose

FOLDER = Path(__file__).parents[2] / "spec" / "cases"


def cases(name: str, part: str) -> list[Any]:
    found: list[Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))[part]
    return found


def plain(value: Any) -> Any:
    """A value of the cases as Python has it."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        (kind, inner), *_ = value.items()
        if kind == "map":
            return {plain(key): plain(item) for key, item in inner}
        return bytes.fromhex(inner) if kind == "bytes" else int(inner)
    return value


@pytest.mark.parametrize("case", cases("cbor", "encode"), ids=lambda case: case["name"])
def test_a_value_has_one_encoding(case: dict[str, Any]) -> None:
    data, value = bytes.fromhex(case["hex"]), plain(case["value"])
    assert cbor.decode(data) == value and cbor.encode(value) == data


@pytest.mark.parametrize("case", cases("cbor", "refuse"), ids=lambda case: case["name"])
def test_any_other_encoding_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(cbor.CborError):
        cbor.decode(bytes.fromhex(case["hex"]))


@pytest.mark.parametrize("case", cases("cose", "signed"), ids=lambda case: case["name"])
def test_a_signature_holds_for_its_key_only(case: dict[str, Any]) -> None:
    cose = read_cose(bytes.fromhex(case["cose"]), "case")
    assert [cose.name, *cose.body] == plain(case["payload"])
    assert cose.signed_by(bytes.fromhex(case["public_key"])) and not cose.signed_by(bytes(32))


@pytest.mark.parametrize("case", cases("cose", "refused"), ids=lambda case: case["name"])
def test_what_is_no_signature_is_refused(case: dict[str, Any]) -> None:
    try:
        cose = read_cose(bytes.fromhex(case["cose"]), "case")
    except Malformed:
        return
    assert case["at"] == "verify" and not cose.signed_by(bytes.fromhex(case["public_key"]))


@pytest.mark.parametrize("case", cases("tags", "cards"), ids=lambda case: case["tag"])
def test_a_card_gives_its_keys(case: dict[str, Any]) -> None:
    keys = derive(bytes.fromhex(case["secret"]), case["origin"], case["programme"], case["period"])
    assert [part.hex() for part in (keys.r, keys.tag, keys.salt, keys.seal)] == [
        case[name] for name in ("r", "tag", "salt", "seal_key")
    ]
    assert tag_of(keys.r) == keys.tag


def test_codes_are_read_as_people_type_them() -> None:
    for case in cases("codes", "codes"):
        assert read_code(case["code"]).hex() == case["secret"]
    for case in cases("codes", "codes_read"):
        assert read_code(case["text"]).hex() == case["secret"]
    for case in cases("codes", "card_numbers"):
        assert number_fits(case["number"])
    for text in cases("codes", "card_numbers_refused"):
        assert not number_fits(text)


@pytest.mark.parametrize("case", cases("codes", "codes_refused"), ids=lambda case: case["name"])
def test_a_mistyped_code_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        read_code(case["text"])


def one_row(case: dict[str, Any]) -> tuple[Packed, Keys]:
    row = bytes.fromhex(case["row"])
    packed = Packed("case", "ration", case["cycle"], "Alder", len(row), row, [row[:16]])
    return packed, Keys(b"", row[:16], bytes.fromhex(case["salt"]), bytes.fromhex(case["seal_key"]))


@pytest.mark.parametrize("case", cases("rows", "rows"), ids=lambda case: case["name"])
def test_a_row_opens_with_its_keys(case: dict[str, Any]) -> None:
    packed, keys = one_row(case)
    record, told = open_row(packed, 0, keys), case["record"]
    assert (record.card, record.point, record.policy.hex()) == (told["card"], told["point"], told["policy_sha256"])
    assert [(g.benefit, g.ladder, g.carry, g.ration, g.reasons, [list(o) for o in g.owed]) for g in record.grants] == [
        tuple(g[n] for n in ("benefit", "ladder", "carry_micro", "ration_steps", "reasons", "owed"))
        for g in told["grants"]
    ]


@pytest.mark.parametrize("case", cases("rows", "rows_refused"), ids=lambda case: case["name"])
def test_a_row_that_was_touched_does_not_open(case: dict[str, Any]) -> None:
    packed, keys = one_row(case)
    with pytest.raises(Malformed):
        open_row(packed, 0, keys)


def test_rolls_and_outcome_files_are_read() -> None:
    for case in [*cases("rows", "rolls"), *cases("rows", "outcomes")]:
        packed = read_packed(bytes.fromhex(case["file"]), "case")
        assert (packed.programme, packed.cycle, packed.point) == (case["programme"], case["cycle"], case["point"])
        if "tags_sha256" in case:
            assert packed.tags_sha256().hex() == case["tags_sha256"]
    for case in cases("rows", "outcomes"):
        found = outcomes(read_packed(bytes.fromhex(case["file"]), "case"))
        assert [(t.hex(), s, v.rstrip(b"\0").hex()) for t, s, v in found] == [
            (row["tag"], row["status"], row["value"]) for row in case["rows"]
        ]


@pytest.mark.parametrize("case", cases("rows", "files_refused"), ids=lambda case: case["name"])
def test_a_file_in_another_form_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_packed(bytes.fromhex(case["file"]), "case")


@pytest.mark.parametrize("case", cases("recut", "cases"), ids=lambda case: case["name"])
def test_a_short_point_is_cut_to_the_level_of_the_rule(case: dict[str, Any]) -> None:
    planned = Level(case["planned"]["rungs"], int(case["planned"]["num"]), int(case["planned"]["den"]))
    reserve, units = case["reserve"], case["units"]
    total = Total(0, 0, 0, case["carry_micro"], 0, units, units - reserve, reserve)
    ladder = Ladder([(rung, amount) for rung, amount in case["ladder"]])
    arrears = Fraction(case["carry_micro"], 10**6)
    found = expected(total, ladder, planned, case["counted"], case["step_base"], arrears)
    right = case["expect"]
    assert (found.reserve, found.units) == (right["reserve"], right["units"])
    assert found.level.value == Level(right["rungs"], int(right["num"]), int(right["den"])).value


@pytest.mark.parametrize("case", cases("division", "cases"), ids=lambda case: case["name"])
def test_rations_by_the_rule_pass_the_check_of_a_card(case: dict[str, Any]) -> None:
    level = Level(1, int(case["num"]), int(case["den"]))
    shares = [
        Fraction(row["carry_micro"], 10**6) + share([row["full_base"], row["next_base"]], level) / case["step_base"]
        for row in case["rows"]
    ]
    total = sum(shares)
    short = max(0, total.numerator // total.denominator - case["units"])
    for b, row in zip(shares, case["expect"], strict=True):
        least, most = bounds(b, short, len(shares))
        assert least <= row["ration"] <= most, (row["household"], b, short)
