"""Vouchers on paper: every QR reads back at 203 dots to the inch, in every language, and says what was printed."""

from __future__ import annotations

import io
from datetime import date
from hashlib import sha256

import pytest

from evenhand.flow.voucher import Series, Voucher
from evenhand.formats import code
from evenhand.formats.tag import tag_of
from evenhand.render.catalogue import LANGUAGES
from evenhand.render.paper import pictures, unprintable
from evenhand.render.vouchers import Paper, Printing, scanned, source, vouchers

CARD = "0000000195"


def papers(count: int) -> list[Paper]:
    found = []
    for n in range(1, count + 1):
        r = sha256(str(n).encode()).digest()[:16]
        series = Series("clothes", "clothing", 66, date(1943, 6, 1), date(1944, 1, 31), True, "cedar" if n % 2 else "")
        found.append(
            (n, Voucher(series, tag_of(r), CARD if n % 3 else "", n, count), code.encode(r), bytes(range(235)))
        )
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_qr_reads_back_and_nothing_is_unprintable(language: str) -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    image = pytest.importorskip("PIL.Image")
    pytest.importorskip("typst")
    made = papers(12)
    data = vouchers(made, Printing("village", "66 points", language, True))
    assert unprintable({**data, "pages": [[{**v, "qr": ""} for v in page] for page in data["pages"]]}) == ""
    read = {
        found.text
        for page in pictures(source(), data)
        for found in zxingcpp.read_barcodes(image.open(io.BytesIO(page)))
    }
    assert read == {scanned(voucher, letters, signed) for _, voucher, letters, signed in made}


def test_the_paper_says_worth_days_where_and_whose() -> None:
    first, second = vouchers(papers(2), Printing("village"))["pages"][0]
    assert (first["worth"], first["valid"]) == ("66\u00a0clothing", "From 1943-06-01 to 1944-01-31")
    assert first["lines"] == [
        "May be spent in parts.",
        "Only at: cedar",
        "With ration card 0000\u00a00001\u00a095 only.",
    ]
    assert second["lines"][1] == "At any shop of the programme."
    assert second["number"] == "clothes no. 2 · leaf 2 of 2"
