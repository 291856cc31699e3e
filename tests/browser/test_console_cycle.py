"""The page of the cycle, long work and keys in a real browser: they fit, axe finds nothing, a step is taken with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from actions.village import BORIS, MARCH, at
from browser.test_console import AXE, Office, signed_in
from browser.test_report_page import browser, pytestmark  # noqa: F401
from folders import clock, copy_data, open_folder
from web.served import serving

from evenhand.actions.accounts import add_on_machine
from evenhand.actions.cycle_picture import draw
from evenhand.cli.serve import prepare_accounts
from evenhand.store import open_store

WHO = {"ana": ["admin", "policy"], "boris": ["approver"], "codes": ["admin"]}
PAGES = (
    "/console/",
    "/console/cycle/",
    "/console/jobs/",
    "/console/key/",
    "/console/cycle/ahead/?go=1&grain.2008-05=100",
)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_folder() as folder:
        data = copy_data(at("computed"), folder)
        with open_store(data, clock) as store:
            draw(store, MARCH)
            prepare_accounts(data)
            passwords = {name: add_on_machine(store, name, roles) for name, roles in WHO.items()}
        with serving(data) as server:
            yield Office(server, passwords)


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("en", "light", 1280), ("ar", "dark", 320), ("fr", "light", 800)]
)
def test_every_page_fits_and_axe_finds_nothing(
    office: Office,
    browser: Any,  # noqa: F811
    language: str,
    scheme: str,
    width: int,
) -> None:
    view = {"width": width, "height": 800}
    page = signed_in(browser, office, "boris", viewport=view, color_scheme=scheme, locale=language, bypass_csp=True)
    for path in PAGES:
        page.goto(office.server + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if AXE.exists():
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
            assert found == [], path
    assert page.said == []


def test_the_second_person_signs_commits_and_follows_the_work(
    office: Office,
    browser: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    page = signed_in(browser, office, "boris")
    page.goto(f"{office.server}/console/")
    page.click(f"text=Approve {MARCH}" if page.query_selector(f"text=Approve {MARCH}") else 'a[href="/console/cycle/"]')
    page.goto(f"{office.server}/console/cycle/")
    assert page.locator("#map").is_visible() and page.locator(".causes li").count() > 0
    page.fill("#sign-passphrase", BORIS)
    page.click("section[aria-labelledby=step-sign] .btn")
    page.wait_for_selector("#step-commit")
    page.click("section[aria-labelledby=step-commit] .btn")
    page.wait_for_url("**/console/jobs/*")
    page.wait_for_selector("text=Go on", timeout=60_000)  # the page looks again by itself
    assert "Done" in page.inner_text("#job")
    page.click("text=Go on")
    page.wait_for_selector("#step-open")
    assert page.locator("#void").count() == 0
    assert page.said == []
