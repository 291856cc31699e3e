"""The report in a real browser: narrow and wide, light and dark, on paper, and without a word to any host."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from disclosure.months import FILLS, country

from evenhand.flow.disclosure.claims import claims
from evenhand.render.report import ReportFacts, report

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium and no google-chrome on this machine")


@pytest.fixture(scope="module")
def page_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    months = [country(period) for period in FILLS]
    facts = ReportFacts(412, "e7c104fb" * 8, "demo.test/root+1a2b3c4d+" + "A" * 44, "2008-05", "2008-04")
    path: Path = tmp_path_factory.mktemp("report") / "index.html"
    path.write_text(report(months[-1], months, claims(months), facts), "utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 800, 1280])
def test_nothing_spills_over_the_side_and_the_console_is_silent(
    browser: Any, page_url: str, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_url)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide = page.evaluate("document.documentElement.scrollWidth")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    small = page.evaluate(
        "[...document.querySelectorAll('main *')]"
        ".filter(e => e.textContent.trim() && !e.closest('svg') && !e.closest('.hide'))"
        ".map(e => parseFloat(getComputedStyle(e).fontSize)).reduce((a, b) => Math.min(a, b))"
    )
    context.close()
    assert said == []
    assert asked == [page_url]
    assert wide <= width
    assert ground == ("rgb(20, 24, 22)" if scheme == "dark" else "rgb(253, 253, 251)")
    assert small >= 11.9  # mono text is 0.875 of its surroundings


def test_numbers_are_folded_on_the_screen_and_printed_on_paper(browser: Any, page_url: str) -> None:
    page = browser.new_page()
    page.goto(page_url)
    table = page.locator("details table").first
    assert not table.is_visible()
    page.emulate_media(media="print")
    assert table.is_visible()
    assert page.pdf(prefer_css_page_size=True)[:5] == b"%PDF-"
    page.close()


def test_every_word_can_be_reached_and_read_by_name(browser: Any, page_url: str) -> None:
    page = browser.new_page()
    page.goto(page_url)
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("table", name="Claims, verdicts").get_by_role("row").count() == 6
    assert (
        page.get_by_role("img", name="Tile map of the 30 points").count()
        + page.get_by_role("img", name="Tile map").count()
        >= 1
    )
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Go to the report"
    page.close()


def test_text_stands_out_from_its_ground_in_every_theme(browser: Any, page_url: str) -> None:
    """WCAG 2: 4.5 to 1 for the ink and the numbers on tiles."""
    script = """() => {
      const lum = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => x / 255)
                           .map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);
                         return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
      const ratio = (a, b) => { const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
      const style = name => { const e = document.createElement('i'); e.style.color = `var(${name})`; document.body.append(e);
                              const c = getComputedStyle(e).color; e.remove(); return c; };
      const pairs = [['--ink', '--paper'], ['--ink-soft', '--paper'], ['--act', '--paper'], ['--alert', '--paper']];
      for (const n of [1, 2, 3, 4, 5, 6]) pairs.push([`--on-d${n}`, `--d${n}`]);
      return pairs.map(([a, b]) => [a, ratio(style(a), style(b))]);
    }"""
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        page.goto(page_url)
        weak = [pair for pair in page.evaluate(script) if pair[1] < 4.5]
        context.close()
        assert weak == []
