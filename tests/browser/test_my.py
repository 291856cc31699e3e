"""The household's pages in a real browser: they fit a small phone, axe finds nothing, nothing needs a script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from actions.village import at, paper
from browser.test_report_page import browser, pytestmark  # noqa: F401
from folders import copy_data, open_folder
from web.served import serving

from evenhand.cli.serve import prepare_accounts
from evenhand.store import open_store
from evenhand.wiring import read_clock

AXE = Path(__file__).parents[2] / "counter" / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(frozen=True)
class Village:
    server: str
    card: str


@pytest.fixture(scope="module")
def village() -> Iterator[Village]:
    with open_folder() as folder:
        data = copy_data(at("received"), folder)
        with open_store(data, read_clock):
            prepare_accounts(data)
        with serving(data) as server:
            yield Village(server, paper().cards["B4"])


def opened(browser: Any, village: Village, **how: Any) -> Any:  # noqa: F811
    """A page whose door is open; everything it complained of or asked elsewhere for is in `page.said`."""
    page = browser.new_context(**how).new_page()
    page.said = []
    page.on("console", lambda message: message.type in ("error", "warning") and page.said.append(message.text))
    page.on("request", lambda asked: asked.url.startswith((village.server, "data:")) or page.said.append(asked.url))
    page.goto(f"{village.server}/my/")
    page.fill("#card", village.card)
    page.fill("#oldest", "1970")
    page.fill("#youngest", "1970")
    page.click("main form button")
    page.wait_for_url("**/my/ration")
    return page


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 320), ("ar", "dark", 360), ("hi", "light", 320), ("fr", "dark", 800)],
)
def test_every_page_fits_and_axe_finds_nothing(
    village: Village,
    browser: Any,  # noqa: F811
    language: str,
    scheme: str,
    width: int,
) -> None:
    view = {"width": width, "height": 640}
    page = opened(browser, village, viewport=view, color_scheme=scheme, locale=language, bypass_csp=True)
    for path in ("ration", "complain", "details", "case", "complain!", "sent"):
        if path == "complain!":
            page.goto(f"{village.server}/my/complain")
            page.click("main form button")
        elif path == "sent":
            page.check("input[value=quality]")
            page.click("main form button")
            page.wait_for_url("**/my/case")
        else:
            page.goto(f"{village.server}/my/{path}")
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        small = page.evaluate(
            "[...document.querySelectorAll('main a, main button, main label.choice, nav a, summary')]"
            ".filter(e => e.getBoundingClientRect().height < 43).map(e => e.outerHTML)"
        )
        assert small == [], path
        if AXE.exists():
            page.evaluate(AXE.read_text(encoding="utf-8"))
            assert (
                page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))") == []
            ), path
    assert [said for said in page.said if "422" not in said] == [], "the browser itself tells of 422"
    page.context.close()


def test_a_complaint_with_a_voice_note_goes_through_without_a_script(village: Village, browser: Any) -> None:  # noqa: F811
    page = opened(browser, village, viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page.get_by_role("link", name="Complain", exact=True).click()
    page.get_by_text("Bad food").click()
    page.set_input_files("#voice", {"name": "note.ogg", "mimeType": "audio/ogg", "buffer": b"OggS" + bytes(200)})
    page.get_by_role("button", name="Send the complaint").click()
    page.get_by_role("heading", name="It is written down").wait_for()
    assert len(page.inner_text(".code")) == 9
    page.get_by_role("button", name="Close").click()
    page.goto(f"{village.server}/my/ration")
    assert page.url == f"{village.server}/my/"
    page.context.close()
