"""The report can be read without asking any other host."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped, one_line

PATH = "report/index.html"
_CSS = re.compile(r"""url\(\s*['"]?\s*([^'")]*)|@import\s+(?:url\()?\s*['"]?([^'");]*)""", re.IGNORECASE)
_TAKES = {
    "src",
    "srcset",
    "poster",
    "data",
    "background",
    "action",
    "formaction",
    "manifest",
    "ping",
    "archive",
    "codebase",
}
_ASKS = (
    "fetch(", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "import(", "importScripts", "http:", "https:",
)  # fmt: skip


class _Reader(HTMLParser):
    """Collects whatever a browser would fetch by itself. A link that a reader clicks (`a href`) may go anywhere."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.failures: list[str] = []
        self.in_style = False

    def wants(self, what: str, value: str) -> None:
        value = value.strip()
        if value and not value.startswith(("#", "data:")):
            self.failures.append(f"{what} asks for {one_line(value, 80)}, {PATH}")

    def style(self, text: str) -> None:
        for found in _CSS.finditer(text):
            self.wants("a style", found[1] or found[2] or "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        for name, value in values.items():
            if name in _TAKES or (name in ("href", "xlink:href") and tag not in ("a", "area")):
                self.wants(f"<{tag} {name}>", value)
            elif name.startswith("on"):
                self.script(value)
            elif name == "style" or "url(" in value.lower():
                self.style(value)
            elif name in ("href", "xlink:href") and value.strip().lower().startswith(("javascript:", "vbscript:")):
                self.failures.append(f"a link that runs a script, {PATH}")
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self.failures.append(f"the page sends its reader elsewhere, {PATH}")
        if tag in ("iframe", "frame", "object", "embed", "applet", "base"):
            self.failures.append(f"the page holds a <{tag}>, {PATH}")
        self.in_style = tag == "style"
        self.in_script = tag == "script"

    def handle_data(self, data: str) -> None:
        if self.in_style:
            self.style(data)
        elif self.in_script:
            self.script(data)

    def script(self, data: str) -> None:
        """Words by which a script asks another place for something, or sends the reader there."""
        for word in _ASKS:
            if word in data.replace("http://www.w3.org/", ""):
                self.failures.append(f"a script that asks another place ({word}), {PATH}")

    in_script = False

    def handle_endtag(self, tag: str) -> None:
        self.in_style = self.in_script = False


def run(d: Disclosure) -> str | list[str]:
    """No request to anywhere when the report is opened."""
    data = d.data(PATH)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return [f"not UTF-8, {PATH}"]
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return capped(reader.failures) or f"{len(data) / 1e3:,.0f} kB, asks no other host"


CHECK = Check("report", "the report asks no other host for anything", run)
