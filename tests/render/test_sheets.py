"""Cards, coupons and check slips on paper: what stands on them, and that every code reads back from a coarse printer."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from evenhand.core.errors import UsageError
from evenhand.formats import code
from evenhand.render import sheets as module
from evenhand.render.card_words import TEXT
from evenhand.render.catalogue import LANGUAGES
from evenhand.render.sheets import CELLS, KINDS, MODULE, STOCKS, Holder, Kind, Run, parts, sheets, sheets_pdf, source

paper = pytest.importorskip("evenhand.render.paper")
pytest.importorskip("typst", reason="typst is not installed (extra paper)")

NAMES = ("Family Alder", "أسرة محمود", "परिवार कृष्णा", "김영희 가족", "Un nom " + "très " * 30 + "long")
MONTHS = ("2008-03", "2008-04", "2008-05")


def drawn(*of: object) -> bytes:
    return sha256(repr(of).encode()).digest()[:16]


def family(number: int, months: Sequence[str] = MONTHS, epoch: int = 1) -> Holder:
    coupons = tuple((period, drawn(number, period)) for period in months)
    return Holder(
        code.card_number(number), NAMES[number % 5], "Alder", epoch, "2008-04", drawn(number), drawn(number, "id"),
        coupons, ("Kim",),
    )  # fmt: skip


FAMILIES = [family(n) for n in range(5)]


def letters(data: bytes) -> str:
    return code.encode(data).replace("-", "")


def wanted(kind: Kind, holders: Sequence[Holder] = FAMILIES) -> list[str]:
    if kind == "coupons":
        return sorted(letters(r) for holder in holders for _, r in holder.coupons)
    return sorted(f"CARD:{letters(h.id)}" if kind == "cards" else letters(h.secret) for h in holders)


def scanned(image: np.ndarray) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def pages(kind: Kind, holders: Sequence[Holder], run: Run) -> list[np.ndarray]:
    """Each page in grey, as a printer of 203 dots an inch would have it."""
    made = paper.pictures(source(), sheets(kind, holders, run))
    return [np.asarray(Image.open(BytesIO(page)).convert("L")) for page in made]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stock", STOCKS)
def test_every_code_reads_back_at_203_dots_an_inch_in_grey_and_in_black_and_white(kind: Kind, stock: str) -> None:
    grey = pages(kind, FAMILIES, Run("Relief", stock, "en"))
    assert sorted(text for page in grey for text in scanned(page)) == wanted(kind)
    bits = [np.where(page < 128, 0, 255).astype(np.uint8) for page in grey]
    assert sorted(text for page in bits for text in scanned(page)) == wanted(kind)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_module_is_whole_dots_all_black_or_all_white_within_a_quiet_zone(kind: Kind, language: str) -> None:
    (page,) = pages(kind, [family(1, ["2008-03"])], Run("Relief", "a4", language))
    dots = MODULE[kind]
    (found,) = zxingcpp.read_barcodes(page)
    corner = found.position
    left, top = min(corner.top_left.x, corner.bottom_left.x), min(corner.top_left.y, corner.top_right.y)
    x0, y0 = round(left), round(top)
    while page[y0, x0] > 128:  # the reader says where it is to a dot or two
        x0, y0 = x0 + 1, y0 + 1
    while page[y0, x0 - 1] < 128:
        x0 -= 1
    while page[y0 - 1, x0] < 128:
        y0 -= 1
    side = 25
    square = page[y0 : y0 + side * dots, x0 : x0 + side * dots]
    blocks = square.reshape(side, dots, side, dots).transpose(0, 2, 1, 3).reshape(side, side, -1)
    assert set(np.unique(blocks)) == {0, 255}
    assert (blocks.min(axis=2) == blocks.max(axis=2)).all()
    quiet = 4 * dots
    around = page[y0 - quiet : y0 + side * dots + quiet, x0 - quiet : x0 + side * dots + quiet].copy()
    around[quiet:-quiet, quiet:-quiet] = 255
    assert around.min() == 255


def test_a_coupon_with_a_sixth_of_its_code_torn_off_still_reads() -> None:
    (page,) = pages("coupons", [family(1, ["2008-03"])], Run("Relief", "a4"))
    (before,) = zxingcpp.read_barcodes(page)
    at = before.position.bottom_right
    torn = page.copy()
    side = 25 * MODULE["coupons"]
    torn[at.y - side // 3 :, at.x - side // 2 :] = 255  # a sixth of the square, from its corner
    assert scanned(torn) == [before.text]


def test_a_sheet_of_one_kind_shows_nothing_of_the_others() -> None:
    """Whoever carries coupons cannot read slips: the secret stands on the slip alone, and no ration on any of them."""
    run = Run("Relief", "a4")
    shown = {kind: repr(sheets(kind, FAMILIES, run)) for kind in KINDS}
    for holder in FAMILIES:
        assert code.encode(holder.secret) in shown["slips"]
        assert code.encode(holder.secret) not in shown["cards"] + shown["coupons"]
        for _, r in holder.coupons:
            assert code.encode(r) in shown["coupons"]
            assert code.encode(r) not in shown["cards"] + shown["slips"]
    assert "Kim" in shown["slips"]
    assert "Kim" not in shown["cards"] + shown["coupons"]


@pytest.mark.parametrize("months", [1, 3, 12, 13, 14, 30])
@pytest.mark.parametrize("stock", ["a4", "letter"])
def test_a_households_coupons_stand_together_once_each_and_none_on_another(months: int, stock: str) -> None:
    periods = [f"{2008 + n // 12}-{n % 12 + 1:02}" for n in range(months)]
    made = sheets("coupons", [family(n, periods) for n in range(4)], Run("Relief", stock))
    every = [(page, piece["row"], piece["column"]) for page, pieces in enumerate(made["pages"]) for piece in pieces]
    assert len(every) == len(set(every)) == 4 * (months + 1)
    assert max(row for _, row, _ in every) < made["rows"]
    flat = [(piece["number"], piece.get("period", "")) for pieces in made["pages"] for piece in pieces]
    assert flat == [(module.shown_number(code.card_number(n)), period) for n in range(4) for period in ["", *periods]]
    for pieces in made["pages"]:
        for before, piece in pairwise(pieces):
            if piece.get("head"):
                assert (piece["column"], piece["above"]) == (0, "cut" if piece["row"] else "")
            elif piece["row"] > before["row"]:
                assert piece["above"] == "tear" or piece["number"] != before["number"]
    width, height = CELLS["coupons"]
    x, y = made["at"]
    assert x > 40 < y
    assert x + 2 * width <= STOCKS[stock].width - 40
    assert y + made["rows"] * height <= STOCKS[stock].height - 40


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_sheets_are_complete_in_every_language_and_the_same_each_time(kind: Kind, language: str) -> None:
    assert TEXT[language].keys() == TEXT["en"].keys()
    run = Run("Relief", "a4", language, demo=True)
    data = sheets(kind, [family(1, epoch=2)], run)
    assert not paper.unprintable([TEXT[language], data["foot"], NAMES])
    made = sheets_pdf(kind, FAMILIES, run)
    assert made.startswith(b"%PDF-")
    assert made == sheets_pdf(kind, FAMILIES, run)


def test_many_households_become_files_of_some_hundred_pages() -> None:
    run = Run("Relief", "a4")
    many = [family(1)] * 3000
    assert [len(some) for some in parts("coupons", many, run)] == [900, 900, 900, 300]
    assert [len(some) for some in parts("cards", many, run)] == [3000]
    assert len(sheets("coupons", many[:900], run)["pages"]) == 300
    assert parts("cards", [], run) == []


def test_what_a_sheet_cannot_be_is_refused() -> None:
    for stock, language, said in (("a5", "en", "no paper"), ("a4", "xx", "no catalogue")):
        with pytest.raises(UsageError, match=said):
            Run("Relief", stock, language)
