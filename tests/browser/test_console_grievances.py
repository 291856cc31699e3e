"""Grievances in a real browser: they fit, axe finds nothing; a reviewer decides with the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from actions.village import at
from browser.test_console import AXE, Office, signed_in
from browser.test_report_page import browser, pytestmark  # noqa: F401
from folders import copy_data, open_folder
from grievance.people import draw, give_roles
from web.served import serving

from evenhand.actions.complain import Complaint, complain
from evenhand.cli.serve import prepare_accounts
from evenhand.store import open_store
from evenhand.store.people import add_account
from evenhand.wiring import read_clock

PAGES = "/console/grievances/"


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_folder() as folder:
        data = copy_data(at("received"), folder)
        with open_store(data, read_clock) as store:
            prepare_accounts(data)
            give_roles(store)
            passwords = {name: add_account(data, name) for name in ("dora",)}
            complain(store, Complaint("not-served", "the door was shut", point="Alder", anonymous=True), draw)
            complain(
                store, Complaint("quality", "worms", household="B4"), draw, papers=[b"OggS" + bytes(99), b"%PDF-1.4"]
            )
        with serving(data) as server:
            yield Office(server, passwords)


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("en", "light", 1280), ("ar", "dark", 320), ("hi", "dark", 800)]
)
def test_every_page_fits_and_axe_finds_nothing(
    office: Office,
    browser: Any,  # noqa: F811
    language: str,
    scheme: str,
    width: int,
) -> None:
    view = {"width": width, "height": 800}
    page = signed_in(browser, office, "dora", viewport=view, color_scheme=scheme, locale=language, bypass_csp=True)
    page.goto(office.server + PAGES)
    case = page.locator(".todo a").last.get_attribute("href")
    for path in (PAGES, f"{PAGES}?which=waiting", f"{PAGES}?which=decided", f"{PAGES}new/", f"{PAGES}figures/", case):
        page.goto(office.server + path)
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if AXE.exists():
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
            assert found == [], path
    assert page.said == []
    page.context.close()


def test_a_reviewer_decides_with_the_keyboard_alone(office: Office, browser: Any) -> None:  # noqa: F811
    page = signed_in(browser, office, "dora")
    page.goto(office.server + PAGES)
    page.get_by_role("link", name="Sent away without food").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Decide").wait_for()
    page.get_by_role("radio", name="not upheld").focus()
    page.keyboard.press("Space")
    page.get_by_label("Why", exact=True).focus()
    page.keyboard.type("the roll of the day says it was open")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("The household may appeal until").wait_for()
    assert "dora decided: not upheld" in page.inner_text("main")
    page.context.close()
