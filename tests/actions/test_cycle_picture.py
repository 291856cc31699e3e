"""The picture of a computed cycle: drawn once from the signed tables, in every language, in the units people speak in."""

from __future__ import annotations

import re

import pytest
from actions.village import MARCH, at
from folders import clock, copy_data, open_folder

from evenhand.actions import cycle_picture, division
from evenhand.core.errors import UsageError
from evenhand.render.catalogue import LANGUAGES
from evenhand.store import open_store


def test_it_tells_who_stands_where_what_more_would_do_and_what_every_rule_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_folder() as folder, open_store(copy_data(at("computed"), folder), clock) as store:
        assert cycle_picture.picture(store, MARCH, "en") is None
        signed = division.root_of(store, MARCH)
        assert signed is not None
        before = {path: path.read_bytes() for path in (signed / "public").rglob("*") if path.is_file()}
        steps: list[str] = []
        cycle_picture.draw(store, MARCH, lambda label, done, total: steps.append(label))
        assert before == {path: path.read_bytes() for path in (signed / "public").rglob("*") if path.is_file()}
        assert "drawing: rules" in steps
        found = {language: cycle_picture.picture(store, MARCH, language) or "" for language in LANGUAGES}
        for text in found.values():
            assert "<script" not in text and " style=" not in text and not re.search(r"\b(al|cy)\.[a-z.]+[a-z]", text)
            assert text.count('<section class="part"') >= 4
        english = found["en"]
        assert "grain" in english.lower() and "kg" in english and "proportional" in english
        # 216 of 270 steps at each village; of oil there is enough.
        assert "Grain: 0 of 2 points get all that is due. The worst-off tenth gets 80\u00a0% of it" in english
        assert "Grain: 80\u00a0% everywhere" in english and "Oil: 100\u00a0% everywhere" in english
        assert '<th scope="row">Alder</th><td class="n">80</td><td class="n">108</td><td class="n">135</td>' in english
        monkeypatch.setattr(cycle_picture, "TITLES_MOST", 1)
        cycle_picture.draw(store, MARCH)
        assert "Alder</th>" not in (cycle_picture.picture(store, MARCH, "en") or "")


def test_before_it_is_computed_there_is_nothing_to_draw() -> None:
    with (
        open_folder() as folder,
        open_store(copy_data(at("frozen"), folder), clock) as store,
        pytest.raises(UsageError, match="is not computed"),
    ):
        cycle_picture.draw(store, MARCH)
