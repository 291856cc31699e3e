"""Secrets of a demo come from its seed and origin, and from nothing else."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from evenhand.core.errors import UsageError
from evenhand.formats import cbor, cose
from evenhand.simulation.secrets import SALT, DemoSecrets


def test_a_secret_is_hkdf_of_the_seed_and_origin() -> None:
    other = HKDF(SHA256(), 16, SALT, cbor.dumps(["card", "Alder-1"]))
    assert DemoSecrets(2008, "demo.example").cards(["Alder-1"]) == [other.derive(cbor.dumps(["2008", "demo.example"]))]


def test_seed_origin_kind_and_name_each_change_it() -> None:
    made = {
        DemoSecrets(seed, origin).derive(kind, name)
        for seed in (1, 2)
        for origin in ("demo.a", "demo.b")
        for kind in ("card", "device")
        for name in ("Birch", "Cedar")
    }
    assert len(made) == 16


def test_a_real_origin_is_refused() -> None:
    for origin in ("example.org", "", "Demo.x", "notdemo.x"):
        with pytest.raises(UsageError, match="is not a demo's"):
            DemoSecrets(1, origin)


def test_a_key_signs_and_differs_by_person() -> None:
    secrets = DemoSecrets(1, "demo.a")
    anna, boris = secrets.signer("person", "anna"), secrets.signer("person", "boris")
    signed = cose.parse(cose.sign1(["evenhand/approval/v1", "x"], anna))
    assert cose.verify(signed, anna.public_key) and not cose.verify(signed, boris.public_key)
    assert secrets.passphrase("anna") != secrets.passphrase("boris")


def test_one_block_is_the_most_it_gives() -> None:
    with pytest.raises(ValueError):
        DemoSecrets(1, "demo.a").derive("card", "x", 33)
