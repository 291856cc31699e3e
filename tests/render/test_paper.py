"""Papers: every script of the faces is drawn by a font of the packages, the same data gives the same bytes."""

from __future__ import annotations

import pytest

pytest.importorskip("typst", reason="typst is not installed (extra paper)")

from evenhand.render.paper import pdf, pictures, unprintable

SCRIPTS = {
    "Latin": "Bordereau n° 12: 13.5 kg à l’école",
    "Arabic": "قسيمة الشحن إلى نقطة التوزيع",
    "Devanagari": "क्षेत्र की यात्रा पर्ची",
    "Hangul": "평안남도 안주시 배급소",
}


def test_every_script_has_its_font() -> None:
    assert {name: unprintable({"said": [text]}) for name, text in SCRIPTS.items()} == dict.fromkeys(SCRIPTS, "")


def test_what_no_font_has_is_named() -> None:
    assert unprintable(["a𐎀b", {"key": "𐎁 c"}]) == "𐎀𐎁"


def test_a_script_is_drawn_and_not_left_blank() -> None:
    blank = pictures("#set page(width: 60mm, height: 20mm)\n#data.said", {"said": ""})[0]
    for text in SCRIPTS.values():
        assert len(pictures("#set page(width: 60mm, height: 20mm)\n#data.said", {"said": text})[0]) > len(blank) + 500


def test_the_same_data_gives_the_same_bytes() -> None:
    assert pdf("#data.said", {"said": "x"}) == pdf("#data.said", {"said": "x"})


def test_text_of_the_data_is_never_read_as_markup() -> None:
    made = pdf('#assert(data.said == "#panic() *b* $x$ \\\\")\n#data.said', {"said": "#panic() *b* $x$ \\"})
    assert made.startswith(b"%PDF-")
