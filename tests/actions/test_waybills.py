"""Waybills on paper: every line of the database, exact amounts, a QR that reads back."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from actions.village import MARCH, at
from folders import clock, copy_data, open_folder

from evenhand.actions.waybills import check_code, print_waybills
from evenhand.core.benefit import Benefit, CarryRule
from evenhand.core.errors import AnswerIsNo, UsageError
from evenhand.render.catalogue import LANGUAGES, Catalogue
from evenhand.render.paper_words import TEXT
from evenhand.render.waybills import Line, Papers, Waybill, exact, packs, paper_data, waybills_page, waybills_pdf
from evenhand.store import open_store

zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed (extra paper)")
LAPSE = CarryRule(0, "")


def good(unit: str, base: int, step: int, parts: int = 1) -> Benefit:
    return Benefit("x", "X & Y", "good", unit, parts, base, step, LAPSE, LAPSE)


EN = Catalogue("en")


def shown(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_amounts_are_never_rounded() -> None:
    assert shown(exact(good("kg", 1000, 500), 433, EN)) == "216.5 kg"
    assert shown(exact(good("kg", 1000, 500), 4_000_000, EN)) == "2,000,000 kg"
    assert shown(exact(good("l", 1000, 1), 1, EN)) == "0.001 l"
    assert shown(exact(good("pair", 12, 1, 12), 5, EN)) == "5/12 pairs"
    assert shown(exact(good("kg", 1000, 500), 433, Catalogue("ar"))) == "216.5 كغ"


def test_packs_and_what_is_loose_beside_them() -> None:
    assert shown(packs(Line(good("kg", 1000, 500), 433, 100), EN)) == "4 × 50 kg, 16.5 kg loose"
    assert shown(packs(Line(good("kg", 1000, 500), 400, 100), EN)) == "4 × 50 kg"
    assert shown(packs(Line(good("kg", 1000, 500), 33, 100), EN)) == "16.5 kg loose"
    assert packs(Line(good("kg", 1000, 500), 33), EN) == ""


def papers(language: str = "en") -> Papers:
    bills = [
        Waybill(f"2008-03/1-W{n:05}", f"L{n}", "Mill <1>", "Alder", (Line(good("kg", 1000, 500), 432),), f"WAYBILL:{n}")
        for n in (1, 2)
    ]
    return Papers("relief", "2008-03/1", "example.org/log", bills, language)


def read_back(page: str) -> list[str]:
    """What a reader finds in the QRs of a page, drawn at three dots a module."""
    found = []
    for box, shape in re.findall(
        r'viewBox="0 0 (\d+) \1" role="img">.*?class="black" stroke="#000000" d="([^"]+)"', page
    ):
        image = np.full((int(box), int(box)), 255, np.uint8)
        for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", shape):
            image[int(y), int(x) : int(x) + int(length)] = 0
        found += [code.text for code in zxingcpp.read_barcodes(np.kron(image, np.ones((3, 3), np.uint8)))]
    return found


def test_every_sheet_has_its_load_and_a_code_that_reads_back() -> None:
    page = waybills_page(papers())
    assert read_back(page) == ["WAYBILL:1", "WAYBILL:2"]
    assert shown(page).count('<td class="n">216 kg</td>') == 2
    assert "X &amp; Y" in page
    assert "Mill &lt;1&gt;" in page
    assert page == waybills_page(papers())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_says_every_word_in_its_language_and_is_the_same_each_time(language: str) -> None:
    pytest.importorskip("typst", reason="typst is not installed (extra paper)")
    from evenhand.render.paper import unprintable

    assert TEXT[language].keys() == TEXT["en"].keys()
    made = waybills_pdf(papers(language))
    assert made.startswith(b"%PDF-")
    assert made == waybills_pdf(papers(language))
    assert unprintable(paper_data(papers(language))["words"]) == ""


def test_the_code_of_a_committed_waybill_is_checked_against_the_log_and_the_database(tmp_path: Path) -> None:
    with open_folder() as folder:
        data = copy_data(at("committed"), folder)
        with open_store(data, clock) as store:
            rows = store.rows("select distinct waybill from waybill where cycle = %s order by waybill", (MARCH,))
            assert print_waybills(store, MARCH, tmp_path / "w.html") == (len(rows), "")
            codes = read_back((tmp_path / "w.html").read_text("utf-8"))
            assert print_waybills(store, MARCH, tmp_path / "mill.html", depot="Mill") == (1, "")
            with pytest.raises(UsageError, match='leaves "Alder"'):
                print_waybills(store, MARCH, tmp_path / "none.html", depot="Alder")
            found = [check_code(store, code) for code in codes]
            assert [one.number for one in found] == [waybill for (waybill,) in rows]
            assert found[0].lines == (("grain", 216), ("oil", 34))
            turned = codes[0][:60] + ("A" if codes[0][60] != "A" else "B") + codes[0][61:]
            with pytest.raises(AnswerIsNo, match="not signed by this log"):
                check_code(store, turned)
            with pytest.raises(UsageError, match="not the code of a waybill"):
                check_code(store, codes[0][:40])


def test_before_the_commitment_there_is_nothing_to_print(tmp_path: Path) -> None:
    with open_folder() as folder:
        data = copy_data(at("approved"), folder)
        with open_store(data, clock) as store, pytest.raises(UsageError, match="no waybills yet"):
            print_waybills(store, MARCH, tmp_path / "w.html")
    assert not (tmp_path / "w.html").exists()
