"""The program as a program: what it prints where, and how it leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from checker_kit.build import Build

SRC = Path(__file__).parents[1] / "src"


def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SRC), **more}
    command = [sys.executable, "-m", "evenhand_verify", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Build]:
    build = Build()
    return str(build.save(tmp_path_factory.mktemp("d"))), build


def test_lines_go_to_stdout_and_no_progress_to_a_pipe(folder: tuple[str, Build]) -> None:
    done = run(folder[0], "--root", folder[1].root)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("verified: ")


def test_json_is_one_document_and_nothing_else(folder: tuple[str, Build]) -> None:
    done = run(folder[0], "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0 and answer["verdict"] == "consistent, NOT authenticated: give --root"
    assert answer["demo"] is True and any("ghosts" in limit for limit in answer["cannot_show"])
    assert all(check["pass"] and check["figure"] for check in answer["checks"])
    told = json.loads(run("card", folder[1].families[0].code, folder[0], "--json").stdout)
    assert told["household"]["card"] == folder[1].families[0].card


def test_errors_go_to_stderr(tmp_path: Path) -> None:
    done = run(str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (2, "") and "there is no folder" in done.stderr


def test_help_has_examples() -> None:
    for arguments in ([], ["allocation"], ["card"]):
        done = run(*arguments, "--help")
        assert done.returncode == 0 and "example" in done.stdout


def test_a_terminal_without_utf8_gets_every_line(folder: tuple[str, Build]) -> None:
    done = run(folder[0], PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0 and "consistent" in done.stdout


def test_the_checker_imports_nothing_of_the_program() -> None:
    code = "import sys, evenhand_verify.main; print(sorted({m.split('.')[0] for m in sys.modules} & {'evenhand', 'numpy'}))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SRC)},
        check=True,
    )
    assert "evenhand'" not in done.stdout
