"""Makes the pictures of the README from a real run: `python docs/pictures/make.py`, where `make test` has run once.

It runs the demo in a temporary folder, photographs its report with Playwright and a Chromium that is installed, and writes
what the programs print as SVG.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROGRAMS = Path(sys.executable).parent
LARGEST_BYTES = 250_000
INK, GROUND, EDGE = "#e6e6df", "#1d2420", "#3a443e"


def run(folder: Path, *command: str) -> str:
    """What a command prints, run in `folder` as a reader would."""
    environment = {**os.environ, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "80"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return done.stdout


def terminal(path: Path, lines: list[str], columns: int) -> None:
    """A terminal with these lines, as SVG: text stays text."""
    size, high = 13, 19
    width, height = round(columns * size * 0.602) + 32, len(lines) * high + 32
    rows = "\n".join(
        f'<text xml:space="preserve" x="16" y="{30 + number * high}">{escape(line)}</text>'
        for number, line in enumerate(lines)
        if line
    )
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8" fill="{GROUND}" stroke="{EDGE}"/>\n'
        f'<g fill="{INK}" font-family="ui-monospace, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="{size}"'
        f">\n{rows}\n</g></svg>\n",
        encoding="utf-8",
    )


def fold(text: str, columns: int) -> list[str]:
    """Lines of `text` broken at `columns`, as a terminal breaks them."""
    lines: list[str] = []
    for line in text.splitlines():
        lines += [line[i : i + columns] for i in range(0, len(line), columns)] or [""]
    return lines


def photograph(report: Path) -> None:
    """The report at a desk, on a phone, and in the dark."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next((found for name in names if (found := shutil.which(name))), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])

        def shot(name: str, width: int, height: int, scheme: str, scale: float, top: str = "") -> None:
            context: Any = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=scale
            )
            page = context.new_page()
            page.goto(report.as_uri())
            if top:
                page.evaluate(f"window.scrollTo(0, document.querySelector({top!r}).getBoundingClientRect().top - 24)")
            page.screenshot(path=HERE / name)
            context.close()

        shot("report-desk.png", 1180, 1240, "light", 1)
        shot("report-phone.png", 390, 844, "light", 1.5)
        shot("report-dark.png", 1180, 700, "dark", 1, "#place")
        browser.close()


def main() -> None:
    """Everything, from one run of the demo at its usual size."""
    with tempfile.TemporaryDirectory(prefix="evenhand-pictures-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        said = run(folder, "evenhand", "demo", "--data", "data", "--out", "demo")
        terminal(HERE / "terminal-demo.svg", ["$ evenhand demo", *fold(said.rstrip(), 100)], 100)
        months = sorted(path for path in (folder / "demo").iterdir() if path.is_dir())
        root = (months[-1] / "keys" / "root.vkey").read_text().strip()
        last, before = (str(path.relative_to(folder)) for path in (months[-1], months[-2]))
        checked = run(folder, "evenhand-verify", last, "--root", root, "--previous", before)
        typed = ["$ evenhand-verify demo/2008-05 --root $ROOT --previous demo/2008-04"]
        terminal(HERE / "terminal-verify.svg", typed + fold(checked.rstrip(), 110), 110)
        photograph(months[-1] / "report" / "index.html")
    for path in sorted(HERE.glob("*.[ps][nv]g")):
        print(f"{path.name}: {path.stat().st_size:,} bytes")
        if path.stat().st_size >= LARGEST_BYTES:
            sys.exit(f"{path.name} is too large")


if __name__ == "__main__":
    main()
