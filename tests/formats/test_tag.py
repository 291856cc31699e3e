"""Derivations from a card's secret, bound by the cases."""

from __future__ import annotations

from hashlib import sha256

import pytest
import spec_cases

from evenhand.formats import tag

CASES = spec_cases.load("tags")


@pytest.mark.parametrize("case", CASES["cards"], ids=lambda case: f"{case['secret'][:6]} {case['period']}")
def test_a_card_derives_the_keys_of_the_case(case: dict) -> None:
    keys = tag.derive(bytes.fromhex(case["secret"]), case["origin"], case["programme"], case["period"])
    assert {name: getattr(keys, name).hex() for name in ("r", "tag", "salt", "seal_key")} == {
        name: case[name] for name in ("r", "tag", "salt", "seal_key")
    }
    assert tag.tag_of(keys.r) == keys.tag


@pytest.mark.parametrize("case", CASES["ties"], ids=lambda case: case["tie"][:8])
def test_a_tie_break_is_that_of_the_case(case: dict) -> None:
    assert tag.tie(bytes.fromhex(case["seed"]), bytes.fromhex(case["tag"]), case["benefit"]).hex() == case["tie"]


@pytest.mark.parametrize("case", CASES["seeds"], ids=lambda case: case["outcome"])
def test_a_seed_is_the_hash_of_freeze_entry_and_outcome(case: dict) -> None:
    assert sha256(bytes.fromhex(case["freeze_entry"]) + case["outcome"].encode()).hexdigest() == case["seed"]


def test_every_argument_changes_every_key() -> None:
    secret = bytes(range(16))
    base = tag.derive(secret, "demo.example", "ration", "2008-03")
    others = [
        tag.derive(secret[::-1], "demo.example", "ration", "2008-03"),
        tag.derive(secret, "demo.other", "ration", "2008-03"),
        tag.derive(secret, "demo.example", "other", "2008-03"),
        tag.derive(secret, "demo.example", "ration", "2008-04"),
    ]
    for name in ("r", "tag", "salt", "seal_key"):
        assert len({getattr(keys, name) for keys in (base, *others)}) == 5
