"""Pages about a policy in a real browser: nothing spills over, nothing is asked, right to left too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser.test_report_page import browser, pytestmark  # noqa: F401
from render.test_policy_pages import comparison, document, explained

from evenhand.render import policy_compare, policy_explain

PAGES = {
    "explain": lambda: policy_explain.page(explained(), "en"),
    "explain-ar": lambda: policy_explain.page(explained(), "ar"),
    "document": document,
    "document-hi": lambda: document("hi"),
    "compare": lambda: policy_compare.page(comparison(), "en"),
    "compare-ar": lambda: policy_compare.page(comparison(), "ar"),
    "compare-hi": lambda: policy_compare.page(comparison(), "hi"),
}


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_window_and_is_silent(browser: Any, tmp_path: Path, name: str, width: int) -> None:  # noqa: F811
    path = tmp_path / f"{name}.html"
    path.write_text(PAGES[name](), "utf-8")
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme="dark")
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide = page.evaluate("document.documentElement.scrollWidth")
    direction = page.evaluate("getComputedStyle(document.body).direction")
    context.close()
    assert said == []
    assert asked == [path.as_uri()]
    assert wide <= width
    assert direction == ("rtl" if name.endswith("-ar") else "ltr")
