"""Merchants: a device certified for `merchant:ID` signs receipts as one of a point does, with the merchant as its point."""

from __future__ import annotations

from evenhand.flow.redemption.device import Device, device_of
from evenhand.formats import cose

ROLE = "merchant:"


def merchant_of(certificate: bytes, root_key: bytes, origin: str) -> Device:
    """The device of a certificate, with the merchants it may sign for in the place of points. RedemptionError if it is not
    a certificate of a device by the root key."""
    device = device_of(certificate, root_key, origin)
    roles = cose.parse(certificate).array()[4]
    assert isinstance(roles, list)
    names = (role[len(ROLE) :] for role in roles if isinstance(role, str) and role.startswith(ROLE))
    return Device(device.name, device.public_key, frozenset(names), device.epoch)
