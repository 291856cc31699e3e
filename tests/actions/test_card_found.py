"""A found card: whose it is, and whether it was replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from actions.village import ANA, at, paper, secret
from folders import clock, copy_data, open_folder

from evenhand.actions.card_found import find_card
from evenhand.actions.reissue import People, reissue
from evenhand.core.errors import UsageError
from evenhand.formats import code
from evenhand.formats.tag import card_id
from evenhand.render.sheets import Run
from evenhand.store import open_store

pytest.importorskip("typst", reason="typst is not installed (extra paper)")


def qr(drawn: bytes) -> str:
    return "CARD:" + code.encode(card_id(drawn, "relief.example", "relief")).replace("-", "")


def test_a_found_card_is_known_by_its_qr_as_the_old_or_the_new_one(tmp_path: Path) -> None:
    new = b"sixteen new byte"
    with open_folder() as folder, open_store(copy_data(at("open"), folder), clock) as store:
        before = find_card(store, qr(secret("A2")))
        assert (before.household, before.point, before.number, before.epoch) == ("A2", "Alder", paper().cards["A2"], 1)
        assert not before.replaced
        reissue(store, "A2", "lost", People("ana", ANA), (), lambda names: [new], tmp_path / "out", Run("relief", "a4"))
        assert find_card(store, qr(secret("A2"))).replaced
        found = find_card(store, qr(new).lower().replace("card", "CARD"))
        assert (found.household, found.epoch, found.replaced) == ("A2", 2, False)
        assert [(one.epoch, one.since, one.reason, one.person) for one in found.issues] == [
            (1, "2008-03", "", ""),
            (2, "2008-04", "lost", "ana"),
        ]
        assert find_card(store, paper().cards["A2"]).epoch is None
        for text, said in (
            ("0000000000", "not a card"), ("CARD:QQ", "not a card"), ("", "not a card"), (code.card_number(77), "no such"),
            (qr(b"of somebody else"), "no such"), (paper().slips["A2"], "not a card"),
        ):  # fmt: skip
            with pytest.raises(UsageError, match=said):
                find_card(store, text)
