"""What phones sign and are given is, on the server's side, what the shared cases say."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from spec_cases import load, name, value

from evenhand.actions.counter_enrol import digits_of
from evenhand.formats import cbor, cose

CASES = load("counter")
KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(CASES["device"]["private_key"]))
SIGNER = cose.Signer(bytes.fromhex(CASES["device"]["public_key"]), KEY.sign)


@pytest.mark.parametrize("case", CASES["signed"], ids=name)
def test_what_a_phone_signs(case: dict[str, Any]) -> None:
    assert cose.sign1(value(case["payload"]), SIGNER).hex() == case["cose"]


@pytest.mark.parametrize("case", CASES["digits"], ids=lambda case: case["digits"])
def test_the_digits_an_officer_compares(case: dict[str, str]) -> None:
    assert digits_of(sha256(bytes.fromhex(case["token"])).digest(), SIGNER.public_key) == case["digits"]


@pytest.mark.parametrize("case", CASES["rolls"], ids=name)
def test_the_roll_a_phone_is_given(case: dict[str, Any]) -> None:
    roll = value(case["value"])
    assert cbor.dumps(roll).hex() == case["hex"]
    assert sha256(b"".join(row[0] for row in roll["rows"])).hexdigest() == case["tags_sha256"]
