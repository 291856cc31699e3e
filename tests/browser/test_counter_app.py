"""The counter app as it is built: small enough for a cheap phone, nothing from another host.

Its own tests: `counter/build.py --test`.
"""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest

from evenhand.web.counter_files import BUILT

ROOT = Path(__file__).parents[2]
COUNTER = ROOT / "counter"
built = pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="the counter app is not built: counter/build.py")
LANGUAGE = re.compile(r"assets/later-(en|fr|ar|hi)-(?!more)")
"""One of them comes at once, the others follow."""
LATER = re.compile(r"assets/later-")
"""What the first start does not need: other languages, and screens that are rarely opened. The worker fetches them then."""


def packed(path: Path) -> int:
    """Size on the way to the phone."""
    return len(gzip.compress(path.read_bytes(), 9))


@built
def test_the_first_download_is_at_most_60_kb_and_520_with_the_reader_of_codes() -> None:
    files = {path.relative_to(BUILT).as_posix(): packed(path) for path in BUILT.rglob("*") if path.is_file()}
    files.pop(".built", None)
    languages = [size for name, size in files.items() if LANGUAGE.match(name)]
    wasm = sum(size for name, size in files.items() if name.endswith(".wasm"))
    app = sum(size for name, size in files.items() if not name.endswith(".wasm") and not LATER.match(name))
    assert len(languages) == 4
    assert app + max(languages) <= 60_000
    assert app + max(languages) + wasm <= 520_000


@built
def test_the_built_app_names_no_other_host_it_could_ask() -> None:
    # What the library of the reader would fetch by itself is never reached (locateFile), and the content policy forbids it.
    allowed = {"www.w3.org", "fastly.jsdelivr.net"}
    for path in BUILT.rglob("*"):
        if path.suffix in (".html", ".js", ".css", ".webmanifest", ".svg"):
            assert set(re.findall(r"https?://([\w.-]+)", path.read_text("utf-8"))) <= allowed, path.name
    page = (BUILT / "index.html").read_text("utf-8")
    assert "unsafe-inline" not in page and not re.search(
        r"<style|<script(?! type=\"module\" crossorigin src=)| style=| on\w+=", page
    )


def test_no_file_of_the_app_names_a_registry_and_every_package_has_one_version() -> None:
    wanted = (COUNTER / "package.json").read_text("utf-8")
    versions = re.findall(r'^    "[@\w/-]+": "(.+?)"', wanted[wanted.index('"dependencies"') :], re.MULTILINE)
    assert len(versions) > 5 and all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
    listed = subprocess.run(["git", "ls-files", "counter"], cwd=ROOT, capture_output=True, text=True, check=False)
    for name in listed.stdout.split():
        if not name.endswith(".png"):
            assert "registry" not in (ROOT / name).read_text("utf-8").replace("ServiceWorkerRegistration", ""), name
