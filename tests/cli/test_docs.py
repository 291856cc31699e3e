"""The pages: every command and option stands in docs/guide/commands.md, and every documented command runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer
from folders import open_folder
from pages import ROOT, commands, fits, run

from evenhand.cli.main import COMMANDS

GUIDE = ROOT / "docs" / "guide"
PAGES = [ROOT / "README.md", *sorted(GUIDE.glob("*.md"))]
REFERENCE = GUIDE / "commands.md"


def options() -> dict[str, set[str]]:
    """Command -> its options, as the programs know them."""
    found: dict[str, set[str]] = {}
    for name, (module, _) in COMMANDS.items():
        command = typer.main.get_command(import_module(f"evenhand.cli.{module}").app)
        children = getattr(command, "commands", None)
        named = {f"{name} {child}": c for child, c in children.items()} if children else {name: command}
        for title, one in named.items():
            found[f"evenhand {title}"] = {
                option for parameter in one.params for option in parameter.opts if option.startswith("--")
            }
    for form in ("", " allocation", " card"):
        program = Path(sys.executable).with_name("evenhand-verify")
        text = subprocess.run([program, *form.split(), "--help"], capture_output=True, text=True, check=True).stdout
        usage = text.split("options:")[1].split("\n\n")[0]
        found[f"evenhand-verify{form}"] = set(re.findall(r"--[a-z-]+", usage))
    return found


def sections() -> dict[str, str]:
    """Heading -> text of docs/guide/commands.md."""
    parts = re.split(r"^#+ `(.+?)`$", REFERENCE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_and_option_stands_in_the_reference() -> None:
    written = sections()
    known = options()
    assert set(written) == set(known)
    for name, wanted in known.items():
        shown = set(re.findall(r"`(--[a-z-]+)", written[name])) | {"--help"}
        assert shown == wanted | {"--help"}, name
        assert re.search(rf"^{re.escape(name)}\b", written[name], re.MULTILINE), f"{name} has no example"


@pytest.mark.parametrize("name", [name for name in options() if name.startswith("evenhand ")])
def test_help_fits_80_columns_and_has_an_example(name: str) -> None:
    program = Path(sys.executable).with_name("evenhand")
    done = subprocess.run(
        [program, *name.split()[1:], "--help"], capture_output=True, text=True, env={**os.environ, "COLUMNS": "80"}
    )
    assert done.returncode == 0
    assert f"Example: {name}" in " ".join(done.stdout.split())
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "╭" not in done.stdout


GIVEN = "<!-- given: a demo -->"
RUN = [page for page in PAGES if commands(page)]


def test_every_documented_command_runs_after_a_demo() -> None:
    """In one test, because one demo does for all of them."""
    words = "demo --people 2500 --months 2 --data demo-data --out demo"
    with open_folder() as folder:
        subprocess.run([Path(sys.executable).with_name("evenhand"), *words.split()], cwd=folder, check=True)
        pages = [page for page in RUN if GIVEN in page.read_text("utf-8")]
        faults = [fault for page in pages for fault in run(page, folder)]
    assert len(pages) >= 3
    assert not faults, "\n\n".join(faults)


@pytest.mark.parametrize(
    "page", [page for page in RUN if GIVEN not in page.read_text("utf-8")], ids=lambda page: page.stem
)
def test_every_documented_command_runs(page: Path) -> None:
    with open_folder() as folder:
        faults = run(page, folder)
    assert not faults, "\n\n".join(faults)


def test_a_page_that_says_something_else_is_found_out(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ echo Alder; echo Birch\nAlder\nCedar\n$ false\n```\n")
    said, failed = run(page, tmp_path)
    assert "Cedar" in said
    assert "exit code 1" in failed
    assert fits(["A…r", "…"], "Alder\nBirch\n")
    assert not fits(["…", "Cedar"], "Alder\nBirch\n")


def test_links_between_pages_lead_somewhere() -> None:
    for page in [*PAGES, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", ROOT / "examples/village/README.md"]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_taste_of_python_in_the_readme_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        shutil.copytree(ROOT / "examples", tmp_path / "examples", dirs_exist_ok=True)
        done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        said = [line.removeprefix("# ") for line in block.splitlines() if line.startswith("# ")]
        assert done.stdout.splitlines() == said


def test_pictures_are_small_and_shown() -> None:
    shown = re.findall(r"\((docs/pictures/[^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert shown
    for picture in (ROOT / "docs/pictures").glob("*.[ps][nv]g"):
        assert picture.stat().st_size < 250_000, picture.name
