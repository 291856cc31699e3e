"""The guide inside the console: every page renders, every link and anchor leads somewhere, no markup of a page runs."""

from __future__ import annotations

import re

from evenhand.render.guide import guide_page
from evenhand.web.console.help_places import ADDRESS, HELP
from evenhand.wiring import guide_folder

NAMES = sorted(path.stem for path in guide_folder().glob("*.md"))
PAGES = {
    name: guide_page((guide_folder() / f"{name}.md").read_text(encoding="utf-8"), NAMES, ADDRESS) for name in NAMES
}


def test_every_link_of_the_guide_leads_to_a_part_that_is_there() -> None:
    assert len(PAGES) > 15
    for name, page in PAGES.items():
        assert page.title, name
        for href in re.findall(r'href="([^"]+)"', page.matter):
            if href.startswith("https://"):
                continue
            target, _, anchor = href.removeprefix(ADDRESS).partition("#")
            assert href.startswith((ADDRESS, "#")) and (target or name) in PAGES, (name, href)
            assert not anchor or anchor in PAGES[target or name].anchors, (name, href)


def test_every_place_of_the_console_has_help_that_is_there() -> None:
    for place, address in HELP.items():
        name, _, anchor = address.partition("#")
        assert name in PAGES and (not anchor or anchor in PAGES[name].anchors), place


def test_markup_and_dangerous_links_of_a_text_are_only_words() -> None:
    hostile = (
        "# T <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[a](javascript:alert(1)) [b](//evil.example)"
        ' [c](https://x.example/"onmouseover=alert(1)) ![d](https://x.example/p.png) [e](../../etc/passwd)'
        " [f](data:text/html,x)\n\n"
        "| <b>h</b> |\n|---|\n| `<i>` |\n\n## H <b>\n\n<div>\n\n```html\n</code><script>x</script>\n```\n"
    )
    page = guide_page(hostile, ["policy"], ADDRESS)
    tags = set(re.findall(r"<\s*/?\s*([a-z0-9]+)", page.matter))
    assert tags <= {"p", "a", "span", "div", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "h2"}
    assert not re.search(r"<[^>]*\son\w+\s*=", page.matter)
    assert [h for h in re.findall(r'href="([^"]*)"', page.matter) if not h.startswith("https://x.example/")] == []
