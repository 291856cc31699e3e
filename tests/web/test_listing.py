"""The console's table: sorted, searched, paged and exported by its address; a file that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import re
import urllib.request
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from urllib.parse import quote

import pytest
from actions.village import at
from folders import clock, copy_data, open_folder
from web.browser_like import Reader
from web.served import serving

from evenhand.actions.accounts import add_on_machine
from evenhand.cli.serve import prepare_accounts
from evenhand.store import open_store
from evenhand.web.console.export import decimal, harmless

PAGE = "/console/components/"
EVIL = "<script>'\"&\0"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with open_folder() as folder:
        data = copy_data(at("computed"), folder)
        with open_store(data, clock) as store:
            prepare_accounts(data)
            password = add_on_machine(store, "ana", ["auditor"])
        with serving(data) as server:
            found = Reader(server)
            assert found.sign_in("ana", password).status == 302
            yield found


def names(text: str) -> list[str]:
    """The first cells of the listing's rows."""
    return re.findall(r'<th scope="row"><bdi>([^<]*)</bdi>', text.split('id="list"')[1])


def test_a_page_has_fifty_rows_and_its_address_names_the_next(reader: Reader) -> None:
    first = reader.get(PAGE).text
    assert len(names(first)) == 50 and "Rows 1 to 50 of 120" in first
    assert 'rel="next" href="?page=2"' in first and 'rel="prev"' not in first
    last = reader.get(PAGE + "?page=3").text
    assert len(names(last)) == 20 and 'rel="next"' not in last and 'rel="prev" href="?page=2"' in last


def test_sorting_is_an_address_and_says_how_it_stands_with_empty_cells_last_both_ways(reader: Reader) -> None:
    up, down = (reader.get(f"{PAGE}?sort={sort}").text for sort in ("kg", "-kg"))
    assert 'aria-sort="ascending"' in up and 'aria-sort="descending"' in down
    assert names(up)[0] == "Alder 40" and names(down)[0] == "Alder 1"
    for sort in ("kg", "-kg"):
        assert int(names(reader.get(f"{PAGE}?sort={sort}&page=3").text)[-1].split()[1]) % 9 == 0


def test_a_search_keeps_the_order_and_starts_at_the_first_page(reader: Reader) -> None:
    found = reader.get(f"{PAGE}?sort=-point&page=2&filter=birch%201").text
    assert names(found) == [f"Birch {n}" for n in (19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 1)]
    assert '<input type="hidden" name="sort" value="-point">' in found
    assert "No row holds" in reader.get(f"{PAGE}?filter=nowhere").text


@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=-1", "page=99999999999", "page=x", "page=%D9%A3", "sort=nothing", "sort=point;drop", "sort=--kg",
        "export=exe", f"filter={quote(EVIL)}", "filter=" + "x" * 5000, "page=1&page=2", "filter=%FF%FE",
    ],
)  # fmt: skip
def test_what_nobody_would_ask_is_answered_with_a_page(reader: Reader, query: str) -> None:
    found = reader.get(f"{PAGE}?{query}")
    assert found.status == 200 and "<script>'" not in found.text


def test_the_csv_has_all_rows_tags_under_the_heading_and_numbers_as_numbers(reader: Reader) -> None:
    found = reader.get(f"{PAGE}?export=csv&sort=kg&filter=cedar")
    assert found.headers["Content-Disposition"] == 'attachment; filename="example.csv"'
    rows = list(csv.reader(io.StringIO(found.text)))
    assert rows[0][0] == "Point" and rows[1] == ["#loc+name", "#status", "#indicator+kg", "#indicator+pct", "#date"]
    assert len(rows) == 42 and rows[2][:4] == ["Cedar 40", "open", "68", "0.566667"]
    assert rows[-1][2] == ""


def test_the_sheet_has_the_same_rows_and_no_formula(reader: Reader) -> None:
    request = urllib.request.Request(f"{reader.server}{PAGE}?export=xlsx")
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(reader.cookies))
    with zipfile.ZipFile(io.BytesIO(opener.open(request).read())) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 122 and "<f>" not in sheet and "#loc+name" in sheet
    assert re.search(r'<c r="C3"><v>107</v>', sheet)


@pytest.mark.parametrize(
    "text", ["=1+1", "+41 79", "-2", "@sum", "\t=1", "\r=1", "  =1", "\n", "＝1", "＋1", "－1", "＠x", "\0=1"]
)
def test_a_text_a_spreadsheet_would_run_begins_with_an_apostrophe(text: str) -> None:
    assert harmless(text).startswith("'") and "\0" not in harmless(text)


@pytest.mark.parametrize("text", ["Pak", "김", "12=4", "a-b", "", "'=1"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_numbers_are_written_without_a_float() -> None:
    values = [Fraction(1, 8), Fraction(2, 3), -5, 10**18 + 1, Fraction(-1, 10**9)]
    assert [decimal(value) for value in values] == ["0.125", "0.666667", "-5", "1000000000000000001", "0"]
