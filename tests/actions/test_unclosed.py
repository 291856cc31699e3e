"""A phone that is lost with receipts nobody has seen: the cycle still closes, and everybody is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from actions.village import MARCH, at, paper
from folders import clock, copy_data, open_folder

from evenhand.actions.close import close, final_rolls
from evenhand.actions.publish import publish
from evenhand.actions.redeem import redeem
from evenhand.core.errors import UsageError
from evenhand.flow.redemption import Receipt, chain
from evenhand.formats import code
from evenhand.formats.tag import tag_of
from evenhand.store import open_store


def test_a_chain_with_a_gap_closes_only_when_its_phone_is_given_up_and_then_it_is_published() -> None:
    with open_folder() as folder:
        data = copy_data(at("received"), folder)
        with open_store(data, clock) as store:
            due = {
                tag: rations
                for tag, point, rations in zip(
                    *final_rolls(store, MARCH).select(["tag", "point", "rations"]).to_pydict().values(), strict=True
                )
                if point == "Alder"
            }
            coupons = [code.decode(paper().coupons[h, "2008-03"]) for h in ("A1", "A2", "A3")]
            drafts = [
                Receipt(
                    1, None, store.programme.id, MARCH, "Alder", "phone-Alder", tag_of(r), r,
                    tuple((b, n) for b, n in zip(("grain", "oil"), due[tag_of(r)], strict=True) if n), "",
                )
                for r in coupons
            ]  # fmt: skip
            first, _, third = chain(drafts, store.keys.device("phone-Alder"))
            taken = redeem(store, MARCH, [third, first])
            assert (taken.new, len(taken.gaps)) == (2, 1)
            with pytest.raises(UsageError, match='receipt 2 of "phone-Alder" never came'):
                close(store, MARCH, "boris")
            with pytest.raises(UsageError, match="no device is called phone-X"):
                close(store, MARCH, "boris", unclosed=["phone-X"])
            ended = close(store, MARCH, "boris", unclosed=["phone-Alder"])
            assert ended["redeemed"] == 2  # both receipts that came count; the lost one's row is uncollected
            published = publish(store, MARCH, "boris", folder / "out")
        checked = subprocess.run(
            [Path(sys.executable).with_name("evenhand-verify"), published], capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout
        assert (
            "PASS heads: 1 device, each head signed by both sides; unclosed, more receipts may exist: phone-Alder"
            in (checked.stdout)
        )
