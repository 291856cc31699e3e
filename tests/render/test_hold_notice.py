"""The notice of a hold: everything the household has to know on one page, in every language."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from evenhand.flow.cycle.countersigning import HOLD_REASONS
from evenhand.render.catalogue import LANGUAGES
from evenhand.render.hold_notice import SOURCE, Notice, notice
from evenhand.render.hold_words import TEXT

pytest.importorskip("typst", reason="typst is not installed (extra paper)")
PLACES = ("relief", "2008-03", "H001", "Family A6", "0000000486", "Alder")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_is_one_page_and_says_number_reason_where_to_object_and_who(language: str) -> None:
    from evenhand.render.paper import pictures

    complain = "0800 123 456, or the elders at the mill, or the office of the district behind the school, " * 2
    for reason in HOLD_REASONS:
        shown = notice(Notice(*PLACES, reason, complain, "ana", "boris", language, demo=True))
        said = " ".join(map(str, shown.values())).replace("\u00a0", " ")
        assert all(part in said for part in ("H001", "0000 0004 86", complain, "ana", "boris", TEXT[language][reason]))
    pages = pictures(SOURCE, shown, 60)
    assert len(pages) == 1
    ink = np.asarray(Image.open(BytesIO(pages[0])).convert("L")) < 128
    assert ink.mean() > 0.01 and not ink[:, :20].any() and not ink[:, -20:].any(), "printed, and within its margins"


def test_every_language_has_every_word() -> None:
    assert {frozenset(words) for words in TEXT.values()} == {frozenset(TEXT["en"])}
    assert set(TEXT) == set(LANGUAGES)
    assert all(TEXT[language]["draft"] for language in ("fr", "ar", "hi"))
