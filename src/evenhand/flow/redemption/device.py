"""Devices: the certificates that let a key sign for points."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand.flow.redemption.errors import RedemptionError
from evenhand.formats import cose

NAME = "evenhand/certificate/v1"
POINT_ROLE = "point:"


@dataclass(frozen=True)
class Device:
    """A certified device: its name, its key, the points it may hold. Of two certificates the higher epoch counts."""

    name: str
    public_key: bytes
    points: frozenset[str]
    epoch: int = 1


def device_of(certificate: bytes, root_key: bytes, origin: str) -> Device:
    """The device of a certificate that the root key signed for this origin. RedemptionError if it is not one."""
    try:
        signed = cose.parse(certificate)
        array = signed.array()
    except cose.CoseError as error:
        raise RedemptionError(f"not a certificate: {error}") from error
    if len(array) != 7 or array[0] != NAME or array[2] != "device":
        raise RedemptionError("not the certificate of a device")
    _, found_origin, _, name, roles, key, epoch = array
    if not isinstance(name, str) or not isinstance(key, bytes) or len(key) != 32:
        raise RedemptionError("not a certificate: its name or key has the wrong type")
    if not isinstance(roles, list) or not isinstance(epoch, int) or isinstance(epoch, bool):
        raise RedemptionError("not a certificate: its roles or epoch have the wrong type")
    if found_origin != origin:
        raise RedemptionError(f'the certificate of "{name}" is for another origin')
    if not cose.verify(signed, root_key):
        raise RedemptionError(f'the certificate of "{name}" is not signed by the root key')
    points = (role[len(POINT_ROLE) :] for role in roles if isinstance(role, str) and role.startswith(POINT_ROLE))
    return Device(name, key, frozenset(points), epoch)


def newest(devices: list[Device]) -> dict[str, Device]:
    """The certificate that counts for each name: that of the highest epoch."""
    found: dict[str, Device] = {}
    for device in devices:
        if device.name not in found or found[device.name].epoch < device.epoch:
            found[device.name] = device
    return found
