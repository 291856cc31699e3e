"""A tiny programme for tests: the villages Alder and Birch, four households, a device a village."""

from __future__ import annotations

from hashlib import sha256

import pyarrow as pa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evenhand.flow.redemption import Device, Receipt, chain
from evenhand.formats.cose import Signer
from evenhand.formats.tag import derive

CYCLE = "2008-03/1"
BENEFITS = ("grain", "shoes")


def signer(name: str) -> Signer:
    key = Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())
    return Signer(key.public_key().public_bytes_raw(), key.sign)


POINT = {"A1": "Alder", "A2": "Alder", "A3": "Alder", "B1": "Birch"}
RATION = {"A1": (60, 1), "A2": (27, 0), "A3": (0, 0), "B1": (10, 2)}
KEYS = {name: derive(sha256(name.encode()).digest()[:16], "demo.example", "ration", "2008-03") for name in POINT}
HOLDER = {"Alder": "alder-1", "Birch": "birch-1"}
DEVICES = [Device(device, signer(device).public_key, frozenset([point])) for point, device in HOLDER.items()]
TAGS = {point: {KEYS[name].tag for name, at in POINT.items() if at == point} for point in HOLDER}
ROLLS = pa.table(
    {
        "tag": pa.array([KEYS[name].tag for name in POINT], pa.binary()),
        "point": pa.array(list(POINT.values()), pa.string()),
        "rations": pa.array([list(RATION[name]) for name in POINT], pa.list_(pa.int64())),
    }
)


def due(name: str) -> tuple[tuple[str, int], ...]:
    return tuple((benefit, steps) for benefit, steps in zip(BENEFITS, RATION[name], strict=True) if steps)


def draft(name: str, proof: str = "", items: tuple | None = None, point: str = "", **changed: object) -> Receipt:
    """A receipt for household `name`: its coupon and ration unless told otherwise."""
    at = point or POINT[name]
    given = due(name) if items is None else items
    fields: dict = {
        "sequence": 1, "previous": None, "programme": "ration", "cycle": CYCLE, "point": at, "device": HOLDER[at],
        "tag": KEYS[name].tag, "proof": proof or KEYS[name].r, "items": given, "clerk": "Chun",
    }  # fmt: skip
    return Receipt(**(fields | changed))


def signed(*drafts: Receipt, by: str = "") -> list[bytes]:
    """The drafts as chains of their devices, in order."""
    made: list[bytes] = []
    for device in dict.fromkeys(draft.device for draft in drafts):
        made += chain([draft for draft in drafts if draft.device == device], signer(by or device))
    return made
