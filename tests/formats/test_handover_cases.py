"""What one phone of a point shows another, bound to the counter app by cases: releases, who gives after them, packets."""

from __future__ import annotations

import zlib
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from spec_cases import load, value

from evenhand.flow.redemption import Custody, Receipt, read_release, write_release
from evenhand.flow.redemption.custody import Release
from evenhand.flow.redemption.errors import RedemptionError
from evenhand.formats import cbor
from evenhand.formats.cose import Signer

CASES = load("handover")
KEYS = {name: bytes.fromhex(key["public_key"]) for name, key in CASES["keys"].items()}
LAST = 2**53 - 1
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def test_a_release_is_written_and_read_as_on_the_phone() -> None:
    said: Any = value(CASES["release"]["payload"])
    release = Release(*said[1:9], *(tuple((a, b) for a, b in pairs) for pairs in said[9:]))
    raw = bytes.fromhex(CASES["release"]["cose"])
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(CASES["keys"]["phone-1"]["private_key"]))
    assert write_release(release, Signer(KEYS["phone-1"], key.sign)) == raw
    found = read_release(raw, KEYS)
    assert (found.ranges, found.reserve, found.hash) == (release.ranges, release.reserve, sha256(raw).digest())


@pytest.mark.parametrize("case", CASES["releases_refused"], ids=lambda case: str(case["name"]))
def test_what_is_no_release_is_refused(case: dict[str, str]) -> None:
    with pytest.raises(RedemptionError):
        read_release(bytes.fromhex(case["cose"]), dict.fromkeys(["phone-1", "tablet-3"], KEYS["phone-1"]))


@pytest.mark.parametrize("case", CASES["custody"], ids=lambda case: str(case["name"]))
def test_the_phone_that_gives_to_a_row_is_the_one_whose_receipts_come_first_from_now_on(case: dict[str, Any]) -> None:
    custody = Custody({"Alder": case["holders"]}, [read_release(bytes.fromhex(raw), KEYS) for raw in case["releases"]])

    def turn(device: str, tag: str) -> int:
        return custody.turn(
            Receipt(LAST, bytes(32), "ration", "2008-03/1", "Alder", device, bytes.fromhex(tag), "no coupon", (), "")
        )

    for tag, keeper in case["expect"]:
        assert min(case["phones"], key=lambda device: turn(device, tag)) == keeper


@pytest.mark.parametrize("case", CASES["packets"], ids=lambda case: str(case["name"]))
def test_the_pieces_of_a_packet_unpack_to_its_bytes(case: dict[str, Any]) -> None:
    heads = [piece.split(":", 4) for piece in case["pieces"]]
    packed = b"".join(unbase45(letters) for *_, letters in heads)
    assert [(int(n), int(of)) for _, _, n, of, _ in heads] == [(at + 1, len(heads)) for at in range(len(heads))]
    packet = zlib.decompress(packed, -15)
    assert packet.hex() == case["hex"] and cbor.loads(packet) == value(case["value"])
    number = int.from_bytes(sha256(packed).digest()[:4]) >> 2
    letters = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> shift & 31] for shift in range(25, -1, -5))
    assert {head[1] for head in heads} == {letters}


@pytest.mark.parametrize("case", CASES["base45"], ids=lambda case: str(case["text"]))
def test_base_45_is_that_of_rfc_9285(case: dict[str, str]) -> None:
    assert unbase45(case["text"]).hex() == case["hex"]


def unbase45(text: str) -> bytes:
    found = bytearray()
    for at in range(0, len(text), 3):
        digits = [DIGITS.index(letter) for letter in text[at : at + 3]]
        number = sum(digit * 45**power for power, digit in enumerate(digits))
        found += number.to_bytes(len(digits) - 1)
    return bytes(found)
