"""COSE_Sign1: bound by the cases, made again with cbor2 from RFC 9052, Ed25519 by the vectors of RFC 8032."""

from __future__ import annotations

import cbor2
import pytest
import spec_cases
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from evenhand.formats import cose

CASES = spec_cases.load("cose")

# RFC 8032 section 7.1: secret key, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
        "655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
        "c027beceea1ec40a",
    ),
]


def signer(seed: bytes) -> cose.Signer:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return cose.Signer(key.public_key().public_bytes_raw(), key.sign)


ALDER, BIRCH = signer(bytes(range(32))), signer(bytes(range(32, 64)))


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_the_signer_is_ed25519_of_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    made = signer(bytes.fromhex(secret))
    assert made.public_key.hex() == public
    assert made.sign(bytes.fromhex(message)).hex() == signature


@pytest.mark.parametrize("case", CASES["signed"], ids=spec_cases.name)
def test_signing_gives_the_bytes_of_the_case(case: dict) -> None:
    made = signer(bytes.fromhex(case["private_key"]))
    payload = spec_cases.value(case["payload"])
    data = cose.sign1(payload, made)
    assert data.hex() == case["cose"]
    signed = cose.parse(data)
    assert signed.array() == payload
    assert cose.verify(signed, bytes.fromhex(case["public_key"]))


@pytest.mark.parametrize("case", CASES["refused"], ids=spec_cases.name)
def test_anything_else_is_refused_where_the_case_says(case: dict) -> None:
    data = bytes.fromhex(case["cose"])
    if case["at"] == "parse":
        with pytest.raises(cose.CoseError):
            cose.parse(data)
        return
    signed = cose.parse(data)
    if case["at"] == "array":
        with pytest.raises(cose.CoseError):
            signed.array()
        return
    assert not cose.verify(signed, bytes.fromhex(case["public_key"]))


@given(st.lists(st.integers(0, 2**64 - 1) | st.binary(max_size=50), max_size=5))
def test_another_library_verifies_by_rfc_9052(rest: list) -> None:
    data = cose.sign1(["evenhand/x/v1", *rest], ALDER)
    protected, unprotected, payload, signature = cbor2.loads(data)
    assert cbor2.loads(protected) == {1: -8, 4: cose.key_id(ALDER.public_key)}
    assert unprotected == {}
    to_sign = cbor2.dumps(["Signature1", protected, b"", payload])
    Ed25519PublicKey.from_public_bytes(ALDER.public_key).verify(signature, to_sign)
    assert cbor2.loads(payload) == ["evenhand/x/v1", *rest]


def test_a_signature_holds_for_its_own_key_only() -> None:
    signed = cose.parse(cose.sign1(["evenhand/x/v1"], ALDER))
    assert cose.verify(signed, ALDER.public_key)
    assert not cose.verify(signed, BIRCH.public_key)


def test_a_public_key_that_is_none_verifies_nothing() -> None:
    signed = cose.parse(cose.sign1(["evenhand/x/v1"], ALDER))
    for key in (b"", bytes(31), b"\xff" * 32):
        assert not cose.verify(cose.Signed(cose.key_id(key), signed.payload, signed.signature), key)


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_no_flipped_byte_passes(where: int, flip: int) -> None:
    data = bytearray(cose.sign1(["evenhand/x/v1", 7, {"grain": 3}], ALDER))
    data[where % len(data)] ^= flip
    try:
        signed = cose.parse(bytes(data))
    except cose.CoseError:
        return
    assert not cose.verify(signed, ALDER.public_key)


@given(st.binary(max_size=120))
def test_chance_bytes_are_refused_as_one_kind_of_error(data: bytes) -> None:
    with pytest.raises(cose.CoseError):
        cose.parse(data)
