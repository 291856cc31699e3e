"""Stock and cards in a real browser: every page fits, axe finds nothing, both directions, light and dark; a storekeeper
counts a depot in, signs for a lorry, proposes a write-off and invites a phone without a script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from actions.village import MARCH
from browser.test_console import AXE, signed_in
from browser.test_report_page import browser, pytestmark  # noqa: F401
from web.stores import KIM, Office, office

PAGES = (
    "stock/", "stock/?node=Mill", "stock/arrivals/", "stock/waybills/", f"stock/waybills/?bill={MARCH}-W00003",
    "stock/received/", "stock/received/?node=Barn", "stock/transfers/", "stock/lanes/", "stock/writeoffs/",
    "stock/writeoffs/?node=Mill", "stock/lorries/", "cards/", "cards/replace/", "cards/replace/?household=A1",
    "cards/papers/", "cards/devices/", "cards/vouchers/",
)  # fmt: skip


@pytest.fixture(scope="module")
def desk() -> Iterator[Office]:
    with office("open") as found:
        yield found


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("en", "light", 1280), ("ar", "dark", 320), ("hi", "light", 768)]
)
def test_every_page_fits_and_axe_finds_nothing(
    desk: Office,
    browser: Any,  # noqa: F811
    language: str,
    scheme: str,
    width: int,
) -> None:
    view = {"width": width, "height": 800}
    page = signed_in(browser, desk, "kim", viewport=view, color_scheme=scheme, locale=language, bypass_csp=True)
    for path in PAGES:
        page.goto(f"{desk.server}/console/{path}")
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if AXE.exists():
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
            assert found == [], path
    assert page.said == []
    page.context.close()


def test_a_storekeepers_day_without_a_script(desk: Office, browser: Any) -> None:  # noqa: F811
    page = signed_in(browser, desk, "kim", viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page.goto(f"{desk.server}/console/stock/waybills/?bill={MARCH}-W00003")
    page.get_by_label("Lorry or driver").fill("lorry 12")
    page.get_by_label("Passphrase of your key").fill(KIM)
    page.get_by_role("button", name="Sign: the lorry leaves").click()
    page.get_by_text("Signed: the lorry has left").wait_for()
    page.get_by_role("link", name="Count in at The barn").click()
    page.get_by_label("Arrived sound (kg)").fill("210")
    page.get_by_role("button", name="Enter the count").click()
    assert "without a reason" in page.locator(".field--bad .must").first.inner_text()
    page.get_by_label("Why, if less").first.fill("a sack burst")
    page.get_by_role("button", name="Enter the count").click()
    page.wait_for_url("**/console/stock/?node=Barn")
    assert "a sack burst" in page.inner_text("main")
    page.goto(f"{desk.server}/console/stock/writeoffs/?node=Mill")
    page.get_by_label("How much").fill("0.5")
    page.get_by_label("Why").fill("a drum leaked")
    page.get_by_role("button", name="Propose").click()
    page.get_by_text("A second person has to confirm it").wait_for()
    page.goto(f"{desk.server}/console/cards/devices/?point=Birch")
    page.get_by_label("A name for the phone").fill("phone-9")
    page.get_by_text("it replaces the one that holds the point").click()
    page.get_by_label("Why it is replaced").fill("the clerk has a phone")
    page.get_by_role("button", name="Show its QR").click()
    assert page.locator(".qrcode svg").is_visible()
    page.context.close()
