"""Waybills on paper: every line of the database, exact amounts, a QR that reads back."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from actions.village import MARCH, at
from folders import clock, copy_data, open_folder

from evenhand.actions.waybills import print_waybills, qr
from evenhand.core.benefit import Benefit, CarryRule
from evenhand.core.errors import UsageError
from evenhand.render.waybills import Line, Waybill, exact, waybills_page
from evenhand.store import open_store

zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed (extra paper)")
LAPSE = CarryRule(0, "")


def good(unit: str, base: int, step: int, parts: int = 1) -> Benefit:
    return Benefit("x", "X & Y", "good", unit, parts, base, step, LAPSE, LAPSE)


def test_amounts_are_never_rounded() -> None:
    assert exact(good("kg", 1000, 500), 433) == "216.5 kg"
    assert exact(good("kg", 1000, 500), 4_000_000) == "2,000,000 kg"
    assert exact(good("l", 1000, 1), 1) == "0.001 l"
    assert exact(good("pair", 12, 1, 12), 5) == "5/12 pair"


def read_back(page: str) -> list[str]:
    """What a reader finds in the QRs of a page, drawn at three dots a module."""
    found = []
    for box, shape in re.findall(r'viewBox="0 0 (\d+) \1" role="img">.*?class="black" d="([^"]+)"', page):
        image = np.full((int(box), int(box)), 255, np.uint8)
        for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", shape):
            image[int(y), int(x)] = 0
        found += [code.text for code in zxingcpp.read_barcodes(np.kron(image, np.ones((3, 3), np.uint8)))]
    return found


def test_every_sheet_has_its_load_and_a_code_that_reads_back() -> None:
    bills = [
        Waybill(f"2008-03/1-W{n:05}", f"L{n}", "Mill <1>", "Alder", (Line(good("kg", 1000, 500), 432),)) for n in (1, 2)
    ]
    page = waybills_page("relief", "2008-03/1", bills, qr)
    assert read_back(page) == ["waybill:relief:2008-03/1-W00001", "waybill:relief:2008-03/1-W00002"]
    assert page.count('<td class="n">216 kg</td>') == 2
    assert "X &amp; Y" in page
    assert "Mill &lt;1&gt;" in page
    assert page == waybills_page("relief", "2008-03/1", bills, qr)


def test_a_committed_month_is_printed_as_the_database_has_it(tmp_path: Path) -> None:
    with open_folder() as folder:
        data = copy_data(at("committed"), folder)
        with open_store(data, clock) as store:
            rows = store.rows("select distinct waybill from waybill where cycle = %s order by waybill", (MARCH,))
            assert print_waybills(store, MARCH, tmp_path / "w.html") == len(rows) > 0
    page = (tmp_path / "w.html").read_text("utf-8")
    assert read_back(page) == [f"waybill:relief:{waybill}" for (waybill,) in rows]


def test_before_the_commitment_there_is_nothing_to_print(tmp_path: Path) -> None:
    with open_folder() as folder:
        data = copy_data(at("approved"), folder)
        with open_store(data, clock) as store, pytest.raises(UsageError, match="no waybills yet"):
            print_waybills(store, MARCH, tmp_path / "w.html")
    assert not (tmp_path / "w.html").exists()
