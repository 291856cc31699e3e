"""Certificates of devices."""

from __future__ import annotations

import pytest
from redemption.points import signer

from evenhand.flow.redemption import Device, RedemptionError, device_of
from evenhand.formats import cose

ROOT, ALDER = signer("root"), signer("alder-1")
GOOD = [
    "evenhand/certificate/v1",
    "demo.example",
    "device",
    "alder-1",
    ["point:Alder", "point:A B"],
    ALDER.public_key,
    2,
]


def certificate(payload: list, by: cose.Signer = ROOT) -> bytes:
    return cose.sign1(payload, by)


def test_a_certificate_names_a_device_its_key_and_its_points() -> None:
    found = device_of(certificate(GOOD), ROOT.public_key, "demo.example")
    assert found == Device("alder-1", ALDER.public_key, frozenset(["Alder", "A B"]), 2)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "evenhand/freeze/v1"),
        (1, "demo.other"),
        (2, "person"),
        (2, "log"),
        (3, 1),
        (4, "point:Alder"),
        (5, bytes(31)),
        (5, None),
        (6, "1"),
        (6, True),
    ],
)
def test_another_certificate_is_refused(place: int, value: object) -> None:
    with pytest.raises(RedemptionError):
        device_of(certificate([*GOOD[:place], value, *GOOD[place + 1 :]]), ROOT.public_key, "demo.example")


def test_a_certificate_by_anybody_but_the_root_key_is_refused() -> None:
    for data in (
        certificate(GOOD, ALDER),
        b"",
        certificate(GOOD)[:-1],
        certificate(GOOD[:-1]),
        certificate([*GOOD, 0]),
    ):
        with pytest.raises(RedemptionError):
            device_of(data, ROOT.public_key, "demo.example")


def test_a_role_that_is_not_a_point_holds_no_point() -> None:
    found = device_of(
        certificate([*GOOD[:4], ["preparer", 7, "point:Birch"], *GOOD[5:]]), ROOT.public_key, "demo.example"
    )
    assert found.points == {"Birch"}
