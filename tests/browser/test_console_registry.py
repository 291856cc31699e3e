"""The registry in a real browser: it fits, axe finds nothing, a table's links swap the table alone, and all of it works
without a script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from actions.village import at
from browser.test_console import AXE, Office, signed_in
from browser.test_report_page import browser, pytestmark  # noqa: F401
from folders import clock, copy_data, open_folder
from web.served import serving

from evenhand.actions.accounts import add_on_machine
from evenhand.cli.serve import prepare_accounts
from evenhand.store import open_store

WHO = {"rita": ["registrar", "reviewer"], "otto": ["registrar"]}
RECORD = "/console/registry/household/?household=A2"
PAGES = (
    "/console/registry/", "/console/registry/?q=family", "/console/registry/?q=V1", RECORD, "/console/registry/bring/",
    "/console/registry/correct/?household=A2", "/console/registry/correct/?household=A2&member=1&field=birth_date",
)  # fmt: skip
LIST = b"household,point,name\nC1,Alder,\xd9\x85\xd8\xad\xd9\x85\xd8\xaf\nC2,Birch,Han\n"


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_folder() as folder:
        data = copy_data(at("open"), folder)
        with open_store(data, clock) as store:
            prepare_accounts(data)
            passwords = {name: add_on_machine(store, name, roles) for name, roles in WHO.items()}
        with serving(data) as server:
            yield Office(server, passwords)


def test_a_correction_a_removal_and_a_list_without_a_script(office: Office, browser: Any) -> None:  # noqa: F811
    page = signed_in(browser, office, "rita", java_script_enabled=False, viewport={"width": 360, "height": 800})
    page.goto(f"{office.server}/console/registry/")
    page.fill("#q", "fam a2")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="A2").click()
    page.get_by_role("link", name="Correct member 2").click()
    page.get_by_role("link", name="Born").click()
    page.fill("#f-new", "1971-13-01")
    page.fill("#f-reason", "by the paper")
    page.get_by_role("button", name="Write the correction down").click()
    assert "not a date" in page.inner_text(".field--bad") and page.input_value("#f-reason") == "by the paper"
    page.fill("#f-new", "1971-05-28")
    page.get_by_role("button", name="Write the correction down").click()
    assert "1971-05-28" in page.inner_text("main")
    page.get_by_text("Announce a removal").click()
    page.fill("#f-reason", "moved abroad")
    page.fill("#f-notice", "letter of 3 March")
    page.get_by_role("button", name="Announce the removal").click()
    assert "You announced it" in page.inner_text("main")
    page.goto(f"{office.server}/console/registry/bring/")
    page.set_input_files("#f-file", {"name": "new.csv", "mimeType": "text/csv", "buffer": LIST})
    page.get_by_role("button", name="Send and look").click()
    page.get_by_role("button", name="Bring these rows in (2 new)").click()
    assert page.get_by_role("heading", level=1).inner_text() == "The list is in"
    page.context.close()


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 320), ("ar", "dark", 1280)])
def test_every_page_fits_and_axe_finds_nothing(
    office: Office,
    browser: Any,  # noqa: F811
    language: str,
    scheme: str,
    width: int,
) -> None:
    view = {"width": width, "height": 800}
    page = signed_in(browser, office, "rita", viewport=view, color_scheme=scheme, locale=language, bypass_csp=True)
    for path in PAGES:
        page.goto(office.server + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if AXE.exists():
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
            assert found == [], path
    assert page.said == []
    page.context.close()


def test_a_tables_links_swap_the_table_and_nothing_else_and_the_address_follows(
    office: Office,
    browser: Any,  # noqa: F811
) -> None:
    page = signed_in(browser, office, "rita", viewport={"width": 1280, "height": 800})
    page.goto(f"{office.server}/console/components/")
    page.evaluate("document.querySelector('h1').dataset.kept = 'yes'")
    page.get_by_role("link", name="kg").click()
    page.wait_for_url("**/components/?sort=kg")
    assert page.get_attribute("th:has(#list-kg)", "aria-sort") == "ascending"
    page.get_by_role("link", name="Next page").click()
    page.wait_for_url("**sort=kg&page=2")
    page.get_by_text("Rows 51 to 100 of 120").wait_for()
    assert page.evaluate("document.querySelector('h1').dataset.kept") == "yes"
    assert page.evaluate("document.activeElement.id") == "list-after"
    page.fill("#list-filter", "cedar 4")
    page.press("#list-filter", "Enter")
    page.get_by_text("2 rows").wait_for()
    page.go_back()
    page.get_by_text("Rows 51 to 100 of 120").wait_for()
    kept = page.evaluate("[...Object.keys(sessionStorage), ...Object.keys(localStorage)]")
    assert "htmx-history-cache" not in kept, "no page with people on it stays in the browser"
    assert page.said == []
    page.context.close()
