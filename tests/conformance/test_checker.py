"""The checker, which shares no code with Evenhand, passes the same cases."""

from __future__ import annotations

import pytest
import spec_cases
from evenhand_verify import cards, cbor, packed, signatures
from evenhand_verify.result import Malformed, UsageError

CBOR, CODES, COSE, ROWS, TAGS = (spec_cases.load(name) for name in ("cbor", "codes", "cose", "rows", "tags"))


@pytest.mark.parametrize("case", CBOR["encode"], ids=spec_cases.name)
def test_the_checker_reads_and_writes_the_same_cbor(case: dict) -> None:
    value = spec_cases.value(case["value"])
    assert cbor.encode(value).hex() == case["hex"]
    assert cbor.decode(bytes.fromhex(case["hex"])) == value


@pytest.mark.parametrize("case", CBOR["refuse"], ids=spec_cases.name)
def test_the_checker_refuses_what_is_not_canonical(case: dict) -> None:
    with pytest.raises(cbor.CborError):
        cbor.decode(bytes.fromhex(case["hex"]))


@pytest.mark.parametrize("case", TAGS["cards"], ids=lambda case: case["tag"][:8])
def test_the_checker_derives_the_same_keys(case: dict) -> None:
    keys = cards.derive(bytes.fromhex(case["secret"]), case["origin"], case["programme"], case["period"])
    assert [keys.r.hex(), keys.tag.hex(), keys.salt.hex(), keys.seal.hex()] == [
        case[name] for name in ("r", "tag", "salt", "seal_key")
    ]


@pytest.mark.parametrize("case", CODES["codes_read"] + [{**c, "text": c["code"]} for c in CODES["codes"]], ids=str)
def test_the_checker_reads_the_same_codes(case: dict) -> None:
    assert cards.read_code(case["text"]).hex() == case["secret"]


@pytest.mark.parametrize("case", CODES["codes_refused"], ids=spec_cases.name)
def test_the_checker_finds_the_same_codes_mistyped(case: dict) -> None:
    with pytest.raises(UsageError):
        cards.read_code(case["text"])


@pytest.mark.parametrize("case", COSE["signed"], ids=spec_cases.name)
def test_the_checker_verifies_the_same_signatures(case: dict) -> None:
    found = signatures.read_cose(bytes.fromhex(case["cose"]), "case")
    assert [found.name, *found.body] == spec_cases.value(case["payload"])
    assert found.signed_by(bytes.fromhex(case["public_key"]))


@pytest.mark.parametrize("case", COSE["refused"], ids=spec_cases.name)
def test_the_checker_refuses_the_same_signatures(case: dict) -> None:
    data = bytes.fromhex(case["cose"])
    if case["at"] == "verify":
        assert not signatures.read_cose(data, "case").signed_by(bytes.fromhex(case["public_key"]))
    else:
        with pytest.raises(Malformed):
            signatures.read_cose(data, "case")


def packed_row(case: dict) -> packed.Packed:
    row = bytes.fromhex(case["row"])
    return packed.Packed("case", "ration", case["cycle"], "Alder", len(row), row, [row[:16]])


@pytest.mark.parametrize("case", ROWS["rows"], ids=spec_cases.name)
def test_the_checker_opens_the_same_rows(case: dict) -> None:
    keys = cards.Keys(b"", *(bytes.fromhex(case[name]) for name in ("tag", "salt", "seal_key")))
    found = packed.open_row(packed_row(case), 0, keys)
    record = case["record"]
    assert (found.card, found.point, found.policy.hex()) == (record["card"], record["point"], record["policy_sha256"])
    assert [[g.benefit, g.ladder, g.carry, g.ration, g.reasons, [list(o) for o in g.owed]] for g in found.grants] == [
        [g[n] for n in ("benefit", "ladder", "carry_micro", "ration_steps", "reasons", "owed")]
        for g in record["grants"]
    ]


@pytest.mark.parametrize("case", ROWS["rows_refused"], ids=spec_cases.name)
def test_the_checker_does_not_open_a_changed_row(case: dict) -> None:
    keys = cards.Keys(b"", b"", *(bytes.fromhex(case[name]) for name in ("salt", "seal_key")))
    with pytest.raises(Malformed):
        packed.open_row(packed_row(case), 0, keys)


@pytest.mark.parametrize("case", ROWS["rolls"] + ROWS["outcomes"], ids=spec_cases.name)
def test_the_checker_reads_the_same_files(case: dict) -> None:
    found = packed.read_packed(bytes.fromhex(case["file"]), "case")
    assert (found.programme, found.cycle, found.point, len(found)) == (
        case["programme"], case["cycle"], case["point"], len(case["rows"]),
    )  # fmt: skip
    if "tags_sha256" in case:
        assert found.tags_sha256().hex() == case["tags_sha256"]
    else:
        assert [(t.hex(), s, v.rstrip(b"\0").hex()) for t, s, v in packed.outcomes(found)] == [
            (row["tag"], row["status"], row["value"]) for row in case["rows"]
        ]


@pytest.mark.parametrize("case", ROWS["files_refused"], ids=spec_cases.name)
def test_the_checker_refuses_the_same_files(case: dict) -> None:
    with pytest.raises(Malformed):
        packed.read_packed(bytes.fromhex(case["file"]), "case")
